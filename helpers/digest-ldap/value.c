/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stock helper cuts `realm:HA1` by strtok(3): delimiters in a row are one, and behind the HA1
 * another delimiter and anything may follow. A realm that holds a delimiter itself can be found
 * here, as the value has to begin with what the client said.
 */
#include <config.h>

#include "helpers/digest-ldap/value.h"

#include <string.h>

#include "helpers/core/hex32.h"

static bool is_one_of(const char *bytes, char byte)
{
    return byte != '\0' && strchr(bytes, byte);
}

static bool is_hash(struct pxa_span text)
{
    return text.len == HEX32_LEN && hex32_is(text.at);
}

/* Takes REALM and the delimiters behind it off the front of VALUE. False where it begins with
 * something else. */
static bool cut_realm(const char *delimiters, struct pxa_span realm, struct pxa_span *value)
{
    size_t at = realm.len;

    if (value->len <= at || (at > 0 && memcmp(value->at, realm.at, at) != 0) ||
        !is_one_of(delimiters, value->at[at]))
        return false;
    while (at < value->len && is_one_of(delimiters, value->at[at]))
        at++;
    *value = (struct pxa_span){value->at + at, value->len - at};
    return true;
}

static struct pxa_span up_to_delimiter(const char *delimiters, struct pxa_span text)
{
    size_t len = 0;

    while (len < text.len && !is_one_of(delimiters, text.at[len]))
        len++;
    return (struct pxa_span){text.at, len};
}

static bool is_letter_or_digit(char byte)
{
    char small = (char)(byte | 0x20);

    return (byte >= '0' && byte <= '9') || (small >= 'a' && small <= 'z');
}

/* `{SSHA}...` (RFC 2307): who knows the hash must not be able to log in with it. */
static bool is_hashed_password(struct pxa_span value)
{
    size_t at = 1;

    if (value.len < 3 || value.at[0] != '{')
        return false;
    while (at < value.len && (is_letter_or_digit(value.at[at]) || is_one_of("-_./", value.at[at])))
        at++;
    return at > 1 && at < value.len && value.at[at] == '}';
}

enum value_kind value_read(const struct value_format *format, struct pxa_span value,
                           struct pxa_span realm, struct pxa_span *found)
{
    *found = value;
    if (!format->hashes)
        return value.len == 0 || is_hashed_password(value) ? VALUE_NO_PASSWORD : VALUE_PASSWORD;
    if (*format->delimiters) {
        if (!cut_realm(format->delimiters, realm, found))
            return VALUE_OTHER;
        *found = up_to_delimiter(format->delimiters, *found);
    }
    return is_hash(*found) ? VALUE_HASH : VALUE_NO_HASH;
}
