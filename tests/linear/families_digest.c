/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Families for Digest: credentials with much that is ignored, much that has to be decoded, and
 * long values to hash.
 */
#include <config.h>

#include "tests/linear/measured.h"

#define CREDENTIALS(user)                                                                          \
    user ", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"00112233445566778899aabbccddeeff\""

static void build_unknown_params(struct input *input, size_t n)
{
    input_repeat(input, "unknown=\"x\\\"y\", , ", n);
    input_text(input, CREDENTIALS("username=\"u\""));
}

static void build_escaped_values(struct input *input, size_t n)
{
    input_text(input, "opaque=\"");
    input_repeat(input, "\\\\", n);
    input_text(input, "\", cnonce=\"");
    input_repeat(input, "\\o", n);
    input_text(input, "\", qop=auth, nc=00000001, ");
    input_text(input, CREDENTIALS("username=\"u\""));
}

static void build_extended_name(struct input *input, size_t n)
{
    input_text(input, "username*=UTF-8''");
    input_repeat(input, "%c3%a9", n);
    input_text(input, CREDENTIALS(""));
}

/* The same parameter again and again, of which Squid takes the last. */
static void build_repeated(struct input *input, size_t n)
{
    input_repeat(input, "realm=\"other\\\\\", ", n);
    input_text(input, CREDENTIALS("username=\"u\""));
    input_text(input, ", algorithm=MD5");
}

static enum pxa_status call_decode(struct pxa_span input, struct room room)
{
    struct pxa_digest digest;

    return pxa_digest_decode(input, PXA_RFC, room.at, room.cap, &digest);
}

static enum pxa_status call_decode_squid(struct pxa_span input, struct room room)
{
    struct pxa_digest digest;

    return pxa_digest_decode(input, PXA_SQUID, room.at, room.cap, &digest);
}

static void build_long(struct input *input, size_t n)
{
    input_repeat(input, "0123456789abcdef", n);
}

static enum pxa_status call_hashes(struct pxa_span input, struct room room)
{
    struct pxa_digest_hex hex;
    enum pxa_status status = pxa_digest_ha1(PXA_DIGEST_SHA512_256, input, input, input, &hex);

    (void)room;
    if (status == PXA_OK)
        status = pxa_digest_userhash(PXA_DIGEST_SHA256, input, input, &hex);
    return status;
}

static enum pxa_status call_response(struct pxa_span input, struct room room)
{
    struct pxa_digest digest = {.nonce = input,
                                .cnonce = input,
                                .uri = input,
                                .response = {"00112233445566778899aabbccddeeff", 32},
                                .nc = {"00000001", 8},
                                .algorithm = PXA_DIGEST_MD5_SESS,
                                .qop = PXA_QOP_AUTH,
                                .qop_name = {"auth", 4}};
    struct pxa_digest_request request = {.method = {"GET", 3}};

    struct pxa_span ha1 = {"ffeeddccbbaa99887766554433221100", 32};
    struct pxa_digest_hex hex;
    enum pxa_status status = pxa_digest_ha2(&digest, &request, &hex);

    (void)room;
    if (status == PXA_OK)
        status = pxa_digest_response(&digest, ha1, &request, &hex);
    return status == PXA_OK ? pxa_digest_check(&digest, ha1, &request) : status;
}

const struct family digest_families[] = {
    {"digest-unknown-params", build_unknown_params, call_decode, PXA_OK, LINEAR},
    {"digest-escaped-values", build_escaped_values, call_decode, PXA_OK, LINEAR},
    {"digest-extended-name", build_extended_name, call_decode, PXA_OK, LINEAR},
    {"digest-squid-unknown-params", build_unknown_params, call_decode_squid, PXA_OK, LINEAR},
    {"digest-squid-repeated", build_repeated, call_decode_squid, PXA_OK, LINEAR},
    {"digest-hashes", build_long, call_hashes, PXA_OK, LINEAR},
    {"digest-response", build_long, call_response, PXA_MISMATCH, LINEAR},
    {NULL, NULL, NULL, PXA_OK, LINEAR},
};
