/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/digest-ldap/value.c. What a value means is what getpassword() of Squid's
 * src/auth/digest/LDAP/ldap_backend.cc makes of it, by strtok(3) and by hand; where it is meant to
 * differ, the row says so.
 */
#include <config.h>

#include "helpers/digest-ldap/value.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

#define HASH "0123456789abcdef0123456789ABCDEF"

struct row {
    const char *delimiters; /* with -e; NULL: without */
    const char *realm;
    const char *value;
    enum value_kind kind;
    const char *found; /* of VALUE_HASH and VALUE_PASSWORD */
};

static const struct row rows[] = {
    /* Without -e all of the value is the password. */
    {NULL, "R", "secret", VALUE_PASSWORD, "secret"},
    {NULL, "R", "R:secret", VALUE_PASSWORD, "R:secret"},
    {NULL, "R", " a b ", VALUE_PASSWORD, " a b "},
    {NULL, "R", "{", VALUE_PASSWORD, "{"},
    {NULL, "R", "{}", VALUE_PASSWORD, "{}"},
    {NULL, "R", "{}x", VALUE_PASSWORD, "{}x"},
    {NULL, "R", "{[()]}~`$!&", VALUE_PASSWORD, "{[()]}~`$!&"},
    {NULL, "R", "{a b}c", VALUE_PASSWORD, "{a b}c"},
    {NULL, "R", "{SSHA", VALUE_PASSWORD, "{SSHA"},
    {NULL, "R", "x{SSHA}y", VALUE_PASSWORD, "x{SSHA}y"},
    {NULL, "R", "p\xc3\xa4ss", VALUE_PASSWORD, "p\xc3\xa4ss"},
    /* Differs: a hash and an empty value are taken for passwords there. */
    {NULL, "R", "", VALUE_NO_PASSWORD, NULL},
    {NULL, "R", "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", VALUE_NO_PASSWORD, NULL},
    {NULL, "R", "{crypt}$6$x$y", VALUE_NO_PASSWORD, NULL},
    {NULL, "R", "{PBKDF2-SHA256}1$2$3", VALUE_NO_PASSWORD, NULL},
    {NULL, "R", "{x_./9}", VALUE_NO_PASSWORD, NULL},
    /* With -e a realm and the HA1. */
    {":", "R", "R:" HASH, VALUE_HASH, HASH},
    {":", "The Proxy", "The Proxy:" HASH, VALUE_HASH, HASH},
    {":", "R", "R::" HASH, VALUE_HASH, HASH},
    {":", "R", "R:" HASH ":more", VALUE_HASH, HASH},
    {":", "R", "R:" HASH ":", VALUE_HASH, HASH},
    {":;", "R", "R;" HASH, VALUE_HASH, HASH},
    {":;", "R", "R;:" HASH ";x", VALUE_HASH, HASH},
    {"::", "R", "R:" HASH, VALUE_HASH, HASH},
    {":", "R", "S:" HASH, VALUE_OTHER, NULL},
    {":", "R", "r:" HASH, VALUE_OTHER, NULL},
    {":", "R", "RR:" HASH, VALUE_OTHER, NULL},
    {":", "RR", "R:" HASH, VALUE_OTHER, NULL},
    {":", "R", HASH, VALUE_OTHER, NULL},
    {":", "R", "R", VALUE_OTHER, NULL},
    {":", "R", "", VALUE_OTHER, NULL},
    {":", "R", "R;" HASH, VALUE_OTHER, NULL},
    {":", HASH, HASH, VALUE_OTHER, NULL},
    /* Differs: whatever stands there is a hash there (defect 25). */
    {":", "R", "R:", VALUE_NO_HASH, NULL},
    {":", "R", "R:secret", VALUE_NO_HASH, NULL},
    {":", "R", "R:0" HASH, VALUE_NO_HASH, NULL},
    {":", "R", "R:z123456789abcdef0123456789abcdef", VALUE_NO_HASH, NULL},
    {":", "R", "R:0123456789abcdef0123456789abcde", VALUE_NO_HASH, NULL},
    {":", "R", "R: " HASH, VALUE_NO_HASH, NULL},
    /* Differs: a realm with a delimiter cannot be found there, nor can the empty one. */
    {":", "R:S", "R:S:" HASH, VALUE_HASH, HASH},
    {":", "R", "R:S:" HASH, VALUE_NO_HASH, NULL},
    {":", "", ":" HASH, VALUE_HASH, HASH},
    {":", "", HASH, VALUE_OTHER, NULL},
    /* With -e and an empty delimiter the HA1 alone; the realm is that of -r. */
    {"", "R", HASH, VALUE_HASH, HASH},
    {"", "R", "R:" HASH, VALUE_NO_HASH, NULL},
    {"", "R", "", VALUE_NO_HASH, NULL},
    {"", "", "secret", VALUE_NO_HASH, NULL},
};

/* Reads from memory of exactly the size, so that a sanitizer sees what reads beyond. */
START_TEST(what_values_mean)
{
    const struct row *row = &rows[_i];
    const struct value_format format = {
        .hashes = row->delimiters != NULL,
        .delimiters = row->delimiters ? row->delimiters : ":",
    };
    size_t len = strlen(row->value);
    char *memory = malloc(len > 0 ? len : 1);
    struct pxa_span found;

    memcpy(memory, row->value, len);
    ck_assert_int_eq(value_read(&format, (struct pxa_span){memory, len},
                                (struct pxa_span){row->realm, strlen(row->realm)}, &found),
                     row->kind);
    if (row->found) {
        ck_assert_uint_eq(found.len, strlen(row->found));
        ck_assert_int_eq(memcmp(found.at, row->found, found.len), 0);
    }
    free(memory);
}
END_TEST

/* A NUL is a byte as others: it ends neither value nor realm, and is no delimiter. */
START_TEST(nul_bytes)
{
    const struct value_format hashes = {.hashes = true, .delimiters = ":"};
    const struct value_format plain = {.hashes = false, .delimiters = ":"};
    static const char password[] = "se\0cret";
    static const char record[] = "R\0" HASH;
    struct pxa_span found;

    ck_assert_int_eq(value_read(&plain, (struct pxa_span){password, sizeof password - 1},
                                (struct pxa_span){"R", 1}, &found),
                     VALUE_PASSWORD);
    ck_assert_uint_eq(found.len, sizeof password - 1);
    ck_assert_int_eq(value_read(&hashes, (struct pxa_span){record, sizeof record - 1},
                                (struct pxa_span){"R", 1}, &found),
                     VALUE_OTHER);
}
END_TEST

Suite *suite(void)
{
    Suite *value = suite_create("digest_value");
    TCase *tc = tcase_create("value");

    tcase_add_loop_test(tc, what_values_mean, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tc, nul_bytes);
    suite_add_tcase(value, tc);
    return value;
}
