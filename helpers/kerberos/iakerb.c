/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Realms are compared byte by byte, as Kerberos does.
 */
#include <config.h>

#include "helpers/kerberos/iakerb.h"

#include <string.h>

static bool is_text(struct pxa_span realm, const char *text)
{
    return strlen(text) == realm.len && memcmp(text, realm.at, realm.len) == 0;
}

static bool is_of_keys(struct pxa_span realm, const struct keys *keys)
{
    for (size_t i = 0; keys && i < keys->count; i++) {
        const char *mark = strrchr(keys->entries[i].principal, '@');

        if (mark && is_text(realm, mark + 1))
            return true;
    }
    return false;
}

static bool is_listed(struct pxa_span realm, const struct option_list *realms)
{
    for (size_t i = 0; realms && i < realms->count; i++)
        if (is_text(realm, realms->values[i]))
            return true;
    return false;
}

enum iakerb_verdict iakerb_judge(struct pxa_span message, const struct keys *keys,
                                 const struct option_list *realms)
{
    struct pxa_krb5 decoded;

    if (pxa_krb5_decode(message, &decoded) != PXA_OK)
        return IAKERB_MALFORMED;
    if (decoded.kind == PXA_KRB5_AP_REQ)
        return IAKERB_ALLOWED;
    if (decoded.kind != PXA_KRB5_IAKERB)
        return IAKERB_MALFORMED;
    if (decoded.target_realm.len == 0 || is_of_keys(decoded.target_realm, keys) ||
        is_listed(decoded.target_realm, realms))
        return IAKERB_ALLOWED;
    return IAKERB_FOREIGN;
}
