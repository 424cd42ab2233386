/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames of RFC 2743, section 3.1: 0x60, a length in DER, the mechanism's OID, its message. What
 * Kerberos protects in the message does not have the OID in it.
 *
 * Cannot do: tokens inside of SPNEGO, where MIT's library does not choose IAKERB.
 */
#include <config.h>

#include "helpers/kerberos/iakerb_form.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/kerberos/mechanisms.h"

enum { TOK_ID_LEN = 2, OID_TAG = 0x06, FRAME_TAG = 0x60, LENGTH_MAX = 5, SHORT_LENGTH_MAX = 0x7f };

/* The longest message that a frame is put around here: no line of Squid's has room for more. */
enum { INNER_LEN_MAX = 65535 };

static bool decode_framed(struct pxa_span token, enum pxa_mech mech, struct pxa_negotiate *decoded)
{
    return pxa_negotiate_decode(token, decoded) == PXA_OK && decoded->kind == PXA_TOKEN_GSSAPI &&
           pxa_mech_of(decoded->frame_oid) == mech;
}

static bool has_tok_id(struct pxa_span message, const char id[static TOK_ID_LEN])
{
    return message.len >= TOK_ID_LEN && memcmp(message.at, id, TOK_ID_LEN) == 0;
}

enum iakerb_form iakerb_form_of(struct pxa_span token)
{
    struct pxa_negotiate decoded;

    if (!decode_framed(token, PXA_MECH_IAKERB, &decoded))
        return IAKERB_FORM_NONE;
    if (has_tok_id(decoded.inner, "\x05\x01"))
        return IAKERB_FORM_FOR_KDC;
    return has_tok_id(decoded.inner, "\x01\x00") ? IAKERB_FORM_AP_REQ : IAKERB_FORM_OTHER;
}

/* A length in DER, the shortest form. */
static size_t put_length(size_t len, char to[static LENGTH_MAX])
{
    size_t bytes = 0;

    if (len <= SHORT_LENGTH_MAX) {
        to[0] = (char)len;
        return 1;
    }
    for (size_t rest = len; rest > 0; rest >>= 8)
        bytes++;
    to[0] = (char)(0x80 | bytes);
    for (size_t i = 0; i < bytes; i++)
        to[1 + i] = (char)(len >> 8 * (bytes - 1 - i));
    return 1 + bytes;
}

static bool put_frame(const gss_OID_desc *oid, struct pxa_span inner, struct pxa_span *copy)
{
    char length[LENGTH_MAX];
    size_t length_len = put_length(2 + oid->length + inner.len, length);
    char *at = malloc(1 + length_len + 2 + oid->length + inner.len);

    if (!at)
        return false;
    copy->at = at;
    *at++ = FRAME_TAG;
    memcpy(at, length, length_len);
    at += length_len;
    *at++ = OID_TAG;
    *at++ = (char)oid->length;
    memcpy(at, oid->elements, oid->length);
    memcpy(at + oid->length, inner.at, inner.len);
    copy->len = (size_t)(at - copy->at) + oid->length + inner.len;
    return true;
}

bool iakerb_form_mend(struct pxa_span token, struct pxa_span *copy)
{
    struct pxa_negotiate decoded;

    *copy = (struct pxa_span){NULL, 0};
    if (!decode_framed(token, PXA_MECH_IAKERB, &decoded) || decoded.inner.len > INNER_LEN_MAX ||
        !has_tok_id(decoded.inner, "\x01\x00"))
        return true;
    return put_frame(&mechanism_krb5, decoded.inner, copy);
}

bool iakerb_form_restore(struct pxa_span answer, struct pxa_span *copy)
{
    struct pxa_negotiate decoded;

    *copy = (struct pxa_span){NULL, 0};
    if (!decode_framed(answer, PXA_MECH_KRB5, &decoded) || decoded.inner.len > INNER_LEN_MAX)
        return true;
    return put_frame(&mechanism_iakerb, decoded.inner, copy);
}
