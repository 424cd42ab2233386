/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Splits the value of a Proxy-Authorization header into scheme and rest.
 * Cannot do: look into the rest, or read the lists of challenges that
 * Proxy-Authenticate carries.
 */
#include <config.h>

#include "common/proxyauth.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name; /* in lower case */
    enum pxa_scheme_id id;
} known_schemes[] = {
    {"basic", PXA_SCHEME_BASIC},
    {"digest", PXA_SCHEME_DIGEST},
    {"negotiate", PXA_SCHEME_NEGOTIATE},
    {"ntlm", PXA_SCHEME_NTLM},
    {"bearer", PXA_SCHEME_BEARER},
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The bytes of a token, RFC 9110 section 5.6.2. The locale has no say in it. */
static bool is_token_byte(char c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static char to_lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

static bool equals_lower(struct pxa_span name, const char *lower)
{
    if (name.len != strlen(lower))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (to_lower(name.at[i]) != lower[i])
            return false;
    return true;
}

static enum pxa_scheme_id scheme_id(struct pxa_span name)
{
    for (size_t i = 0; i < sizeof known_schemes / sizeof known_schemes[0]; i++)
        if (equals_lower(name, known_schemes[i].name))
            return known_schemes[i].id;
    return PXA_SCHEME_OTHER;
}

static void drop(struct pxa_span *span, size_t count)
{
    span->at += count;
    span->len -= count;
}

static struct pxa_span without_blanks(struct pxa_span value)
{
    while (value.len > 0 && is_blank(value.at[0]))
        drop(&value, 1);
    while (value.len > 0 && is_blank(value.at[value.len - 1]))
        value.len--;
    return value;
}

enum pxa_status pxa_scheme_split(struct pxa_span value, struct pxa_scheme *out)
{
    struct pxa_span rest = without_blanks(value);
    struct pxa_span name = {rest.at, 0};

    *out = (struct pxa_scheme){{NULL, 0}, {NULL, 0}, PXA_SCHEME_OTHER};
    if (rest.len == 0)
        return PXA_EMPTY;
    while (name.len < rest.len && is_token_byte(rest.at[name.len]))
        name.len++;
    if (name.len == 0)
        return PXA_NO_SCHEME;
    drop(&rest, name.len);
    if (rest.len > 0 && rest.at[0] != ' ')
        return PXA_NO_SPACE;
    while (rest.len > 0 && rest.at[0] == ' ')
        drop(&rest, 1);
    *out = (struct pxa_scheme){name, rest, scheme_id(name)};
    return PXA_OK;
}
