/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libkrb5 has one code for a kvno that is too old, one that is too new, and an encryption type that
 * is not there; what is to be done differs.
 */
#include <config.h>

#include "helpers/kerberos/fault_key.h"

#include <string.h>
#include <strings.h>

struct pxa_span fault_key_name(const struct pxa_krb5 *ticket, char *room)
{
    struct pxa_written done;

    if (pxa_krb5_name_text(&ticket->server, ticket->realm, room, FAULT_NAME_CAP, &done) != PXA_OK)
        return (struct pxa_span){"?", 1};
    return (struct pxa_span){room, done.len};
}

bool fault_key_is_named(const struct key_entry *entry, struct pxa_span name)
{
    return strlen(entry->principal) == name.len &&
           strncasecmp(entry->principal, name.at, name.len) == 0;
}

enum fault_key fault_key_judge(const struct pxa_krb5 *ticket, const struct keys *keys)
{
    char room[FAULT_NAME_CAP];
    struct pxa_span name = fault_key_name(ticket, room);
    bool named = false, left_out = false, smaller = false, greater = false, same = false,
         etype = false;

    for (size_t i = 0; i < keys->count; i++) {
        const struct key_entry *entry = &keys->entries[i];

        if (!fault_key_is_named(entry, name))
            continue;
        left_out |= !entry->taken;
        if (!entry->taken)
            continue;
        named = true;
        smaller |= entry->kvno < ticket->ticket.kvno;
        greater |= entry->kvno > ticket->ticket.kvno;
        same |= entry->kvno == ticket->ticket.kvno;
        etype |= entry->kvno == ticket->ticket.kvno && entry->etype == ticket->ticket.etype;
    }
    if (!named)
        return left_out ? FAULT_KEY_LEFT_OUT : FAULT_KEY_NO_NAME;
    if (!ticket->ticket.has_kvno || etype)
        return FAULT_KEY_OTHER;
    if (same)
        return FAULT_KEY_NO_ETYPE;
    if (smaller == greater)
        return FAULT_KEY_OTHER;
    return smaller ? FAULT_KEY_OLD_KEYTAB : FAULT_KEY_OLD_TICKET;
}

/* From AES and Camellia of 256 bits down to what is broken: in this order KDCs take them. */
static int strength(int32_t etype)
{
    static const struct {
        int32_t etype;
        int strength;
    } known[] = {{18, 4}, {20, 4}, {26, 4}, {17, 3}, {19, 3}, {25, 3}, {16, 2}, {23, 1}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].etype == etype)
            return known[i].strength;
    return 0;
}

bool fault_key_has_better(const struct pxa_krb5 *ticket, const struct keys *keys,
                          const struct fault_etypes *allowed)
{
    char room[FAULT_NAME_CAP];
    struct pxa_span name = fault_key_name(ticket, room);

    for (size_t i = 0; i < keys->count; i++) {
        const struct key_entry *entry = &keys->entries[i];

        if (entry->taken && fault_key_is_named(entry, name) &&
            strength(entry->etype) > strength(ticket->ticket.etype) &&
            fault_setup_allows(allowed, entry->etype))
            return true;
    }
    return false;
}
