/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/charset.c. Expected bytes: Unicode's mapping tables CP1252.TXT,
 * 8859-2.TXT, KOI8-R.TXT and SHIFTJIS.TXT, and RFC 3629.
 */
#include <config.h>

#include "helpers/directory/charset.h"
#include "tests/unit/own_memory.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

START_TEST(known_and_not)
{
    ck_assert(charset_is_known("CP1252"));
    ck_assert(charset_is_known("utf-8"));
    ck_assert(charset_is_known("ISO-8859-15"));
    ck_assert(!charset_is_known("CP1252//IGNORE"));
    ck_assert(!charset_is_known("/"));
    ck_assert(!charset_is_known("no-such-charset"));
    ck_assert(!charset_is_known(""));
}
END_TEST

START_TEST(foreign_and_not)
{
    ck_assert(!charset_is_foreign(span_of("alice")));
    ck_assert(!charset_is_foreign(span_of("j\xc3\xbcrgen")));
    ck_assert(charset_is_foreign(span_of("j\xfcrgen")));
    ck_assert(charset_is_foreign(span_of("j\xc3")));
    ck_assert(!charset_is_foreign((struct pxa_span){NULL, 0}));
    /* Latin-1 of the bytes of CP1252 has U+0080 to U+009F; what is typed has not */
    ck_assert(charset_is_foreign(span_of("j\xc3\xbcrgen\xc2\x80")));
    ck_assert(charset_is_foreign(span_of("\xc2\x9f")));
    ck_assert(!charset_is_foreign(span_of("\xc2\xa0\xc3\x80\xc3\xbf")));
    ck_assert(!charset_is_foreign(span_of("\xc2\x80\xe2\x82\xac")));
    ck_assert(!charset_is_foreign(span_of("\xc4\x80\xc2\x80")));
}
END_TEST

START_TEST(conversions)
{
    static const struct {
        const char *charset;
        const char *from;
        const char *to;
    } rows[] = {
        {"CP1252", "j\xfcrgen", "j\xc3\xbcrgen"},
        {"CP1252", "p\xe4ssw\xf6rd\x80", "p\xc3\xa4ssw\xc3\xb6rd\xe2\x82\xac"},
        {"cp1252", "\x93x\x94", "\xe2\x80\x9cx\xe2\x80\x9d"},
        {"ISO-8859-2", "\xb9", "\xc5\xa1"},
        {"KOI8-R", "\xd7\xc1\xd3\xd1", "\xd0\xb2\xd0\xb0\xd1\x81\xd1\x8f"},
        {"SHIFT_JIS", "\x93\xfa\x96\x7b", "\xe6\x97\xa5\xe6\x9c\xac"},
        /* "utf8 on" has made UTF-8 of it: RFC 3629 of the bytes 70 E4 73 80, and 93 78 94 */
        {"CP1252", "p\xc3\xa4s\xc2\x80", "p\xc3\xa4s\xe2\x82\xac"},
        {"CP1252", "\xc2\x93x\xc2\x94", "\xe2\x80\x9cx\xe2\x80\x9d"},
        {"KOI8-R", "\xc3\x97\xc2\x80", "\xd0\xb2\xe2\x94\x80"},
        {"CP1252", "ascii", "ascii"},
        {"CP1258", "a", "a"}, /* kept back: an accent may follow */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secret *to = NULL;

        ck_assert_int_eq(charset_to_utf8(rows[i].charset, span_of(rows[i].from), &to),
                         CHARSET_CONVERTED);
        ck_assert_uint_eq(to->len, strlen(rows[i].to));
        ck_assert_mem_eq(to->bytes, rows[i].to, to->len + 1);
        secret_free(&to);
    }
}
END_TEST

START_TEST(impossible)
{
    static const struct {
        const char *charset;
        const char *from;
        size_t len;
    } rows[] = {
        {"CP1252", "a\x81", 2},     /* unassigned there */
        {"ASCII", "j\xfc", 2},      /* no such byte there */
        {"SHIFT_JIS", "a\x93", 2},  /* half a character */
        {"UTF-8", "j\xfc", 2},      /* not even itself */
        {"UTF-16LE", "a\0\0\0", 4}, /* a NUL */
        {"CP1252", "", 0},
    };
    struct secret *to = NULL;
    char *big = malloc(SECRET_MAX);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(
            charset_to_utf8(rows[i].charset, (struct pxa_span){rows[i].from, rows[i].len}, &to),
            CHARSET_IMPOSSIBLE);
        ck_assert_ptr_null(to);
    }
    memset(big, '\xfc', SECRET_MAX);
    ck_assert_int_eq(charset_to_utf8("CP1252", (struct pxa_span){big, SECRET_MAX}, &to),
                     CHARSET_IMPOSSIBLE);
    ck_assert_int_eq(charset_to_utf8("no-such-charset", span_of("a"), &to), CHARSET_TROUBLE);
    ck_assert_ptr_null(to);
    free(big);
}
END_TEST

/* The longest that is converted, every byte of which becomes more. */
START_TEST(long_text)
{
    enum { LEN = SECRET_MAX / 9 };
    struct secret *to = NULL;
    char *big = malloc(LEN);

    memset(big, '\x80', LEN);
    ck_assert_int_eq(charset_to_utf8("CP1252", (struct pxa_span){big, LEN}, &to),
                     CHARSET_CONVERTED);
    ck_assert_uint_eq(to->len, 3 * (size_t)LEN);
    ck_assert_mem_eq(to->bytes + to->len - 3, "\xe2\x82\xac", 4);
    secret_free(&to);
    free(big);
}
END_TEST

/* ---- what stays in memory ---- */

enum { LETTERS = 24 };

/* A password that stands nowhere in memory, letter by letter. */
static char letter(size_t i)
{
    return (char)('A' + (i * 7 + 3) % 26);
}

/* Whether its letters stand at AT, WIDTH bytes from one to the next. */
static bool stands_at(const char *at, size_t width)
{
    for (size_t i = 0; i < LETTERS; i++)
        if (at[i * width] != letter(i))
            return false;
    return true;
}

/* As it was typed, or as characters of iconv(3). */
static bool is_password(const char *at)
{
    return stands_at(at, 1) || stands_at(at, 4);
}

static unsigned count_passwords(void)
{
    return own_memory_count(is_password, 4 * (size_t)LETTERS);
}

/* Converts the password, with END behind its letters. */
static enum charset_outcome convert_password(const char *end, struct secret **to)
{
    struct secret *typed = secret_new(LETTERS + strlen(end));
    enum charset_outcome outcome;

    for (size_t i = 0; i < LETTERS; i++)
        typed->bytes[i] = letter(i);
    memcpy(typed->bytes + LETTERS, end, strlen(end));
    typed->len = typed->cap;
    outcome = charset_to_utf8("CP1252", (struct pxa_span){typed->bytes, typed->len}, to);
    secret_free(&typed);
    return outcome;
}

START_TEST(no_password_stays_in_memory)
{
    struct secret *to = NULL;

    ck_assert_int_eq(convert_password("\xfc", &to), CHARSET_CONVERTED);
    ck_assert_uint_eq(count_passwords(), 1); /* what was asked for */
    secret_free(&to);
    ck_assert_uint_eq(count_passwords(), 0);
    ck_assert_int_eq(convert_password("\xc3\xbc\xc2\x80", &to), CHARSET_CONVERTED);
    secret_free(&to);
    ck_assert_uint_eq(count_passwords(), 0);
    ck_assert_int_eq(convert_password("\x81", &to), CHARSET_IMPOSSIBLE);
    ck_assert_uint_eq(count_passwords(), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("charset_convert");
    TCase *tc = tcase_create("charset_convert");

    tcase_add_test(tc, known_and_not);
    tcase_add_test(tc, foreign_and_not);
    tcase_add_test(tc, conversions);
    tcase_add_test(tc, impossible);
    tcase_add_test(tc, long_text);
    tcase_add_test(tc, no_password_stays_in_memory);
    suite_add_tcase(s, tc);
    return s;
}
