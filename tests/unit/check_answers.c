/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of helpers/verify/answers.c, with a time of their own. */
#include <config.h>

#include "helpers/verify/answers.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

enum { START_MS = 1000000, TTL_MS = 60000 };

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static struct answers *answers_for(uint64_t ttl_ms)
{
    const struct answers_config config = {.ttl_ms = ttl_ms, .cap_bytes = 10000, .seed = 3};
    struct answers *answers = answers_new(&config);

    ck_assert_ptr_nonnull(answers);
    return answers;
}

static enum remembered recall(struct answers *answers, const char *key, uint64_t now_ms)
{
    struct pxa_span reason;

    return answers_recall(answers, span_of(key), now_ms, &reason);
}

START_TEST(yes_and_no_have_their_time)
{
    struct answers *answers = answers_for(TTL_MS);

    ck_assert_int_eq(recall(answers, "a", START_MS), REMEMBERED_NOTHING);
    answers_keep(answers, span_of("a"), true, START_MS);
    answers_keep(answers, span_of("b"), false, START_MS);
    ck_assert_int_eq(recall(answers, "a", START_MS + TTL_MS - 1), REMEMBERED_YES);
    ck_assert_int_eq(recall(answers, "b", START_MS + TTL_MS - 1), REMEMBERED_NO);
    ck_assert_int_eq(recall(answers, "a", START_MS + TTL_MS), REMEMBERED_NOTHING);
    ck_assert_int_eq(recall(answers, "b", START_MS + TTL_MS), REMEMBERED_NOTHING);
    answers_free(answers);
}
END_TEST

START_TEST(with_no_time_only_trouble_is_kept)
{
    struct answers *answers = answers_for(0);

    answers_keep(answers, span_of("a"), true, START_MS);
    ck_assert_int_eq(recall(answers, "a", START_MS), REMEMBERED_NOTHING);
    answers_keep_trouble(answers, span_of("a"), "x", START_MS);
    ck_assert_int_eq(recall(answers, "a", START_MS), REMEMBERED_TROUBLE);
    answers_keep(answers, span_of("a"), false, START_MS);
    ck_assert_int_eq(recall(answers, "a", START_MS), REMEMBERED_NOTHING);
    answers_free(answers);
}
END_TEST

START_TEST(trouble_is_kept_for_two_seconds_with_its_reason)
{
    struct answers *answers = answers_for(TTL_MS);
    struct pxa_span reason;
    char lengthy[1000];

    answers_keep_trouble(answers, span_of("a"), "the server is down", START_MS);
    ck_assert_int_eq(answers_recall(answers, span_of("a"), START_MS + 1999, &reason),
                     REMEMBERED_TROUBLE);
    ck_assert(reason.len == 18 && memcmp(reason.at, "the server is down", 18) == 0);
    ck_assert_int_eq(recall(answers, "a", START_MS + 2000), REMEMBERED_NOTHING);
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    answers_keep_trouble(answers, span_of("a"), lengthy, START_MS + 2000);
    ck_assert_int_eq(answers_recall(answers, span_of("a"), START_MS + 2000, &reason),
                     REMEMBERED_TROUBLE);
    ck_assert(reason.len > 100 && reason.len < sizeof lengthy - 1);
    answers_free(answers);
}
END_TEST

START_TEST(an_answer_replaces_trouble)
{
    struct answers *answers = answers_for(TTL_MS);

    answers_keep_trouble(answers, span_of("a"), "x", START_MS);
    answers_keep(answers, span_of("a"), true, START_MS + 1);
    ck_assert_int_eq(recall(answers, "a", START_MS + 2), REMEMBERED_YES);
    ck_assert_int_eq(recall(answers, "a", START_MS + 2001), REMEMBERED_YES);
    answers_free(answers);
    answers_free(NULL);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("answers");
    TCase *tc = tcase_create("answers");

    tcase_add_test(tc, yes_and_no_have_their_time);
    tcase_add_test(tc, with_no_time_only_trouble_is_kept);
    tcase_add_test(tc, trouble_is_kept_for_two_seconds_with_its_reason);
    tcase_add_test(tc, an_answer_replaces_trouble);
    suite_add_tcase(s, tc);
    return s;
}
