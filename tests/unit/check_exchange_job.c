/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/exchange_job.c: what it asks about NTLM's users, and that it does so in
 * its thread, which here runs when the test wants it. The step itself comes to what the test says;
 * winbind is fake_wbclient.h's. What else a job promises is tested by check_service.c.
 */
#include <config.h>

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/kerberos/exchange_job.h"
#include "tests/unit/fake_wbclient.h"

Suite *suite(void);

static char folder[] = "check_exchange_job.XXXXXX"; /* in the build folder */
static char file[sizeof folder + 16];

static struct exchange_outcome stepped_to; /* what the step comes to */
static struct exchange_outcome outcome;    /* what the job came to; valid while `name` is */
static char name[100];
static struct job *job; /* that was submitted */
static unsigned running;
static struct service_credentials credentials;
static struct exchange_order order;

/* The linker's name for what is wrapped. NOLINTBEGIN */
void __wrap_exchange_step(struct exchange *exchange, gss_cred_id_t credential,
                          struct pxa_span token, struct exchange_outcome *out);

void __wrap_exchange_step(struct exchange *exchange, gss_cred_id_t credential,
                          struct pxa_span token, struct exchange_outcome *out)
{
    (void)exchange;
    (void)credential;
    (void)token;
    *out = stepped_to;
}
/* NOLINTEND */

static void keep_job(struct offload *offload, struct job *submitted)
{
    (void)offload;
    job = submitted;
}

static void stepped(void *context, struct exchange *exchange, const struct exchange_outcome *out)
{
    ck_assert_ptr_eq(context, &order);
    outcome = *out;
    ck_assert_uint_lt(out->name.len, sizeof name);
    (void)snprintf(name, sizeof name, "%.*s", (int)out->name.len, out->name.at ? out->name.at : "");
    exchange_free(exchange);
}

static void write_file(void)
{
    int fd = open(file, O_WRONLY | O_CREAT, 0600);

    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void remove_file(void)
{
    ck_assert_int_eq(unlink(file), 0);
}

static void begin(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/users", folder);
    fake_wbclient = (struct fake_wbclient){.user = "Alice"};
    credentials = (struct service_credentials){.holders = 1};
    order = (struct exchange_order){.credentials = &credentials,
                                    .ntlm = true,
                                    .stepped = stepped,
                                    .context = &order,
                                    .running = &running};
}

static void end(void)
{
    (void)unlink(file);
    ck_assert_int_eq(rmdir(folder), 0);
    ck_assert_uint_eq(running, 0);
    ck_assert_uint_eq(credentials.holders, 1);
    ck_assert_int_eq(fake_wbclient.open, 0);
}

static void start(void)
{
    static const struct offload_ops ops = {keep_job};
    static struct offload offload = {&ops};
    static const struct exchange_orders orders;

    order.exchange = exchange_new(&orders);
    ck_assert_ptr_nonnull(exchange_job_start(&offload, &order));
}

static void work(void)
{
    start();
    job->run(job);
    job->done(job);
}

static void fail_with(OM_uint32 major)
{
    stepped_to = (struct exchange_outcome){.result = EXCHANGE_FAILED, .major = major};
}

static void succeed_as(const char *typed)
{
    stepped_to = (struct exchange_outcome){.result = EXCHANGE_DONE, .name = {typed, strlen(typed)}};
}

/* ---- a file's users ---- */

START_TEST(a_file_that_can_be_read)
{
    fake_wbclient.silent = true; /* nobody asks it */
    order.ntlm_file = file;
    write_file();
    fail_with(GSS_S_FAILURE);
    work();
    ck_assert_int_eq(outcome.result, EXCHANGE_FAILED);
    ck_assert_int_eq(outcome.away, EXCHANGE_NOBODY_AWAY);
    succeed_as("LAB\\alice");
    work();
    ck_assert_int_eq(outcome.result, EXCHANGE_DONE);
    ck_assert_str_eq(name, "LAB\\alice");
}
END_TEST

/* What counts is what the thread finds. */
START_TEST(a_file_that_cannot_be_read)
{
    order.ntlm_file = file;
    fail_with(GSS_S_FAILURE);
    start();
    job->run(job);
    write_file();
    job->done(job);
    ck_assert_int_eq(outcome.away, EXCHANGE_FILE_AWAY);
    start();
    job->run(job);
    remove_file();
    job->done(job);
    ck_assert_int_eq(outcome.away, EXCHANGE_NOBODY_AWAY);
}
END_TEST

/* Nobody needs to be asked about a token that makes no sense. */
START_TEST(a_failure_of_another_kind)
{
    order.ntlm_file = _i == 0 ? file : NULL;
    fake_wbclient.silent = true;
    fail_with(GSS_S_DEFECTIVE_TOKEN);
    work();
    ck_assert_int_eq(outcome.away, EXCHANGE_NOBODY_AWAY);
}
END_TEST

START_TEST(no_step_of_ntlm)
{
    order.ntlm = false;
    order.ntlm_file = _i == 0 ? file : NULL;
    fake_wbclient.silent = true;
    fail_with(GSS_S_FAILURE);
    work();
    ck_assert_int_eq(outcome.away, EXCHANGE_NOBODY_AWAY);
    succeed_as("alice@EXAMPLE.TEST");
    work();
    ck_assert_str_eq(name, "alice@EXAMPLE.TEST");
}
END_TEST

/* ---- winbind's ---- */

START_TEST(winbinds_users)
{
    fail_with(GSS_S_FAILURE);
    work();
    ck_assert_int_eq(outcome.away, EXCHANGE_NOBODY_AWAY);
    succeed_as("corp.example.test\\ALICE");
    work();
    ck_assert_int_eq(outcome.result, EXCHANGE_DONE);
    ck_assert_str_eq(name, "CORP\\Alice");
}
END_TEST

START_TEST(winbind_is_away)
{
    fake_wbclient.silent = true;
    fail_with(GSS_S_FAILURE);
    work();
    ck_assert_int_eq(outcome.away, EXCHANGE_DOMAIN_AWAY);
    succeed_as("alice"); /* whoever that is */
    work();
    ck_assert_int_eq(outcome.result, EXCHANGE_FAILED);
    ck_assert_int_eq(outcome.away, EXCHANGE_DOMAIN_AWAY);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("exchange_job");
    TCase *tc = tcase_create("exchange_job");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, a_file_that_can_be_read);
    tcase_add_test(tc, a_file_that_cannot_be_read);
    tcase_add_loop_test(tc, a_failure_of_another_kind, 0, 2);
    tcase_add_loop_test(tc, no_step_of_ntlm, 0, 2);
    tcase_add_test(tc, winbinds_users);
    tcase_add_test(tc, winbind_is_away);
    suite_add_tcase(s, tc);
    return s;
}
