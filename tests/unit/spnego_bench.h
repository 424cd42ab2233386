/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPNEGO around the client of acceptor_bench.h: tokens are built by hand along RFC 4178
 * section 4.2.
 */
#ifndef TESTS_UNIT_SPNEGO_BENCH_H
#define TESTS_UNIT_SPNEGO_BENCH_H

#include "tests/unit/acceptor_bench.h"
#include "tests/unit/der_build.h"
#include "tests/unit/vector.h"

#define NTLMSSP_OID "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define KRB5_OID "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define SPNEGO_OID "\x2b\x06\x01\x05\x05\x02"

/* Which mechanisms a client lists. */
enum list { NTLM_ALONE, NTLM_FIRST, KRB5_FIRST, KRB5_ALONE };

struct tokens {
    struct acceptor_bench *bench;
    struct der_build build; /* the last token */
    struct der_build list;  /* the client's mechanisms, as they are signed */
    bool windows_lengths;   /* of two bytes more than necessary, in the list */
};

static inline struct tokens *tokens_open(void)
{
    struct tokens *tokens = calloc(1, sizeof *tokens);

    ck_assert_ptr_nonnull(tokens);
    tokens->bench = bench_open();
    return tokens;
}

static inline void tokens_close(struct tokens *tokens)
{
    bench_close(tokens->bench);
    free(tokens);
}

static inline struct pxa_span built_span(const struct der_build *build)
{
    return (struct pxa_span){(const char *)build->bytes, build->len};
}

static inline void build_list(struct tokens *tokens, enum list kind)
{
    struct der_build *list = &tokens->list;

    list->len = 0;
    if (kind == KRB5_FIRST || kind == KRB5_ALONE)
        put_text(list, 0x06, KRB5_OID);
    if (kind != KRB5_ALONE)
        put_text(list, 0x06, NTLMSSP_OID);
    if (kind == NTLM_FIRST)
        put_text(list, 0x06, KRB5_OID);
    if (tokens->windows_lengths) {
        unsigned char head[4] = {0x30, 0x82, 0, (unsigned char)list->len};

        memmove(list->bytes + 4, list->bytes, list->len);
        memcpy(list->bytes, head, 4);
        list->len += 4;
    } else {
        wrap(list, 0, 0x30);
    }
}

/* NegTokenInit in its GSS-API frame; MECH_TOKEN may be empty. */
static inline void send_init(struct tokens *tokens, enum list kind, struct pxa_span mech_token)
{
    struct der_build *out = &tokens->build;
    size_t inner;
    size_t mark;

    build_list(tokens, kind);
    out->len = 0;
    put_text(out, 0x06, SPNEGO_OID);
    inner = out->len;
    put(out, 0xa0, tokens->list.bytes, tokens->list.len);
    if (mech_token.len > 0) {
        mark = out->len;
        put(out, 0x04, mech_token.at, mech_token.len);
        wrap(out, mark, 0xa2);
    }
    wrap(out, inner, 0x30);
    wrap(out, inner, 0xa0);
    wrap(out, 0, 0x60);
    bench_begin(tokens->bench, built_span(out));
}

/* NegTokenResp; either may be empty. */
static inline void send_resp(struct tokens *tokens, struct pxa_span token, struct pxa_span mic)
{
    struct der_build *out = &tokens->build;
    size_t mark = 0;

    out->len = 0;
    if (token.len > 0) {
        put(out, 0x04, token.at, token.len);
        wrap(out, 0, 0xa2);
    }
    if (mic.len > 0) {
        mark = out->len;
        put(out, 0x04, mic.at, mic.len);
        wrap(out, mark, 0xa3);
    }
    wrap(out, 0, 0x30);
    wrap(out, 0, 0xa1);
    bench_step(tokens->bench, built_span(out));
}

static inline struct pxa_span nothing(void)
{
    return (struct pxa_span){NULL, 0};
}

static inline struct pxa_negotiate reply_of(const struct tokens *tokens)
{
    struct pxa_negotiate reply;

    ck_assert_int_eq(pxa_negotiate_decode(tokens->bench->answer.token, &reply), PXA_OK);
    ck_assert_int_eq(reply.kind, PXA_TOKEN_SPNEGO_RESP);
    return reply;
}

static inline void expect_reply(const struct tokens *tokens, enum acceptor_result result,
                                const char *hex)
{
    struct block expected = vector_hex(hex);

    ck_assert_int_eq(tokens->bench->answer.result, result);
    ck_assert(span_is(tokens->bench->answer.token, expected.at, expected.len));
    block_free(expected);
}

static inline void expect_reject(const struct tokens *tokens, const char *reason)
{
    expect_reply(tokens, ACCEPTOR_DENIED, "a1073005a0030a0102");
    ck_assert_str_eq(tokens->bench->answer.reason, reason);
}

/* The AUTHENTICATE message for the challenge in the last reply, and its mechListMIC. */
static inline void send_login(struct tokens *tokens, bool with_mic, size_t wrong_bit)
{
    struct client *client = &tokens->bench->client;
    struct pxa_negotiate reply = reply_of(tokens);
    struct block challenge = block_of(reply.inner.at, reply.inner.len);
    struct pxa_span message = client_authenticate(client, block_span(challenge));
    unsigned char mic[16];

    client_sign(client, "client-to-server", built_span(&tokens->list), mic);
    if (wrong_bit > 0)
        mic[(wrong_bit - 1) / 8] ^= (unsigned char)(1 << (wrong_bit - 1) % 8);
    send_resp(tokens, message, (struct pxa_span){(const char *)mic, with_mic ? 16 : 0});
    block_free(challenge);
}

static inline void expect_completed(const struct tokens *tokens)
{
    unsigned char mic[16];

    expect_ok(tokens->bench);
    ck_assert_int_eq(reply_of(tokens).neg_state, PXA_NEG_ACCEPT_COMPLETED);
    ck_assert_uint_eq(reply_of(tokens).inner.len, 0);
    ck_assert_uint_eq(reply_of(tokens).supported_mech.len, 0);
    client_sign(&tokens->bench->client, "server-to-client", built_span(&tokens->list), mic);
    ck_assert(span_is(reply_of(tokens).mech_list_mic, (const char *)mic, 16));
}

static inline void begin_kerberos_first(struct tokens *tokens)
{
    send_init(tokens, KRB5_FIRST, (struct pxa_span){"an AP-REQ", 9});
    send_resp(tokens, client_negotiate(&tokens->bench->client), nothing());
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_CONTINUE);
}

#endif
