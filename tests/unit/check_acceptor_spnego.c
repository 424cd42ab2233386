/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLM logins inside SPNEGO, RFC 4178 section 4.2. Replies are compared with bytes that were
 * written by hand, or read with the library's decoder.
 */
#include <config.h>

#include "tests/unit/spnego_bench.h"

Suite *suite(void);

START_TEST(ntlm_first)
{
    struct tokens *tokens = tokens_open();
    struct pxa_negotiate reply;

    send_init(tokens, _i == 0 ? NTLM_ALONE : NTLM_FIRST, client_negotiate(&tokens->bench->client));
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_CONTINUE);
    reply = reply_of(tokens);
    ck_assert_int_eq(reply.neg_state, PXA_NEG_ACCEPT_INCOMPLETE);
    ck_assert_int_eq(pxa_mech_of(reply.supported_mech), PXA_MECH_NTLMSSP);
    ck_assert_uint_eq(reply.mech_list_mic.len, 0);
    send_login(tokens, false, 0);
    expect_ok(tokens->bench);
    expect_reply(tokens, ACCEPTOR_OK, "a1073005a0030a0100");
    tokens_close(tokens);
}
END_TEST

/* Names of all lengths, so that lengths in the reply take one, two and three bytes. */
START_TEST(replies_of_all_lengths)
{
    static const char names[] = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
    struct tokens *tokens = tokens_open();
    bool longest_short = false;
    bool shortest_long = false;

    for (size_t i = 0; i < 32 * 32; i++) {
        tokens->bench->policy.domain = names + i / 32;
        tokens->bench->policy.computer = names + i % 32;
        tokens->bench->policy.dns_name = "";
        send_init(tokens, NTLM_FIRST, client_negotiate(&tokens->bench->client));
        ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_CONTINUE);
        ck_assert_int_eq(reply_of(tokens).mech, PXA_MECH_NTLMSSP);
        longest_short |= reply_of(tokens).inner.len == 126;
        shortest_long |= reply_of(tokens).inner.len == 128;
    }
    ck_assert(longest_short && shortest_long);
    tokens_close(tokens);
}
END_TEST

/* A client that sends its list alone is told our choice, by RFC 4178 section 4.2.2. */
START_TEST(no_optimistic_token)
{
    struct tokens *tokens = tokens_open();

    send_init(tokens, NTLM_FIRST, nothing());
    expect_reply(tokens, ACCEPTOR_CONTINUE, "a1153013a0030a0101a10c060a2b06010401823702020a");
    send_resp(tokens, client_negotiate(&tokens->bench->client), nothing());
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_CONTINUE);
    ck_assert_int_eq(reply_of(tokens).neg_state, PXA_NEG_ACCEPT_INCOMPLETE);
    ck_assert_uint_eq(reply_of(tokens).supported_mech.len, 0); /* it was in the first reply */
    send_login(tokens, false, 0);
    expect_reply(tokens, ACCEPTOR_OK, "a1073005a0030a0100");
    tokens_close(tokens);
}
END_TEST

START_TEST(denials_are_rejects)
{
    static const unsigned char other[16] = {1};
    struct tokens *tokens = tokens_open();

    tokens->bench->client.nt_hash = other;
    send_init(tokens, NTLM_FIRST, client_negotiate(&tokens->bench->client));
    send_login(tokens, false, 0);
    expect_reject(tokens, "wrong user name or password");
    send_resp(tokens, nothing(), nothing());
    ck_assert_str_eq(tokens->bench->answer.reason, "a token without the login that it belongs to");
    tokens_close(tokens);
}
END_TEST

START_TEST(other_mechanisms)
{
    static const char ap_req[] = "\x60\x0d\x06\x09" KRB5_OID "\x01\x00";
    struct tokens *tokens = tokens_open();

    send_init(tokens, KRB5_ALONE, (struct pxa_span){"an AP-REQ", 9});
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_OTHER);
    ck_assert_uint_eq(tokens->bench->answer.token.len, 0);
    bench_begin(tokens->bench, (struct pxa_span){ap_req, sizeof ap_req - 1});
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_OTHER);
    bench_begin(tokens->bench, (struct pxa_span){"\x6e\x02\x30\x00", 4}); /* a bare AP-REQ */
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_OTHER);
    send_resp(tokens, client_negotiate(&tokens->bench->client), nothing());
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_DENIED);
    tokens_close(tokens);
}
END_TEST

START_TEST(no_ntlm_message)
{
    static const char none[] = "a SPNEGO token without an NTLM message";
    struct tokens *tokens = tokens_open();
    struct der_build framed = {.len = 0};
    struct pxa_span negotiate = client_negotiate(&tokens->bench->client);

    send_init(tokens, NTLM_FIRST, (struct pxa_span){"what?", 5});
    expect_reject(tokens, "a broken NTLM message");
    send_init(tokens, NTLM_FIRST, (struct pxa_span){"\x6e\x02\x30\x00", 4}); /* an AP-REQ */
    expect_reject(tokens, none);
    send_init(tokens, NTLM_FIRST, negotiate);
    send_resp(tokens, nothing(), nothing());
    expect_reject(tokens, none);
    put_text(&framed, 0x06, NTLMSSP_OID); /* in a GSS-API frame */
    put_bytes(&framed, negotiate.at, negotiate.len);
    wrap(&framed, 0, 0x60);
    send_init(tokens, NTLM_FIRST, built_span(&framed));
    expect_reject(tokens, none);
    tokens_close(tokens);
}
END_TEST

START_TEST(out_of_order)
{
    static const char kind[] = "a token of another kind than the one before";
    struct tokens *tokens = tokens_open();
    struct acceptor_bench *bench = tokens->bench;
    struct pxa_span negotiate = client_negotiate(&bench->client);

    send_init(tokens, KRB5_FIRST, nothing());
    bench_step(bench, negotiate); /* bare inside a wrapped dialogue */
    ck_assert_str_eq(bench->answer.reason, kind);
    send_init(tokens, KRB5_FIRST, nothing());
    bench_step(bench, built_span(&tokens->build)); /* the list once more */
    ck_assert_str_eq(bench->answer.reason, kind);
    bench_begin(bench, negotiate);
    send_resp(tokens, negotiate, nothing()); /* wrapped inside a bare one */
    ck_assert_str_eq(bench->answer.reason, kind);
    bench_begin(bench, built_span(&tokens->build)); /* a NegTokenResp first of all */
    ck_assert_str_eq(bench->answer.reason, "a SPNEGO token out of order");
    send_init(tokens, NTLM_FIRST, negotiate);
    send_resp(tokens, negotiate, nothing()); /* NEGOTIATE twice */
    expect_reject(tokens, "an NTLM message out of order");
    tokens_close(tokens);
}
END_TEST

/* Each cut of both tokens of a client. */
START_TEST(cut_tokens)
{
    struct tokens *tokens = tokens_open();
    struct acceptor_bench *bench = tokens->bench;
    struct der_build whole;

    send_init(tokens, KRB5_FIRST, nothing());
    whole = tokens->build;
    for (size_t len = 0; len < whole.len; len++) {
        bench_begin(bench, (struct pxa_span){(const char *)whole.bytes, len});
        ck_assert_int_eq(bench->answer.result, ACCEPTOR_DENIED);
    }
    begin_kerberos_first(tokens);
    send_login(tokens, true, 0);
    whole = tokens->build;
    for (size_t len = 0; len < whole.len; len++) {
        begin_kerberos_first(tokens);
        bench_step(bench, (struct pxa_span){(const char *)whole.bytes, len});
        ck_assert_int_eq(bench->answer.result, ACCEPTOR_DENIED);
    }
    tokens_close(tokens);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("acceptor_spnego");
    TCase *tc = tcase_create("acceptor_spnego");

    tcase_add_loop_test(tc, ntlm_first, 0, 2);
    tcase_add_test(tc, replies_of_all_lengths);
    tcase_add_test(tc, no_optimistic_token);
    tcase_add_test(tc, denials_are_rejects);
    tcase_add_test(tc, other_mechanisms);
    tcase_add_test(tc, no_ntlm_message);
    tcase_add_test(tc, out_of_order);
    tcase_add_test(tc, cut_tokens);
    suite_add_tcase(s, tc);
    return s;
}
