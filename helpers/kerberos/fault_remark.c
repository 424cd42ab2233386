/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in a ticket beside what is in the keytab, for the log.
 */
#include <config.h>

#include "helpers/kerberos/fault_remark.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "helpers/core/visible.h"
#include "helpers/kerberos/fault_key.h"

enum { VALUE_MAX = 120, ENTRIES_SHOWN = 4 };

void fault_remark_put(struct fault_remark *remark, const char *format, ...)
{
    size_t room = FAULT_REMARK_MAX - remark->len;
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(remark->at + remark->len, room, format, arguments);
    va_end(arguments);
    if (len > 0)
        remark->len += (size_t)len < room ? (size_t)len : room - 1;
}

/* A quote within it would end it. */
void fault_remark_put_value(struct fault_remark *remark, struct pxa_span value)
{
    struct pxa_span shown = {value.at, value.len < VALUE_MAX ? value.len : VALUE_MAX};
    struct bytes visible = {0};

    visible_put(&visible, shown, VISIBLE_VALUE);
    fault_remark_put(remark, "\"");
    for (size_t i = visible.start; i < visible.end; i++)
        fault_remark_put(remark, visible.at[i] == '"' ? "\\x22" : "%c", visible.at[i]);
    fault_remark_put(remark, "%s\"", value.len > shown.len ? "..." : "");
    bytes_free(&visible);
}

static void put_etype(struct fault_remark *remark, int32_t etype)
{
    const char *name = pxa_etype_name(etype);

    if (name[0])
        fault_remark_put(remark, "%s", name);
    else
        fault_remark_put(remark, "etype %" PRId32, etype);
}

void fault_remark_put_ticket(struct fault_remark *remark, const struct pxa_krb5 *ticket)
{
    char room[FAULT_NAME_CAP];

    fault_remark_put(remark, "the ticket is for ");
    fault_remark_put_value(remark, fault_key_name(ticket, room));
    if (ticket->ticket.has_kvno)
        fault_remark_put(remark, " kvno %" PRIu32, ticket->ticket.kvno);
    fault_remark_put(remark, " (");
    put_etype(remark, ticket->ticket.etype);
    fault_remark_put(remark, ")");
}

/* Entries that are (NAMED) or are not of NAME; returns how many there are. */
static size_t put_entries(struct fault_remark *remark, const struct keys *keys,
                          struct pxa_span name, bool named)
{
    size_t found = 0;

    for (size_t i = 0; i < keys->count; i++) {
        const struct key_entry *entry = &keys->entries[i];

        if (fault_key_is_named(entry, name) != named || found++ >= ENTRIES_SHOWN)
            continue;
        fault_remark_put(remark, "%s", found > 1 ? ", " : "");
        if (!named) {
            fault_remark_put_value(remark,
                                   (struct pxa_span){entry->principal, strlen(entry->principal)});
            fault_remark_put(remark, " ");
        }
        fault_remark_put(remark, "kvno %" PRIu32 " (", entry->kvno);
        put_etype(remark, entry->etype);
        fault_remark_put(remark, ")%s",
                         entry->taken    ? ""
                         : keys->by_name ? " that --spn leaves out"
                                         : " that is of no HTTP/ name");
    }
    if (found > ENTRIES_SHOWN)
        fault_remark_put(remark, " and %zu more", found - ENTRIES_SHOWN);
    return found;
}

void fault_remark_put_keys(struct fault_remark *remark, const struct pxa_krb5 *ticket,
                           const struct keys *keys)
{
    char room[FAULT_NAME_CAP];
    struct pxa_span name = fault_key_name(ticket, room);
    bool any = false;

    for (size_t i = 0; i < keys->count && !any; i++)
        any = fault_key_is_named(&keys->entries[i], name);
    if (any) {
        fault_remark_put(remark, "; the keytab has it with ");
        put_entries(remark, keys, name, true);
    } else {
        fault_remark_put(remark, "; the keytab has no key for it, but ");
        put_entries(remark, keys, name, false);
    }
}
