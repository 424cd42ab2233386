/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unlike the stock helper, which goes on with an empty account or realm.
 */
#include <config.h>

#include "helpers/group-ad/user_name.h"

#include <string.h>

enum { REALM_MAX = 255 };

/* Splits at SIGN, which is inside WHOLE. */
static void split(struct user_name *name, const char *sign, struct pxa_span *before,
                  struct pxa_span *behind)
{
    size_t len = (size_t)(sign - name->whole.at);

    *before = (struct pxa_span){name->whole.at, len};
    *behind = (struct pxa_span){sign + 1, name->whole.len - len - 1};
}

bool user_name_read(struct pxa_span whole, struct user_name *name)
{
    const char *backslash = whole.len > 0 ? memchr(whole.at, '\\', whole.len) : NULL;
    const char *sign = whole.len > 0 ? memrchr(whole.at, '@', whole.len) : NULL;

    *name = (struct user_name){.form = USER_BARE, .whole = whole, .account = whole};
    if (backslash) {
        name->form = USER_NETBIOS;
        split(name, backslash, &name->qualifier, &name->account);
    } else if (sign) {
        name->form = USER_REALM;
        split(name, sign, &name->account, &name->qualifier);
    }
    return name->account.len > 0 && (name->form == USER_BARE || name->qualifier.len > 0);
}

static bool is_label_byte(char byte)
{
    char small = (char)(byte | 0x20);

    return (byte >= '0' && byte <= '9') || (small >= 'a' && small <= 'z') || byte == '-' ||
           byte == '_';
}

bool user_name_is_realm(struct pxa_span realm)
{
    bool label = false; /* whether the label that is being read has a byte yet */

    for (size_t i = 0; i < realm.len; i++) {
        if (realm.at[i] == '.' ? !label : !is_label_byte(realm.at[i]))
            return false;
        label = realm.at[i] != '.';
    }
    return label && realm.len <= REALM_MAX;
}
