/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What protects a bare NTLM login from somebody in the middle: the target information that has to
 * come back, the MIC and the session key ([MS-NLMP] section 3.2.5.1.2). The client is that of
 * ntlm_client.h.
 */
#include <config.h>

#include "tests/unit/acceptor_bench.h"

Suite *suite(void);

static const char other_server[] = "the NTLM response was made for another server";

START_TEST(pairs_that_do_not_come_back)
{
    static const unsigned ids[] = {PXA_PAIR_COMPUTER, PXA_PAIR_DOMAIN, PXA_PAIR_DNS_COMPUTER,
                                   PXA_PAIR_DNS_DOMAIN, PXA_PAIR_TIME};
    struct acceptor_bench *bench = bench_open();

    bench->client.drop_pair = ids[_i];
    bench_login(bench);
    expect_denied(bench, other_server);
    bench->client.drop_pair = 0;
    bench->client.change_pair = ids[_i];
    bench_login(bench);
    expect_denied(bench, other_server);
    bench->client.change_pair = 0;
    bench_login(bench);
    expect_ok(bench);
    bench_close(bench);
}
END_TEST

START_TEST(mics)
{
    struct acceptor_bench *bench = bench_open();

    bench->client.with_mic = true;
    bench_login(bench);
    expect_ok(bench);
    ck_assert(bench->answer.mic);
    bench->client.mic_wrong = true;
    bench_login(bench);
    expect_denied(bench, "the NTLM login's MIC is wrong");
    client_init(&bench->client);
    bench->client.mic_unsent = true;
    bench_login(bench);
    expect_denied(bench, "the NTLM login lacks the MIC that it announces");
    client_init(&bench->client);
    bench->client.mic_unsaid = true; /* then these 16 bytes are no MIC */
    bench->client.mic_wrong = true;
    bench_login(bench);
    expect_ok(bench);
    ck_assert(!bench->answer.mic);
    bench_close(bench);
}
END_TEST

/* The MIC is over all three messages: one bit in each byte of them. */
START_TEST(mic_over_changed_messages)
{
    struct acceptor_bench *bench = bench_open();
    struct client *client = &bench->client;
    size_t at;

    client->with_mic = true;
    for (at = 32; at < 40; at++) { /* the version in NEGOTIATE, which nothing else reads */
        (void)client_negotiate(client);
        client->negotiate.bytes[at] ^= 1;
        bench_begin(bench, (struct pxa_span){client->negotiate.bytes, client->negotiate.len});
        client->negotiate.bytes[at] ^= 1;
        bench_step(bench, client_authenticate(client, bench->answer.token));
        expect_denied(bench, "the NTLM login's MIC is wrong");
    }
    for (at = 48; at < 56; at++) { /* the version in CHALLENGE */
        bench_begin(bench, client_negotiate(client));
        ck_assert_uint_eq(bench->answer.token.at[at], 0);
        client->challenge.len = bench->answer.token.len;
        memcpy(client->challenge.bytes, bench->answer.token.at, bench->answer.token.len);
        client->challenge.bytes[at] ^= 1;
        bench_step(bench, client_authenticate(client, (struct pxa_span){client->challenge.bytes,
                                                                        client->challenge.len}));
        expect_denied(bench, "the NTLM login's MIC is wrong");
    }
    bench_begin(bench, client_negotiate(client));
    (void)client_authenticate(client, bench->answer.token);
    client->authenticate.bytes[64] ^= 1; /* the version in AUTHENTICATE */
    bench_step(bench, (struct pxa_span){client->authenticate.bytes, client->authenticate.len});
    expect_denied(bench, "the NTLM login's MIC is wrong");
    bench_close(bench);
}
END_TEST

START_TEST(session_keys)
{
    static const size_t lens[] = {1, 8, 15, 17, 24, 32};
    struct acceptor_bench *bench = bench_open();

    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        bench->client.key_len = lens[i];
        bench_login(bench);
        expect_denied(bench, "the NTLM login's session key is not of 16 bytes");
    }
    client_init(&bench->client); /* agreed on and not sent */
    bench->client.with_mic = true;
    bench->client.drop_flags = PXA_NTLM_FLAG_KEY_EXCHANGE;
    bench_login(bench);
    expect_ok(bench);
    client_init(&bench->client); /* sent without being offered: then it is no key */
    bench->client.with_mic = true;
    bench->client.offer &= ~PXA_NTLM_FLAG_KEY_EXCHANGE;
    bench->client.add_flags = PXA_NTLM_FLAG_KEY_EXCHANGE;
    bench_login(bench);
    expect_denied(bench, "the NTLM login's MIC is wrong");
    bench_close(bench);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("acceptor_mic");
    TCase *tc = tcase_create("acceptor_mic");

    tcase_add_loop_test(tc, pairs_that_do_not_come_back, 0, 5);
    tcase_add_test(tc, mics);
    tcase_add_test(tc, mic_over_changed_messages);
    tcase_add_test(tc, session_keys);
    suite_add_tcase(s, tc);
    return s;
}
