/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What real programs sent: tests/vectors/captured, below $srcdir or here. The README.md there
 * says which programs, and facts.json what they and the servers said of it; the values that tests
 * expect are copied from there by hand.
 *
 * Each part of check_captured tests the files of its own table, and tells whether a file is there.
 */
#ifndef TESTS_UNIT_CAPTURED_H
#define TESTS_UNIT_CAPTURED_H

#include "common/proxyauth.h"
#include "tests/unit/block.h"

#include <stdio.h>

#define CAPTURED_FOLDER "tests/vectors/captured"

/* A span of what the test itself has, a C string. */
static inline struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

/* Allocated. */
static inline char *captured_path(const char *name)
{
    const char *srcdir = getenv("srcdir");
    char *path = NULL;

    ck_assert_int_ge(asprintf(&path, "%s/" CAPTURED_FOLDER "/%s", srcdir ? srcdir : ".", name), 0);
    return path;
}

/* The file as it is. Freed with block_free(), like all blocks here. */
static inline struct block captured_file(const char *name)
{
    char *path = captured_path(name);
    FILE *file = fopen(path, "rb");
    struct block block;
    long len;

    ck_assert_msg(file != NULL, "%s cannot be read", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    len = ftell(file);
    ck_assert_int_gt(len, 0);
    rewind(file);
    block = block_filled((size_t)len);
    ck_assert_uint_eq(fread(block.at, 1, block.len, file), block.len);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
    return block;
}

/* The value of the header field in the file NAME, which must be called FIELD. */
static inline struct block captured_value(const char *name, const char *field)
{
    struct block file = captured_file(name);
    size_t front = strlen(field);
    struct block value;

    ck_assert_msg(file.len > front + 2 && memcmp(file.at, field, front) == 0 &&
                      file.at[front] == ':' && file.at[file.len - 1] == '\n',
                  "%s is not one line of %s", name, field);
    value = block_of(file.at + front + 1, file.len - front - 2);
    block_free(file);
    return value;
}

/* Whether the file was sent by a proxy. */
static inline bool captured_is_challenge(const char *name)
{
    static const char field[] = "Proxy-Authenticate:";
    struct block file = captured_file(name);
    bool is = file.len > sizeof field && memcmp(file.at, field, sizeof field - 1) == 0;

    block_free(file);
    return is;
}

/* The Base64 of what a client sent. */
static inline struct pxa_span captured_credentials(struct block value, enum pxa_scheme_id id)
{
    struct pxa_scheme scheme;

    ck_assert_int_eq(pxa_scheme_split(block_span(value), &scheme), PXA_OK);
    ck_assert_int_eq(scheme.id, id);
    ck_assert_int_eq(pxa_form_of(scheme.rest), PXA_FORM_TOKEN68);
    return scheme.rest;
}

/* The Base64 of what a proxy sent: one challenge. */
static inline struct pxa_span captured_challenge(struct block value, enum pxa_scheme_id id)
{
    struct pxa_span line = block_span(value);
    struct pxa_challenges list = {&line, 1, 0, 0};
    struct pxa_challenge challenge, other;

    ck_assert_int_eq(pxa_challenge_next(&list, &challenge), PXA_OK);
    ck_assert_int_eq(challenge.id, id);
    ck_assert_int_eq(challenge.form, PXA_FORM_TOKEN68);
    ck_assert_int_eq(pxa_challenge_next(&list, &other), PXA_END);
    return challenge.token68;
}

/* The token of a scheme that carries Base64, decoded. */
static inline struct block captured_token(const char *name, enum pxa_scheme_id id)
{
    bool challenge = captured_is_challenge(name);
    struct block value =
        captured_value(name, challenge ? "Proxy-Authenticate" : "Proxy-Authorization");
    struct pxa_span base64 =
        challenge ? captured_challenge(value, id) : captured_credentials(value, id);
    struct block room = block_filled(PXA_BASE64_DECODED_MAX(base64.len));
    struct pxa_written done;
    struct block token;

    ck_assert_int_eq(pxa_base64_decode(base64, room.at, room.len, &done), PXA_OK);
    token = block_of(room.at, done.len);
    block_free(room);
    block_free(value);
    return token;
}

/* Whether SPAN is the bytes that HEX writes, two digits a byte. */
static inline bool span_is_hex(struct pxa_span span, const char *hex)
{
    if (span.len * 2 != strlen(hex))
        return false;
    for (size_t i = 0; i < span.len; i++) {
        char digits[3];

        (void)snprintf(digits, sizeof digits, "%02x", (unsigned char)span.at[i]);
        if (memcmp(digits, hex + i * 2, 2) != 0)
            return false;
    }
    return true;
}

/* Whether SPAN in CHARSET is TEXT, which is in UTF-8. */
static inline bool span_is_text(struct pxa_span span, enum pxa_charset charset, const char *text)
{
    struct block room = block_filled(PXA_UTF8_MAX(span.len));
    struct pxa_written done;
    bool same = pxa_to_utf8(charset, span, room.at, room.len, &done) == PXA_OK &&
                span_is((struct pxa_span){room.at, done.len}, text, strlen(text));

    block_free(room);
    return same;
}

/* The parts of check_captured. NAME is a file's. */
TCase *captured_basic(void);
bool captured_basic_has(const char *name);
TCase *captured_digest(void);
bool captured_digest_has(const char *name);
TCase *captured_negotiate(void);
bool captured_negotiate_has(const char *name);
TCase *captured_ntlm(void);
bool captured_ntlm_has(const char *name);
TCase *captured_pac(void);
bool captured_pac_has(const char *name);

#endif
