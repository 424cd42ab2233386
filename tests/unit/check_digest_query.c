/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/digest_query.c. The lines are those that Squid 5.7 writes for what a client
 * sends (snprintf() in src/auth/digest/UserRequest.cc: nothing is escaped); what they mean is
 * worked out by hand.
 */
#include <config.h>

#include "helpers/core/digest_query.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

/* Reads LINE from memory of exactly its size, so that a sanitizer sees what reads beyond. */
static enum digest_query_verdict read_line(const char *line, size_t len, unsigned extras,
                                           struct digest_query *query, char **memory)
{
    *memory = malloc(len > 0 ? len : 1);
    ck_assert_ptr_nonnull(*memory);
    memcpy(*memory, line, len);
    return digest_query_read(*memory, len, extras, query);
}

static void expect_span(struct pxa_span got, const char *wanted)
{
    ck_assert_uint_eq(got.len, strlen(wanted));
    ck_assert_int_eq(memcmp(got.at, wanted, got.len), 0);
}

struct sample {
    const char *line;
    unsigned extras;
    const char *user;
    const char *realm;
};

static const struct sample good[] = {
    {"\"alice\":\"Proxy\"", 0, "alice", "Proxy"},
    {"\"a\":\"b\"", 0, "a", "b"},
    {"\"alice\":\"\"", 0, "alice", ""},
    {"\"al ice\":\"The Proxy\"", 0, "al ice", "The Proxy"},
    {"\" \":\" \"", 0, " ", " "},
    {"\"j\xc3\xbcrgen\":\"Gr\xc3\xbc\xc3\x9f\"", 0, "j\xc3\xbcrgen", "Gr\xc3\xbc\xc3\x9f"},
    {"\"\xff\x80\":\"\xfe\"", 0, "\xff\x80", "\xfe"},
    {"\"a%41b\":\"%20\"", 0, "a%41b", "%20"},
    {"\"DOM\\bob\":\"a\\b\"", 0, "DOM\\bob", "a\\b"},
    {"\"1 \":\"2\"", 0, "1 ", "2"},
    /* A realm that came as a token may hold anything. */
    {"\"bob\":\"a\"b c\" d\"", 0, "bob", "a\"b c\" d"},
    {"\"bob\":\"\"\"", 0, "bob", "\""},
    {"\"bob\":\"\":\"\"", 0, "bob", "\":\""},
    {"\"bob\":\"x\":\"y\"", 0, "bob", "x\":\"y"},
    {"\"bob\":\"a:b:c\"", 0, "bob", "a:b:c"},
    {"\"bob\":\"a,b=\"c\", d\"", 0, "bob", "a,b=\"c\", d"},
    {"\"bob\":\"a\" 127.0.0.1\"", 0, "bob", "a\" 127.0.0.1"},
    /* Extras. */
    {"\"alice\":\"Proxy\" 127.0.0.1", 1, "alice", "Proxy"},
    {"\"alice\":\"The Proxy\" 127.0.0.1 -", 2, "alice", "The Proxy"},
    {"\"alice\":\"Proxy\" ", 1, "alice", "Proxy"},
    {"\"alice\":\"Proxy\"  ", 2, "alice", "Proxy"},
    {"\"alice\":\"Proxy\" \"x\"", 1, "alice", "Proxy"},
    {"\"bob\":\"a\" b\" x", 1, "bob", "a\" b"},
    /* A client that writes blanks into an extra moves the realm's end, never the user's. */
    {"\"bob\":\"Proxy\" a\" b", 1, "bob", "Proxy\" a"},
};

START_TEST(reads)
{
    const struct sample *sample = &good[_i];
    struct digest_query query;
    char *memory;
    char key[100];
    int key_len = snprintf(key, sizeof key, "%s:%s", sample->user, sample->realm);

    ck_assert_int_eq(read_line(sample->line, strlen(sample->line), sample->extras, &query, &memory),
                     DIGEST_QUERY_READ);
    expect_span(query.user, sample->user);
    expect_span(query.realm, sample->realm);
    ck_assert_int_lt(key_len, sizeof key);
    expect_span(query.key, key);
    free(memory);
}
END_TEST

static const struct {
    const char *line;
    unsigned extras;
    enum digest_query_verdict verdict;
} bad[] = {
    {"", 0, DIGEST_QUERY_MALFORMED},
    {"", 1, DIGEST_QUERY_MALFORMED},
    {"\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\":", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\":\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\":b\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\" \"b\"", 0, DIGEST_QUERY_MALFORMED},
    {"a\":\"b\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\":\"b", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\":\"b\" ", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\":\"b\" 127.0.0.1", 0, DIGEST_QUERY_MALFORMED},
    {"1 \"a\":\"b\"", 0, DIGEST_QUERY_MALFORMED},
    {" \"a\":\"b\"", 0, DIGEST_QUERY_MALFORMED},
    /* Squid takes no user with a quote. */
    {"\"a\"b\":\"c\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"a\\\"b\":\"c\"", 0, DIGEST_QUERY_MALFORMED},
    {"\"\":\"b\"", 0, DIGEST_QUERY_NOBODY},
    {"\"\":\"b\" x", 1, DIGEST_QUERY_NOBODY},
    {"\"a:b\":\"c\"", 0, DIGEST_QUERY_NOBODY},
    {"\":\":\"c\"", 0, DIGEST_QUERY_NOBODY},
    {"\":a\":\"c\"", 0, DIGEST_QUERY_NOBODY},
    {"\"a:\":\"c\"", 0, DIGEST_QUERY_NOBODY},
    {"\"a\":\"b\"", 1, DIGEST_QUERY_EXTRAS},
    {"\"a\":\"b\" 127.0.0.1", 2, DIGEST_QUERY_EXTRAS},
    {"\"a\":\"b c\" 127.0.0.1", 2, DIGEST_QUERY_EXTRAS},
    {"\"a\":\"b\" x y", 1, DIGEST_QUERY_EXTRAS},
    {"\"a\":\"  ", 2, DIGEST_QUERY_EXTRAS},
    {"\"a b\":\"c\"", 1, DIGEST_QUERY_EXTRAS},
};

START_TEST(refuses)
{
    struct digest_query query;
    char *memory;

    ck_assert_int_eq(read_line(bad[_i].line, strlen(bad[_i].line), bad[_i].extras, &query, &memory),
                     bad[_i].verdict);
    free(memory);
}
END_TEST

/* Every prefix of a line, as Squid may cut it, and with any number of extras: nothing reads or
 * writes outside. */
START_TEST(every_prefix)
{
    static const char line[] = "\"al ice\":\"The \"Proxy\"\" 127.0.0.1 \"x\" -";
    struct digest_query query;
    char *memory;

    for (size_t len = 0; len < sizeof line; len++) {
        for (unsigned extras = 0; extras < 8; extras++) {
            if (read_line(line, len, extras, &query, &memory) == DIGEST_QUERY_READ) {
                expect_span(query.user, "al ice");
                ck_assert_uint_le(query.key.len, len - 4);
                ck_assert(query.key.at >= memory && query.key.at + query.key.len < memory + len);
            }
            free(memory);
        }
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("digest_query");
    TCase *tc = tcase_create("query");

    tcase_add_loop_test(tc, reads, 0, sizeof good / sizeof *good);
    tcase_add_loop_test(tc, refuses, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, every_prefix);
    suite_add_tcase(s, tc);
    return s;
}
