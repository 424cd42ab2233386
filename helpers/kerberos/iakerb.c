/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Realms are compared byte by byte, as Kerberos does.
 */
#include <config.h>

#include "helpers/kerberos/iakerb.h"

#include <string.h>

#include "common/der.h"

/* RFC 4120, section 5.4.1. */
enum { PVNO = 5, AS_REQ = 10, TGS_REQ = 12 };

/* Whether MESSAGE is what a KDC answers: an AS-REQ or a TGS-REQ. Others it drops without a word,
 * and the client's nonsense would pass for a KDC that cannot be reached. */
static bool is_for_kdc(struct pxa_span message)
{
    struct der der = der_reader(message);
    int32_t type = der_is(message, DER_APPLICATION(AS_REQ)) ? AS_REQ : TGS_REQ;
    struct pxa_span outer = der_take(&der, &message, DER_APPLICATION(type));
    struct pxa_span fields = der_take(&der, &outer, DER_SEQUENCE);
    struct pxa_span padata;
    bool named = der_int32(&der, der_field(&der, &fields, 1, DER_INTEGER)) == PVNO &&
                 der_int32(&der, der_field(&der, &fields, 2, DER_INTEGER)) == type;

    (void)der_optional(&der, &fields, 3, DER_SEQUENCE, &padata);
    (void)der_field(&der, &fields, 4, DER_SEQUENCE);
    der_end(&der, fields);
    der_end(&der, outer);
    der_end(&der, message);
    return named && der.status == PXA_OK;
}

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
    if (decoded.kind != PXA_KRB5_IAKERB || !is_for_kdc(decoded.kdc_message))
        return IAKERB_MALFORMED;
    if (decoded.target_realm.len == 0 || is_of_keys(decoded.target_realm, keys) ||
        is_listed(decoded.target_realm, realms))
        return IAKERB_ALLOWED;
    return IAKERB_FOREIGN;
}
