/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNs made of an attribute, the user's name and a base.
 *
 * Specials are escaped with a backslash as RFC 4514 section 2.4 says; control bytes and all that
 * is not ASCII become hex pairs, which OpenLDAP and Active Directory take alike.
 *
 * Cannot do: names with several attributes ("cn=a+uid=b"), or know whether the entry exists.
 */
#include <config.h>

#include "helpers/directory/dn_template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <ldap.h>

#include "helpers/directory/filter.h"
#include "helpers/directory/names.h"

struct dn_template {
    char *attribute;
    char *base;
};

static bool is_dn(const char *text)
{
    LDAPDN dn = NULL;
    bool good = ldap_str2dn(text, &dn, LDAP_DN_FORMAT_LDAP) == LDAP_SUCCESS;

    ldap_dnfree(dn);
    return good;
}

struct dn_template *dn_template_new(const char *attr, const char *base, struct why *why)
{
    struct dn_template *dn;

    if (!filter_is_name((struct pxa_span){attr, strlen(attr)})) {
        why_set(why,
                "\"%s\" is not the name of an attribute: one has letters, digits and hyphens, "
                "like uid or sAMAccountName",
                why_excerpt(attr).text);
        return NULL;
    }
    if (!is_dn(base)) {
        why_set(why, "the base \"%s\" is not a DN, like ou=people,dc=example,dc=com",
                why_excerpt(base).text);
        return NULL;
    }
    dn = calloc(1, sizeof *dn);
    if (dn) {
        dn->attribute = strdup(attr);
        dn->base = strdup(base);
    }
    if (!dn || !dn->attribute || !dn->base) {
        why_set(why, "out of memory");
        dn_template_free(dn);
        return NULL;
    }
    return dn;
}

void dn_template_free(struct dn_template *dn)
{
    if (!dn)
        return;
    free(dn->attribute);
    free(dn->base);
    free(dn);
}

const char *dn_template_attribute(const struct dn_template *dn)
{
    return dn->attribute;
}

enum escape { ESCAPE_NONE, ESCAPE_BACKSLASH, ESCAPE_HEX };

static enum escape escape_of(struct pxa_span user, size_t i)
{
    unsigned char byte = (unsigned char)user.at[i];
    bool first = i == 0;
    bool last = i + 1 == user.len;

    if (byte < 0x20 || byte >= 0x7f)
        return ESCAPE_HEX;
    if (strchr("\"+,;<>\\", byte) || (byte == ' ' && (first || last)) || (byte == '#' && first))
        return ESCAPE_BACKSLASH;
    return ESCAPE_NONE;
}

static char *put_escaped(char *to, struct pxa_span user)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < user.len; i++) {
        enum escape escape = escape_of(user, i);
        unsigned char byte = (unsigned char)user.at[i];

        if (escape != ESCAPE_NONE)
            *to++ = '\\';
        if (escape == ESCAPE_HEX) {
            *to++ = digits[byte >> 4];
            *to++ = digits[byte & 0x0f];
        } else {
            *to++ = user.at[i];
        }
    }
    return to;
}

char *dn_template_expand(const struct dn_template *dn, struct pxa_span user)
{
    const size_t fixed = strlen(dn->attribute) + strlen(dn->base) + sizeof "=,";
    char *expanded;
    char *to;

    if (user.len > (SIZE_MAX - fixed) / 3)
        return NULL;
    expanded = malloc(fixed + 3 * user.len);
    if (!expanded)
        return NULL;
    to = stpcpy(expanded, dn->attribute);
    *to++ = '=';
    to = put_escaped(to, user);
    if (dn->base[0])
        *to++ = ',';
    memcpy(to, dn->base, strlen(dn->base) + 1);
    return expanded;
}

bool dn_template_plain(struct pxa_span user)
{
    bool after_blank = true; /* so that a blank at the start is odd */

    for (size_t i = 0; i < user.len; i++) {
        bool blank = user.at[i] == ' ';

        if (user.at[i] < ' ' || user.at[i] > '~' || (blank && after_blank))
            return false;
        after_blank = blank;
    }
    return !after_blank;
}

bool dn_template_names(struct pxa_span value, struct pxa_span user)
{
    return user.len > 0 && names_equal(value, user);
}
