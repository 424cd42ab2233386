/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/basic-ldap/notes.c. What the notes are called and when they come is from
 * basic-ldap(8); the limit of a reply is Squid's (src/helper.cc: 1 MiB).
 */
#include <config.h>

#include "helpers/basic-ldap/notes.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/bytes.h"
#include "helpers/core/reply.h"

Suite *suite(void);

#define SPAN(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const struct notes_told nothing, everything = {true, true, true};

/* The reply line that RESULT becomes. */
static void assert_reply(const struct notes_told *told, const struct login_result *result,
                         const char *line)
{
    struct bytes written = {0};
    struct notes notes;
    struct reply reply = {.word = result->verdict == VERDICT_OK ? REPLY_OK : REPLY_ERR};

    ck_assert_int_eq(notes_make(&notes, told, result), NOTES_MADE);
    reply.notes = notes.list;
    reply.note_count = notes.count;
    reply_write(&written, (struct pxa_span){NULL, 0}, &reply);
    ck_assert_uint_eq(bytes_len(&written), strlen(line));
    ck_assert_int_eq(memcmp(written.at + written.start, line, strlen(line)), 0);
    bytes_free(&written);
    notes_free(&notes);
}

START_TEST(without_groups)
{
    struct login_result result = {
        .verdict = VERDICT_OK, .user = SPAN("alice"), .expires_days = -1, .grace_logins = -1};

    assert_reply(&nothing, &result, "OK user=\"alice\"\n");
    /* What does not hold replaces what did. */
    assert_reply(&everything, &result,
                 "OK user=\"alice\" password_expires_=\"\" grace_logins_=\"\" reason_=\"\"\n");
    result.user = (struct pxa_span)SPAN("CORP\\a\"b");
    assert_reply(&nothing, &result, "OK user=\"CORP\\\\a\\\"b\"\n");
    result.expires_days = 0;
    assert_reply(&(const struct notes_told){.expiry = true}, &result,
                 "OK user=\"CORP\\\\a\\\"b\" password_expires_=\"0\"\n");
    result.user = (struct pxa_span)SPAN("x");
    result.expires_days = 3650;
    result.grace_logins = 2;
    result.state = ACCOUNT_MUST_CHANGE;
    assert_reply(&everything, &result,
                 "OK user=\"x\" password_expires_=\"3650\" grace_logins_=\"2\" "
                 "reason_=\"must-change\"\n");
    assert_reply(&nothing, &result, "OK user=\"x\"\n");
}
END_TEST

START_TEST(refusals)
{
    struct login_result result = {.verdict = VERDICT_DENIED};

    assert_reply(&nothing, &result, "ERR message=\"Invalid credentials\"\n");
    assert_reply(&everything, &result, "ERR message=\"Invalid credentials\" reason_=\"\"\n");
    result.state = ACCOUNT_EXPIRED;
    assert_reply(&everything, &result,
                 "ERR message=\"Your password has expired\" reason_=\"expired\"\n");
    ck_assert_str_eq(notes_refusal(ACCOUNT_UNTOLD), "Invalid credentials");
    ck_assert_str_eq(notes_refusal(ACCOUNT_LOCKED), "Your account is locked");
}
END_TEST

START_TEST(with_groups)
{
    static const struct pxa_span groups[] = {SPAN("100%"), SPAN("Web (all), staff"),
                                             SPAN("gr\xc3\xbcppe"), SPAN("q\"q")};
    struct login_result result = {
        .verdict = VERDICT_OK,
        .user = SPAN("x"),
        .expires_days = -1,
        .grace_logins = -1,
        .groups = groups,
        .group_count = 4,
    };

    assert_reply(&nothing, &result,
                 "OK user=\"x\" group=\"100%\" group=\"Web (all), staff\" "
                 "group=\"gr\xc3\xbcppe\" group=\"q\\\"q\" "
                 "groups_=\"100%25,Web (all)%2C staff,gr\xc3\xbcppe,q\\\"q\"\n");
    result.group_count = 1;
    assert_reply(&nothing, &result, "OK user=\"x\" group=\"100%\" groups_=\"100%25\"\n");
    /* --groups, and there are none: what Squid has is replaced. */
    result.group_count = 0;
    assert_reply(&nothing, &result, "OK user=\"x\" groups_=\"\"\n");
}
END_TEST

/* COUNT groups whose names are LEN bytes each. */
static enum notes_outcome make_many(size_t count, size_t len, char byte, size_t *written_len)
{
    struct pxa_span *groups = calloc(count, sizeof *groups);
    char *name = malloc(len);
    const struct login_result result = {
        .verdict = VERDICT_OK,
        .user = SPAN("x"),
        .expires_days = -1,
        .grace_logins = -1,
        .groups = groups,
        .group_count = count,
    };
    struct bytes written = {0};
    struct notes notes;
    enum notes_outcome outcome;
    struct reply reply = {.word = REPLY_OK};

    ck_assert_ptr_nonnull(groups);
    ck_assert_ptr_nonnull(name);
    memset(name, byte, len);
    for (size_t i = 0; i < count; i++)
        groups[i] = (struct pxa_span){name, len};
    outcome = notes_make(&notes, &nothing, &result);
    if (outcome == NOTES_MADE) {
        reply.notes = notes.list;
        reply.note_count = notes.count;
        reply_write(&written, (struct pxa_span){NULL, 0}, &reply);
        ck_assert_uint_gt(bytes_len(&written), 0);
        *written_len = bytes_len(&written);
        bytes_free(&written);
    }
    notes_free(&notes);
    free(groups);
    free(name);
    return outcome;
}

START_TEST(many_groups)
{
    size_t len = 0;

    /* sAMAccountName has 256 characters at most, cn 64. */
    ck_assert_int_eq(make_many(1200, 64, 'g', &len), NOTES_MADE);
    ck_assert_uint_gt(len, 2 * 1200 * 64);
    ck_assert_int_eq(make_many(100000, 64, 'g', &len), NOTES_TOO_LONG);
    ck_assert_int_eq(make_many(1, 1024 * 1024, 'g', &len), NOTES_TOO_LONG);
}
END_TEST

/* Squid ends a helper whose reply is longer than 1 MiB (src/helper.cc), also by a name. */
START_TEST(a_name_that_is_too_long)
{
    enum { LEN = 600 * 1024 };
    char *name = malloc(LEN);
    const struct login_result result = {.verdict = VERDICT_OK, .user = {name, LEN}};
    struct notes notes;

    memset(name, '"', LEN);
    ck_assert_int_eq(notes_make(&notes, &(struct notes_told){.reason = true}, &result),
                     NOTES_TOO_LONG);
    notes_free(&notes);
    free(name);
}
END_TEST

/* Whatever is made is short enough for Squid, with the bytes that take most room in a reply. */
START_TEST(no_reply_is_too_long)
{
    static const char worst[] = {'g', ',', '"', '\\', '%'};

    for (size_t i = 0; i < sizeof worst; i++) {
        size_t made = 0;

        for (size_t count = 1000; count <= 40000; count += 1000) {
            size_t len = 0;

            if (make_many(count, 20, worst[i], &len) != NOTES_MADE)
                break;
            made = len;
        }
        ck_assert_uint_gt(made, 300 * 1000);
        ck_assert_uint_lt(made, 1024 * 1024);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("notes");
    TCase *tc = tcase_create("notes");

    tcase_add_test(tc, without_groups);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, with_groups);
    tcase_add_test(tc, many_groups);
    tcase_add_test(tc, a_name_that_is_too_long);
    tcase_add_test(tc, no_reply_is_too_long);
    tcase_set_timeout(tc, 120);
    suite_add_tcase(s, tc);
    return s;
}
