/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of Squid's digest_ldap_auth (src/auth/digest/LDAP/ldap_backend.cc), beside the tables
 * that other helpers have, too. Its parser reads a value behind -d and -E that it has no use for;
 * -S ends it.
 */
#include <config.h>

#include "helpers/digest-ldap/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBER(member) .offset = offsetof(struct digest_ldap_options, member)

/* clang-format off */
static const struct option own_list[] = {
    {.heading = "The record",
     .name = "password-attr", .letter = 'A', .kind = OPTION_TEXT, .argument = "ATTR",
     MEMBER(attribute), .help = "holds the password, or with -e the HA1"},
    {.name = "hashes", .letter = 'e', .kind = OPTION_FLAG, MEMBER(hashes),
     .help = "it holds realm:HA1, or the HA1 alone"},
    {.name = "delimiter", .letter = 'l', .kind = OPTION_TEXT, .argument = "CHARACTERS",
     MEMBER(delimiters), .help = "with -e: end the realm, else a colon; empty: no realm"},
    {.name = "realm", .letter = 'r', .kind = OPTION_TEXT, .argument = "NAME", MEMBER(realm),
     .help = "answer this realm alone"},

    {.heading = "The user",
     .name = "filter", .letter = 'F', .kind = OPTION_TEXT, .argument = "FILTER",
     MEMBER(user.filter), .help = "finds the user; %s becomes the name"},
    {.name = "user-attr", .letter = 'u', .kind = OPTION_TEXT, .argument = "ATTR",
     MEMBER(user_attr), .help = "without -F the filter is (ATTR=name) [uid]"},

    {.letter = 'd', .kind = OPTION_FLAG, .skips_value = true, MEMBER(common.debug)},
    {.letter = 'E', .kind = OPTION_FLAG, .skips_value = true, MEMBER(stock_strip)},
    {.letter = 'S', .kind = OPTION_REFUSED,
     .help = "Squid's helper ends at it, too; --strip-realm cuts the domain off"},
};
/* clang-format on */

static const size_t own_count = sizeof own_list / sizeof *own_list;

bool digest_ldap_options_init(struct digest_ldap_options *options)
{
    return directory_options_init(&options->directory) && user_options_init(&options->user);
}

void digest_ldap_option_tables(struct digest_ldap_options *options,
                               struct option_table tables[DIGEST_LDAP_TABLES])
{
    const struct option_table list[DIGEST_LDAP_TABLES] = {
        {NULL, own_list, own_count, options},
        {NULL, user_option_list, user_option_count, &options->user},
        {NULL, directory_option_list, directory_option_count, &options->directory},
        {NULL, common_option_list, common_option_count, &options->common},
    };

    for (int i = 0; i < DIGEST_LDAP_TABLES; i++)
        tables[i] = list[i];
}

/* A name of an attribute, with options behind it or not (RFC 4512, section 2.5). */
static bool is_attribute(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.;";

    return *name && name[strspn(name, allowed)] == '\0';
}

/* -u is a filter in the stock helper, not a part of a DN as it is for Basic. */
static bool make_filter(struct digest_ldap_options *options, struct why *why)
{
    static const char form[] = "(%s=%%s)";
    const char *attr = options->user_attr ? options->user_attr : "uid";
    size_t cap = sizeof form + strlen(attr);

    if (!is_attribute(attr))
        return why_set(why, "option -u (--user-attr): \"%s\" is not the name of an attribute",
                       why_excerpt(attr).text);
    options->user.filter = malloc(cap);
    if (!options->user.filter)
        return why_set(why, "out of memory");
    (void)snprintf(options->user.filter, cap, form, attr);
    return true;
}

static bool check_record(const struct digest_ldap_options *options, struct why *why)
{
    if (!options->attribute)
        return why_set(why, "option -A (--password-attr) is missing: the attribute that holds the "
                            "password, or with -e the HA1");
    if (!is_attribute(options->attribute))
        return why_set(why, "option -A (--password-attr): \"%s\" is not the name of an attribute",
                       why_excerpt(options->attribute).text);
    if (options->delimiters && *options->delimiters == '\0' && !options->realm)
        return why_set(why, "option -l (--delimiter): without a delimiter the attribute names no "
                            "realm: -r NAME (--realm) is needed, that of auth_param digest realm");
    return true;
}

bool digest_ldap_options_check(struct digest_ldap_options *options, struct why *why)
{
    if (options->realm && *options->realm == '\0') {
        free(options->realm); /* as in the stock helper it is as if it were not given */
        options->realm = NULL;
    }
    if (!check_record(options, why) || !directory_options_check(&options->directory, true, why))
        return false;
    if (!options->user.filter &&
        (options->user_attr || !directory_options_say_ad(&options->directory)) &&
        !make_filter(options, why))
        return false;
    return user_options_check(&options->user, &options->directory, why);
}
