/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/service.c and exchange_job.c. Expected: the promises of service.h.
 */
#include <config.h>

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/iakerb_build.h"
#include "tests/unit/service_bench.h"

Suite *suite(void);

static struct bench bench;

static void open_bench(void)
{
    bench_open(&bench);
}

static void close_bench(void)
{
    bench_close(&bench);
}

static void expect(enum service_result result, const char *words)
{
    ck_assert_msg(bench.result == result, "%d: %s (%s)", (int)bench.result, bench.reason,
                  bench.remark);
    ck_assert_msg(strstr(result == SERVICE_OK ? bench.user : bench.reason, words), "%s / %s",
                  bench.user, bench.reason);
}

START_TEST(a_ticket_is_answered_at_once)
{
    struct forged_login login = forged_login(&bench.forge);

    bench_start(&bench);
    bench_login(&bench, &login);
    expect(SERVICE_OK, "alice@EXAMPLE.TEST");
    ck_assert_uint_gt(bench.token_len, 0);
    ck_assert_uint_eq(bench.threads.count + bench.queue.count, 0);
}
END_TEST

START_TEST(no_group_passes_to_the_next_user)
{
    struct forged_login login = forged_login(&bench.forge);

    bench_start(&bench);
    login.pac = FORGED_PAC;
    login.pac_vector = "five-groups";
    bench_login(&bench, &login);
    expect(SERVICE_OK, "alice");
    ck_assert_uint_ge(bench.sid_count, 5);
    for (login.pac = FORGED_NO_PAC; login.pac <= FORGED_PAC_OF_BOB; login.pac++) {
        if (login.pac == FORGED_PAC)
            continue;
        login.client = "bob2@EXAMPLE.TEST";
        bench_login(&bench, &login);
        expect(SERVICE_OK, "bob2");
        ck_assert_uint_eq(bench.sid_count, 0);
    }
}
END_TEST

START_TEST(a_refused_ticket)
{
    struct forged_login login = forged_login(&bench.forge);

    bench_start(&bench);
    login.end = -1000;
    bench_login(&bench, &login);
    expect(SERVICE_DENIED, "expired");
    ck_assert_ptr_nonnull(strstr(bench.remark, FORGED_SERVICE));
    ck_assert_uint_eq(bench.watch.looks, 0);
}
END_TEST

START_TEST(a_realm_that_is_not_listed)
{
    static char realm[] = "OTHER.TEST";
    static char *realms[] = {realm};
    struct forged_login login = forged_login(&bench.forge);

    bench.realms = (struct option_list){realms, 1};
    bench_start(&bench);
    bench_login(&bench, &login);
    expect(SERVICE_DENIED, "realm");
}
END_TEST

/* Accounts of Active Directory have one key for all their names. */
START_TEST(another_name_with_the_same_key)
{
    static char name[] = "HTTP/proxy.example.test";
    static char *names[] = {name};
    struct forged_login login = forged_login(&bench.forge);

    login.service = "HTTP/other.example.test@EXAMPLE.TEST";
    if (_i == 1) {
        bench.names = (struct option_list){names, 1};
        spn_rule_free(bench.spns);
        bench.spns = spn_rule_new(&bench.names, NULL);
        bench.config.spns = bench.spns;
    }
    bench_start(&bench);
    bench_login(&bench, &login);
    if (_i == 0) {
        expect(SERVICE_OK, "alice");
        return;
    }
    expect(SERVICE_DENIED, "another service");
    ck_assert_ptr_nonnull(strstr(bench.remark, "other.example.test"));
    login.service = FORGED_SERVICE;
    bench_login(&bench, &login);
    expect(SERVICE_OK, "alice");
}
END_TEST

START_TEST(what_is_no_ticket)
{
    static const char type1[] = "NTLMSSP\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    bench_start(&bench);
    bench_send(&bench, "hello", 5);
    expect(SERVICE_DENIED, "neither");
    bench_send(&bench, type1, sizeof type1);
    expect(SERVICE_DENIED, "Kerberos");
    bench_send(&bench, "\x60\x06\x06\x02\x2a\x03\x05\x01", 8);
    ck_assert_int_eq(bench.result, SERVICE_OTHER);
    service_step(bench.service, (struct pxa_span){"hello", 5});
    expect(SERVICE_DENIED, "not there");
    ck_assert_uint_eq(bench.answers, 4);
}
END_TEST

/* ---- several legs ---- */

/* RFC 4178, section 5: a list whose first mechanism is not ours. */
static const char offer[] = "\x60\x1f\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x15\x30\x13\xa0\x11\x30"
                            "\x0f\x06\x02\x2a\x03\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";

START_TEST(a_login_of_several_legs)
{
    struct forged_login login = forged_login(&bench.forge);
    struct block token, next;

    login.wrap = FORGED_RAW;
    token = forge_token(&bench.forge, &login);
    next = forge_response(token);
    bench_start(&bench);
    bench_send(&bench, offer, sizeof offer - 1);
    ck_assert_int_eq(bench.result, SERVICE_CONTINUE);
    ck_assert_uint_gt(bench.token_len, 0);
    service_step(bench.service, block_span(next));
    ck_assert_msg(bench.result == SERVICE_CONTINUE || bench.result == SERVICE_OK, "%s",
                  bench.reason);
    ck_assert_uint_eq(bench.answers, 2);
    block_free(token);
    block_free(next);
}
END_TEST

/* Whether the library goes on with this leg: MIT's SPNEGO answers a NegTokenResp that has a
 * mechListMIC and no token (RFC 4178, section 4.2.2) with one that has neither, for ever. */
static bool goes_on_with(struct block leg)
{
    bench_send(&bench, offer, sizeof offer - 1);
    service_step(bench.service, block_span(leg));
    return bench.result == SERVICE_CONTINUE;
}

/* The mechListMIC is at [3], as in the RFC, or at [4], where MIT krb5 1.21 looks for it
 * (krb5/krb5#1451 on GitHub). */
START_TEST(a_login_that_does_not_end)
{
    struct block next = block_of("\xa1\x0c\x30\x0a\xa0\x03\x0a\x01\x01\xa3\x03\x04\x01m", 14);

    bench_start(&bench);
    if (!goes_on_with(next)) {
        expect(SERVICE_DENIED, "malformed");
        next.at[9] = '\xa4';
    }
    bench.answers = 0;
    bench_send(&bench, offer, sizeof offer - 1);
    while (bench.result == SERVICE_CONTINUE) {
        ck_assert_uint_lt(bench.answers, 21);
        service_step(bench.service, block_span(next));
    }
    expect(SERVICE_DENIED, "too many steps");
    ck_assert_uint_eq(bench.answers, 21);
    service_step(bench.service, block_span(next));
    expect(SERVICE_DENIED, "not there");
    block_free(next);
}
END_TEST

/* A new client in the middle of another's login: nothing is left of that. */
START_TEST(a_beginning_forgets)
{
    struct forged_login login = forged_login(&bench.forge);
    struct block token, next;

    bench_start(&bench);
    bench_send(&bench, offer, sizeof offer - 1);
    ck_assert_int_eq(bench.result, SERVICE_CONTINUE);
    bench_login(&bench, &login);
    expect(SERVICE_OK, "alice");
    login.wrap = FORGED_RAW;
    token = forge_token(&bench.forge, &login);
    next = forge_response(token);
    service_step(bench.service, block_span(next));
    expect(SERVICE_DENIED, "not there");
    block_free(token);
    block_free(next);
}
END_TEST

/* ---- threads ---- */

START_TEST(local_names_are_asked_for_in_a_thread)
{
    struct forged_login login = forged_login(&bench.forge);
    struct block token;

    bench.config.orders.local_name = true;
    bench.config.who.local_name = true;
    bench_start(&bench);
    token = bench_begin(&bench, &login);
    ck_assert_uint_eq(bench.answers, 0);
    ck_assert_uint_eq(bench.threads.count, 1);
    fake_run(&bench.threads, 0);
    fake_done(&bench.threads, 0);
    ck_assert_uint_eq(bench.answers, 1);
    expect(SERVICE_UNAVAILABLE, "no default realm"); /* for which there would be rules */
    block_free(token);
}
END_TEST

/* At which point of a job the login is forgotten. */
enum forget_at { FORGET_QUEUED, FORGET_RUN, FORGET_TIMES };

/* The token is freed as the request is, and the next login goes its way meanwhile. */
START_TEST(a_forgotten_job_works_in_vain)
{
    struct forged_login login = forged_login(&bench.forge);

    bench.config.orders.local_name = true;
    bench_start(&bench);
    for (unsigned round = 0; round < 2; round++) {
        struct block token = bench_begin(&bench, &login);

        if (_i == FORGET_RUN)
            fake_run(&bench.threads, round);
        if (round == 0)
            service_drop(bench.service);
        else
            bench_send(&bench, "hello", 5); /* a beginning forgets, too */
        block_free(token);
    }
    ck_assert_uint_eq(bench.answers, 1);
    ck_assert_uint_eq(bench.threads.count, 2);
    ck_assert_uint_eq(bench.credentials.holders, 3);
    ck_assert(!service_close(bench.service));
    for (; bench.threads.count > 0; fake_done(&bench.threads, 0))
        if (_i == FORGET_QUEUED)
            fake_run(&bench.threads, 0);
    ck_assert_uint_eq(bench.answers, 1);
}
END_TEST

/* Threads that hang do not stop those who need none. */
START_TEST(tickets_pass_by_hanging_threads)
{
    struct block iakerb = iakerb_message("EXAMPLE.TEST", true);
    struct forged_login login = forged_login(&bench.forge);

    bench_start(&bench);
    for (unsigned i = 0; i < FAKE_JOBS; i++) {
        service_begin(bench.service, block_span(iakerb));
        ck_assert_uint_eq(bench.threads.count, i + 1);
        ck_assert_uint_eq(bench.answers, i);
        service_drop(bench.service); /* its deadline */
        bench_login(&bench, &login);
        expect(SERVICE_OK, "alice");
    }
    while (bench.threads.count > 0)
        fake_done(&bench.threads, 0);
    block_free(iakerb);
}
END_TEST

/* No client has the proxy look for KDCs of any realm that it names. */
START_TEST(iakerb_for_a_foreign_realm)
{
    static char realm[] = "OTHER.TEST";
    static char *realms[] = {realm};
    struct block iakerb = iakerb_message("OTHER.TEST", true);

    bench_start(&bench);
    service_begin(bench.service, block_span(iakerb));
    expect(SERVICE_DENIED, "does not ask the KDC");
    ck_assert_uint_eq(bench.threads.count, 0);
    bench.realms = (struct option_list){realms, 1};
    service_begin(bench.service, block_span(iakerb));
    ck_assert_uint_eq(bench.threads.count, 1);
    service_drop(bench.service);
    fake_done(&bench.threads, 0);
    bench_send(&bench, "\x60\x0a\x06\x06\x2b\x06\x01\x05\x02\x05\x05\x01", 12);
    expect(SERVICE_DENIED, "malformed");
    block_free(iakerb);
}
END_TEST

/* ---- the keytab ---- */

START_TEST(a_login_before_the_keytab_is_read)
{
    struct forged_login login = forged_login(&bench.forge);
    struct block token;

    bench.watch.ready = false;
    bench_start(&bench);
    token = bench_begin(&bench, &login);
    ck_assert_uint_eq(bench.answers, 0);
    if (_i == 1)
        service_drop(bench.service);
    bench.watch.ready = true;
    service_looked(bench.service);
    service_looked(bench.service);
    ck_assert_uint_eq(bench.answers, _i == 1 ? 0 : 1);
    if (_i == 0)
        expect(SERVICE_OK, "alice");
    block_free(token);
}
END_TEST

START_TEST(a_first_look_that_is_stuck)
{
    struct forged_login login = forged_login(&bench.forge);
    struct block token;

    bench.watch.ready = false;
    bench.watch.credentials = NULL;
    bench_start(&bench);
    token = bench_begin(&bench, &login);
    ck_assert_uint_eq(bench.answers, 0);
    bench.watch.stuck = true;
    service_looked(bench.service);
    ck_assert_uint_eq(bench.answers, 1);
    expect(SERVICE_UNAVAILABLE, "no keytab here");
    bench_login(&bench, &login);
    expect(SERVICE_UNAVAILABLE, "no keytab here");
    block_free(token);
}
END_TEST

START_TEST(no_keytab_is_our_trouble)
{
    struct forged_login login = forged_login(&bench.forge);

    bench.watch.credentials = NULL;
    bench_start(&bench);
    bench_login(&bench, &login);
    expect(SERVICE_UNAVAILABLE, "no keytab here");
    ck_assert_str_eq(bench.remark, "put it there");
}
END_TEST

/* Of a key that was made after the keytab was read. */
static struct forged_login with_new_key(void)
{
    struct forged_login login = forged_login(&bench.forge);

    login.kvno = 3;
    login.key = &bench.forge.other;
    return login;
}

static const char no_key[] = "key that the proxy does not have";

/* The file is looked at once, and no more. */
START_TEST(a_new_key)
{
    struct forged_login login = with_new_key();
    struct block token;

    bench_start(&bench);
    token = bench_begin(&bench, &login);
    ck_assert_uint_eq(bench.answers, 0);
    ck_assert_uint_eq(bench.watch.looks, 1);
    bench_change_keytab(&bench);
    if (_i == 0)
        forge_keytab(&bench.forge, FORGED_SERVICE, 3, &bench.forge.other);
    service_looked(bench.service);
    ck_assert_uint_eq(bench.answers, 1);
    ck_assert_uint_eq(bench.watch.looks, 1);
    if (_i == 0)
        expect(SERVICE_OK, "alice");
    else
        expect(SERVICE_DENIED, no_key);
    block_free(token);
}
END_TEST

/* A later leg cannot be sent to libgssapi again: the context that it belongs to is gone. */
START_TEST(a_new_key_in_a_later_leg)
{
    struct forged_login login = with_new_key();
    struct block token, next;

    login.wrap = FORGED_RAW;
    token = forge_token(&bench.forge, &login);
    next = forge_response(token);
    bench_start(&bench);
    bench_send(&bench, offer, sizeof offer - 1);
    service_step(bench.service, block_span(next));
    ck_assert_uint_eq(bench.answers, 2);
    expect(SERVICE_DENIED, no_key);
    ck_assert_uint_eq(bench.watch.looks, 0);
    block_free(token);
    block_free(next);
}
END_TEST

/* The refusal is that of the first try, in the loop or in a thread, and there is no second one,
 * which would go well here. */
START_TEST(a_keytab_that_did_not_change)
{
    struct forged_login login = with_new_key();
    struct block token;

    bench.config.orders.local_name = _i == 1;
    bench_start(&bench);
    token = bench_begin(&bench, &login);
    if (_i == 1) {
        fake_run(&bench.threads, 0);
        fake_done(&bench.threads, 0);
    }
    ck_assert_uint_eq(bench.answers, 0);
    ck_assert_uint_eq(bench.watch.looks, 1);
    forge_keytab(&bench.forge, FORGED_SERVICE, 3, &bench.forge.other);
    service_looked(bench.service);
    ck_assert_uint_eq(bench.answers, 1);
    expect(SERVICE_DENIED, no_key);
    ck_assert_msg(strstr(bench.remark, "kvno 3"), "%s", bench.remark);
    ck_assert_uint_eq(bench.watch.looks, 1);
    block_free(token);
}
END_TEST

/* A file system that hangs: nobody waits for it, and who can do without it does. */
START_TEST(a_look_that_is_stuck)
{
    struct forged_login lacking = with_new_key();
    struct forged_login login = forged_login(&bench.forge);
    struct block token;

    bench_start(&bench);
    token = bench_begin(&bench, &lacking);
    bench.watch.stuck = true;
    service_looked(bench.service);
    expect(SERVICE_UNAVAILABLE, "keytab cannot be looked at");
    ck_assert_uint_eq(bench.answers, 1);
    bench_login(&bench, &lacking);
    expect(SERVICE_UNAVAILABLE, "keytab cannot be looked at");
    bench_login(&bench, &login);
    expect(SERVICE_OK, "alice");
    ck_assert_uint_eq(bench.watch.looks, 1);
    block_free(token);
}
END_TEST

/* Whatever comes of a look, each has one answer at most, others are not held up, and nothing is
 * left: bench_close() counts who holds credentials. */
START_TEST(who_lacks_a_key_again_and_again)
{
    struct forged_login lacking = with_new_key();
    struct forged_login login = forged_login(&bench.forge);
    struct block token = forge_token(&bench.forge, &lacking);
    unsigned answers = 0;

    bench_start(&bench);
    for (unsigned i = 1; i <= 100; i++) {
        service_begin(bench.service, block_span(token));
        ck_assert_uint_eq(bench.watch.looks, i);
        ck_assert_uint_eq(bench.credentials.holders, 2);
        if (i % 3 == 0)
            service_drop(bench.service); /* its deadline */
        if (i % 3 == 1)
            bench_login(&bench, &login); /* Squid gave it up */
        answers += i % 3 > 0;
        service_looked(bench.service);
        service_looked(bench.service);
        ck_assert_uint_eq(bench.answers, answers);
        ck_assert_uint_eq(bench.credentials.holders, 1);
    }
    ck_assert_uint_eq(bench.threads.count + bench.queue.count, 0);
    block_free(token);
}
END_TEST

/* NTLM alone: there is no credential for Kerberos, and libgssapi's own default is not taken. */
START_TEST(no_keys_at_all)
{
    gss_cred_id_t own = bench.credentials.own;
    struct forged_login login = forged_login(&bench.forge);

    setenv("KRB5_KTNAME", FORGED_KEYTAB, 1);
    bench.credentials.own = GSS_C_NO_CREDENTIAL;
    bench_start(&bench);
    bench_login(&bench, &login);
    ck_assert_int_eq(bench.result, SERVICE_OTHER);
    bench.watch.lack = "no keytab here"; /* though there should be one */
    bench_login(&bench, &login);
    expect(SERVICE_UNAVAILABLE, "no keytab here");
    ck_assert_str_eq(bench.remark, "put it there");
    bench.credentials.own = own;
}
END_TEST

/* ---- the replay cache ---- */

START_TEST(a_locked_replay_file_is_waited_for_in_a_thread)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct forged_login login = forged_login(&bench.forge);
    char path[] = "/tmp/check_service.XXXXXX";
    int fd = mkstemp(path);
    struct block token;

    ck_assert_int_ge(fd, 0);
    bench.replay.path = path;
    bench_start(&bench);
    bench_login(&bench, &login);
    expect(SERVICE_OK, "alice");
    ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
    token = bench_begin(&bench, &login);
    ck_assert_uint_eq(bench.answers, 1);
    ck_assert_uint_eq(bench.threads.count, 0);
    ck_assert_uint_eq(bench.queue.count, 1);
    close(fd);
    fake_run(&bench.queue, 0);
    fake_done(&bench.queue, 0);
    ck_assert_uint_eq(bench.answers, 2);
    expect(SERVICE_OK, "alice");
    block_free(token);
    unlink(path);
}
END_TEST

START_TEST(a_replay_cache_that_fails_is_our_trouble)
{
    static char path[] = "/nonexistent/replay";
    struct forged_login login = forged_login(&bench.forge);
    OM_uint32 minor;

    gss_release_cred(&minor, &bench.credentials.own);
    bench.credentials.own = forged_credential("file2:/nonexistent/replay");
    bench.replay.path = path;
    bench_start(&bench);
    bench_login(&bench, &login);
    expect(SERVICE_UNAVAILABLE, "replay cache");
    ck_assert_msg(strstr(bench.remark, "/nonexistent"), "%s", bench.remark);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("service");
    TCase *tests = tcase_create("service");

    tcase_add_checked_fixture(tests, open_bench, close_bench);
    tcase_add_test(tests, a_ticket_is_answered_at_once);
    tcase_add_test(tests, no_group_passes_to_the_next_user);
    tcase_add_test(tests, a_refused_ticket);
    tcase_add_test(tests, a_realm_that_is_not_listed);
    tcase_add_loop_test(tests, another_name_with_the_same_key, 0, 2);
    tcase_add_test(tests, what_is_no_ticket);
    tcase_add_test(tests, a_login_of_several_legs);
    tcase_add_test(tests, a_login_that_does_not_end);
    tcase_add_test(tests, a_beginning_forgets);
    tcase_add_test(tests, local_names_are_asked_for_in_a_thread);
    tcase_add_loop_test(tests, a_forgotten_job_works_in_vain, 0, FORGET_TIMES);
    tcase_add_test(tests, tickets_pass_by_hanging_threads);
    tcase_add_test(tests, iakerb_for_a_foreign_realm);
    tcase_add_loop_test(tests, a_login_before_the_keytab_is_read, 0, 2);
    tcase_add_test(tests, a_first_look_that_is_stuck);
    tcase_add_test(tests, no_keytab_is_our_trouble);
    tcase_add_loop_test(tests, a_new_key, 0, 2);
    tcase_add_test(tests, a_new_key_in_a_later_leg);
    tcase_add_loop_test(tests, a_keytab_that_did_not_change, 0, 2);
    tcase_add_test(tests, a_look_that_is_stuck);
    tcase_add_test(tests, who_lacks_a_key_again_and_again);
    tcase_add_test(tests, no_keys_at_all);
    tcase_add_test(tests, a_locked_replay_file_is_waited_for_in_a_thread);
    tcase_add_test(tests, a_replay_cache_that_fails_is_our_trouble);
    suite_add_tcase(suite, tests);
    return suite;
}
