/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNs are taken apart by libldap and put together again in one way. A backslash stands before
 * what separates parts, so a comma with none before it always ends a part.
 */
#include <config.h>

#include "helpers/directory/membership_dn.h"

#include <stdlib.h>
#include <string.h>

#include <ldap.h>

#include "common/span.h"
#include "helpers/core/bytes.h"

static LDAPDN take_apart(const char *text)
{
    LDAPDN dn = NULL;

    return ldap_str2dn(text, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS ? dn : NULL;
}

bool group_name_is_dn(struct pxa_span name)
{
    char *text;
    LDAPDN dn = NULL;
    bool is_dn;

    if (name.len == 0 || !memchr(name.at, '=', name.len) || memchr(name.at, '\0', name.len))
        return false;
    text = strndup(name.at, name.len);
    if (text)
        dn = take_apart(text);
    is_dn = dn && dn[0] && dn[1];
    ldap_dnfree(dn);
    free(text);
    return is_dn;
}

static void put_lower(struct bytes *key, char byte)
{
    const char lower = to_lower(byte);

    if (strchr("\\,+=", lower)) /* a NUL, too, which then is a backslash and a NUL's digits */
        bytes_put(key, "\\", 1);
    if (lower)
        bytes_put(key, &lower, 1);
    else
        bytes_put(key, "00", 2);
}

/* Blanks at the ends do not count, and several are one. */
static void put_value(struct bytes *key, const struct berval *value)
{
    bool blank = false;
    bool begun = false;

    for (ber_len_t i = 0; i < value->bv_len; i++) {
        if (value->bv_val[i] == ' ') {
            blank = true;
            continue;
        }
        if (blank && begun)
            bytes_put(key, " ", 1);
        put_lower(key, value->bv_val[i]);
        blank = false;
        begun = true;
    }
}

static int compare_types(const void *left, const void *right)
{
    const LDAPAVA *a = *(LDAPAVA *const *)left;
    const LDAPAVA *b = *(LDAPAVA *const *)right;
    const ber_len_t both =
        a->la_attr.bv_len < b->la_attr.bv_len ? a->la_attr.bv_len : b->la_attr.bv_len;
    int order = strncasecmp(a->la_attr.bv_val, b->la_attr.bv_val, both);

    if (order != 0)
        return order;
    return (a->la_attr.bv_len > b->la_attr.bv_len) - (a->la_attr.bv_len < b->la_attr.bv_len);
}

static void put_part(struct bytes *key, LDAPRDN part)
{
    size_t count = 0;

    while (part[count])
        count++;
    qsort(part, count, sizeof(LDAPAVA *), compare_types);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_put(key, "+", 1);
        for (ber_len_t k = 0; k < part[i]->la_attr.bv_len; k++)
            put_lower(key, part[i]->la_attr.bv_val[k]);
        bytes_put(key, "=", 1);
        put_value(key, &part[i]->la_value);
    }
}

/* The string that KEY has become, which the caller frees; NULL when memory was out. */
static char *finish(struct bytes *key)
{
    char *text = NULL;

    bytes_put(key, "", 1);
    if (!key->failed)
        text = strdup(key->at + key->start);
    bytes_free(key);
    return text;
}

char *dn_key(const char *dn)
{
    struct bytes key = {0};
    LDAPDN parts = take_apart(dn);

    if (!parts)
        for (const char *at = dn; *at; at++)
            put_lower(&key, *at);
    for (size_t i = 0; parts && parts[i]; i++) {
        if (i > 0)
            bytes_put(&key, ",", 1);
        put_part(&key, parts[i]);
    }
    ldap_dnfree(parts);
    return finish(&key);
}

/* A comma inside a value cannot be taken for the end of a part: an equals sign behind it would have
 * a backslash, and the one of the base has none. */
bool dn_key_is_below(const char *key, const char *base_key)
{
    size_t len = strlen(key);
    size_t base_len = strlen(base_key);

    if (base_len == 0)
        return true;
    if (len < base_len || strcmp(key + len - base_len, base_key) != 0)
        return false;
    return len == base_len || key[len - base_len - 1] == ',';
}
