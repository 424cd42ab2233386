/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens of the scheme Negotiate. Promised: every span lies in the token; the list of
 * mechanisms has as many as were counted and no fault; each identifier has a text of the size
 * that was promised, or one fault; an error leaves nothing but its place.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

static void check_oid(struct pxa_span oid)
{
    size_t cap = PXA_OID_TEXT_MAX(oid.len);
    char *text = fuzz_block(cap);
    struct pxa_written done;
    enum pxa_status status = pxa_oid_text(oid, text, cap, &done);

    PROMISE(status == PXA_OK || status == PXA_DER_VALUE);
    PROMISE(status == PXA_OK ? done.len >= 3 : done.len == 0);
    for (size_t i = 0; i < done.len; i++)
        PROMISE(text[i] == '.' || (text[i] >= '0' && text[i] <= '9'));
    PROMISE(pxa_mech_name(pxa_mech_of(oid)) != NULL);
    free(text);
}

static void check_mechs(const struct pxa_negotiate *negotiate)
{
    struct pxa_cursor mechs = {negotiate->mechs, 0};
    struct pxa_span oid;
    size_t count = 0;
    enum pxa_status status;

    while ((status = pxa_mech_next(&mechs, &oid)) == PXA_OK) {
        PROMISE(fuzz_within(oid, negotiate->mechs));
        check_oid(oid);
        count++;
    }
    PROMISE(status == PXA_END);
    PROMISE(count == negotiate->mech_count);
    PROMISE(pxa_mech_next(&mechs, &oid) == PXA_END);
}

static void check_good(struct pxa_span token, const struct pxa_negotiate *negotiate)
{
    PROMISE(negotiate->kind != PXA_TOKEN_OTHER && negotiate->fault_at == 0);
    PROMISE(fuzz_within(negotiate->inner, token));
    PROMISE(fuzz_within(negotiate->frame_oid, token));
    PROMISE(fuzz_within(negotiate->mechs, token));
    PROMISE(fuzz_within(negotiate->supported_mech, token));
    PROMISE(fuzz_within(negotiate->mech_list_mic, token));
    PROMISE(fuzz_within(negotiate->hint_name, token));
    PROMISE(negotiate->neg_state == PXA_NEG_NONE || negotiate->kind == PXA_TOKEN_SPNEGO_RESP);
    PROMISE(negotiate->mech_count == 0 || negotiate->kind == PXA_TOKEN_SPNEGO_INIT);
    check_oid(negotiate->frame_oid);
    check_oid(negotiate->supported_mech);
    check_mechs(negotiate);
}

/* Any list at all: it ends, or says where it is broken, and says so again. */
static void check_any_list(struct pxa_span bytes)
{
    struct pxa_cursor mechs = {bytes, 0};
    struct pxa_span oid;
    enum pxa_status status;
    size_t at;

    do {
        at = mechs.at;
        status = pxa_mech_next(&mechs, &oid);
        PROMISE(mechs.at <= bytes.len && fuzz_within(oid, bytes));
        PROMISE(status != PXA_OK || mechs.at > at);
    } while (status == PXA_OK);
    PROMISE(pxa_mech_next(&mechs, &oid) == status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span token = fuzz_span(data, size);
    struct pxa_negotiate negotiate;

    if (pxa_negotiate_decode(token, &negotiate) == PXA_OK) {
        check_good(token, &negotiate);
    } else {
        PROMISE(negotiate.fault_at <= size && negotiate.kind == PXA_TOKEN_OTHER);
        PROMISE(negotiate.inner.len == 0 && negotiate.mechs.len == 0);
    }
    check_any_list(token);
    return 0;
}
