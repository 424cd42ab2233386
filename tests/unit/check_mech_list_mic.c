/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mechListMIC of SPNEGO, RFC 4178 section 5, with the client of ntlm_client.h, which signs by
 * [MS-NLMP] section 3.4.4.2.
 */
#include <config.h>

#include "tests/unit/spnego_bench.h"

Suite *suite(void);

/* Section 5: then both sides sign the list. */
START_TEST(kerberos_first)
{
    struct tokens *tokens = tokens_open();

    tokens->windows_lengths = _i != 0;
    send_init(tokens, KRB5_FIRST, (struct pxa_span){"an AP-REQ", 9});
    expect_reply(tokens, ACCEPTOR_CONTINUE, "a1153013a0030a0103a10c060a2b06010401823702020a");
    send_resp(tokens, client_negotiate(&tokens->bench->client), nothing());
    ck_assert_int_eq(tokens->bench->answer.result, ACCEPTOR_CONTINUE);
    send_login(tokens, true, 0);
    expect_completed(tokens);
    tokens_close(tokens);
}
END_TEST

START_TEST(mech_list_mic_is_due)
{
    static const char lacking[] = "the login lacks the mechListMIC that SPNEGO needs here";
    struct tokens *tokens = tokens_open();

    begin_kerberos_first(tokens);
    send_login(tokens, false, 0);
    expect_reject(tokens, lacking);

    tokens->bench->client.with_mic = true; /* a MIC of NTLM asks for the list's */
    send_init(tokens, NTLM_FIRST, client_negotiate(&tokens->bench->client));
    send_login(tokens, false, 0);
    expect_reject(tokens, lacking);
    send_init(tokens, NTLM_FIRST, client_negotiate(&tokens->bench->client));
    send_login(tokens, true, 0);
    expect_completed(tokens);
    ck_assert(tokens->bench->answer.mic);
    tokens_close(tokens);
}
END_TEST

/* Where the client cannot sign, as section 5 has it. */
START_TEST(mech_list_mic_without_signing)
{
    struct tokens *tokens = tokens_open();

    tokens->bench->client.offer &= ~PXA_NTLM_FLAG_SIGN;
    begin_kerberos_first(tokens);
    send_login(tokens, false, 0);
    expect_reply(tokens, ACCEPTOR_OK, "a1073005a0030a0100");
    tokens_close(tokens);
}
END_TEST

/* Each bit of it, and lengths that are not its own. */
START_TEST(mech_list_mic_is_wrong)
{
    static const char changed[] = "the login's mechListMIC is wrong";
    struct tokens *tokens = tokens_open();
    struct client *client = &tokens->bench->client;
    struct block challenge;

    for (size_t bit = 1; bit <= 128; bit++) {
        begin_kerberos_first(tokens);
        send_login(tokens, true, bit);
        expect_reject(tokens, changed);
    }
    for (size_t len = 1; len <= 32; len++) {
        struct pxa_negotiate reply;
        unsigned char mic[32] = {0};
        struct pxa_span message;

        begin_kerberos_first(tokens);
        reply = reply_of(tokens);
        challenge = block_of(reply.inner.at, reply.inner.len);
        message = client_authenticate(client, block_span(challenge));
        client_sign(client, "client-to-server", built_span(&tokens->list), mic);
        if (len == 16)
            client_sign(client, "server-to-client", built_span(&tokens->list),
                        mic); /* ours, sent back */
        send_resp(tokens, message, (struct pxa_span){(const char *)mic, len});
        expect_reject(tokens, changed);
        block_free(challenge);
    }
    tokens_close(tokens);
}
END_TEST

/* What was taken away from the list on the way is missed. */
START_TEST(the_list_was_changed)
{
    struct tokens *tokens = tokens_open();

    send_init(tokens, NTLM_ALONE, client_negotiate(&tokens->bench->client));
    build_list(tokens, KRB5_FIRST); /* what the client sent, and signs */
    send_login(tokens, true, 0);
    expect_reject(tokens, "the login's mechListMIC is wrong");
    tokens_close(tokens);
}
END_TEST

START_TEST(key_lengths)
{
    static const uint32_t without[] = {0, PXA_NTLM_FLAG_56, PXA_NTLM_FLAG_128,
                                       PXA_NTLM_FLAG_128 | PXA_NTLM_FLAG_56,
                                       PXA_NTLM_FLAG_KEY_EXCHANGE};
    struct tokens *tokens = tokens_open();

    tokens->bench->client.offer &= ~without[_i];
    begin_kerberos_first(tokens);
    send_login(tokens, true, 0);
    expect_completed(tokens);
    tokens_close(tokens);
}
END_TEST

START_TEST(ntlmv1_signs_too)
{
    struct tokens *tokens = tokens_open();

    tokens->bench->policy.allow_ntlmv1 = true;
    tokens->bench->client.kind = CLIENT_V1_SESSION;
    begin_kerberos_first(tokens);
    send_login(tokens, true, 0);
    expect_completed(tokens);
    tokens_close(tokens);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("mech_list_mic");
    TCase *tc = tcase_create("mech_list_mic");

    tcase_add_loop_test(tc, kerberos_first, 0, 2);
    tcase_add_test(tc, mech_list_mic_is_due);
    tcase_add_test(tc, mech_list_mic_without_signing);
    tcase_add_test(tc, mech_list_mic_is_wrong);
    tcase_add_test(tc, the_list_was_changed);
    tcase_add_loop_test(tc, key_lengths, 0, 5);
    tcase_add_test(tc, ntlmv1_signs_too);
    suite_add_tcase(s, tc);
    return s;
}
