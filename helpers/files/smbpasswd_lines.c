/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of smbpasswd(5). The LM hash is passed over: nothing here verifies with it.
 */
#include <config.h>

#include "helpers/files/smbpasswd_lines.h"

#include <string.h>

#include "helpers/core/hex32.h"

/* The next field of REST, up to a colon or the end. False when there is none. */
static bool take_field(struct pxa_span *rest, struct pxa_span *field)
{
    const char *colon;

    if (!rest->at)
        return false;
    colon = memchr(rest->at, ':', rest->len);
    if (!colon) {
        *field = *rest;
        *rest = (struct pxa_span){NULL, 0};
        return true;
    }
    *field = (struct pxa_span){rest->at, (size_t)(colon - rest->at)};
    *rest = (struct pxa_span){colon + 1, rest->len - field->len - 1};
    return true;
}

static bool has_flag(struct pxa_span flags, char flag)
{
    return memchr(flags.at, flag, flags.len) != NULL;
}

static enum smbpasswd_kind kind_of(struct pxa_span nt, struct pxa_span flags)
{
    if (has_flag(flags, 'D') || has_flag(flags, 'L') || !has_flag(flags, 'U'))
        return SMBPASSWD_DISABLED;
    if (has_flag(flags, 'N') || !hex32_is(nt.at))
        return SMBPASSWD_NO_PASSWORD;
    return SMBPASSWD_ACTIVE;
}

static const char *split(const void *context, struct pxa_span line, struct file_record *record)
{
    struct pxa_span rest = line;
    struct pxa_span user, uid, lm, nt, flags;

    (void)context;
    if (!take_field(&rest, &user) || !take_field(&rest, &uid) || !take_field(&rest, &lm) ||
        !take_field(&rest, &nt) || !take_field(&rest, &flags))
        return "it is not user:uid:LM:NT:[flags]:LCT-...:";
    if (user.len == 0)
        return "there is no user before the colon";
    if (nt.len != HEX32_LEN)
        return "the fourth field, the NT hash, is not 32 characters long";
    if (flags.len < 2 || flags.at[0] != '[' || flags.at[flags.len - 1] != ']')
        return "the fifth field, the account's flags, is not in brackets";
    *record = (struct file_record){
        .key = user,
        .user = user,
        .value = nt,
        .kind = kind_of(nt, flags),
    };
    return NULL;
}

const struct file_format smbpasswd_format = {.split = split, .ignore_case = true};
