/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MIT's library compares the names too, but up to 1.21 the PAC counts as verified only then, and
 * later it does with a good signature alone (krb5_pac_verify_ext()). The time in the PAC cannot be
 * compared: libgssapi does not tell that of the ticket.
 */
#include <config.h>

#include "helpers/kerberos/pac_client.h"

#include <stdlib.h>
#include <string.h>

#include "common/le.h"

/* PAC_CLIENT_INFO: a time, the name's length, the name in UTF-16. */
enum { NAME_LEN_AT = 8, NAME_AT = 10 };

/* The name, UTF-16LE; empty where there is none that is whole. */
static struct pxa_span client_name(struct pxa_span pac)
{
    struct pxa_cursor cursor = {pac, 0};
    struct pxa_pac_buffer buffer;
    size_t len;

    while (pxa_pac_next(&cursor, &buffer) == PXA_OK) {
        if (buffer.type != PXA_PAC_CLIENT_INFO)
            continue;
        len = le16(buffer.data, NAME_LEN_AT);
        if (!le_has(buffer.data, NAME_AT, len))
            break;
        return span_cut(buffer.data, NAME_AT, NAME_AT + len);
    }
    return (struct pxa_span){0};
}

/* A byte that a backslash stands before (RFC 1964, section 2.1.1). */
static char escaped_byte(char byte)
{
    switch (byte) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case '0':
        return '\0';
    default:
        return byte;
    }
}

/* Writes PRINCIPAL without its escapes to OUT, which has room for it; returns how long it is, and
 * in USER_LEN that without its realm. */
static size_t take_apart(struct pxa_span principal, char *out, size_t *user_len)
{
    size_t len = 0;

    *user_len = principal.len + 1;
    for (size_t i = 0; i < principal.len; i++) {
        char byte = principal.at[i];

        if (byte == '\\' && i + 1 < principal.len)
            byte = escaped_byte(principal.at[++i]);
        else if (byte == '@')
            *user_len = len;
        out[len++] = byte;
    }
    if (*user_len > len)
        *user_len = len;
    return len;
}

static bool is_same(struct pxa_span name, const char *text, size_t len)
{
    return name.len == len && memcmp(name.at, text, len) == 0;
}

bool pac_client_is(struct pxa_span pac, struct pxa_span principal)
{
    struct pxa_span wide = client_name(pac);
    size_t room = PXA_UTF8_MAX(wide.len) + principal.len;
    char *text = wide.len > 0 && principal.len > 0 ? malloc(room) : NULL;
    struct pxa_written done;
    size_t len, user_len;
    bool same = false;

    if (!text)
        return false;
    len = take_apart(principal, text, &user_len);
    if (pxa_to_utf8(PXA_UTF16LE, wide, text + len, room - len, &done) == PXA_OK) {
        struct pxa_span name = {text + len, done.len};

        same = is_same(name, text, user_len) || is_same(name, text, len);
    }
    free(text);
    return same;
}
