/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The legs of a bare NTLM dialogue, and the challenge in it, which is read with the library's
 * decoder and compared with [MS-NLMP] sections 2.2.1.2 and 3.2.5.1.1. The client is that of
 * ntlm_client.h.
 */
#include <config.h>

#include "tests/unit/acceptor_bench.h"

Suite *suite(void);

static void expect_wide(struct pxa_span value, const char *expected)
{
    size_t len = strlen(expected);

    ck_assert_uint_eq(value.len, 2 * len);
    for (size_t i = 0; i < len; i++)
        ck_assert(value.at[2 * i] == expected[i] && value.at[2 * i + 1] == 0);
}

/* [MS-NLMP] 2.2.1.2 and 3.2.5.1.1. */
START_TEST(the_challenge)
{
    static const char *const names[] = {[1] = "PROXY", "LAB", "proxy.lab.example", "lab.example"};
    struct acceptor_bench *bench = bench_open();
    struct pxa_cursor cursor = {{NULL, 0}, 0};
    struct pxa_ntlm_pair pair;
    struct pxa_ntlmssp message;
    unsigned seen = 0;

    bench_begin(bench, client_negotiate(&bench->client));
    ck_assert_int_eq(pxa_ntlmssp_decode(bench->answer.token, &message), PXA_OK);
    ck_assert_uint_eq(message.type, 2);
    /* What Windows 10 offers, without OEM, version and LM key, and with what a server adds. */
    ck_assert_uint_eq(message.flags, UINT32_C(0xe0898215) | PXA_NTLM_FLAG_NTLM);
    expect_wide(message.target, "LAB");
    cursor.text = message.pairs;
    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK) {
        seen |= 1u << pair.id;
        if (pair.id >= 1 && pair.id <= 4)
            expect_wide(pair.value, names[pair.id]);
        else
            ck_assert_uint_eq(pair.id, PXA_PAIR_TIME);
        if (pair.id == PXA_PAIR_TIME)
            ck_assert(span_is(pair.value, "\0\0\x81\x92\xb1\x7a\xdc\x01", 8));
    }
    ck_assert_uint_eq(seen, 0x9e);
    bench_close(bench);
}
END_TEST

/* Without a DNS name; a computer that is no member of a domain; a client that asks for no target;
 * one without extended session security, where nothing is signed; OEM names. */
START_TEST(other_challenges)
{
    struct acceptor_bench *bench = bench_open();
    struct pxa_ntlmssp message;

    bench->policy.dns_name = "";
    bench->policy.domain = "PROXY";
    bench_begin(bench, client_negotiate(&bench->client));
    ck_assert_int_eq(pxa_ntlmssp_decode(bench->answer.token, &message), PXA_OK);
    ck_assert((message.flags & PXA_NTLM_FLAG_TARGET_SERVER) != 0);
    ck_assert((message.flags & PXA_NTLM_FLAG_TARGET_DOMAIN) == 0);
    expect_wide(message.target, "PROXY");
    ck_assert_uint_eq(message.pairs.len, 2 * (4 + 10) + 12 + 4);

    bench->client.offer = PXA_NTLM_FLAG_UNICODE;
    bench_begin(bench, client_negotiate(&bench->client));
    ck_assert_int_eq(pxa_ntlmssp_decode(bench->answer.token, &message), PXA_OK);
    ck_assert_uint_eq(message.target.len, 0);
    ck_assert_uint_eq(message.flags,
                      PXA_NTLM_FLAG_UNICODE | PXA_NTLM_FLAG_NTLM | PXA_NTLM_FLAG_TARGET_INFO);

    bench->client.offer = CLIENT_OFFER & ~PXA_NTLM_FLAG_EXTENDED_SECURITY;
    bench_begin(bench, client_negotiate(&bench->client));
    ck_assert_int_eq(pxa_ntlmssp_decode(bench->answer.token, &message), PXA_OK);
    ck_assert_uint_eq(message.flags & (PXA_NTLM_FLAG_SIGN | PXA_NTLM_FLAG_EXTENDED_SECURITY), 0);

    bench->client.offer = CLIENT_OFFER_OEM;
    bench_begin(bench, client_negotiate(&bench->client));
    ck_assert_int_eq(pxa_ntlmssp_decode(bench->answer.token, &message), PXA_OK);
    ck_assert(span_is(message.target, "PROXY", 5));
    ck_assert_uint_eq(message.flags & 3, PXA_NTLM_FLAG_OEM);
    bench_close(bench);
}
END_TEST

START_TEST(neither_unicode_nor_oem)
{
    struct acceptor_bench *bench = bench_open();

    bench->client.offer &= ~(PXA_NTLM_FLAG_UNICODE | PXA_NTLM_FLAG_OEM);
    bench_begin(bench, client_negotiate(&bench->client));
    expect_denied(bench, "the NTLM client offers neither Unicode nor OEM names");
    bench_close(bench);
}
END_TEST

/* Names of a policy that are longer than any are cut, and the login works. */
START_TEST(long_target_names)
{
    struct acceptor_bench *bench = bench_open();
    char name[100001];

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    bench->policy.domain = name;
    bench->policy.computer = name;
    bench->policy.dns_name = name;
    bench_login(bench);
    expect_ok(bench);
    ck_assert_uint_lt(bench->client.challenge.len, 4096);
    bench_close(bench);
}
END_TEST

/* 1000 challenges: all different, each of their bits now 0 and now 1. */
START_TEST(challenges_are_random)
{
    struct acceptor_bench *bench = bench_open();
    unsigned ones[64] = {0};
    char last[8] = {0};

    for (size_t i = 0; i < 1000; i++) {
        const char *challenge;

        bench_begin(bench, client_negotiate(&bench->client));
        challenge = bench->answer.token.at + 24;
        ck_assert(memcmp(challenge, last, 8) != 0);
        memcpy(last, challenge, 8);
        for (unsigned bit = 0; bit < 64; bit++)
            ones[bit] += (unsigned char)challenge[bit / 8] >> bit % 8 & 1;
    }
    for (unsigned bit = 0; bit < 64; bit++)
        ck_assert_msg(ones[bit] > 400 && ones[bit] < 600, "bit %u: %u ones", bit, ones[bit]);
    bench_close(bench);
}
END_TEST

static struct pxa_span negotiate_of(struct acceptor_bench *bench)
{
    return client_negotiate(&bench->client);
}

START_TEST(out_of_order)
{
    struct acceptor_bench *bench = bench_open();
    struct pxa_span last;

    bench_step(bench, negotiate_of(bench));
    expect_denied(bench, "a token without the login that it belongs to");
    bench_login(bench);
    expect_ok(bench);
    last = (struct pxa_span){bench->client.authenticate.bytes, bench->client.authenticate.len};
    bench_step(bench, last); /* once more */
    expect_denied(bench, "a token without the login that it belongs to");
    bench_begin(bench, last); /* first of all */
    expect_denied(bench, "an NTLM message out of order");
    bench_begin(bench, negotiate_of(bench));
    bench_step(bench, negotiate_of(bench));
    expect_denied(bench, "an NTLM message out of order");
    bench_begin(bench, negotiate_of(bench));
    bench_begin(bench, negotiate_of(bench)); /* begins anew */
    bench_step(bench, client_authenticate(&bench->client, bench->answer.token));
    expect_ok(bench);
    bench_begin(bench,
                (struct pxa_span){bench->client.challenge.bytes, bench->client.challenge.len});
    expect_denied(bench, "an NTLM message out of order");
    bench_close(bench);
}
END_TEST

/* Each length that is too short, of both messages of the client. */
START_TEST(cut_tokens)
{
    struct acceptor_bench *bench = bench_open();
    struct pxa_span token = negotiate_of(bench);

    for (size_t len = 0; len < 16; len++) {
        bench_begin(bench, (struct pxa_span){token.at, len});
        ck_assert_int_eq(bench->answer.result, ACCEPTOR_DENIED);
    }
    bench->client.with_mic = true;
    bench_begin(bench, negotiate_of(bench));
    token = client_authenticate(&bench->client, bench->answer.token);
    for (size_t len = 0; len < token.len; len++) {
        bench_begin(bench, negotiate_of(bench));
        bench_step(bench, (struct pxa_span){token.at, len});
        ck_assert_int_eq(bench->answer.result, ACCEPTOR_DENIED);
    }
    bench_close(bench);
}
END_TEST

START_TEST(garbage)
{
    static const char *const tokens[] = {"", "A", "NTLMSSP", "GET / HTTP/1.1", "\x30\x80"};
    struct acceptor_bench *bench = bench_open();

    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        struct pxa_span token = {tokens[i], strlen(tokens[i])};

        bench_begin(bench, token);
        expect_denied(bench, "not a token of NTLM or Negotiate");
        bench_begin(bench, negotiate_of(bench));
        bench_step(bench, token);
        expect_denied(bench, "not a token of NTLM or Negotiate");
    }
    bench_close(bench);
}
END_TEST

START_TEST(as_long_as_tokens_get)
{
    struct acceptor_bench *bench = bench_open();
    struct client *client = &bench->client;

    (void)client_negotiate(client);
    memset(client->negotiate.bytes + 40, 'x', 65537 - 40);
    client->negotiate.len = 65536;
    client->with_mic = true;
    bench_begin(bench, (struct pxa_span){client->negotiate.bytes, 65536});
    ck_assert_int_eq(bench->answer.result, ACCEPTOR_CONTINUE);
    bench_step(bench, client_authenticate(client, bench->answer.token));
    expect_ok(bench);
    bench_begin(bench, (struct pxa_span){client->negotiate.bytes, 65537});
    expect_denied(bench, "not a token of NTLM or Negotiate");
    bench_close(bench);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("acceptor");
    TCase *tc = tcase_create("acceptor");

    tcase_add_test(tc, the_challenge);
    tcase_add_test(tc, other_challenges);
    tcase_add_test(tc, neither_unicode_nor_oem);
    tcase_add_test(tc, long_target_names);
    tcase_add_test(tc, challenges_are_random);
    tcase_add_test(tc, out_of_order);
    tcase_add_test(tc, cut_tokens);
    tcase_add_test(tc, garbage);
    tcase_add_test(tc, as_long_as_tokens_get);
    suite_add_tcase(s, tc);
    return s;
}
