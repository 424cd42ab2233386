/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names in Kerberos: principals as text, encryption types and error codes.
 * Cannot do: read a name that a person wrote.
 */
#include <config.h>

#include "common/der.h"
#include "common/sink.h"

enum pxa_status pxa_krb5_part_next(struct pxa_cursor *parts, struct pxa_span *part)
{
    return der_next(parts, DER_GENERAL_STRING, part);
}

/* The letter that stands for a byte behind a backslash, or 0 if it stands for itself. */
static char letter_of(char c)
{
    switch (c) {
    case '\0':
        return '0';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\b':
        return 'b';
    case '\\':
    case '/':
    case '@':
        return c;
    default:
        return 0;
    }
}

static void put_escaped(struct sink *sink, struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        char letter = letter_of(text.at[i]);

        if (letter == 0) {
            sink_put(sink, text.at[i]);
            continue;
        }
        sink_put(sink, '\\');
        sink_put(sink, letter);
    }
}

enum pxa_status pxa_krb5_name_text(const struct pxa_krb5_name *name, struct pxa_span realm,
                                   char *out, size_t cap, struct pxa_written *done)
{
    struct sink sink = {out, cap, 0};
    struct pxa_cursor parts = {name->parts, 0};
    struct pxa_span part;
    enum pxa_status status;
    size_t count = 0;

    while ((status = pxa_krb5_part_next(&parts, &part)) == PXA_OK) {
        if (count++ > 0)
            sink_put(&sink, '/');
        put_escaped(&sink, part);
    }
    if (status != PXA_END)
        return sink_fail(&sink, status, parts.at, done);
    if (realm.len > 0) {
        sink_put(&sink, '@');
        put_escaped(&sink, realm);
    }
    return sink_end(&sink, done);
}

struct number_name {
    int32_t number;
    const char *name;
};

static const char *name_of(const struct number_name *names, size_t count, int32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].number == number)
            return names[i].name;
    return "";
}

const char *pxa_etype_name(int32_t etype)
{
    static const struct number_name names[] = {
        {1, "des-cbc-crc"},
        {2, "des-cbc-md4"},
        {3, "des-cbc-md5"},
        {5, "des3-cbc-md5"},
        {7, "des3-cbc-sha1"},
        {16, "des3-cbc-sha1-kd"},
        {17, "aes128-cts-hmac-sha1-96"},
        {18, "aes256-cts-hmac-sha1-96"},
        {19, "aes128-cts-hmac-sha256-128"},
        {20, "aes256-cts-hmac-sha384-192"},
        {23, "rc4-hmac"},
        {24, "rc4-hmac-exp"},
        {25, "camellia128-cts-cmac"},
        {26, "camellia256-cts-cmac"},
    };

    return name_of(names, sizeof names / sizeof names[0], etype);
}

const char *pxa_krb5_error_name(int32_t code)
{
    static const struct number_name names[] = {
        {0, "KDC_ERR_NONE"},
        {1, "KDC_ERR_NAME_EXP"},
        {2, "KDC_ERR_SERVICE_EXP"},
        {3, "KDC_ERR_BAD_PVNO"},
        {4, "KDC_ERR_C_OLD_MAST_KVNO"},
        {5, "KDC_ERR_S_OLD_MAST_KVNO"},
        {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
        {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"},
        {8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE"},
        {9, "KDC_ERR_NULL_KEY"},
        {10, "KDC_ERR_CANNOT_POSTDATE"},
        {11, "KDC_ERR_NEVER_VALID"},
        {12, "KDC_ERR_POLICY"},
        {13, "KDC_ERR_BADOPTION"},
        {14, "KDC_ERR_ETYPE_NOSUPP"},
        {15, "KDC_ERR_SUMTYPE_NOSUPP"},
        {16, "KDC_ERR_PADATA_TYPE_NOSUPP"},
        {17, "KDC_ERR_TRTYPE_NOSUPP"},
        {18, "KDC_ERR_CLIENT_REVOKED"},
        {19, "KDC_ERR_SERVICE_REVOKED"},
        {20, "KDC_ERR_TGT_REVOKED"},
        {21, "KDC_ERR_CLIENT_NOTYET"},
        {22, "KDC_ERR_SERVICE_NOTYET"},
        {23, "KDC_ERR_KEY_EXPIRED"},
        {24, "KDC_ERR_PREAUTH_FAILED"},
        {25, "KDC_ERR_PREAUTH_REQUIRED"},
        {26, "KDC_ERR_SERVER_NOMATCH"},
        {27, "KDC_ERR_MUST_USE_USER2USER"},
        {28, "KDC_ERR_PATH_NOT_ACCEPTED"},
        {29, "KDC_ERR_SVC_UNAVAILABLE"},
        {31, "KRB_AP_ERR_BAD_INTEGRITY"},
        {32, "KRB_AP_ERR_TKT_EXPIRED"},
        {33, "KRB_AP_ERR_TKT_NYV"},
        {34, "KRB_AP_ERR_REPEAT"},
        {35, "KRB_AP_ERR_NOT_US"},
        {36, "KRB_AP_ERR_BADMATCH"},
        {37, "KRB_AP_ERR_SKEW"},
        {38, "KRB_AP_ERR_BADADDR"},
        {39, "KRB_AP_ERR_BADVERSION"},
        {40, "KRB_AP_ERR_MSG_TYPE"},
        {41, "KRB_AP_ERR_MODIFIED"},
        {42, "KRB_AP_ERR_BADORDER"},
        {44, "KRB_AP_ERR_BADKEYVER"},
        {45, "KRB_AP_ERR_NOKEY"},
        {46, "KRB_AP_ERR_MUT_FAIL"},
        {47, "KRB_AP_ERR_BADDIRECTION"},
        {48, "KRB_AP_ERR_METHOD"},
        {49, "KRB_AP_ERR_BADSEQ"},
        {50, "KRB_AP_ERR_INAPP_CKSUM"},
        {51, "KRB_AP_PATH_NOT_ACCEPTED"},
        {52, "KRB_ERR_RESPONSE_TOO_BIG"},
        {60, "KRB_ERR_GENERIC"},
        {61, "KRB_ERR_FIELD_TOOLONG"},
        {62, "KDC_ERR_CLIENT_NOT_TRUSTED"},
        {63, "KDC_ERR_KDC_NOT_TRUSTED"},
        {64, "KDC_ERR_INVALID_SIG"},
        {65, "KDC_ERR_KEY_TOO_WEAK"},
        {66, "KDC_ERR_CERTIFICATE_MISMATCH"},
        {67, "KRB_AP_ERR_NO_TGT"},
        {68, "KDC_ERR_WRONG_REALM"},
        {69, "KRB_AP_ERR_USER_TO_USER_REQUIRED"},
        {70, "KDC_ERR_CANT_VERIFY_CERTIFICATE"},
        {71, "KDC_ERR_INVALID_CERTIFICATE"},
        {72, "KDC_ERR_REVOKED_CERTIFICATE"},
        {73, "KDC_ERR_REVOCATION_STATUS_UNKNOWN"},
        {74, "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE"},
        {75, "KDC_ERR_CLIENT_NAME_MISMATCH"},
        {76, "KDC_ERR_KDC_NAME_MISMATCH"},
        {77, "KDC_ERR_INCONSISTENT_KEY_PURPOSE"},
        {78, "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED"},
        {79, "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED"},
        {80, "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED"},
        {81, "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED"},
        {85, "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND"},
        {86, "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE"},
        {90, "KDC_ERR_PREAUTH_EXPIRED"},
        {91, "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED"},
        {92, "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET"},
        {93, "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS"},
    };

    return name_of(names, sizeof names / sizeof names[0], code);
}
