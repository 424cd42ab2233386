/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is let in by a bare NTLM login. The client is that of ntlm_client.h, which has nothing of the
 * server's side.
 */
#include <config.h>

#include "tests/unit/acceptor_bench.h"

Suite *suite(void);

static const char wrong[] = "wrong user name or password";
static const char no_v1[] = "the client answered with NTLMv1, which is not allowed";

START_TEST(right_password)
{
    struct acceptor_bench *bench = bench_open();

    bench_login(bench);
    expect_ok(bench);
    ck_assert(span_is(bench->answer.domain, "LAB", 3));
    ck_assert_uint_eq(bench->answer.token.len, 0);
    ck_assert_int_eq(bench->answer.response, PXA_NTLM_V2);
    ck_assert(!bench->answer.mic);
    ck_assert_uint_eq(bench->lookups, 1);
    ck_assert_str_eq(bench->asked_user, "alice");
    ck_assert_str_eq(bench->asked_domain, "LAB");
    bench_close(bench);
}
END_TEST

/* Nobody can tell which of them it was. */
START_TEST(wrong_passwords_and_users)
{
    static const unsigned char other[16] = {1};
    struct acceptor_bench *bench = bench_open();

    bench->client.nt_hash = other;
    bench_login(bench);
    ck_assert(span_is(bench->answer.user, "alice", 5));
    expect_denied(bench, wrong);
    bench->client.nt_hash = client_secret;
    bench->client.user = "bob";
    bench->client.upper_user = "BOB";
    bench_login(bench);
    ck_assert_uint_eq(bench->lookups, 2);
    expect_denied(bench, wrong);
    bench->found = NTLM_LOOKUP_NONE; /* though it gives a hash that is right */
    client_init(&bench->client);
    bench_login(bench);
    expect_denied(bench, wrong);
    bench_close(bench);
}
END_TEST

START_TEST(no_accounts)
{
    struct acceptor_bench *bench = bench_open();

    bench->found = NTLM_LOOKUP_UNAVAILABLE;
    bench_login(bench);
    ck_assert_int_eq(bench->answer.result, ACCEPTOR_UNAVAILABLE);
    ck_assert_str_eq(bench->answer.reason, "the accounts cannot be read");
    bench_close(bench);
}
END_TEST

/* A response to another challenge: a replay. */
START_TEST(an_old_response)
{
    struct acceptor_bench *bench = bench_open();

    bench_login(bench);
    expect_ok(bench);
    bench_begin(bench, client_negotiate(&bench->client));
    bench_step(bench,
               (struct pxa_span){bench->client.authenticate.bytes, bench->client.authenticate.len});
    expect_denied(bench, wrong);
    bench_close(bench);
}
END_TEST

START_TEST(names_with_a_domain_inside)
{
    static const struct {
        const char *user, *upper, *domain, *asked_user, *asked_domain;
    } forms[] = {
        {"LAB\\alice", "LAB\\ALICE", "", "alice", "LAB"},
        {"alice@lab.example", "ALICE@LAB.EXAMPLE", "", "alice", "lab.example"},
        {"LAB\\alice@x", "LAB\\ALICE@X", "", "alice@x", "LAB"},
        {"alice@x@y", "ALICE@X@Y", "", "alice@x", "y"},
        {"\\alice", "\\ALICE", "", "alice", ""},
        {"alice", "ALICE", "", "alice", ""},
        {"alice@x", "ALICE@X", "LAB", "alice@x", "LAB"}, /* there is a domain: as sent */
    };
    struct acceptor_bench *bench = bench_open();

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        bench->client.user = forms[i].user;
        bench->client.upper_user = forms[i].upper;
        bench->client.domain = forms[i].domain;
        bench->account = forms[i].asked_user;
        bench_login(bench);
        expect_ok(bench);
        ck_assert_str_eq(bench->asked_user, forms[i].asked_user);
        ck_assert_str_eq(bench->asked_domain, forms[i].asked_domain);
        ck_assert(span_is(bench->answer.domain, bench->asked_domain, strlen(bench->asked_domain)));
    }
    bench_close(bench);
}
END_TEST

START_TEST(names_beyond_ascii)
{
    struct acceptor_bench *bench = bench_open();

    bench->account = "\xc3\xbcser";
    bench->client.user = "\xc3\xbcser";
    bench->client.upper_user = "\xc3\x9cSER";
    bench->client.domain = "K\xc3\xb6ln";
    bench_login(bench);
    expect_ok(bench);
    ck_assert_str_eq(bench->asked_domain, "K\xc3\xb6ln");
    bench_close(bench);
}
END_TEST

START_TEST(names_that_cannot_be_read)
{
    static const struct {
        const char *bytes;
        size_t len;
        uint32_t offer;
    } names[] = {
        {"a", 1, CLIENT_OFFER},            /* half a unit */
        {"\0\xd8", 2, CLIENT_OFFER},       /* half a pair of surrogates */
        {"\0\xdc\0\xd8", 4, CLIENT_OFFER}, /* a pair in the wrong order */
        {"a\0\0\0", 4, CLIENT_OFFER},      /* NUL */
        {"a\0\n\0", 4, CLIENT_OFFER},      /* a line end */
        {"a\0\x7f\0", 4, CLIENT_OFFER},    /* DEL */
        {"\xfcser", 4, CLIENT_OFFER_OEM},  /* which code page? */
        {"a\0l\0", 4, CLIENT_OFFER_OEM},   /* UTF-16 where that was not agreed on */
    };
    struct acceptor_bench *bench = bench_open();

    bench->client.raw_user = names[_i].bytes;
    bench->client.raw_user_len = names[_i].len;
    bench->client.offer = names[_i].offer;
    bench_login(bench);
    expect_denied(bench, "the NTLM login's names cannot be read");
    ck_assert_uint_eq(bench->lookups, 0);
    bench->client.raw_is_domain = true;
    bench_login(bench);
    expect_denied(bench, "the NTLM login's names cannot be read");
    ck_assert_uint_eq(bench->lookups, 0);
    bench_close(bench);
}
END_TEST

START_TEST(names_that_are_long)
{
    struct acceptor_bench *bench = bench_open();
    char account[ACCEPTOR_NAME_MAX + 1];
    char upper[ACCEPTOR_NAME_MAX + 1];

    memset(account, 'a', sizeof account - 1);
    account[sizeof account - 1] = '\0';
    memset(upper, 'A', sizeof upper - 1);
    upper[sizeof upper - 1] = '\0';
    bench->account = account;
    bench->client.upper_user = upper;
    bench->client.name_len = ACCEPTOR_NAME_MAX;
    bench_login(bench);
    expect_ok(bench);
    bench->client.name_len = ACCEPTOR_NAME_MAX + 1;
    bench_login(bench);
    expect_denied(bench, "the NTLM login's names cannot be read");
    bench->client.name_len = 32767; /* 65,534 bytes: more than a token may have with the rest */
    bench_login(bench);
    expect_denied(bench, "not a token of NTLM or Negotiate");
    bench->client.name_len = 32000;
    bench_login(bench);
    expect_denied(bench, "the NTLM login's names cannot be read");
    bench_close(bench);
}
END_TEST

START_TEST(no_user)
{
    struct acceptor_bench *bench = bench_open();

    bench->client.user = "";
    bench->client.upper_user = "";
    bench_login(bench);
    expect_denied(bench, "the NTLM login names no user");
    bench->client.user = "LAB\\";
    bench->client.domain = "";
    bench_login(bench);
    expect_denied(bench, "the NTLM login names no user");
    ck_assert_uint_eq(bench->lookups, 0);
    bench_close(bench);
}
END_TEST

START_TEST(domains)
{
    static char lab[] = "lab";
    static char other[] = "OTHER";
    static char *values[] = {other, lab};
    struct acceptor_bench *bench = bench_open();

    bench->domains = (struct option_list){values, 2};
    bench_login(bench);
    expect_ok(bench);
    bench->client.domain = "LABS";
    bench_login(bench);
    expect_denied(bench, "logins of this domain are not allowed");
    bench->client.domain = "";
    bench_login(bench);
    expect_denied(bench, "logins of this domain are not allowed");
    bench->client.user = "oTHer\\alice";
    bench->client.upper_user = "OTHER\\ALICE";
    bench_login(bench);
    expect_ok(bench);
    ck_assert_uint_eq(bench->lookups, 2);
    bench->policy.domains = NULL;
    bench->client.domain = "any";
    bench->client.user = "alice";
    bench->client.upper_user = "ALICE";
    bench_login(bench);
    expect_ok(bench);
    bench_close(bench);
}
END_TEST

/* Both kinds, with the offers that make clients send them. */
START_TEST(ntlmv1)
{
    static const uint32_t offers[] = {CLIENT_OFFER, CLIENT_OFFER_OEM};
    struct acceptor_bench *bench = bench_open();

    bench->client.kind = _i < 2 ? CLIENT_V1 : CLIENT_V1_SESSION;
    bench->client.offer = offers[_i % 2];
    bench_login(bench);
    ck_assert_ptr_nonnull(strstr(bench->answer.detail, "--allow-ntlmv1"));
    expect_denied(bench, no_v1);
    bench->policy.allow_ntlmv1 = true;
    bench_login(bench);
    expect_ok(bench);
    ck_assert_int_eq(bench->answer.response, _i < 2 ? PXA_NTLM_V1 : PXA_NTLM_V1_SESSION);
    for (bench->client.response_at = 1; bench->client.response_at <= 24;
         bench->client.response_at++) {
        bench_login(bench);
        expect_denied(bench, wrong);
    }
    bench_close(bench);
}
END_TEST

/* Also where NTLMv1 is allowed. */
START_TEST(never_let_in)
{
    struct acceptor_bench *bench = bench_open();

    bench->policy.allow_ntlmv1 = true;
    bench->client.kind = CLIENT_LM;
    bench_login(bench);
    expect_denied(bench, "the client answered with LM, which is never let in");
    bench->client.kind = CLIENT_ANONYMOUS;
    bench_login(bench);
    expect_denied(bench, "an anonymous NTLM login");
    ck_assert_uint_eq(bench->lookups, 0);
    bench_close(bench);
}
END_TEST

/* One bit in each byte of an NTLMv2 response. The pairs of the client's are checked before, and so
 * give a reason of their own. */
START_TEST(changed_responses)
{
    struct acceptor_bench *bench = bench_open();

    for (size_t at = 1; at < 44; at++) {
        bench->client.response_at = at;
        bench_login(bench);
        ck_assert_msg(bench->answer.result == ACCEPTOR_DENIED, "byte %zu", at);
    }
    bench_close(bench);
}
END_TEST

START_TEST(oem_names)
{
    struct acceptor_bench *bench = bench_open();

    bench->client.offer = CLIENT_OFFER_OEM;
    bench_login(bench);
    expect_ok(bench);
    bench_close(bench);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("acceptor_login");
    TCase *tc = tcase_create("acceptor_login");

    tcase_add_test(tc, right_password);
    tcase_add_test(tc, wrong_passwords_and_users);
    tcase_add_test(tc, no_accounts);
    tcase_add_test(tc, an_old_response);
    tcase_add_test(tc, names_with_a_domain_inside);
    tcase_add_test(tc, names_beyond_ascii);
    tcase_add_loop_test(tc, names_that_cannot_be_read, 0, 8);
    tcase_add_test(tc, names_that_are_long);
    tcase_add_test(tc, no_user);
    tcase_add_test(tc, domains);
    tcase_add_loop_test(tc, ntlmv1, 0, 4);
    tcase_add_test(tc, never_let_in);
    tcase_add_test(tc, changed_responses);
    tcase_add_test(tc, oem_names);
    suite_add_tcase(s, tc);
    return s;
}
