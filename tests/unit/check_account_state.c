/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/account_state.c. Diagnostics are those that domain controllers send
 * (Samba 4.17, byte by byte, and the forms of Windows in Microsoft's documentation); controls are
 * written by hand from draft-behera-ldap-password-policy-10, section 6.2:
 *   SEQUENCE { [0] CHOICE { timeBeforeExpiration [0], graceAuthNsRemaining [1] },
 *              [1] ENUMERATED }
 * What each number means is from winerror.h.
 */
#include <config.h>

#include "helpers/directory/account_state.h"

#include <check.h>
#include <openldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/unit/ldap_peer.h"

Suite *suite(void);

/* ---- the diagnostic message ---- */

static const struct {
    const char *number;
    enum account_state state;
} numbers[] = {
    {"52e", ACCOUNT_UNTOLD},          {"525", ACCOUNT_UNTOLD},
    {"530", ACCOUNT_HOURS},           {"531", ACCOUNT_WORKSTATION},
    {"532", ACCOUNT_EXPIRED},         {"533", ACCOUNT_DISABLED},
    {"701", ACCOUNT_ACCOUNT_EXPIRED}, {"773", ACCOUNT_MUST_CHANGE},
    {"775", ACCOUNT_LOCKED},          {"52E", ACCOUNT_UNTOLD},
    {"52f", ACCOUNT_UNTOLD},          {"0", ACCOUNT_UNTOLD},
    {"00000775", ACCOUNT_LOCKED},     {"000000775", ACCOUNT_UNTOLD},
    {"100000775", ACCOUNT_UNTOLD},    {"", ACCOUNT_UNTOLD},
    {"775x", ACCOUNT_UNTOLD},         {"-775", ACCOUNT_UNTOLD},
    {"0x775", ACCOUNT_UNTOLD},        {" 775", ACCOUNT_UNTOLD},
    {"1909", ACCOUNT_UNTOLD},
};

static void make_diagnostic(char *to, size_t cap, const char *number)
{
    snprintf(to, cap,
             "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data %s, "
             "v1db1",
             number);
}

START_TEST(the_number_in_a_diagnostic)
{
    char text[200];

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        make_diagnostic(text, sizeof text, numbers[i].number);
        ck_assert_msg(account_state_of_diagnostic(text) == numbers[i].state, "%s",
                      numbers[i].number);
    }
}
END_TEST

/* winerror.h: ERROR_NO_LOGON_SERVERS is 1311, RPC_S_SERVER_UNAVAILABLE 1722,
 * ERROR_TRUSTED_RELATIONSHIP_FAILURE 1789, ERROR_NOT_ENOUGH_MEMORY 8. */
START_TEST(a_password_that_was_not_tried)
{
    static const char *const trouble[] = {"51f", "6ba", "6fd", "8", "51F"};
    char text[200];

    for (size_t i = 0; i < sizeof trouble / sizeof *trouble; i++) {
        make_diagnostic(text, sizeof text, trouble[i]);
        ck_assert_msg(account_diagnostic_is_trouble(text), "%s", text);
        ck_assert_int_eq(account_state_of_diagnostic(text), ACCOUNT_UNTOLD);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        make_diagnostic(text, sizeof text, numbers[i].number);
        ck_assert_msg(!account_diagnostic_is_trouble(text), "%s", text);
    }
    ck_assert(!account_diagnostic_is_trouble(NULL));
    ck_assert(!account_diagnostic_is_trouble("data 51f, v1db1"));
}
END_TEST

START_TEST(other_forms_of_the_diagnostic)
{
    /* Windows Server 2008 R2 and 2019 */
    ck_assert_int_eq(account_state_of_diagnostic(
                         "80090308: LdapErr: DSID-0C0903C5, comment: AcceptSecurityContext error, "
                         "data 773, v23f0"),
                     ACCOUNT_MUST_CHANGE);
    ck_assert_int_eq(account_state_of_diagnostic(
                         "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, "
                         "data 533, v4563"),
                     ACCOUNT_DISABLED);
    /* Anything else says nothing. */
    ck_assert_int_eq(account_state_of_diagnostic(NULL), ACCOUNT_UNTOLD);
    ck_assert_int_eq(account_state_of_diagnostic(""), ACCOUNT_UNTOLD);
    ck_assert_int_eq(account_state_of_diagnostic("data 533, v1db1"), ACCOUNT_UNTOLD);
    ck_assert_int_eq(account_state_of_diagnostic("00002020: Operation unavailable, data 533, v1"),
                     ACCOUNT_UNTOLD);
    ck_assert_int_eq(account_state_of_diagnostic("AcceptSecurityContext error, data 533"),
                     ACCOUNT_UNTOLD);
    ck_assert_int_eq(account_state_of_diagnostic("AcceptSecurityContext error, data "),
                     ACCOUNT_UNTOLD);
    ck_assert_int_eq(account_state_of_diagnostic("AcceptSecurityContext error, dat"),
                     ACCOUNT_UNTOLD);
}
END_TEST

/* ---- whole answers ---- */

struct answer {
    int code;
    const char *diagnostic;
    const char *oid;   /* NULL: no control */
    const char *value; /* NULL: a control without a value */
    ber_len_t len;
};

static const char ppolicy[] = "1.3.6.1.4.1.42.2.27.8.5.1";

/* A BindResponse (RFC 4511 4.2.2) with the message id 1. */
static struct peer_message make_answer(const struct answer *answer)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval value = {answer->len, (char *)(uintptr_t)answer->value};

    ck_assert_int_gt(
        ber_printf(ber, "{it{ess}", 1, LDAP_RES_BIND, answer->code, "", answer->diagnostic), 0);
    if (answer->oid && answer->value)
        ck_assert_int_gt(ber_printf(ber, "t{{sO}}", LDAP_TAG_CONTROLS, answer->oid, &value), 0);
    else if (answer->oid)
        ck_assert_int_gt(ber_printf(ber, "t{{s}}", LDAP_TAG_CONTROLS, answer->oid), 0);
    ck_assert_int_ne(ber_printf(ber, "}"), -1);
    return peer_flatten(ber);
}

/* Lets libldap receive it as the answer to a bind. */
static struct account_remarks read_answer(const struct answer *answer)
{
    const struct peer_message message = make_answer(answer);
    struct account_remarks remarks = {ACCOUNT_HOURS, 7, 7, true};
    struct timeval patience = {.tv_sec = 60};
    struct berval password = {1, (char *)(uintptr_t) "x"};
    LDAPMessage *received = NULL;
    LDAP *ld = NULL;
    int ends[2];
    int msgid = 0;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ck_assert_int_eq(ldap_init_fd(ends[0], LDAP_PROTO_TCP, "ldap://127.0.0.1", &ld), 0);
    ck_assert_int_eq(ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &(int){LDAP_VERSION3}), 0);
    ck_assert_int_eq(ldap_sasl_bind(ld, "cn=x", LDAP_SASL_SIMPLE, &password, NULL, NULL, &msgid),
                     0);
    ck_assert_int_eq(msgid, 1);
    ck_assert_int_eq(write(ends[1], message.bytes, message.len), (ssize_t)message.len);
    ck_assert_int_eq(ldap_result(ld, msgid, LDAP_MSG_ALL, &patience, &received), LDAP_RES_BIND);
    account_remarks_read(&remarks, ld, received);
    ldap_msgfree(received);
    ldap_unbind_ext(ld, NULL, NULL);
    close(ends[1]);
    return remarks;
}

static void assert_remarks(const struct answer *answer, enum account_state state, long expires_s,
                           long grace_logins)
{
    const struct account_remarks remarks = read_answer(answer);

    ck_assert_int_eq(remarks.state, state);
    ck_assert_int_eq(remarks.expires_s, expires_s);
    ck_assert_int_eq(remarks.grace_logins, grace_logins);
}

#define POLICY(code, bytes)                                                                        \
    &(const struct answer)                                                                         \
    {                                                                                              \
        code, "", ppolicy, bytes, sizeof bytes - 1                                                 \
    }

START_TEST(active_directorys_answers)
{
    char text[200];

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        make_diagnostic(text, sizeof text, numbers[i].number);
        assert_remarks(&(const struct answer){49, text, NULL, NULL, 0}, numbers[i].state, -1, -1);
    }
    /* Of other codes the text says nothing. */
    make_diagnostic(text, sizeof text, "533");
    assert_remarks(&(const struct answer){0, text, NULL, NULL, 0}, ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(&(const struct answer){53, text, NULL, NULL, 0}, ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(&(const struct answer){49, "", NULL, NULL, 0}, ACCOUNT_UNTOLD, -1, -1);
}
END_TEST

START_TEST(policy_errors)
{
    assert_remarks(POLICY(49, "\x30\x03\x81\x01\x00"), ACCOUNT_EXPIRED, -1, -1);
    assert_remarks(POLICY(49, "\x30\x03\x81\x01\x01"), ACCOUNT_LOCKED, -1, -1);
    assert_remarks(POLICY(19, "\x30\x03\x81\x01\x01"), ACCOUNT_LOCKED, -1, -1);
    assert_remarks(POLICY(49, "\x30\x03\x81\x01\x02"), ACCOUNT_MUST_CHANGE, -1, -1);
    /* A wrong password; the rest of the list is about changing passwords. */
    assert_remarks(POLICY(49, "\x30\x00"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, "\x30\x03\x81\x01\x03"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, "\x30\x03\x81\x01\x7f"), ACCOUNT_UNTOLD, -1, -1);
}
END_TEST

START_TEST(a_bind_that_succeeds)
{
    assert_remarks(POLICY(0, "\x30\x00"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(0, "\x30\x03\x81\x01\x02"), ACCOUNT_MUST_CHANGE, -1, -1);
    assert_remarks(POLICY(0, "\x30\x03\x81\x01\x00"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(0, "\x30\x03\x81\x01\x01"), ACCOUNT_UNTOLD, -1, -1);
    /* 86,400 is 01 51 80 in hex. */
    assert_remarks(POLICY(0, "\x30\x07\xa0\x05\x80\x03\x01\x51\x80"), ACCOUNT_UNTOLD, 86400, -1);
    assert_remarks(POLICY(0, "\x30\x05\xa0\x03\x80\x01\x00"), ACCOUNT_UNTOLD, 0, -1);
    assert_remarks(POLICY(0, "\x30\x05\xa0\x03\x81\x01\x03"), ACCOUNT_UNTOLD, -1, 3);
    assert_remarks(POLICY(0, "\x30\x05\xa0\x03\x81\x01\x00"), ACCOUNT_UNTOLD, -1, 0);
    assert_remarks(POLICY(0, "\x30\x08\xa0\x03\x80\x01\x3c\x81\x01\x02"), ACCOUNT_MUST_CHANGE, 60,
                   -1);
    /* Refused: warnings are of no use then. */
    assert_remarks(POLICY(49, "\x30\x05\xa0\x03\x80\x01\x3c"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, "\x30\x05\xa0\x03\x81\x01\x03"), ACCOUNT_UNTOLD, -1, -1);
}
END_TEST

START_TEST(controls_that_say_nothing)
{
    assert_remarks(&(const struct answer){49, "", ppolicy, NULL, 0}, ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, ""), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, "\x04\x03\x81\x01\x00"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, "\x30\x03\x82\x01\x00"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, "\x30\x03\x81\x01"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(49, "\x30\x84\xff\xff\xff\xff\x81\x01\x00"), ACCOUNT_UNTOLD, -1, -1);
    assert_remarks(POLICY(0, "\x30\x05\xa0\x03\x80\x01\xff"), ACCOUNT_UNTOLD, -1, -1); /* -1 */
    assert_remarks(POLICY(0, "\x30\x05\xa0\x03\x81\x01\x80"), ACCOUNT_UNTOLD, -1, -1); /* -128 */
    /* Another control. */
    assert_remarks(&(const struct answer){49, "", "1.2.3", "\x30\x03\x81\x01\x01", 5},
                   ACCOUNT_UNTOLD, -1, -1);
}
END_TEST

/* ---- words ---- */

START_TEST(words_for_every_state)
{
    static const char *const words[] = {
        NULL,    "expired",     "must-change",     "disabled", "locked",
        "hours", "workstation", "account-expired", "group",
    };

    for (int state = ACCOUNT_UNTOLD; state <= ACCOUNT_NO_GROUP; state++) {
        const char *text = account_state_text((enum account_state)state);

        ck_assert_pstr_eq(account_state_word((enum account_state)state), words[state]);
        ck_assert_int_eq(text != NULL, words[state] != NULL);
        if (text)
            ck_assert_int_ne(text[strlen(text) - 1], '.');
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("account_state");
    TCase *tc = tcase_create("account_state");

    tcase_add_test(tc, the_number_in_a_diagnostic);
    tcase_add_test(tc, a_password_that_was_not_tried);
    tcase_add_test(tc, other_forms_of_the_diagnostic);
    tcase_add_test(tc, active_directorys_answers);
    tcase_add_test(tc, policy_errors);
    tcase_add_test(tc, a_bind_that_succeeds);
    tcase_add_test(tc, controls_that_say_nothing);
    tcase_add_test(tc, words_for_every_state);
    tcase_set_timeout(tc, 120);
    suite_add_tcase(s, tc);
    return s;
}
