/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keytab_build: keytab files for tests, written here byte by byte as MIT's documentation says
 * ("Keytab file format", version 2), so nothing comes from libkrb5.
 *
 * The key of an entry is 32 bytes that its number makes; see keytab_key_byte().
 */
#ifndef TESTS_UNIT_KEYTAB_BUILD_H
#define TESTS_UNIT_KEYTAB_BUILD_H

#include <stdint.h>
#include <string.h>

enum { KEYTAB_BUILD_CAP = 16384, KEYTAB_KEY_LEN = 32, KEYTAB_AES256 = 18, KEYTAB_AES128 = 17 };

struct keytab_build {
    size_t len;
    char at[KEYTAB_BUILD_CAP];
};

static inline unsigned char keytab_key_byte(unsigned number, unsigned i)
{
    return (unsigned char)((number * 151 + i * 89 + (i * i * 29)) ^ 0xa5);
}

static inline void keytab_put_number(struct keytab_build *build, uint32_t number, unsigned size)
{
    while (size-- > 0)
        build->at[build->len++] = (char)(number >> (8 * size));
}

static inline void keytab_put_text(struct keytab_build *build, const char *text, size_t len)
{
    keytab_put_number(build, (uint32_t)len, 2);
    memcpy(build->at + build->len, text, len);
    build->len += len;
}

static inline void keytab_put_key(struct keytab_build *build, unsigned number, unsigned len)
{
    keytab_put_number(build, len, 2);
    for (unsigned i = 0; i < len; i++)
        build->at[build->len++] = (char)keytab_key_byte(number, i);
}

static inline void keytab_begin(struct keytab_build *build)
{
    build->len = 0;
    keytab_put_number(build, 0x0502, 2);
}

/* One key for SERVICE/HOST@EXAMPLE.TEST. KVNO up to 255 stands in its byte; a larger one in the
 * four bytes at the end, which newer programs write. */
static inline void keytab_put_as(struct keytab_build *build, const char *service, const char *host,
                                 uint32_t kvno, unsigned etype)
{
    static const char realm[] = "EXAMPLE.TEST";
    size_t before = build->len;
    struct keytab_build size = {.len = 0};

    keytab_put_number(build, 0, 4);
    keytab_put_number(build, 2, 2);
    keytab_put_text(build, realm, strlen(realm));
    keytab_put_text(build, service, strlen(service));
    keytab_put_text(build, host, strlen(host));
    keytab_put_number(build, 1, 4); /* KRB5_NT_PRINCIPAL */
    keytab_put_number(build, 0, 4); /* when */
    keytab_put_number(build, kvno & 0xff, 1);
    keytab_put_number(build, etype, 2);
    keytab_put_key(build, kvno, etype == KEYTAB_AES256 ? KEYTAB_KEY_LEN : KEYTAB_KEY_LEN / 2);
    if (kvno > 0xff)
        keytab_put_number(build, kvno, 4);
    keytab_put_number(&size, (uint32_t)(build->len - before - 4), 4);
    memcpy(build->at + before, size.at, 4);
}

static inline void keytab_put(struct keytab_build *build, const char *host, uint32_t kvno)
{
    keytab_put_as(build, "HTTP", host, kvno, KEYTAB_AES256);
}

#endif
