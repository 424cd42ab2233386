/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/pam/transaction.c with a libpam of the test's own behind it, which notes how it
 * is called: pam_start(3) and its kin say how it has to be.
 */
#include <config.h>

#include "helpers/pam/transaction.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <security/pam_appl.h>

Suite *suite(void);

int __wrap_pam_start(const char *service, const char *user, const struct pam_conv *conv,
                     pam_handle_t **handle);
int __wrap_pam_start_confdir(const char *service, const char *user, const struct pam_conv *conv,
                             const char *folder, pam_handle_t **handle);
int __wrap_pam_set_item(pam_handle_t *handle, int type, const void *item);
int __wrap_pam_get_item(const pam_handle_t *handle, int type, const void **item);
int __wrap_pam_authenticate(pam_handle_t *handle, int flags);
int __wrap_pam_acct_mgmt(pam_handle_t *handle, int flags);
int __wrap_pam_end(pam_handle_t *handle, int status);

/* What the library gives, and what it was given. */
static struct {
    int start;
    int item;
    int authenticate;
    int account;
    const char *renamed; /* PAM_USER in the end, if not the one of the start */
    const char *question;
    const char *remark; /* of pam_start(3), to syslog(3) */
    char service[64];
    char folder[64];
    char user[64];
    char password[64];
    const struct pam_conv *conv;
    char calls[16]; /* s, i, a, c, e */
    int flags;
    int ended_with;
    bool delay;
} pam;

static int handle_itself;
#define HANDLE ((pam_handle_t *)(void *)&handle_itself)

static void note(char call)
{
    size_t len = strlen(pam.calls);

    ck_assert_uint_lt(len + 1, sizeof pam.calls);
    pam.calls[len] = call;
}

int __wrap_pam_start(const char *service, const char *user, const struct pam_conv *conv,
                     pam_handle_t **handle)
{
    note('s');
    snprintf(pam.service, sizeof pam.service, "%s", service);
    snprintf(pam.user, sizeof pam.user, "%s", user);
    pam.conv = conv;
    if (pam.remark)
        syslog(LOG_AUTHPRIV | LOG_ERR, "%s", pam.remark);
    *handle = pam.start == PAM_SUCCESS ? HANDLE : NULL;
    return pam.start;
}

int __wrap_pam_start_confdir(const char *service, const char *user, const struct pam_conv *conv,
                             const char *folder, pam_handle_t **handle)
{
    snprintf(pam.folder, sizeof pam.folder, "%s", folder);
    return __wrap_pam_start(service, user, conv, handle);
}

/* Calls what it gets: nothing happens, and that at once. */
int __wrap_pam_set_item(pam_handle_t *handle, int type, const void *item)
{
    void (*delay)(int, unsigned, void *);

    ck_assert_ptr_eq(handle, HANDLE);
    ck_assert_int_eq(type, PAM_FAIL_DELAY);
    memcpy(&delay, &item, sizeof delay);
    delay(PAM_AUTH_ERR, 3600U * 1000000, NULL);
    pam.delay = true;
    note('i');
    return pam.item;
}

int __wrap_pam_get_item(const pam_handle_t *handle, int type, const void **item)
{
    ck_assert_ptr_eq(handle, HANDLE);
    ck_assert_int_eq(type, PAM_USER);
    *item = pam.renamed ? pam.renamed : pam.user;
    return PAM_SUCCESS;
}

int __wrap_pam_authenticate(pam_handle_t *handle, int flags)
{
    const struct pam_message message = {PAM_PROMPT_ECHO_OFF, pam.question};
    const struct pam_message *messages[] = {&message};
    struct pam_response *responses;

    ck_assert_ptr_eq(handle, HANDLE);
    pam.flags = flags;
    note('a');
    if (pam.question && pam.conv->conv(1, messages, &responses, pam.conv->appdata_ptr) == 0) {
        snprintf(pam.password, sizeof pam.password, "%s", responses[0].resp);
        free(responses[0].resp);
        free(responses);
    }
    return pam.authenticate;
}

int __wrap_pam_acct_mgmt(pam_handle_t *handle, int flags)
{
    ck_assert_ptr_eq(handle, HANDLE);
    ck_assert_int_eq(flags, pam.flags);
    note('c');
    return pam.account;
}

int __wrap_pam_end(pam_handle_t *handle, int status)
{
    ck_assert_ptr_eq(handle, HANDLE);
    pam.ended_with = status;
    note('e');
    return PAM_SUCCESS;
}

/* ---- a login ---- */

static struct transaction_config config;
static struct transaction transaction;

static void setup(void)
{
    memset(&pam, 0, sizeof pam);
    pam.question = "Password: ";
    config = (struct transaction_config){.service = "squid"};
}

static enum outcome_verdict log_in_bytes(struct pxa_span user, const char *bytes, size_t len)
{
    struct secret *password = secret_copy(bytes, len);

    pam.calls[0] = '\0';
    memset(pam.calls, 0, sizeof pam.calls);
    transaction = (struct transaction){.user = user, .password = password};
    transaction_run(&config, &transaction);
    secret_free(&password);
    transaction.password = NULL;
    return transaction.outcome.verdict;
}

static enum outcome_verdict log_in(const char *user, const char *password)
{
    return log_in_bytes((struct pxa_span){user, strlen(user)}, password, strlen(password));
}

START_TEST(a_login)
{
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_OK);
    ck_assert_str_eq(pam.calls, "siace");
    ck_assert_str_eq(pam.service, "squid");
    ck_assert_str_eq(pam.folder, "");
    ck_assert_str_eq(pam.user, "alice");
    ck_assert_str_eq(pam.password, "secret");
    ck_assert_int_eq(pam.flags, PAM_DISALLOW_NULL_AUTHTOK);
    ck_assert_int_eq(pam.ended_with, PAM_SUCCESS);
    ck_assert(pam.delay);
    ck_assert_str_eq(transaction.name, "alice");
    ck_assert(transaction.authenticated);
    ck_assert_ptr_null(transaction.outcome.word);
}
END_TEST

START_TEST(without_account_management)
{
    config.no_account = true;
    pam.account = PAM_ACCT_EXPIRED;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_OK);
    ck_assert(transaction.authenticated);
    ck_assert_str_eq(pam.calls, "siae");
}
END_TEST

START_TEST(a_folder_of_services)
{
    config.service_dir = "/nowhere/pam.d";
    if (!transaction_has_service_dir())
        return; /* an old libpam: options.c refuses the option */
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_OK);
    ck_assert_str_eq(pam.folder, "/nowhere/pam.d");
}
END_TEST

/* Whatever fails, nothing is asked behind it, and the end is told the code. */
START_TEST(steps_that_fail)
{
    pam.authenticate = PAM_AUTH_ERR;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_DENIED);
    ck_assert_str_eq(pam.calls, "siae");
    ck_assert_int_eq(pam.ended_with, PAM_AUTH_ERR);
    ck_assert_str_eq(transaction.detail, "pam_authenticate gives PAM_AUTH_ERR");
    ck_assert_str_eq(transaction.name, "");
    ck_assert(!transaction.authenticated);

    pam.authenticate = PAM_SUCCESS;
    pam.account = PAM_ACCT_EXPIRED;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_DENIED);
    ck_assert_str_eq(pam.calls, "siace");
    ck_assert_int_eq(pam.ended_with, PAM_ACCT_EXPIRED);
    ck_assert(transaction.authenticated);
    ck_assert_str_eq(transaction.outcome.word, "account-expired");
    ck_assert_str_eq(transaction.detail, "pam_acct_mgmt gives PAM_ACCT_EXPIRED");
}
END_TEST

START_TEST(no_handle)
{
    pam.start = PAM_ABORT;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_UNAVAILABLE);
    ck_assert_str_eq(pam.calls, "s");
    ck_assert_str_eq(transaction.detail, "pam_start gives PAM_ABORT");
}
END_TEST

START_TEST(an_item_that_cannot_be_set)
{
    pam.item = PAM_BUF_ERR;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_UNAVAILABLE);
    ck_assert_str_eq(pam.calls, "sie");
}
END_TEST

/* An account without a password proves nothing: what its state is remains untold. */
START_TEST(no_module_asked)
{
    pam.question = NULL;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_OK);
    ck_assert_ptr_nonnull(strstr(transaction.detail, "no module has asked for the password"));
    pam.account = PAM_ACCT_EXPIRED;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_DENIED);
    ck_assert_ptr_null(transaction.outcome.reason);
    pam.authenticate = PAM_AUTH_ERR;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_DENIED);
    ck_assert_ptr_nonnull(strstr(transaction.detail, "no module has asked for the password"));
}
END_TEST

/* ---- names ---- */

static void assert_stripped(const char *typed, const char *asked)
{
    config.strip_realm = true;
    ck_assert_int_eq(log_in(typed, "secret"), OUTCOME_OK);
    ck_assert_str_eq(pam.user, asked);
    ck_assert_str_eq(transaction.name, asked);
}

/* As `basic_pam_auth -r` of Squid 5.7 gives these names to PAM. */
START_TEST(realms_are_stripped)
{
    ck_assert_int_eq(log_in("alice@REALM", "secret"), OUTCOME_OK);
    ck_assert_str_eq(pam.user, "alice@REALM");
    assert_stripped("alice@REALM", "alice");
    assert_stripped("DOMAIN\\alice", "alice");
    assert_stripped("alice", "alice");
    assert_stripped("alice@a@b", "alice");
    assert_stripped("DOM\\alice@x", "DOM\\alice");
    assert_stripped("A\\B\\alice", "B\\alice");
}
END_TEST

START_TEST(nothing_is_left_of_a_name)
{
    config.strip_realm = true;
    ck_assert_int_eq(log_in("@REALM", "secret"), OUTCOME_DENIED);
    ck_assert_str_eq(pam.calls, "");
    ck_assert_int_eq(log_in("DOMAIN\\", "secret"), OUTCOME_DENIED);
    ck_assert_str_eq(pam.calls, "");
}
END_TEST

START_TEST(a_module_changes_the_name)
{
    pam.renamed = "bob";
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_DENIED);
    ck_assert_ptr_null(transaction.outcome.reason);
    ck_assert_ptr_nonnull(strstr(transaction.detail, "\"bob\""));
    ck_assert_ptr_nonnull(strstr(transaction.detail, "--accept-aliases"));
    config.accept_aliases = true;
    ck_assert_int_eq(log_in("alice", "secret"), OUTCOME_OK);
    ck_assert_str_eq(transaction.name, "bob");
}
END_TEST

/* Squid's access lists do not tell upper from lower case in ASCII. */
START_TEST(a_module_changes_the_case)
{
    pam.renamed = "Alice";
    ck_assert_int_eq(log_in("aLICE", "secret"), OUTCOME_OK);
    ck_assert_str_eq(transaction.name, "Alice");
}
END_TEST

START_TEST(a_long_name)
{
    char name[TRANSACTION_TEXT_MAX + 1];

    memset(name, 'n', TRANSACTION_TEXT_MAX);
    name[TRANSACTION_TEXT_MAX] = '\0';
    pam.renamed = name;
    ck_assert_int_eq(log_in(name, "secret"), OUTCOME_OK);
    ck_assert_str_eq(transaction.name, "");
    name[TRANSACTION_TEXT_MAX - 1] = '\0';
    ck_assert_int_eq(log_in(name, "secret"), OUTCOME_OK);
    ck_assert_str_eq(transaction.name, name);
}
END_TEST

/* ---- what is not given to PAM ---- */

static void assert_not_asked(struct pxa_span user, const char *password, size_t len)
{
    ck_assert_int_eq(log_in_bytes(user, password, len), OUTCOME_DENIED);
    ck_assert_str_eq(pam.calls, "");
    ck_assert_ptr_null(transaction.outcome.reason);
}

START_TEST(no_string)
{
    assert_not_asked((struct pxa_span){"alice", 5}, "sec\0ret", 7);
    assert_not_asked((struct pxa_span){"al\0ice", 6}, "secret", 6);
    assert_not_asked((struct pxa_span){"", 0}, "secret", 6);
    assert_not_asked((struct pxa_span){"alice", 5}, "", 0);
}
END_TEST

/* PAM_MAX_RESP_SIZE counts the NUL: a module that copies so much would verify a part. */
START_TEST(a_long_password)
{
    char password[PAM_MAX_RESP_SIZE];

    memset(password, 'p', sizeof password);
    assert_not_asked((struct pxa_span){"alice", 5}, password, sizeof password);
    ck_assert_int_eq(log_in_bytes((struct pxa_span){"alice", 5}, password, sizeof password - 1),
                     OUTCOME_OK);
}
END_TEST

/* ---- --check ---- */

START_TEST(trying_a_service)
{
    struct remarks remarks;
    struct why why;

    ck_assert(transaction_try(&config, &remarks, &why));
    ck_assert_str_eq(pam.calls, "se");
    ck_assert_str_eq(remarks.text, "");
    memset(pam.calls, 0, sizeof pam.calls);
    pam.start = PAM_ABORT;
    pam.remark = "PAM unable to read squid";
    ck_assert(!transaction_try(&config, &remarks, &why));
    ck_assert_str_eq(pam.calls, "s");
    ck_assert_str_eq(remarks.text, "PAM unable to read squid\n");
    ck_assert_str_eq(why.text, "PAM cannot use the service squid (PAM_ABORT)");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pam_transaction");
    TCase *tc = tcase_create("pam_transaction");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, a_login);
    tcase_add_test(tc, without_account_management);
    tcase_add_test(tc, a_folder_of_services);
    tcase_add_test(tc, steps_that_fail);
    tcase_add_test(tc, no_handle);
    tcase_add_test(tc, an_item_that_cannot_be_set);
    tcase_add_test(tc, no_module_asked);
    tcase_add_test(tc, realms_are_stripped);
    tcase_add_test(tc, nothing_is_left_of_a_name);
    tcase_add_test(tc, a_module_changes_the_name);
    tcase_add_test(tc, a_module_changes_the_case);
    tcase_add_test(tc, a_long_name);
    tcase_add_test(tc, no_string);
    tcase_add_test(tc, a_long_password);
    tcase_add_test(tc, trying_a_service);
    suite_add_tcase(s, tc);
    return s;
}
