/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * curl and Firefox end a NEGOTIATE where its field Version would be, as Windows did before it had
 * one. curl's AUTHENTICATE repeats the flags of the challenge, where gss-ntlmssp has said that
 * there is a version, and has none.
 *
 * Cannot do: mend messages inside of SPNEGO, or those of a client that sends a MIC, which is over
 * the messages as the client has them. No client of either kind leaves out the field.
 */
#include <config.h>

#include "helpers/kerberos/ntlm_form.h"

#include <stdlib.h>
#include <string.h>

#include "common/le.h"

/* [MS-NLMP], sections 2.2.1.1 (NEGOTIATE) and 2.2.1.3 (AUTHENTICATE). */
enum {
    TYPE_AT = 8,
    NEGOTIATE_BARE_LEN = 32, /* without Version */
    NEGOTIATE_LEN = 40,
    AUTHENTICATE_FIELDS_AT = 12, /* six times length, length and offset */
    AUTHENTICATE_FIELDS = 6,
    FIELD_LEN = 8,
    OFFSET_IN_FIELD = 4,
    AUTHENTICATE_FLAGS_AT = 60,
    AUTHENTICATE_BARE_LEN = 64,
    AUTHENTICATE_VERSION_END = 72,
    VERSION_FLAG_BYTE = 3, /* of the flags */
    VERSION_FLAG = 0x02,   /* NTLMSSP_NEGOTIATE_VERSION in that byte */
};

enum { TYPE_NONE = 0, TYPE_NEGOTIATE = 1, TYPE_AUTHENTICATE = 3 };

static uint32_t type_of(struct pxa_span token)
{
    static const char signature[] = "NTLMSSP"; /* with its NUL */

    if (token.len < NEGOTIATE_BARE_LEN || memcmp(token.at, signature, sizeof signature) != 0)
        return TYPE_NONE;
    return le32(token, TYPE_AT);
}

/* Whether what a field of the AUTHENTICATE points at begins where the version would be. */
static bool lacks_version(struct pxa_span token)
{
    if (token.len < AUTHENTICATE_BARE_LEN ||
        !(token.at[AUTHENTICATE_FLAGS_AT + VERSION_FLAG_BYTE] & VERSION_FLAG))
        return false;
    for (size_t i = 0; i < AUTHENTICATE_FIELDS; i++) {
        size_t at = AUTHENTICATE_FIELDS_AT + i * FIELD_LEN;

        if (le16(token, at) > 0 && le32(token, at + OFFSET_IN_FIELD) < AUTHENTICATE_VERSION_END)
            return true;
    }
    return false;
}

static char *copy_of(struct pxa_span token, size_t len, struct pxa_span *copy)
{
    char *at = calloc(1, len);

    if (!at)
        return NULL;
    memcpy(at, token.at, token.len);
    *copy = (struct pxa_span){at, len};
    return at;
}

bool ntlm_form_mend(struct pxa_span token, struct pxa_span *copy)
{
    uint32_t type = type_of(token);
    char *at;

    *copy = (struct pxa_span){NULL, 0};
    if (type == TYPE_NEGOTIATE && token.len < NEGOTIATE_LEN)
        return copy_of(token, NEGOTIATE_LEN, copy);
    if (type != TYPE_AUTHENTICATE || !lacks_version(token))
        return true;
    at = copy_of(token, token.len, copy);
    if (at)
        at[AUTHENTICATE_FLAGS_AT + VERSION_FLAG_BYTE] &= (char)~VERSION_FLAG;
    return at;
}
