/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/reply.c. What is written is read back by a small parser made here from
 * the grammar that Squid reads (src/helper/Reply.cc, strwordtok() of src/String.cc), so that a
 * mistake in quoting is seen as what it would do to Squid.
 */
#include <config.h>

#include "helpers/core/reply.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

enum { NOTES_MAX = 8, VALUE_MAX = 4096 };

/* ck_assert() reports each of its calls; there are millions here. */
#define require(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("not so: " #condition);                                                   \
    } while (0)

struct value {
    char bytes[VALUE_MAX];
    size_t len;
};

struct parsed {
    char word[8];
    char keys[NOTES_MAX][32];
    struct value values[NOTES_MAX];
    unsigned note_count;
    const char *other;
    size_t other_len;
};

/* ---- the parser ---- */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_key(char c)
{
    return c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", c);
}

static void add(struct value *value, char c)
{
    require(value->len < VALUE_MAX);
    value->bytes[value->len++] = c;
}

/* One word: blanks end it outside of quotes; a quote begins or ends quoting; inside of quotes a
 * backslash makes \n and \r of n and r, and itself of anything else. */
static const char *parse_value(const char *at, const char *end, struct value *value)
{
    bool quoted = false;

    for (; at < end && (quoted || !is_space(*at)); at++) {
        if (*at == '"') {
            quoted = !quoted;
        } else if (quoted && *at == '\\' && at + 1 < end) {
            at++;
            if (*at == 'n')
                add(value, '\n');
            else if (*at == 'r')
                add(value, '\r');
            else
                add(value, *at);
        } else {
            add(value, *at);
        }
    }
    require(!quoted);
    return at;
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

static const char *parse_notes(const char *at, const char *end, struct parsed *parsed)
{
    for (;;) {
        const char *key = at;
        unsigned n = parsed->note_count;

        while (at < end && is_key(*at))
            at++;
        if (at == end || *at != '=' || at + 1 == end || is_space(at[1]))
            return key;
        require(n < NOTES_MAX);
        require((size_t)(at - key) < sizeof parsed->keys[n]);
        memcpy(parsed->keys[n], key, (size_t)(at - key));
        parsed->keys[n][at - key] = '\0';
        parsed->values[n].len = 0;
        parsed->note_count++;
        at = skip_space(parse_value(at + 1, end, &parsed->values[n]), end);
    }
}

/* Reads a reply without an id. It must be one line and hold no NUL. */
static void parse(const struct bytes *written, struct parsed *parsed)
{
    const char *at = written->at;
    const char *end = at + bytes_len(written) - 1;
    size_t word;

    require(!written->failed);
    require(bytes_len(written) > 1);
    require(*end == '\n');
    require(!memchr(at, '\n', (size_t)(end - at)));
    require(!memchr(at, '\0', (size_t)(end - at)));
    word = strcspn(at, " \n");
    require(word < sizeof parsed->word);
    memcpy(parsed->word, at, word);
    parsed->word[word] = '\0';
    parsed->note_count = 0;
    at = parse_notes(skip_space(at + word, end), end, parsed);
    parsed->other = at;
    parsed->other_len = (size_t)(end - at);
}

/* ---- whole replies ---- */

#define SPAN(literal) {literal, sizeof(literal) - 1}
#define NO_TOKEN {NULL, 0}

static const struct reply_note message[] = {{"message", SPAN("Invalid credentials")}};
static const struct reply_note kerberos[] = {
    {"token", SPAN("oYG2MIGzoAMKAQChCwYJKoZIhvcSAQIC")},
    {"user", SPAN("john doe@EXAMPLE.COM")},
    {"group", SPAN("Domain \"Users\" \\ all")},
};
static const struct reply_note two_lines[] = {{"log", SPAN("one\r\ntwo")}};
static const struct reply_note empty[] = {{"group", {NULL, 0}}};

static const struct {
    const char *id;
    struct reply reply;
    const char *wanted;
} exact[] = {
    {"", {REPLY_OK, NULL, 0, NULL, NO_TOKEN}, "OK\n"},
    {"7", {REPLY_OK, NULL, 0, NULL, NO_TOKEN}, "7 OK\n"},
    {"18446744073709551615", {REPLY_ERR, NULL, 0, NULL, NO_TOKEN}, "18446744073709551615 ERR\n"},
    {"", {REPLY_OK, NULL, 0, "", NO_TOKEN}, "OK\n"},
    {"", {REPLY_BH, NULL, 0, "no answer within 10 s", NO_TOKEN}, "BH no answer within 10 s\n"},
    {"1",
     {REPLY_ERR, message, 1, "Invalid credentials", NO_TOKEN},
     "1 ERR message=\"Invalid credentials\" Invalid credentials\n"},
    {"",
     {REPLY_OK, kerberos, 3, NULL, NO_TOKEN},
     "OK token=\"oYG2MIGzoAMKAQChCwYJKoZIhvcSAQIC\" user=\"john doe@EXAMPLE.COM\""
     " group=\"Domain \\\"Users\\\" \\\\ all\"\n"},
    {"", {REPLY_OK, two_lines, 1, NULL, NO_TOKEN}, "OK log=\"one\\r\\ntwo\"\n"},
    {"", {REPLY_OK, empty, 1, NULL, NO_TOKEN}, "OK group=\"\"\n"},
    {"", {REPLY_ERR, NULL, 0, "a=b", NO_TOKEN}, "ERR reason: a=b\n"},
    {"", {REPLY_ERR, NULL, 0, "=b", NO_TOKEN}, "ERR reason: =b\n"},
    {"", {REPLY_ERR, NULL, 0, "  user=b", NO_TOKEN}, "ERR reason: user=b\n"},
    {"", {REPLY_ERR, NULL, 0, "\x01\t user=b", NO_TOKEN}, "ERR reason: user=b\n"},
    {"", {REPLY_ERR, NULL, 0, "no user=b", NO_TOKEN}, "ERR no user=b\n"},
    {"", {REPLY_ERR, NULL, 0, "line\none\r\x1b[2J\x7f.", NO_TOKEN}, "ERR line one  [2J .\n"},
    {"", {REPLY_ERR, NULL, 0, " \t\n", NO_TOKEN}, "ERR\n"},
    {"", {REPLY_ERR, NULL, 0, "caf\xc3\xa9", NO_TOKEN}, "ERR caf\xc3\xa9\n"},
    {"", {.word = REPLY_TT, .token = SPAN("oQ+/AA==")}, "TT oQ+/AA==\n"},
    {"7", {.word = REPLY_TT, .token = SPAN("AAAA")}, "7 TT AAAA\n"},
    {"", {REPLY_TT, message, 1, "text", SPAN("AAAA")}, "TT AAAA\n"},
};
enum { EXACT_COUNT = sizeof exact / sizeof exact[0] };

START_TEST(exact_replies)
{
    struct bytes to = {0};

    reply_write(&to, (struct pxa_span){exact[_i].id, strlen(exact[_i].id)}, &exact[_i].reply);
    ck_assert_uint_eq(bytes_len(&to), strlen(exact[_i].wanted));
    ck_assert_int_eq(memcmp(to.at, exact[_i].wanted, strlen(exact[_i].wanted)), 0);
    bytes_free(&to);
}
END_TEST

/* ---- values ---- */

/* Writes VALUE between two others; Squid must read the three as they were but for NUL. */
static void expect_read_back(const char *value, size_t len)
{
    const struct reply_note notes[] = {
        {"user", SPAN("before")}, {"group", {value, len}}, {"log", SPAN("behind")}};
    const struct reply reply = {REPLY_OK, notes, 3, "the text", NO_TOKEN};
    struct bytes to = {0};
    struct parsed parsed;

    reply_write(&to, (struct pxa_span){NULL, 0}, &reply);
    parse(&to, &parsed);
    require(strcmp(parsed.word, "OK") == 0);
    require(parsed.note_count == 3);
    for (unsigned i = 0; i < 3; i++) {
        require(strcmp(parsed.keys[i], notes[i].key) == 0);
        require(parsed.values[i].len == notes[i].value.len);
        for (size_t at = 0; at < notes[i].value.len; at++) {
            char wanted = notes[i].value.at[at];

            require(parsed.values[i].bytes[at] == (wanted ? wanted : '?'));
        }
    }
    require(parsed.other_len == strlen("the text"));
    require(memcmp(parsed.other, "the text", parsed.other_len) == 0);
    bytes_free(&to);
}

START_TEST(every_byte_in_a_value)
{
    for (int byte = 0; byte < 256; byte++) {
        const char c = (char)byte;
        const char text[] = {c, 'a', c, c, 'n', c};

        for (size_t len = 1; len <= sizeof text; len++)
            expect_read_back(text, len);
    }
}
END_TEST

/* Runs CHECK for every text of up to LEN_MAX bytes over LETTERS. */
static void for_all_texts(const char *letters, size_t count, size_t len_max,
                          void (*check)(const char *text, size_t len))
{
    char text[16] = {0};
    size_t digits[16] = {0};

    for (size_t len = 1; len <= len_max; len++) {
        size_t at = 0;

        while (at < len) {
            for (size_t i = 0; i < len; i++)
                text[i] = letters[digits[i]];
            text[len] = '\0';
            check(text, len);
            for (at = 0; at < len && ++digits[at] == count; at++)
                digits[at] = 0;
        }
    }
}

START_TEST(every_short_value_of_bytes_that_mean_something)
{
    static const char letters[] = "\\\"\n\rnr =%a";

    for_all_texts(letters, sizeof letters, 4, expect_read_back); /* with its NUL */
}
END_TEST

START_TEST(long_values)
{
    char *value = malloc(VALUE_MAX);

    ck_assert_ptr_nonnull(value);
    memset(value, '"', VALUE_MAX);
    expect_read_back(value, VALUE_MAX);
    memset(value, '\\', VALUE_MAX);
    expect_read_back(value, VALUE_MAX);
    free(value);
}
END_TEST

/* ---- the text ---- */

static size_t without_blanks(const char *from, size_t len, char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)from[i] > ' ' && from[i] != '\x7f')
            to[n++] = from[i];
    return n;
}

/* Whatever the text is, Squid finds the note that was meant and no other, then the text, of which
 * nothing but control bytes may have changed. */
static void expect_no_pair(const char *text, size_t len)
{
    static const struct reply_note notes[] = {{"message", SPAN("m")}};

    for (unsigned count = 0; count <= 1; count++) {
        const struct reply reply = {REPLY_ERR, notes, count, text, NO_TOKEN};
        struct bytes to = {0};
        struct parsed parsed;
        char wanted[32], got[64];
        size_t wanted_len = without_blanks(text, len, wanted), got_len;

        reply_write(&to, (struct pxa_span){NULL, 0}, &reply);
        parse(&to, &parsed);
        require(strcmp(parsed.word, "ERR") == 0);
        if (parsed.note_count != count)
            ck_abort_msg("\"%s\" has become a pair", text);
        got_len = without_blanks(parsed.other, parsed.other_len, got);
        require(got_len == wanted_len || got_len == wanted_len + strlen("reason:"));
        require(memcmp(got + got_len - wanted_len, wanted, wanted_len) == 0);
        require(memcmp(got, "reason:", got_len - wanted_len) == 0);
        bytes_free(&to);
    }
}

START_TEST(every_short_text_of_bytes_that_mean_something)
{
    static const char letters[] = "a= \"\\\t\n\x7f_:";

    for_all_texts(letters, sizeof letters - 1, 5, expect_no_pair);
}
END_TEST

START_TEST(every_byte_in_the_text)
{
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = {(char)byte, 'a', (char)byte, '=', (char)byte, 'b', '\0'};

        expect_no_pair(text, sizeof text - 1);
        expect_no_pair(text + 1, sizeof text - 2);
    }
}
END_TEST

/* ---- what an OK or a TT must carry ---- */

#define HEX32 "0123456789abcdefABCDEF9876543210"

static const struct reply_note token[] = {{"token", SPAN("=")}};
static const struct reply_note user[] = {{"user", SPAN("u")}};
static const struct reply_note both[] = {{"user", SPAN("u")}, {"token", SPAN("=")}};
static const struct reply_note no_token[] = {{"user", SPAN("u")}, {"token", SPAN("")}};
static const struct reply_note no_user[] = {{"user", {NULL, 0}}, {"token", SPAN("=")}};
static const struct reply_note ha1[] = {{"ha1", SPAN(HEX32)}};
static const struct reply_note ha1_short[] = {{"ha1", SPAN("0123456789abcdef0123456789abcde")}};
static const struct reply_note ha1_long[] = {{"ha1", SPAN(HEX32 "0")}};
static const struct reply_note ha1_not_hex[] = {{"ha1", SPAN("0123456789abcdef0123456789abcdeg")}};
static const struct reply_note ha1_empty[] = {{"ha1", {NULL, 0}}};

static const struct {
    enum scheme scheme;
    struct reply reply;
    bool complete;
} needs[] = {
    {SCHEME_BASIC, {REPLY_OK, NULL, 0, NULL, NO_TOKEN}, true},
    {SCHEME_GROUP, {REPLY_OK, NULL, 0, NULL, NO_TOKEN}, true},
    {SCHEME_NEGOTIATE, {REPLY_OK, both, 2, NULL, NO_TOKEN}, true},
    {SCHEME_NEGOTIATE, {REPLY_OK, NULL, 0, NULL, NO_TOKEN}, false},
    {SCHEME_NEGOTIATE, {REPLY_OK, token, 1, NULL, NO_TOKEN}, false},
    {SCHEME_NEGOTIATE, {REPLY_OK, user, 1, NULL, NO_TOKEN}, false},
    {SCHEME_NEGOTIATE, {REPLY_OK, no_token, 2, NULL, NO_TOKEN}, false},
    {SCHEME_NEGOTIATE, {REPLY_OK, no_user, 2, NULL, NO_TOKEN}, false},
    {SCHEME_NEGOTIATE, {REPLY_ERR, NULL, 0, NULL, NO_TOKEN}, true},
    {SCHEME_NEGOTIATE, {REPLY_BH, NULL, 0, NULL, NO_TOKEN}, true},
    {SCHEME_NTLM, {REPLY_OK, user, 1, NULL, NO_TOKEN}, true},
    {SCHEME_NTLM, {REPLY_OK, token, 1, NULL, NO_TOKEN}, false},
    {SCHEME_NTLM, {REPLY_OK, no_user, 2, NULL, NO_TOKEN}, false},
    {SCHEME_DIGEST, {REPLY_OK, ha1, 1, NULL, NO_TOKEN}, true},
    {SCHEME_DIGEST, {REPLY_OK, NULL, 0, NULL, NO_TOKEN}, false},
    {SCHEME_DIGEST, {REPLY_OK, user, 1, NULL, NO_TOKEN}, false},
    {SCHEME_DIGEST, {REPLY_OK, ha1_short, 1, NULL, NO_TOKEN}, false},
    {SCHEME_DIGEST, {REPLY_OK, ha1_long, 1, NULL, NO_TOKEN}, false},
    {SCHEME_DIGEST, {REPLY_OK, ha1_not_hex, 1, NULL, NO_TOKEN}, false},
    {SCHEME_DIGEST, {REPLY_OK, ha1_empty, 1, NULL, NO_TOKEN}, false},
    {SCHEME_DIGEST, {REPLY_ERR, NULL, 0, NULL, NO_TOKEN}, true},
    {SCHEME_NEGOTIATE, {.word = REPLY_TT, .token = SPAN("TlRMTVNTUAACAAAA+/==")}, true},
    {SCHEME_NTLM, {.word = REPLY_TT, .token = SPAN("TlRMTVNTUAACAAAA")}, true},
    {SCHEME_BASIC, {.word = REPLY_TT, .token = SPAN("AAAA")}, false},
    {SCHEME_DIGEST, {.word = REPLY_TT, .token = SPAN("AAAA")}, false},
    {SCHEME_GROUP, {.word = REPLY_TT, .token = SPAN("AAAA")}, false},
    {SCHEME_NEGOTIATE, {.word = REPLY_TT}, false},
    {SCHEME_NEGOTIATE, {.word = REPLY_TT, .token = SPAN("")}, false},
    {SCHEME_NEGOTIATE, {REPLY_TT, both, 2, "text", SPAN("")}, false},
    {SCHEME_NEGOTIATE, {.word = REPLY_TT, .token = SPAN("AA AA")}, false},
    {SCHEME_NEGOTIATE, {.word = REPLY_TT, .token = SPAN("AAAA\n")}, false},
    {SCHEME_NTLM, {.word = REPLY_TT, .token = SPAN("\0AAA")}, false},
    {SCHEME_NTLM, {.word = REPLY_TT, .token = SPAN("AA-_")}, false},
    {SCHEME_NTLM, {.word = REPLY_TT, .token = SPAN("\"AAAA\"")}, false},
};
enum { NEED_COUNT = sizeof needs / sizeof needs[0] };

START_TEST(every_byte_in_a_token)
{
    static const char base64[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

    for (int byte = 0; byte < 256; byte++) {
        const char text[] = {'A', (char)byte, 'A', 'A'};
        const struct reply reply = {.word = REPLY_TT, .token = {text, sizeof text}};
        bool wanted = byte != 0 && strchr(base64, byte);

        ck_assert_int_eq(reply_is_complete(SCHEME_NTLM, &reply), wanted);
    }
}
END_TEST

START_TEST(what_a_reply_must_carry)
{
    ck_assert_int_eq(reply_is_complete(needs[_i].scheme, &needs[_i].reply), needs[_i].complete);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("reply");
    TCase *tc = tcase_create("reply");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, exact_replies, 0, EXACT_COUNT);
    tcase_add_test(tc, every_byte_in_a_value);
    tcase_add_test(tc, every_short_value_of_bytes_that_mean_something);
    tcase_add_test(tc, long_values);
    tcase_add_test(tc, every_short_text_of_bytes_that_mean_something);
    tcase_add_test(tc, every_byte_in_the_text);
    tcase_add_loop_test(tc, what_a_reply_must_carry, 0, NEED_COUNT);
    tcase_add_test(tc, every_byte_in_a_token);
    suite_add_tcase(s, tc);
    return s;
}
