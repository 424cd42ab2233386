/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes NegTokenResp in DER (X.690 sections 8.1 and 10.1).
 * Cannot do: read tokens; that is pxa_negotiate_decode()'s.
 */
#include <config.h>

#include "helpers/ntlm/spnego.h"

#include "common/der.h"

static const char ntlmssp_oid[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";

enum { LONG_LENGTH = 0x80 };

/* How many bytes the length takes behind its first one: none if it fits in that. */
static size_t length_bytes(size_t len)
{
    size_t count = 0;

    if (len < LONG_LENGTH)
        return 0;
    for (; len > 0; len >>= 8)
        count++;
    return count;
}

static size_t element_len(size_t content_len)
{
    return 2 + length_bytes(content_len) + content_len;
}

static void put_byte(struct bytes *out, size_t byte)
{
    char c = (char)(byte & 0xff);

    bytes_put(out, &c, 1);
}

static void put_head(struct bytes *out, int tag, size_t len)
{
    size_t count = length_bytes(len);

    put_byte(out, (size_t)tag);
    put_byte(out, count == 0 ? len : LONG_LENGTH | count);
    for (size_t i = count; i > 0; i--)
        put_byte(out, len >> (8 * (i - 1)));
}

/* [n] EXPLICIT, with one element of that tag in it. */
static void put_field(struct bytes *out, int n, int tag, struct pxa_span content)
{
    put_head(out, DER_CONTEXT(n), element_len(content.len));
    put_head(out, tag, content.len);
    bytes_put(out, content.at, content.len);
}

void spnego_write(struct bytes *out, const struct spnego_reply *reply)
{
    char state = (char)reply->state;
    struct bytes body = {0};

    put_field(&body, 0, DER_ENUMERATED, span_of(&state, 1));
    if (reply->choose)
        put_field(&body, 1, DER_OID, span_of(ntlmssp_oid, sizeof ntlmssp_oid - 1));
    if (reply->token.len > 0)
        put_field(&body, 2, DER_OCTET_STRING, reply->token);
    if (reply->mic.len > 0)
        put_field(&body, 3, DER_OCTET_STRING, reply->mic);
    put_head(out, DER_CONTEXT(1), element_len(bytes_len(&body)));
    put_head(out, DER_SEQUENCE, bytes_len(&body));
    bytes_put(out, body.at + body.start, bytes_len(&body));
    out->failed |= body.failed;
    bytes_free(&body);
}

int spnego_ntlmssp_at(struct pxa_span mechs)
{
    struct pxa_cursor cursor = {mechs, 0};
    struct pxa_span oid;

    for (int at = 0; pxa_mech_next(&cursor, &oid) == PXA_OK; at++)
        if (pxa_mech_of(oid) == PXA_MECH_NTLMSSP)
            return at;
    return SPNEGO_NOT_LISTED;
}

/* NegTokenInit is [0] SEQUENCE { [0] MechTypeList ... }, in a GSS-API frame or not. What stands in
 * the inner [0] is the list with its tag and length. */
struct pxa_span spnego_mech_list(struct pxa_span token)
{
    struct der der = der_reader(token);

    if (der_is(token, DER_APPLICATION(0))) {
        token = der_take(&der, &token, DER_APPLICATION(0));
        (void)der_take(&der, &token, DER_OID);
    }
    token = der_take(&der, &token, DER_CONTEXT(0));
    token = der_take(&der, &token, DER_SEQUENCE);
    return der_take(&der, &token, DER_CONTEXT(0));
}
