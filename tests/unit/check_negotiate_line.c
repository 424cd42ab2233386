/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of line.c. The lines are what Squid 5.7 writes (`YR %s` and `KK %s` with
 * what stands behind the scheme's name, then key_extras), and what it cannot write.
 */
#include <config.h>

#include "helpers/negotiate/line.h"
#include "tests/unit/block.h"

#include <stdio.h>

Suite *suite(void);

static const struct {
    const char *text;
    unsigned key_extras;
    enum line_verb verb;
    enum line_fault fault;
    const char *base64;
} lines[] = {
    {"YR TlRM", 0, LINE_YR, LINE_GOOD, "TlRM"},
    {"KK TlRM", 0, LINE_KK, LINE_GOOD, "TlRM"},
    {"YR TlRM 127.0.0.1", 1, LINE_YR, LINE_GOOD, "TlRM"},
    {"KK TlRM 127.0.0.1 -", 2, LINE_KK, LINE_GOOD, "TlRM"},
    {"YR not-base-64", 0, LINE_YR, LINE_GOOD, "not-base-64"},
    {"YR TlRM ", 1, LINE_YR, LINE_GOOD, "TlRM"}, /* an extra that is empty */

    {"YR", 0, LINE_YR, LINE_CLIENTS, ""},
    {"YR ", 0, LINE_YR, LINE_CLIENTS, ""},
    {"KK ", 0, LINE_KK, LINE_CLIENTS, ""},
    {"YR  127.0.0.1", 1, LINE_YR, LINE_CLIENTS, ""},
    {"YR TlRM word", 0, LINE_YR, LINE_CLIENTS, ""},
    {"YR TlRM word 127.0.0.1", 1, LINE_YR, LINE_CLIENTS, ""},
    {"YR TlRM ", 0, LINE_YR, LINE_CLIENTS, ""},
    {"YR  TlRM", 0, LINE_YR, LINE_CLIENTS, ""},

    {"YR TlRM", 1, LINE_YR, LINE_SQUIDS, ""},
    {"", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
    {"Y", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
    {" YR TlRM", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
    {"YRTlRM", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
    {"yr TlRM", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
    {"YR\tTlRM", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
    {"LD user", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
    {"1 YR TlRM", 0, LINE_NO_VERB, LINE_SQUIDS, ""},
};

enum { LINE_COUNT = sizeof lines / sizeof *lines };

START_TEST(takes_lines_apart)
{
    struct block text = block_of(lines[_i].text, strlen(lines[_i].text));
    struct line line = line_parse(block_span(text), lines[_i].key_extras);

    ck_assert_int_eq(line.verb, lines[_i].verb);
    ck_assert_int_eq(line.fault, lines[_i].fault);
    ck_assert(span_is(line.base64, lines[_i].base64, strlen(lines[_i].base64)));
    ck_assert((line.fault == LINE_GOOD) == (line.reason == NULL));
    block_free(text);
}
END_TEST

/* 65,535 bytes are the size of Squid's buffer for a line (MAX_AUTHTOKEN_LEN). */
START_TEST(a_line_that_squid_cannot_write)
{
    struct block text = block_filled(65536);
    struct line line;

    memcpy(text.at, "YR ", 3);
    line = line_parse((struct pxa_span){text.at, 65535}, 0);
    ck_assert_int_eq(line.fault, LINE_GOOD);
    ck_assert_uint_eq(line.base64.len, 65532);
    ck_assert_uint_le(PXA_BASE64_DECODED_MAX(line.base64.len), LINE_TOKEN_MAX);
    line = line_parse((struct pxa_span){text.at, 65536}, 0);
    ck_assert_int_eq(line.fault, LINE_SQUIDS);
    block_free(text);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("negotiate_line");
    TCase *tc = tcase_create("negotiate_line");

    tcase_add_loop_test(tc, takes_lines_apart, 0, LINE_COUNT);
    tcase_add_test(tc, a_line_that_squid_cannot_write);
    suite_add_tcase(s, tc);
    return s;
}
