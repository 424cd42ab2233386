/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the tool's report (helpers/proxyauth/report*.c, visible.c). What must not be printed is
 * taken from Unicode's lists: Bidi_Control and Default_Ignorable_Code_Point of PropList.txt and
 * DerivedCoreProperties.txt, blocks of Hebrew and Arabic, RFC 3629's invalid sequences. JSON is
 * read back with Python's json module.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "helpers/core/bytes.h"
#include "helpers/proxyauth/report.h"
#include "helpers/core/visible.h"

Suite *suite(void);

static struct pxa_span span(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static void collect(void *context, const char *at, size_t len)
{
    bytes_put(context, at, len);
}

static struct report *report_into(struct bytes *out, enum report_format format, bool secrets)
{
    struct report_config config = {format, secrets, collect, out};
    struct report *report = report_open(&config);

    ck_assert_ptr_nonnull(report);
    return report;
}

/* Closes the report and gives what it wrote, as a C string that the caller frees. */
static char *finished(struct report *report, struct bytes *out)
{
    char *text;

    ck_assert(report_close(report));
    bytes_put(out, "", 1);
    ck_assert(!out->failed);
    text = strdup(out->at + out->start);
    bytes_free(out);
    return text;
}

/* ---- visible ---- */

static void expect_visible(struct pxa_span in, enum visible_mode mode, const char *expected)
{
    struct bytes out = {0};

    visible_put(&out, in, mode);
    bytes_put(&out, "", 1);
    ck_assert_str_eq(out.at + out.start, expected);
    bytes_free(&out);
}

START_TEST(every_byte)
{
    for (int byte = 0; byte < 256; byte++) {
        char in[1] = {(char)byte};
        char expected[8];

        if (byte >= 0x20 && byte < 0x7f)
            (void)snprintf(expected, sizeof expected, "%c", byte);
        else
            (void)snprintf(expected, sizeof expected, "\\x%02x", (unsigned)byte);
        expect_visible((struct pxa_span){in, 1}, VISIBLE_VALUE, expected);
        expect_visible((struct pxa_span){in, 1}, VISIBLE_SENTENCE, expected);
    }
}
END_TEST

/* Code points that must not come out, as UTF-8. Some of each kind, and the ends of ranges. */
static const unsigned hidden[] = {
    0x80,    0x85,    0x90,     0x9b,    0x9f,    0xa0,    0xad,    0x300,   0x308,   0x34f,
    0x36f,   0x5be,   0x5d0,    0x600,   0x61c,   0x627,   0x6ff,   0x710,   0x8a0,   0x115f,
    0x1160,  0x1680,  0x17b4,   0x180e,  0x2000,  0x200a,  0x200b,  0x200c,  0x200d,  0x200e,
    0x200f,  0x2028,  0x2029,   0x202a,  0x202b,  0x202c,  0x202d,  0x202e,  0x202f,  0x205f,
    0x2060,  0x2061,  0x2064,   0x2066,  0x2067,  0x2068,  0x2069,  0x206a,  0x206f,  0x20d0,
    0x3000,  0x3164,  0xe000,   0xf8ff,  0xfb1d,  0xfb50,  0xfdd0,  0xfdef,  0xfe00,  0xfe0f,
    0xfe20,  0xfe70,  0xfeff,   0xffa0,  0xfff9,  0xfffb,  0xfffe,  0xffff,  0x10800, 0x10fff,
    0x1bca0, 0x1d173, 0x1d17a,  0x1e800, 0x1ee00, 0x1fffe, 0xe0001, 0xe0020, 0xe007f, 0xe0100,
    0xe01ef, 0xf0000, 0x10fffd, 0x10ffff};

static const unsigned shown[] = {0xa1,   0xe9,   0xfc,   0xff,   0x100,  0x17f,   0x3b1,
                                 0x410,  0x44f,  0x1e9e, 0x2010, 0x2019, 0x20ac,  0x3042,
                                 0x4e2d, 0xac00, 0xd7a3, 0xff21, 0xfffd, 0x1f600, 0x20000};

static size_t encode(unsigned code, char out[4])
{
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = len; i > 1; i--, code >>= 6)
        out[i - 1] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf00 >> len & 0xff) | code);
    return len;
}

START_TEST(characters)
{
    char in[5] = {0};
    char expected[16];

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        size_t len = encode(hidden[i], in);

        (void)snprintf(expected, sizeof expected, "\\u{%x}", hidden[i]);
        expect_visible((struct pxa_span){in, len}, VISIBLE_VALUE, expected);
        expect_visible((struct pxa_span){in, len}, VISIBLE_SENTENCE, expected);
    }
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        size_t len = encode(shown[i], in);

        in[len] = '\0';
        expect_visible((struct pxa_span){in, len}, VISIBLE_VALUE, in);
    }
}
END_TEST

static const struct {
    const char *in;
    const char *out;
} invalid[] = {
    {"\xc0\xaf", "\\xc0\\xaf"}, /* overlong */
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* surrogate */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* above U+10FFFF */
    {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
    {"\xc3", "\\xc3"}, /* cut */
    {"\xe2\x82", "\\xe2\\x82"},
    {"\xe2\x82"
     "A",
     "\\xe2\\x82"
     "A"},
    {"\xc3\xc3\xbc", "\\xc3\xc3\xbc"}, /* goes on behind it */
    {"\x80\xbf", "\\x80\\xbf"},
};

START_TEST(invalid_utf8)
{
    expect_visible(span(invalid[_i].in), VISIBLE_VALUE, invalid[_i].out);
}
END_TEST

/* What looks like an escape but came in as such does not look like one that we made. */
START_TEST(backslashes)
{
    expect_visible(span("CORP\\alice"), VISIBLE_VALUE, "CORP\\alice");
    expect_visible(span("CORP\\xavier"), VISIBLE_VALUE, "CORP\\xavier");
    expect_visible(span("CORP\\ulrich"), VISIBLE_VALUE, "CORP\\ulrich");
    expect_visible(span("a\\x1b"), VISIBLE_VALUE, "a\\x5cx1b");
    expect_visible(span("a\\u{1b}"), VISIBLE_VALUE, "a\\x5cu{1b}");
    expect_visible(span("\\x1"), VISIBLE_VALUE, "\\x1");
    expect_visible(span("\\"), VISIBLE_VALUE, "\\");
    expect_visible(span("a\\x1b"), VISIBLE_SENTENCE, "a\\x1b");
}
END_TEST

/* Of any length: a C string that fits, and that says where it is not all. */
START_TEST(excerpts_fit)
{
    char in[100];

    memset(in, 0x1b, sizeof in);
    for (size_t len = 0; len <= sizeof in; len++) {
        struct visible_excerpt excerpt = visible_excerpt((struct pxa_span){in, len});
        size_t got = strnlen(excerpt.text, sizeof excerpt.text);

        ck_assert_uint_lt(got, sizeof excerpt.text);
        if (len <= 56)
            ck_assert_uint_eq(got, len * 4);
        else
            ck_assert_str_eq(excerpt.text + got - 7, "\\x1b...");
    }
}
END_TEST

/* ---- the report ---- */

static void fill(struct report *report)
{
    report_item(report, "first", 3);
    report_text(report, "user_name", span("al\n\x1b[31mice \"x\" \\"));
    report_secret(report, "password", span("hunter2"));
    report_number(report, "count", UINT64_MAX);
    report_flag(report, "good", true);
    report_list(report, "words");
    report_word(report, NULL, "one");
    report_word(report, NULL, "two");
    report_end(report);
    report_list(report, "empty");
    report_end(report);
    report_group(report, "group");
    report_list(report, "elements");
    report_group(report, NULL);
    report_text(report, "a", span("1"));
    report_end(report);
    report_text(report, NULL, span("2"));
    report_end(report);
    report_word(report, "b", "3");
    report_end(report);
    report_remark(report, REPORT_NOTE, "a_note", "A note about \"%s\".",
                  visible_excerpt(span("x\ty")).text);
    report_remark(report, REPORT_WARNING, "a_warning", "A warning.");
    report_cause(report, "First cause.");
    report_check(report, "Check this.");
    report_cause(report, "Second cause.");
    report_item(report, "second", 0);
}

START_TEST(as_text)
{
    struct bytes out = {0};
    struct report *report = report_into(&out, REPORT_TEXT, false);
    char *text;

    fill(report);
    text = finished(report, &out);
    ck_assert_str_eq(text, "Line 3: first\n"
                           "  user name               \"al\\x0a\\x1b[31mice \"x\" \\\"\n"
                           "  password                ********\n"
                           "  count                   18446744073709551615\n"
                           "  good                    yes\n"
                           "  words                   one, two\n"
                           "  empty\n"
                           "  group\n"
                           "    elements\n"
                           "      1.\n"
                           "        a                 \"1\"\n"
                           "      2. \"2\"\n"
                           "    b                     3\n"
                           "\n"
                           "  Warning: A warning.\n"
                           "    1. First cause.\n"
                           "    >  Check this.\n"
                           "    2. Second cause.\n"
                           "\n"
                           "  Note: A note about \"x\\x09y\".\n"
                           "\n"
                           "second\n");
    free(text);
}
END_TEST

/* Reads TEXT with Python and evaluates EXPRESSION on it as `d`. */
static void expect_python(const char *text, const char *expression)
{
    const char *python = getenv("PYTHON");
    char *command = NULL;
    FILE *pipe;

    ck_assert_int_gt(asprintf(&command,
                              "%s -c 'import json,sys; d = json.loads(sys.stdin.buffer.read()"
                              ".decode()); sys.exit(not (%s))'",
                              python ? python : "python3", expression),
                     0);
    pipe = popen(command, "w");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), pipe), strlen(text));
    ck_assert_msg(pclose(pipe) == 0, "not so: %s\n%s", expression, text);
    free(command);
}

START_TEST(as_json)
{
    struct bytes out = {0};
    struct report *report = report_into(&out, REPORT_JSON, false);
    char *text;

    fill(report);
    text = finished(report, &out);
    expect_python(text, "len(d) == 2 and d[1] == {\"item\": \"second\", \"line\": 0, "
                        "\"remarks\": []}");
    expect_python(text, "list(d[0]) == [\"item\", \"line\", \"user_name\", \"password\", "
                        "\"count\", \"good\", \"words\", \"empty\", \"group\", \"remarks\"]");
    expect_python(text, "d[0][\"user_name\"] == r\"al\\x0a\\x1b[31mice \" + \"\\\"x\\\" \" + "
                        "chr(92)");
    expect_python(text, "d[0][\"count\"] == 2 ** 64 - 1 and d[0][\"good\"] is True");
    expect_python(text, "d[0][\"words\"] == [\"one\", \"two\"] and d[0][\"empty\"] == []");
    expect_python(text, "d[0][\"group\"] == {\"elements\": [{\"a\": \"1\"}, \"2\"], "
                        "\"b\": \"3\"}");
    expect_python(text, "[r[\"code\"] for r in d[0][\"remarks\"]] == [\"a_warning\", "
                        "\"a_note\"]");
    expect_python(text, "d[0][\"remarks\"][0] == {\"level\": \"warning\", \"code\": "
                        "\"a_warning\", \"text\": \"A warning.\", \"causes\": [\"First cause.\", "
                        "\"Second cause.\"], \"checks\": [\"Check this.\"]}");
    expect_python(text, "d[0][\"password\"] == \"********\"");
    free(text);
}
END_TEST

/* All values that one byte and two bytes can have: the JSON is valid and has no control byte. */
START_TEST(json_of_all_bytes)
{
    struct bytes out = {0};
    struct report *report = report_into(&out, REPORT_JSON, false);
    char *text;

    report_item(report, "item", 1);
    report_list(report, "values");
    for (int first = 0; first < 256; first++) {
        for (int second = 0; second<256; second += first> 0x7f ? 1 : 37) {
            char value[2] = {(char)first, (char)second};

            report_text(report, NULL, (struct pxa_span){value, 2});
        }
    }
    report_end(report);
    text = finished(report, &out);
    for (const char *at = text; *at; at++)
        ck_assert(*at == '\n' || ((unsigned char)*at >= 0x20 && *at != 0x7f));
    expect_python(text, "len(d[0][\"values\"]) == 128 * 256 + 128 * 7");
    free(text);
}
END_TEST

START_TEST(secrets_are_shown_when_asked_for)
{
    struct bytes out = {0};
    struct report *report = report_into(&out, REPORT_TEXT, true);
    char *text;

    report_item(report, "item", 0);
    report_secret(report, "password", span("hunter2"));
    text = finished(report, &out);
    ck_assert_str_eq(text, "item\n  password                \"hunter2\"\n");
    free(text);
}
END_TEST

/* The same code with another text is another remark; causes go with their remark. */
START_TEST(a_remark_that_comes_again_is_passed_over)
{
    struct bytes out = {0};
    struct report *report = report_into(&out, REPORT_TEXT, false);
    char *text;

    report_item(report, "item", 0);
    for (int i = 0; i < 3; i++) {
        report_remark(report, REPORT_NOTE, "code", "Number %d.", i / 2);
        report_cause(report, "Cause %d.", i);
    }
    report_item(report, "item", 0);
    report_remark(report, REPORT_NOTE, "code", "Number 0.");
    text = finished(report, &out);
    ck_assert_str_eq(text, "item\n\n  Note: Number 0.\n    1. Cause 0.\n\n  Note: Number 1.\n"
                           "    1. Cause 2.\n\nitem\n\n  Note: Number 0.\n");
    free(text);
}
END_TEST

START_TEST(nothing_is_an_empty_array)
{
    struct bytes out = {0};
    char *text = finished(report_into(&out, REPORT_JSON, false), &out);

    ck_assert_str_eq(text, "[]\n");
    free(text);
    text = finished(report_into(&out, REPORT_TEXT, false), &out);
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

START_TEST(long_values_are_cut_and_say_so)
{
    struct bytes out = {0};
    struct report *report = report_into(&out, REPORT_TEXT, false);
    char value[REPORT_VALUE_MAX + 1];
    char *text;

    memset(value, 'v', sizeof value);
    report_item(report, "item", 0);
    report_text(report, "fits", (struct pxa_span){value, REPORT_VALUE_MAX});
    report_text(report, "cut", (struct pxa_span){value, sizeof value});
    text = finished(report, &out);
    ck_assert_ptr_nonnull(strstr(text, "v ... (cut; 2049 bytes)\"\n"));
    ck_assert_ptr_eq(strstr(text, "(cut;"), strstr(strstr(text, "  cut "), "(cut;"));
    free(text);
}
END_TEST

START_TEST(sentences_are_wrapped)
{
    struct bytes out = {0};
    struct report *report = report_into(&out, REPORT_TEXT, false);
    char *text;

    report_item(report, "item", 0);
    report_remark(report, REPORT_NOTE, "code", "%s",
                  "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff gggggggg "
                  "hhhhhhhhhh iiii");
    text = finished(report, &out);
    /* The first line has exactly 80 columns with "gggggggg". */
    ck_assert_str_eq(text, "item\n\n"
                           "  Note: aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee "
                           "ffffffffff\n"
                           "    gggggggg hhhhhhhhhh iiii\n");
    free(text);
}
END_TEST

Suite *suite(void)
{
    Suite *report = suite_create("report");
    TCase *tc = tcase_create("visible");

    tcase_add_test(tc, every_byte);
    tcase_add_test(tc, characters);
    tcase_add_loop_test(tc, invalid_utf8, 0, sizeof invalid / sizeof *invalid);
    tcase_add_test(tc, backslashes);
    tcase_add_test(tc, excerpts_fit);
    suite_add_tcase(report, tc);
    tc = tcase_create("report");
    tcase_add_test(tc, as_text);
    tcase_add_test(tc, as_json);
    tcase_add_test(tc, json_of_all_bytes);
    tcase_add_test(tc, secrets_are_shown_when_asked_for);
    tcase_add_test(tc, a_remark_that_comes_again_is_passed_over);
    tcase_add_test(tc, nothing_is_an_empty_array);
    tcase_add_test(tc, long_values_are_cut_and_say_so);
    tcase_add_test(tc, sentences_are_wrapped);
    suite_add_tcase(report, tc);
    return report;
}
