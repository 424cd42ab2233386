/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of each kind of file, from the name and the value of the password.
 *
 *     PASSWD_BASIC    user:hash             what follows a second colon stays
 *     PASSWD_DIGEST   user:realm:HA1        htdigest of Apache; a mark {HHA1} stays
 *     PASSWD_NT       user:uid:LM:NT:[flags]:LCT-XXXXXXXX:    smbpasswd(5) of Samba
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "helpers/proxyauth/passwd_lines.h"

/* The uid of a new record: nobody's. Samba takes the account's uid from the system, gss-ntlmssp and
 * negotiate-stub take none; 0, or a number counted up, would be somebody's. */
static const char new_uid[] = "65534";

/* An LM hash that no password has: it is worthless, and nobody should have one. */
static const char no_lm[] = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

static const char new_flags[] = "[U          ]";

enum { FIELDS_CAP = sizeof new_uid + sizeof no_lm + sizeof new_flags + 32 };

static size_t put(char *to, size_t len, struct pxa_span piece)
{
    if (piece.len > 0)
        memcpy(to + len, piece.at, piece.len);
    return len + piece.len;
}

static size_t put_text(char *to, size_t len, const char *text)
{
    return put(to, len, (struct pxa_span){text, strlen(text)});
}

/* What follows the first COUNT colons of LINE; empty if there are fewer. */
static struct pxa_span behind_colons(struct pxa_span line, unsigned count)
{
    for (; count > 0; count--) {
        const char *colon = line.len > 0 ? memchr(line.at, ':', line.len) : NULL;

        if (!colon)
            return (struct pxa_span){NULL, 0};
        line.len -= (size_t)(colon - line.at) + 1;
        line.at = colon + 1;
    }
    return line;
}

/* Field NUMBER of LINE, counted from 0. */
static struct pxa_span field(struct pxa_span line, unsigned number)
{
    struct pxa_span rest = behind_colons(line, number);
    const char *colon = rest.len > 0 ? memchr(rest.at, ':', rest.len) : NULL;

    if (colon)
        rest.len = (size_t)(colon - rest.at);
    return rest;
}

/* The flags of the old line, but for the one that says that no password is needed. */
static size_t put_flags(char *to, size_t len, struct pxa_span old)
{
    struct pxa_span flags = field(old, 4);

    for (size_t i = 0; i < flags.len; i++) {
        to[len] = flags.at[i];
        if (to[len] == 'N')
            to[len] = ' ';
        len++;
    }
    return len;
}

static size_t put_nt(const struct passwd_edit *edit, struct pxa_span old, char *to, size_t len)
{
    char time[sizeof "LCT-12345678:"];

    len = old.len > 0 ? put(to, len, field(old, 1)) : put_text(to, len, new_uid);
    len = put_text(to, len, ":");
    len = put_text(to, len, no_lm);
    len = put_text(to, len, ":");
    len = put(to, len, edit->value);
    len = put_text(to, len, ":");
    len = old.len > 0 ? put_flags(to, len, old) : put_text(to, len, new_flags);
    (void)snprintf(time, sizeof time, "LCT-%08X:", (unsigned)(edit->now_s & 0xffffffff));
    len = put_text(to, len, ":");
    len = put_text(to, len, time);
    return put(to, len, behind_colons(old, 6));
}

/* The old line with another value. */
static size_t put_changed(const struct passwd_edit *edit, struct pxa_span old,
                          struct pxa_span old_value, char *to)
{
    size_t before = (size_t)(old_value.at - old.at);
    size_t len = put(to, 0, (struct pxa_span){old.at, before});

    len = put(to, len, edit->value);
    before += old_value.len;
    return put(to, len, (struct pxa_span){old.at + before, old.len - before});
}

size_t passwd_record_cap(const struct passwd_edit *edit, struct pxa_span old)
{
    return old.len + edit->target->key.len + edit->value.len + FIELDS_CAP;
}

size_t passwd_record_write(const struct passwd_edit *edit, struct pxa_span old,
                           const struct file_record *record, char *to)
{
    const struct passwd_target *target = edit->target;
    size_t len;

    if (target->kind == PASSWD_NT) {
        len = put(to, 0, old.len > 0 ? record->user : target->user);
        return put_nt(edit, old, to, put_text(to, len, ":"));
    }
    if (old.len > 0)
        return put_changed(edit, old, record->value, to);
    len = put(to, 0, target->key); /* user, or user:realm */
    return put(to, put_text(to, len, ":"), edit->value);
}
