/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options that say how names become entries, and what follows from them.
 */
#include <config.h>

#include "helpers/directory/user_options.h"

#include <string.h>
#include <strings.h>

#include "helpers/directory/charset.h"
#include "helpers/directory/filter.h"

#define MEMBER(member) .offset = offsetof(struct user_options, member)

/* clang-format off */
const struct option user_option_list[] = {
    {.heading = "Users' names",
     .name = "accept-aliases", .kind = OPTION_FLAG, MEMBER(accept_aliases),
     .help = "any name that the directory finds will do"},
    {.name = "login-names", .kind = OPTION_TEXT, .argument = "FORMS",
     .preset = "sam,upn,down-level", MEMBER(login_names),
     .help = "forms let in"},
    {.name = "login-attr", .kind = OPTION_TEXT, .argument = "ATTR", MEMBER(login_attr),
     .help = "Active Directory: names, too, such as mail"},
    {.name = "default-domain", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(default_domain),
     .help = "of names that are typed without one"},
    {.name = "strip-realm", .kind = OPTION_FLAG, MEMBER(strip_realm),
     .help = "cut DOMAIN\\ and @realm off"},
    {.name = "charset", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(charset),
     .help = "of names and passwords not in UTF-8"},
};
/* clang-format on */

const size_t user_option_count = sizeof user_option_list / sizeof *user_option_list;

bool user_options_init(struct user_options *options)
{
    const struct option_table table = {NULL, user_option_list, user_option_count, options};

    memset(options, 0, sizeof *options);
    return option_preset(&table);
}

/* Adds the bit of one form; false when WORD is none. */
static bool add_form(const char *word, size_t len, unsigned *forms)
{
    static const struct {
        const char *word;
        unsigned form;
    } known[] = {{"sam", NAME_SAM}, {"upn", NAME_UPN}, {"down-level", NAME_DOWN_LEVEL}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].word) == len && strncmp(known[i].word, word, len) == 0) {
            *forms |= known[i].form;
            return true;
        }
    return false;
}

enum { ALL_FORMS = NAME_SAM | NAME_UPN | NAME_DOWN_LEVEL };

static bool read_forms(struct user_options *options, struct why *why)
{
    const char *at = options->login_names;

    options->names = 0;
    for (;;) {
        size_t len = strcspn(at, ",");

        if (!add_form(at, len, &options->names))
            return why_set(why,
                           "option --login-names: \"%s\" is not sam, upn or down-level, or "
                           "several of them with commas between",
                           why_excerpt(at).text);
        if (at[len] == '\0')
            return true;
        at += len + 1;
    }
}

static bool check_charset(const struct user_options *options, struct why *why)
{
    if (!options->charset || charset_is_known(options->charset))
        return true;
    return why_set(why,
                   "option --charset: \"%s\" is not a character set that this system knows "
                   "(iconv -l lists them), such as CP1252 or UTF-8",
                   why_excerpt(options->charset).text);
}

/* A NetBIOS name, a DNS name or a suffix of userPrincipalNames. */
static bool check_default_domain(const struct user_options *options, struct why *why)
{
    const char *domain = options->default_domain;

    if (!domain || (*domain && domain[strcspn(domain, "@\\ ")] == '\0'))
        return true;
    return why_set(why,
                   "option --default-domain: \"%s\" is not the name of a domain, such as "
                   "corp.example.com or CORP",
                   why_excerpt(domain).text);
}

static bool check_login_attr(const struct user_options *options, struct why *why)
{
    const char *attribute = options->login_attr;

    if (!attribute || filter_is_name((struct pxa_span){attribute, strlen(attribute)}))
        return true;
    return why_set(why, "option --login-attr: \"%s\" is not the name of an attribute, such as mail",
                   why_excerpt(attribute).text);
}

/* Options that have a meaning only where the names of an Active Directory are read. */
static bool check_ad_only(const struct user_options *options,
                          const struct directory_options *directory, struct why *why)
{
    const char *option = options->login_attr           ? "--login-attr"
                         : options->default_domain     ? "--default-domain"
                         : options->names != ALL_FORMS ? "--login-names"
                                                       : NULL;

    if (!option)
        return true;
    if (!directory_options_say_ad(directory))
        return why_set(why, "option %s needs --directory ad or --domain NAME", option);
    if (options->filter || options->user_attr)
        return why_set(why, "option %s says how names are looked up, and so does %s: one of them",
                       option, options->filter ? "the filter" : "the attribute of the DN");
    return true;
}

/* A DN is made of a base that is known before any server is asked. */
static bool check_dn_base(const struct user_options *options,
                          const struct directory_options *directory, struct why *why)
{
    return options->filter || !options->user_attr || options->base || directory->base ||
           why_set(why, "option -u (--user-attr) needs -b (--base), below which users are");
}

bool user_options_check(struct user_options *options, const struct directory_options *directory,
                        struct why *why)
{
    return read_forms(options, why) && check_charset(options, why) &&
           check_default_domain(options, why) && check_login_attr(options, why) &&
           check_ad_only(options, directory, why) && check_dn_base(options, directory, why);
}

const char *user_options_charset(const struct user_options *options, bool ad)
{
    const char *charset = options->charset;

    if (!charset)
        return ad ? "CP1252" : NULL;
    return strcasecmp(charset, "UTF-8") == 0 || strcasecmp(charset, "UTF8") == 0 ? NULL : charset;
}
