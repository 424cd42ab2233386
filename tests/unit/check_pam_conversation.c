/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/pam/conversation.c, which is called as pam_conv(3) says. Questions are those
 * that modules really ask: pam_unix and pam_pwdfile, pam_oath, pam_google_authenticator, and
 * libkrb5 when a password has expired.
 */
#include <config.h>

#include "helpers/pam/conversation.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

enum { MESSAGES_MAX = 4 };

static struct secret *password;
static struct conversation conversation;
static struct pam_response *responses;
static int count;

static void begin(const char *text)
{
    password = secret_copy(text, strlen(text));
    conversation = (struct conversation){.user = "alice", .password = password};
}

static void setup(void)
{
    begin("secret");
}

static void forget_answers(void)
{
    for (int i = 0; responses && i < count; i++)
        free(responses[i].resp);
    free(responses);
    responses = NULL;
}

static void teardown(void)
{
    forget_answers();
    secret_free(&password);
}

/* All MESSAGES of N in one call. */
static int hold(int n, const struct pam_message *messages)
{
    const struct pam_message *each[MESSAGES_MAX];

    forget_answers();
    for (int i = 0; i < n; i++)
        each[i] = &messages[i];
    count = n;
    return conversation_hold(n, each, &responses, &conversation);
}

static int ask(int style, const char *text)
{
    const struct pam_message message = {style, text};

    return hold(1, &message);
}

static void assert_answered(int style, const char *text, const char *wanted)
{
    ck_assert_int_eq(ask(style, text), PAM_SUCCESS);
    ck_assert_pstr_eq(responses[0].resp, wanted);
    ck_assert_int_eq(responses[0].resp_retcode, 0);
}

static void assert_refused(int style, const char *text, enum conversation_refusal refusal)
{
    ck_assert_int_eq(ask(style, text), PAM_CONV_ERR);
    ck_assert_ptr_null(responses);
    ck_assert_int_eq(conversation.refusal, refusal);
}

START_TEST(the_password)
{
    ck_assert(!conversation.given);
    assert_answered(PAM_PROMPT_ECHO_OFF, "Password: ", "secret");
    ck_assert(conversation.given);
    ck_assert_int_eq(conversation.refusal, CONVERSATION_HELD);
}
END_TEST

/* Whatever it is called, it is what the user has typed. */
START_TEST(the_first_hidden_question)
{
    static const char *const questions[] = {
        "One-time password (OATH) for `alice': ", "Verification code: ", "Passwort: ", "", NULL};

    for (int i = 0; i < 5; i++) {
        conversation.given = false;
        assert_answered(PAM_PROMPT_ECHO_OFF, questions[i], "secret");
    }
}
END_TEST

/* Two modules of a stack that do not know of each other. */
START_TEST(the_password_again)
{
    assert_answered(PAM_PROMPT_ECHO_OFF, "Password: ", "secret");
    assert_answered(PAM_PROMPT_ECHO_OFF, "Password: ", "secret");
    assert_answered(PAM_PROMPT_ECHO_OFF, "LDAP Password: ", "secret");
    ck_assert_int_eq(conversation.refusal, CONVERSATION_HELD);
}
END_TEST

START_TEST(a_code_beside_the_password)
{
    static const char *const questions[] = {"Verification code: ",
                                            "Passcode: ",
                                            "PIN:",
                                            "",
                                            "One-time password (OATH) for `alice': ",
                                            NULL};

    for (int i = 0; i < 6; i++) {
        conversation.given = false;
        conversation.refusal = CONVERSATION_HELD;
        assert_answered(PAM_PROMPT_ECHO_OFF, "Password: ", "secret");
        assert_refused(PAM_PROMPT_ECHO_OFF, questions[i], CONVERSATION_OTHER_QUESTION);
    }
}
END_TEST

START_TEST(a_new_password)
{
    assert_answered(PAM_PROMPT_ECHO_OFF, "Password: ", "secret");
    assert_refused(PAM_PROMPT_ECHO_OFF, "Enter new password: ", CONVERSATION_NEW_PASSWORD);
    /* The first refusal is the cause. */
    assert_refused(PAM_PROMPT_ECHO_OFF, "Verification code: ", CONVERSATION_NEW_PASSWORD);
}
END_TEST

START_TEST(several_questions_at_once)
{
    const struct pam_message messages[] = {{PAM_TEXT_INFO, "Welcome"},
                                           {PAM_PROMPT_ECHO_ON, "login: "},
                                           {PAM_PROMPT_ECHO_OFF, "Password: "}};

    ck_assert_int_eq(hold(3, messages), PAM_SUCCESS);
    ck_assert_ptr_null(responses[0].resp);
    ck_assert_str_eq(responses[1].resp, "alice");
    ck_assert_str_eq(responses[2].resp, "secret");
}
END_TEST

/* No answer at all, not even to the first; the sanitizer sees that it is freed. */
START_TEST(a_new_password_in_the_same_call)
{
    const struct pam_message messages[] = {{PAM_PROMPT_ECHO_OFF, "Password: "},
                                           {PAM_PROMPT_ECHO_OFF, "New password: "}};

    ck_assert_int_eq(hold(2, messages), PAM_CONV_ERR);
    ck_assert_ptr_null(responses);
    ck_assert_int_eq(conversation.refusal, CONVERSATION_NEW_PASSWORD);
}
END_TEST

START_TEST(open_questions)
{
    assert_answered(PAM_PROMPT_ECHO_ON, "login: ", "alice");
    assert_answered(PAM_PROMPT_ECHO_ON, "Username: ", "alice");
    assert_refused(PAM_PROMPT_ECHO_ON, "Response: ", CONVERSATION_OTHER_QUESTION);
    ck_assert(!conversation.given);
}
END_TEST

START_TEST(questions_of_other_kinds)
{
    assert_refused(PAM_BINARY_PROMPT, "\1new", CONVERSATION_OTHER_QUESTION); /* no words */
    assert_refused(PAM_RADIO_TYPE, "Yes or no?", CONVERSATION_OTHER_QUESTION);
    assert_refused(99, NULL, CONVERSATION_OTHER_QUESTION);
}
END_TEST

START_TEST(questions_without_end)
{
    for (int i = 0; i < PAM_MAX_NUM_MSG; i++)
        if (i % 2)
            assert_answered(PAM_PROMPT_ECHO_ON, "login: ", "alice");
        else
            assert_answered(PAM_PROMPT_ECHO_OFF, "Password: ", "secret");
    assert_refused(PAM_PROMPT_ECHO_OFF, "Password: ", CONVERSATION_OTHER_QUESTION);
    assert_refused(PAM_PROMPT_ECHO_ON, "login: ", CONVERSATION_OTHER_QUESTION);
    assert_answered(PAM_TEXT_INFO, "No more tries", NULL);
}
END_TEST

START_TEST(what_modules_say)
{
    assert_answered(PAM_TEXT_INFO, "Your account ends soon", NULL);
    assert_answered(PAM_ERROR_MSG, "very soon", NULL);
    ck_assert_str_eq(conversation.said, "Your account ends soon; very soon");
}
END_TEST

START_TEST(much_is_cut)
{
    char text[2 * CONVERSATION_SAID_MAX];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 3; i++) {
        assert_answered(PAM_TEXT_INFO, text, NULL);
        ck_assert_uint_eq(strlen(conversation.said), CONVERSATION_SAID_MAX - 1);
    }
    /* Each length that may be left. */
    for (size_t left = 0; left < 6; left++) {
        memset(conversation.said, 'y', CONVERSATION_SAID_MAX);
        conversation.said[CONVERSATION_SAID_MAX - 1 - left] = '\0';
        assert_answered(PAM_TEXT_INFO, "hello", NULL);
        ck_assert_uint_eq(strlen(conversation.said),
                          left <= 2 ? CONVERSATION_SAID_MAX - 1 - left : CONVERSATION_SAID_MAX - 1);
    }
}
END_TEST

/* A module that runs a program says what that prints. */
START_TEST(the_password_is_not_said)
{
    assert_answered(PAM_TEXT_INFO, "you typed secret, right?", NULL);
    ck_assert_str_eq(conversation.said, "(the password)");
}
END_TEST

START_TEST(calls_that_make_no_sense)
{
    const struct pam_message message = {PAM_PROMPT_ECHO_OFF, "Password: "};
    const struct pam_message *each[] = {&message};
    const struct pam_message *none[] = {NULL};

    ck_assert_int_eq(conversation_hold(0, each, &responses, &conversation), PAM_CONV_ERR);
    ck_assert_int_eq(conversation_hold(-1, each, &responses, &conversation), PAM_CONV_ERR);
    ck_assert_int_eq(conversation_hold(PAM_MAX_NUM_MSG + 1, each, &responses, &conversation),
                     PAM_CONV_ERR);
    ck_assert_int_eq(conversation_hold(1, NULL, &responses, &conversation), PAM_CONV_ERR);
    ck_assert_int_eq(conversation_hold(1, none, &responses, &conversation), PAM_CONV_ERR);
    ck_assert_int_eq(conversation_hold(1, each, NULL, &conversation), PAM_CONV_ERR);
    ck_assert_ptr_null(responses);
    ck_assert(!conversation.given);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pam_conversation");
    TCase *tc = tcase_create("pam_conversation");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_password);
    tcase_add_test(tc, the_first_hidden_question);
    tcase_add_test(tc, the_password_again);
    tcase_add_test(tc, a_code_beside_the_password);
    tcase_add_test(tc, a_new_password);
    tcase_add_test(tc, several_questions_at_once);
    tcase_add_test(tc, a_new_password_in_the_same_call);
    tcase_add_test(tc, open_questions);
    tcase_add_test(tc, questions_of_other_kinds);
    tcase_add_test(tc, questions_without_end);
    tcase_add_test(tc, what_modules_say);
    tcase_add_test(tc, much_is_cut);
    tcase_add_test(tc, the_password_is_not_said);
    tcase_add_test(tc, calls_that_make_no_sense);
    suite_add_tcase(s, tc);
    return s;
}
