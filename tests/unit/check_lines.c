/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/lines.c: what is cut does not depend on how the bytes arrive, no line is
 * too long, and what has been cut does not stay in memory.
 */
#include <config.h>

#include "helpers/core/lines.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/bytes.h"

Suite *suite(void);

/* Gives LEN bytes, at most PIECE at a time. */
static size_t give(struct lines *lines, const char *from, size_t len, size_t piece)
{
    size_t room;
    char *to = lines_room(lines, &room);

    ck_assert_ptr_nonnull(to);
    ck_assert_uint_ge(room, LINES_ROOM);
    if (len > piece)
        len = piece;
    if (len > room)
        len = room;
    memcpy(to, from, len);
    lines_filled(lines, len);
    return len;
}

/* Writes down what is cut: `[line]`, `{line}` that Squid cut, and `<length, first byte>` for what
 * is too long. */
static void note_all(struct lines *lines, struct bytes *seen)
{
    struct pxa_span line;
    char text[40];

    for (;;) {
        switch (lines_next(lines, &line)) {
        case LINES_NONE:
            return;
        case LINES_LINE:
            bytes_put_text(seen, "[");
            bytes_put(seen, line.at, line.len);
            bytes_put_text(seen, "]");
            break;
        case LINES_CUT:
            bytes_put_text(seen, "{");
            bytes_put(seen, line.at, line.len);
            bytes_put_text(seen, "}");
            break;
        case LINES_TOO_LONG:
            snprintf(text, sizeof text, "<%zu %c>", line.len, line.at[0]);
            bytes_put_text(seen, text);
            break;
        }
    }
}

static void cut_in_pieces_by(size_t cut_len, struct pxa_span text, size_t piece, struct bytes *seen)
{
    struct lines lines = {.cut_len = cut_len};
    struct pxa_span rest;

    for (size_t at = 0; at < text.len;) {
        at += give(&lines, text.at + at, text.len - at, piece);
        note_all(&lines, seen);
    }
    if (lines_rest(&lines, &rest)) {
        bytes_put_text(seen, "...");
        bytes_put(seen, rest.at, rest.len);
    }
    lines_free(&lines);
}

static void cut_in_pieces(const char *from, size_t len, size_t piece, struct bytes *seen)
{
    cut_in_pieces_by(0, (struct pxa_span){from, len}, piece, seen);
}

static void expect_seen(struct bytes *seen, const char *wanted, size_t len)
{
    ck_assert(!seen->failed);
    ck_assert_uint_eq(bytes_len(seen), len);
    ck_assert(len == 0 || memcmp(seen->at, wanted, len) == 0);
    bytes_free(seen);
}

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct {
    const char *from;
    size_t len;
    const char *wanted;
    size_t wanted_len;
} cases[] = {
    {BYTES(""), BYTES("")},
    {BYTES("a\n"), BYTES("[a]")},
    {BYTES("a\nbc\nd\n"), BYTES("[a][bc][d]")},
    {BYTES("\n\n"), BYTES("[][]")},
    {BYTES("a\r\n\r\nb\n"), BYTES("[a][][b]")},
    {BYTES("a\r\r\nb\rc\n\rd\n"), BYTES("[a\r][b\rc][\rd]")},
    {BYTES("a\0b\n\0\nc\0\r\n"), BYTES("[a\0b][\0][c\0]")},
    {BYTES("a\nb"), BYTES("[a]...b")},
    {BYTES("a\nb\r"), BYTES("[a]...b\r")},
    {BYTES("a"), BYTES("...a")},
    {BYTES("\r"), BYTES("...\r")},
    {BYTES("\xff\xfe\n\x80"), BYTES("[\xff\xfe]...\x80")},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

START_TEST(cuts_alike_in_pieces_of_any_size)
{
    for (size_t piece = 1; piece <= cases[_i].len + 1; piece++) {
        struct bytes seen = {0};

        cut_in_pieces(cases[_i].from, cases[_i].len, piece, &seen);
        expect_seen(&seen, cases[_i].wanted, cases[_i].wanted_len);
    }
}
END_TEST

/* A line of LEN times FILL and what ends it, in heap memory. */
static char *long_line(size_t len, char fill, const char *end)
{
    char *text = malloc(len + strlen(end) + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, fill, len);
    memcpy(text + len, end, strlen(end) + 1);
    return text;
}

static const size_t pieces[] = {1000, 4095, 32768, 65536, 1 << 20, (1 << 20) + 1, 8 << 20};
enum { PIECE_COUNT = sizeof pieces / sizeof pieces[0] };

static void expect_long(size_t len, const char *end, const char *wanted)
{
    char *text = long_line(len, 'x', end);
    struct bytes seen = {0};

    cut_in_pieces(text, strlen(text), pieces[0], &seen);
    ck_assert(!seen.failed);
    for (size_t i = 1; i < PIECE_COUNT; i++) {
        struct bytes again = {0};

        cut_in_pieces(text, strlen(text), pieces[i], &again);
        expect_seen(&again, seen.at, bytes_len(&seen));
    }
    if (wanted) {
        expect_seen(&seen, wanted, strlen(wanted));
    } else { /* the line itself, then [b] */
        ck_assert_uint_eq(bytes_len(&seen), len + 2 + strlen("[b]"));
        ck_assert_int_eq(seen.at[0], '[');
        ck_assert_int_eq(memcmp(seen.at + 1, text, len), 0);
        ck_assert_int_eq(memcmp(seen.at + 1 + len, "][b]", 4), 0);
        bytes_free(&seen);
    }
    free(text);
}

START_TEST(a_line_of_the_greatest_length)
{
    expect_long(LINES_MAX, "\nb\n", NULL);
    expect_long(LINES_MAX - 1, "\r\nb\n", NULL);
    expect_long(LINES_MAX - 1, "\nb\n", NULL);
}
END_TEST

START_TEST(a_longer_line_is_told_once_and_skipped)
{
    expect_long(LINES_MAX + 1, "\nb\n", "<1048576 x>[b]");
    expect_long(LINES_MAX, "\r\nb\n", "<1048576 x>[b]");
    expect_long(LINES_MAX + 2, "\nb\nc", "<1048576 x>[b]...c");
    expect_long(5 * LINES_MAX, "\nb\n", "<1048576 x>[b]");
    expect_long(2 * LINES_MAX, "", "<1048576 x>");
    expect_long(LINES_MAX + 1, "", "<1048576 x>");
}
END_TEST

START_TEST(two_long_lines_one_behind_the_other)
{
    char *first = long_line(2 * LINES_MAX, 'x', "\n");
    char *second = long_line(3 * LINES_MAX, 'y', "\nc\n");
    size_t len = strlen(first) + strlen(second);
    char *both = malloc(len + 1);

    ck_assert_ptr_nonnull(both);
    strcpy(both, first);
    strcat(both, second);
    for (size_t i = 0; i < PIECE_COUNT; i++) {
        struct bytes seen = {0};

        cut_in_pieces(both, len, pieces[i], &seen);
        expect_seen(&seen, BYTES("<1048576 x><1048576 y>[c]"));
    }
    free(first);
    free(second);
    free(both);
}
END_TEST

/* What Squid sends from a buffer of CUT_LEN + 1 bytes, by hand. */
#define CUT_LEN 30
#define QUOTE_29 "\"abcdefghijklmnopqrstuvwxyzab"
#define QUOTE_30 QUOTE_29 "c"
#define DIGITS_20 "12345678901234567890"

static const struct {
    const char *from;
    size_t len;
    const char *wanted;
    size_t wanted_len;
} squid_cuts[] = {
    {BYTES(QUOTE_29 "\n" QUOTE_29 "\r\nb\n"), BYTES("[" QUOTE_29 "]{" QUOTE_29 "\r}[b]")},
    {BYTES(QUOTE_30), BYTES("{" QUOTE_30 "}")},
    {BYTES(QUOTE_30 "\"b\nc"), BYTES("{" QUOTE_30 "}[\"b]...c")},
    {BYTES("1 " QUOTE_29 "\n2 b\n"), BYTES("[1 " QUOTE_29 "][2 b]")},
    {BYTES("1 " QUOTE_30 "2 b\n"), BYTES("{1 " QUOTE_30 "}[2 b]")},
    {BYTES("1 " QUOTE_30 DIGITS_20 " b\n"), BYTES("{1 " QUOTE_30 "}[" DIGITS_20 " b]")},
    {BYTES("a\n1 " QUOTE_30), BYTES("[a]{1 " QUOTE_30 "}")},
    {BYTES("1 " QUOTE_30 "2 " QUOTE_30 "3 " QUOTE_29),
     BYTES("{1 " QUOTE_30 "}{2 " QUOTE_30 "}...3 " QUOTE_29)},
    {BYTES(DIGITS_20 " " QUOTE_30 "2 \"b\n"), BYTES("{" DIGITS_20 " " QUOTE_30 "}[2 \"b]")},
    {BYTES("1 " QUOTE_30 "23"), BYTES("{1 " QUOTE_30 "}...23")},
    /* What is left of a line that nobody cut: one line, told once, and nothing behind it is lost.
     */
    {BYTES(QUOTE_30 "\n\"b\n"), BYTES("{" QUOTE_30 "}[\"b]")},
    {BYTES(QUOTE_30 "\n\n"), BYTES("{" QUOTE_30 "}[]")},
    {BYTES(QUOTE_30 "1 b\nc"), BYTES("{" QUOTE_30 "}...c")},
    {BYTES(QUOTE_30 "d\":\"" QUOTE_30 QUOTE_30 QUOTE_30 "\n\"b\n"), BYTES("{" QUOTE_30 "}[\"b]")},
    {BYTES("1 " QUOTE_30 "2 b\n3 c\n"), BYTES("{1 " QUOTE_30 "}[2 b][3 c]")},
    {BYTES("1 " QUOTE_30 "\"b\n3 c\n"), BYTES("{1 " QUOTE_30 "}[3 c]")},
    {BYTES("1 " QUOTE_30 " \"b\n3 c\n"), BYTES("{1 " QUOTE_30 "}[3 c]")},
    {BYTES("1 " QUOTE_30 DIGITS_20 "1 b\n3 c\n"), BYTES("{1 " QUOTE_30 "}[3 c]")},
    {BYTES("1 " QUOTE_30 "123\n3 c\n"), BYTES("{1 " QUOTE_30 "}[3 c]")},
    {BYTES("1 " QUOTE_30 "d"), BYTES("{1 " QUOTE_30 "}")},
    {BYTES(DIGITS_20 "1 " QUOTE_30 "\n"), BYTES("{" DIGITS_20 "1 \"abcdefg}")},
    {BYTES("1 2 " QUOTE_29 "\n"), BYTES("{1 2 \"abcdefghijklmnopqrstuvwxyza}")},
    {BYTES(" " QUOTE_30 "\n"), BYTES("{ " QUOTE_29 "}")},
};
enum { SQUID_CUT_COUNT = sizeof squid_cuts / sizeof squid_cuts[0] };

START_TEST(a_line_that_squid_cut_ends_where_its_buffer_did)
{
    const struct pxa_span text = {squid_cuts[_i].from, squid_cuts[_i].len};

    for (size_t piece = 1; piece <= text.len + 1; piece++) {
        struct bytes seen = {0};

        cut_in_pieces_by(CUT_LEN, text, piece, &seen);
        expect_seen(&seen, squid_cuts[_i].wanted, squid_cuts[_i].wanted_len);
    }
}
END_TEST

START_TEST(a_line_that_squid_cut_is_waiting_without_a_newline)
{
    struct lines lines = {.cut_len = CUT_LEN};
    struct bytes seen = {0};
    struct pxa_span line;

    give(&lines, BYTES("1 " QUOTE_29), 100);
    ck_assert(!lines_waiting(&lines));
    give(&lines, BYTES("c"), 100);
    ck_assert(lines_waiting(&lines));
    note_all(&lines, &seen);
    ck_assert(!lines_waiting(&lines));
    ck_assert_uint_eq(lines.end, 0);
    ck_assert(lines.at[0] == 0 && lines.at[CUT_LEN + 1] == 0); /* wiped */
    expect_seen(&seen, BYTES("{1 " QUOTE_30 "}"));
    give(&lines, BYTES("1 " QUOTE_30 "what is left of it\n"), 100);
    note_all(&lines, &seen);
    expect_seen(&seen, BYTES("{1 " QUOTE_30 "}"));
    give(&lines, BYTES("2 " QUOTE_30), 100);
    ck_assert_int_eq(lines_next(&lines, &line), LINES_CUT);
    give(&lines, BYTES("what is left"), 100);
    ck_assert(!lines_waiting(&lines));
    give(&lines, BYTES(" of it, too " QUOTE_30), 100);
    ck_assert(!lines_waiting(&lines));
    lines_free(&lines);
}
END_TEST

/* However much comes, the buffer stays within twice the greatest line. */
START_TEST(the_buffer_has_a_cap)
{
    static char piece[LINES_ROOM];
    struct lines lines = {0};
    struct bytes seen = {0};

    memset(piece, 'x', sizeof piece);
    for (int i = 0; i < 200; i++) {
        give(&lines, piece, sizeof piece, sizeof piece);
        note_all(&lines, &seen);
        ck_assert_uint_le(lines.cap, 2 * LINES_MAX);
    }
    expect_seen(&seen, BYTES("<1048576 x>"));
    lines_free(&lines);
}
END_TEST

/* Lines that nobody takes yet stay whole while the buffer grows. */
START_TEST(lines_wait_until_they_are_taken)
{
    struct lines lines = {0};
    struct bytes seen = {0};
    struct bytes wanted = {0};
    char text[40];

    for (int i = 0; i < 20000; i++) {
        int len = snprintf(text, sizeof text, "%d\n", i);

        give(&lines, text, (size_t)len, sizeof text);
        bytes_put_text(&wanted, "[");
        bytes_put(&wanted, text, (size_t)len - 1);
        bytes_put_text(&wanted, "]");
    }
    note_all(&lines, &seen);
    expect_seen(&seen, wanted.at, bytes_len(&wanted));
    bytes_free(&wanted);
    lines_free(&lines);
}
END_TEST

static bool holds(const struct lines *lines, char byte)
{
    return lines->end > 0 && memchr(lines->at, byte, lines->end);
}

/* All bytes of the buffer that are in use or were; those behind have never been written. */
static bool is_wiped(const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (lines->at[i] != 0)
            return false;
    return true;
}

START_TEST(what_has_been_cut_is_wiped)
{
    struct lines lines = {0};
    struct pxa_span line;

    give(&lines, BYTES("user SSSS\nuser SSSS\nhalf"), 100);
    ck_assert_int_eq(lines_next(&lines, &line), LINES_LINE);
    ck_assert_int_eq(lines_next(&lines, &line), LINES_LINE);
    ck_assert(holds(&lines, 'S'));
    ck_assert_int_eq(lines_next(&lines, &line), LINES_NONE);
    ck_assert_uint_eq(lines.end - lines.start, strlen("half"));
    ck_assert(!holds(&lines, 'S'));
    ck_assert(is_wiped(&lines, lines.end, strlen("user SSSS\nuser SSSS\nhalf")));
    give(&lines, BYTES(" SSSS\n"), 100);
    ck_assert_int_eq(lines_next(&lines, &line), LINES_LINE);
    ck_assert_uint_eq(line.len, strlen("half SSSS"));
    ck_assert_int_eq(lines_next(&lines, &line), LINES_NONE);
    ck_assert_uint_eq(lines.end, 0);
    ck_assert(is_wiped(&lines, 0, strlen("user SSSS\nuser SSSS\nhalf")));
    lines_free(&lines);
}
END_TEST

START_TEST(a_long_line_is_wiped_too)
{
    char *text = long_line(LINES_MAX + 1000, 'S', "");
    struct lines lines = {0};
    struct bytes seen = {0};

    for (size_t at = 0; at < strlen(text);) {
        at += give(&lines, text + at, strlen(text) - at, 50000);
        note_all(&lines, &seen);
    }
    note_all(&lines, &seen);
    ck_assert_uint_eq(lines.end, 0);
    ck_assert(is_wiped(&lines, 0, LINES_MAX));
    bytes_free(&seen);
    lines_free(&lines);
    free(text);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("lines");
    TCase *tc = tcase_create("lines");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, cuts_alike_in_pieces_of_any_size, 0, CASE_COUNT);
    tcase_add_test(tc, a_line_of_the_greatest_length);
    tcase_add_test(tc, a_longer_line_is_told_once_and_skipped);
    tcase_add_test(tc, two_long_lines_one_behind_the_other);
    tcase_add_loop_test(tc, a_line_that_squid_cut_ends_where_its_buffer_did, 0, SQUID_CUT_COUNT);
    tcase_add_test(tc, a_line_that_squid_cut_is_waiting_without_a_newline);
    tcase_add_test(tc, the_buffer_has_a_cap);
    tcase_add_test(tc, lines_wait_until_they_are_taken);
    tcase_add_test(tc, what_has_been_cut_is_wiped);
    tcase_add_test(tc, a_long_line_is_wiped_too);
    suite_add_tcase(s, tc);
    return s;
}
