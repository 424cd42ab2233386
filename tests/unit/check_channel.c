/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/channel.c. The wanted decisions are those of the option --concurrency:
 * Basic by the number of fields, Digest by its quote, group helpers by the option alone, and
 * never an id for Negotiate and NTLM.
 */
#include <config.h>

#include "helpers/core/channel.h"

#include <check.h>
#include <string.h>

Suite *suite(void);

enum { ANY = -1 };

struct judged {
    const char *line;
    enum channel_verdict verdict;
    size_t id_len;
    int decided; /* the concurrency behind it, or ANY */
};

static struct pxa_span span(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static void expect(struct channel *channel, const struct judged *wanted)
{
    size_t id_len = 99;
    enum channel_verdict verdict = channel_judge(channel, span(wanted->line), &id_len);

    ck_assert_msg(verdict == wanted->verdict, "\"%s\": verdict %d", wanted->line, verdict);
    ck_assert_msg(id_len == wanted->id_len, "\"%s\": id of %zu", wanted->line, id_len);
    ck_assert_msg(wanted->decided == ANY || (int)channel->concurrency == wanted->decided,
                  "\"%s\": concurrency %d", wanted->line, channel->concurrency);
}

/* Each line is the first of a session, with no key extras. */
static const struct judged basic[] = {
    {"user pass", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
    {"1 pass", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},   /* a user whose name is a number */
    {"12345 67890", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
    {" pass", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},    /* an empty user */
    {"user ", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},    /* an empty password */
    {" ", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
    {"1 user pass", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
    {"6  a", CHANNEL_REQUEST, 1, CONCURRENCY_ON},      /* an empty user with an id */
    {"6 a ", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
    {"6  ", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
    {"0 1 2", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
    {"18446744073709551615 user pass", CHANNEL_REQUEST, 20, CONCURRENCY_ON},
    {"", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"user", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"12", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"user pass extra", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"1x user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"-1 user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"+1 user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {" 1 user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"1\tuser pass x", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"184467440737095516150 user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"1 user pass extra", CHANNEL_MALFORMED, 1, CONCURRENCY_AUTO},
    {"77 user pass a b", CHANNEL_MALFORMED, 2, CONCURRENCY_AUTO},
};
enum { BASIC_COUNT = sizeof basic / sizeof basic[0] };

START_TEST(basic_auto)
{
    struct channel channel = {SCHEME_BASIC, CONCURRENCY_AUTO, 0};

    expect(&channel, &basic[_i]);
}
END_TEST

static const struct judged basic_extras[] = {
    {"user pass a b", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
    {"1 2 3 4", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
    {"1 user pass a b", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
    {"1  pass a b", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
    {"1 user pass", CHANNEL_MALFORMED, 1, CONCURRENCY_AUTO},
    {"user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"user pass a", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"user pass a b c", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO},
    {"1 user pass a b c", CHANNEL_MALFORMED, 1, CONCURRENCY_AUTO},
};
enum { BASIC_EXTRAS_COUNT = sizeof basic_extras / sizeof basic_extras[0] };

START_TEST(basic_auto_with_two_extras)
{
    struct channel channel = {SCHEME_BASIC, CONCURRENCY_AUTO, 2};

    expect(&channel, &basic_extras[_i]);
}
END_TEST

/* The first exact line decides for good; lines before it are answered with their digits. */
START_TEST(basic_auto_decides_once)
{
    static const struct judged on[] = {
        {"5 a b c", CHANNEL_MALFORMED, 1, CONCURRENCY_AUTO},
        {"6 user pass", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
        {"7 pass", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
        {"8 ", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
        {"9 user pass more", CHANNEL_REQUEST, 1, CONCURRENCY_ON},
        {"user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_ON},
        {"", CHANNEL_MALFORMED, 0, CONCURRENCY_ON},
    };
    static const struct judged off[] = {
        {"5 a b c", CHANNEL_MALFORMED, 1, CONCURRENCY_AUTO},
        {"6 pass", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
        {"7 user pass", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
        {"", CHANNEL_REQUEST, 0, CONCURRENCY_OFF},
    };
    struct channel with = {SCHEME_BASIC, CONCURRENCY_AUTO, 0};
    struct channel without = {SCHEME_BASIC, CONCURRENCY_AUTO, 0};

    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
        expect(&with, &on[i]);
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        expect(&without, &off[i]);
}
END_TEST

static const struct {
    enum scheme scheme;
    enum concurrency concurrency;
    struct judged judged;
} others[] = {
    {SCHEME_BASIC, CONCURRENCY_ON, {"1 user pass", CHANNEL_REQUEST, 1, CONCURRENCY_ON}},
    {SCHEME_BASIC, CONCURRENCY_ON, {"1 pass", CHANNEL_REQUEST, 1, CONCURRENCY_ON}},
    {SCHEME_BASIC, CONCURRENCY_ON, {"user pass", CHANNEL_MALFORMED, 0, CONCURRENCY_ON}},
    {SCHEME_BASIC, CONCURRENCY_OFF, {"1 user pass", CHANNEL_REQUEST, 0, CONCURRENCY_OFF}},
    {SCHEME_BASIC, CONCURRENCY_OFF, {"user", CHANNEL_REQUEST, 0, CONCURRENCY_OFF}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"\"b\":\"r\"", CHANNEL_REQUEST, 0, CONCURRENCY_OFF}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"12 \"b\":\"r\"", CHANNEL_REQUEST, 2, CONCURRENCY_ON}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"1 \"b b\":\"a \" b\" x", CHANNEL_REQUEST, 1, ANY}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"\"12 \":\"r\"", CHANNEL_REQUEST, 0, CONCURRENCY_OFF}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"\"1\":\"2 3\" 4", CHANNEL_REQUEST, 0, CONCURRENCY_OFF}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"12 b", CHANNEL_MALFORMED, 2, CONCURRENCY_AUTO}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"12 ", CHANNEL_MALFORMED, 2, CONCURRENCY_AUTO}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"12", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"b", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO}},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, {"", CHANNEL_MALFORMED, 0, CONCURRENCY_AUTO}},
    {SCHEME_DIGEST, CONCURRENCY_ON, {"\"bob\":\"realm\"", CHANNEL_MALFORMED, 0, ANY}},
    {SCHEME_DIGEST, CONCURRENCY_ON, {"3 \"bob\":\"realm\"", CHANNEL_REQUEST, 1, ANY}},
    {SCHEME_DIGEST, CONCURRENCY_OFF, {"3 \"bob\":\"realm\"", CHANNEL_REQUEST, 0, ANY}},
    {SCHEME_NEGOTIATE, CONCURRENCY_AUTO, {"YR TlRMTVNT", CHANNEL_REQUEST, 0, ANY}},
    {SCHEME_NEGOTIATE, CONCURRENCY_ON, {"1 YR TlRMTVNT", CHANNEL_REQUEST, 0, ANY}},
    {SCHEME_NTLM, CONCURRENCY_ON, {"KK TlRMTVNT", CHANNEL_REQUEST, 0, ANY}},
    {SCHEME_NTLM, CONCURRENCY_AUTO, {"", CHANNEL_REQUEST, 0, ANY}},
    {SCHEME_GROUP, CONCURRENCY_AUTO, {"1 group", CHANNEL_REQUEST, 0, ANY}},
    {SCHEME_GROUP, CONCURRENCY_OFF, {"1 user group", CHANNEL_REQUEST, 0, ANY}},
    {SCHEME_GROUP, CONCURRENCY_ON, {"1 user group", CHANNEL_REQUEST, 1, ANY}},
    {SCHEME_GROUP, CONCURRENCY_ON, {"user group", CHANNEL_MALFORMED, 0, ANY}},
};
enum { OTHER_COUNT = sizeof others / sizeof others[0] };

START_TEST(other_schemes_and_modes)
{
    struct channel channel = {others[_i].scheme, others[_i].concurrency, 0};

    expect(&channel, &others[_i].judged);
}
END_TEST

static const struct {
    enum scheme scheme;
    enum concurrency concurrency;
    const char *line;
    size_t id_len;
    bool cut_id;
} fragments[] = {
    {SCHEME_BASIC, CONCURRENCY_AUTO, "12 us", 2, false},
    {SCHEME_BASIC, CONCURRENCY_AUTO, "12 ", 2, false},
    {SCHEME_BASIC, CONCURRENCY_AUTO, "us", 0, false},
    {SCHEME_BASIC, CONCURRENCY_AUTO, "12", 0, true},
    {SCHEME_BASIC, CONCURRENCY_AUTO, "12x", 0, false},
    {SCHEME_BASIC, CONCURRENCY_AUTO, "123456789012345678901", 0, false},
    {SCHEME_BASIC, CONCURRENCY_ON, "12 us", 2, false},
    {SCHEME_BASIC, CONCURRENCY_ON, "1", 0, true},
    {SCHEME_BASIC, CONCURRENCY_OFF, "12 us", 0, false},
    {SCHEME_BASIC, CONCURRENCY_OFF, "12", 0, false},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, "12 \"us", 2, false},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, "12", 0, true},
    {SCHEME_DIGEST, CONCURRENCY_AUTO, "\"us", 0, false},
    {SCHEME_DIGEST, CONCURRENCY_OFF, "12 \"us", 0, false},
    {SCHEME_NEGOTIATE, CONCURRENCY_AUTO, "12 us", 0, false},
    {SCHEME_NEGOTIATE, CONCURRENCY_ON, "12", 0, false},
    {SCHEME_NTLM, CONCURRENCY_AUTO, "12 us", 0, false},
    {SCHEME_GROUP, CONCURRENCY_AUTO, "12 us", 0, false},
    {SCHEME_GROUP, CONCURRENCY_AUTO, "12", 0, false},
    {SCHEME_GROUP, CONCURRENCY_ON, "12 us", 2, false},
    {SCHEME_GROUP, CONCURRENCY_ON, "12", 0, true},
};
enum { FRAGMENT_COUNT = sizeof fragments / sizeof fragments[0] };

START_TEST(the_id_of_a_fragment)
{
    struct channel channel = {fragments[_i].scheme, fragments[_i].concurrency, 0};
    struct pxa_span line = span(fragments[_i].line);

    ck_assert_uint_eq(channel_fragment_id(&channel, line), fragments[_i].id_len);
    ck_assert_int_eq(channel_is_cut_id(&channel, line), fragments[_i].cut_id);
}
END_TEST

/* Who may have several requests in flight. */
START_TEST(can_replies_be_told_apart)
{
    static const struct {
        enum scheme scheme;
        bool with[3]; /* by concurrency: auto before it is decided, on, off */
    } wanted[] = {
        {SCHEME_BASIC, {true, true, false}},      {SCHEME_DIGEST, {true, true, false}},
        {SCHEME_GROUP, {false, true, false}},     {SCHEME_NTLM, {false, false, false}},
        {SCHEME_NEGOTIATE, {false, false, false}},
    };

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        for (int concurrency = CONCURRENCY_AUTO; concurrency <= CONCURRENCY_OFF; concurrency++) {
            struct channel channel = {wanted[i].scheme, (enum concurrency)concurrency, 0};

            ck_assert_int_eq(channel_has_ids(&channel), wanted[i].with[concurrency]);
        }
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("channel");
    TCase *tc = tcase_create("channel");

    tcase_add_loop_test(tc, basic_auto, 0, BASIC_COUNT);
    tcase_add_loop_test(tc, basic_auto_with_two_extras, 0, BASIC_EXTRAS_COUNT);
    tcase_add_test(tc, basic_auto_decides_once);
    tcase_add_loop_test(tc, other_schemes_and_modes, 0, OTHER_COUNT);
    tcase_add_loop_test(tc, the_id_of_a_fragment, 0, FRAGMENT_COUNT);
    tcase_add_test(tc, can_replies_be_told_apart);
    suite_add_tcase(s, tc);
    return s;
}
