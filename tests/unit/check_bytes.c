/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/bytes.c: what comes out is what was put in, and nothing of it stays in
 * memory that is given back. free() is wrapped to look at what is given back, and realloc() to see
 * that nobody lets the C library move what is in it.
 */
#include <config.h>

#include "helpers/core/bytes.h"

#include <check.h>
#include <string.h>

Suite *suite(void);

/* The linker's names for what is wrapped. NOLINTBEGIN(bugprone-reserved-identifier) */
void __real_free(void *at);
void __wrap_free(void *at);
void *__real_realloc(void *at, size_t len);
void *__wrap_realloc(void *at, size_t len);
/* NOLINTEND(bugprone-reserved-identifier) */

static struct bytes bytes;
static const char *watched; /* of so many bytes, all in use */
static size_t watched_len;
static unsigned given_back;

static bool is_clean(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] != 0)
            return false;
    return true;
}

void __wrap_free(void *at)
{
    if (at && at == watched) {
        given_back++;
        ck_assert_msg(is_clean(at, watched_len), "given back with what was in it");
        watched = NULL;
    }
    __real_free(at);
}

void *__wrap_realloc(void *at, size_t len)
{
    if (at && at == watched) {
        watched = NULL;
        ck_abort_msg("realloc() leaves copies");
    }
    return __real_realloc(at, len);
}

static void watch(void)
{
    watched = bytes.at;
    watched_len = bytes.end;
}

static void close_bytes(void)
{
    bytes_free(&bytes);
    watched = NULL;
    given_back = 0;
}

static void expect(const char *text)
{
    ck_assert_uint_eq(bytes_len(&bytes), strlen(text));
    ck_assert(memcmp(bytes.at + bytes.start, text, strlen(text)) == 0);
}

START_TEST(what_is_consumed_is_wiped)
{
    bytes_put_text(&bytes, "first second");
    bytes_consume(&bytes, 0);
    bytes_consume(&bytes, 6);
    expect("second");
    ck_assert(is_clean(bytes.at, 6));
    bytes_consume(&bytes, 6);
    expect("");
    ck_assert(is_clean(bytes.at, 12));
}
END_TEST

/* There is no room behind it, but in front of it. */
START_TEST(what_is_moved_leaves_nothing_behind)
{
    static char fill[4096];

    memset(fill, 'x', sizeof fill);
    bytes_put(&bytes, fill, sizeof fill - 3);
    bytes_put_text(&bytes, "end");
    ck_assert_uint_eq(bytes.cap, bytes.end);
    bytes_consume(&bytes, sizeof fill - 3);
    ck_assert_ptr_nonnull(bytes_room(&bytes, 100));
    ck_assert_uint_eq(bytes.cap, sizeof fill);
    expect("end");
    ck_assert(is_clean(bytes.at + 3, sizeof fill - 3));
}
END_TEST

START_TEST(what_grows_leaves_nothing_behind)
{
    static char text[100001];

    memset(text, 'x', sizeof text - 1);
    bytes_put_text(&bytes, "gone");
    bytes_consume(&bytes, 4);
    for (size_t i = 0; i < sizeof text - 1; i++) {
        if (bytes.end == bytes.cap)
            watch();
        bytes_put(&bytes, text + i, 1);
    }
    ck_assert_uint_ge(given_back, 4);
    expect(text);
}
END_TEST

/* Some of it has been consumed, so what grows begins in the middle. */
START_TEST(what_grows_begins_anew)
{
    static char fill[4096];

    memset(fill, 'x', sizeof fill);
    bytes_put(&bytes, fill, sizeof fill);
    bytes_consume(&bytes, sizeof fill - 1);
    watch();
    ck_assert_ptr_nonnull(bytes_room(&bytes, 5000));
    ck_assert_uint_eq(given_back, 1);
    bytes_put_text(&bytes, "y");
    expect("xy");
}
END_TEST

START_TEST(what_is_freed_is_wiped)
{
    bytes_free(&bytes);
    bytes_put_text(&bytes, "secret");
    watch();
    bytes_free(&bytes);
    ck_assert_uint_eq(given_back, 1);
    ck_assert_ptr_null(bytes.at);
}
END_TEST

START_TEST(what_cannot_be_had_is_told_for_good)
{
    bytes_put_text(&bytes, "a");
    ck_assert_ptr_null(bytes_room(&bytes, (size_t)-1 / 2));
    ck_assert(bytes.failed);
    bytes_put_text(&bytes, "b");
    expect("a");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("bytes");
    TCase *tc = tcase_create("bytes");

    tcase_add_checked_fixture(tc, NULL, close_bytes);
    tcase_add_test(tc, what_is_consumed_is_wiped);
    tcase_add_test(tc, what_is_moved_leaves_nothing_behind);
    tcase_add_test(tc, what_grows_leaves_nothing_behind);
    tcase_add_test(tc, what_grows_begins_anew);
    tcase_add_test(tc, what_is_freed_is_wiped);
    tcase_add_test(tc, what_cannot_be_had_is_told_for_good);
    suite_add_tcase(s, tc);
    return s;
}
