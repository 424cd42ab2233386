/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of Squid's negotiate_kerberos_auth (main() of
 * src/auth/negotiate/kerberos/negotiate_kerberos_auth.cc), a long name for each, and what they
 * could not say.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/options.h"

#include <stdlib.h>
#include <string.h>

static const char *const schemes[] = {"negotiate", "ntlm", NULL};
static const char *const sid_formats[] = {"base64", "text", NULL};
/* What MIT's libkrb5 has known as KRB5RCACHETYPE in any version. */
static const char *const replay_types[] = {"none", "dfl", "file2", NULL};
static const char none[] = "none";

#define MEMBER(member) .offset = offsetof(struct gssapi_options, member)

/* clang-format off */
const struct option gssapi_option_list[] = {
    {.heading = "The service",
     .name = "keytab", .letter = 'k', .kind = OPTION_TEXT, .argument = "FILE", MEMBER(keytab),
     .help = "the proxy's keys; else KRB5_KTNAME or the system's"},
    {.name = "spn", .letter = 's', .kind = OPTION_LIST, .argument = "NAME", MEMBER(spns),
     .help = "HTTP/host: take tickets for it alone; any: for all"},
    {.name = "replay-cache", .letter = 'c', .kind = OPTION_TEXT, .argument = "DIR|none",
     MEMBER(replay_cache), .help = "where used tokens are remembered"},
    {.name = "replay-type", .letter = 't', .kind = OPTION_TEXT, .argument = "TYPE",
     .choices = replay_types, MEMBER(replay_type),
     .help = "none: the same as --replay-cache none"},

    {.heading = "Users",
     .name = "strip-realm", .letter = 'r', .kind = OPTION_FLAG, MEMBER(strip_realm),
     .help = "cut @REALM off the names that Squid gets"},
    {.name = "krb5-realm", .kind = OPTION_LIST, .argument = "NAME", MEMBER(realms),
     .help = "a realm that is let in; without it any; repeatable"},
    {.name = "local-name", .kind = OPTION_FLAG, MEMBER(local_name),
     .help = "the name that krb5.conf maps the user to"},

    {.heading = "Groups",
     .name = "sid-format", .kind = OPTION_CHOICE, .argument = "base64|text",
     .choices = sid_formats, .preset = "base64", MEMBER(sid_format),
     .help = "how a group's SID is written; text: S-1-5-..."},
    {.name = "group-filter", .kind = OPTION_LIST, .argument = "GLOB", MEMBER(filters),
     .help = "tell Squid these groups alone; may be given again"},
    {.name = "no-groups", .kind = OPTION_FLAG, MEMBER(no_groups),
     .help = "tell Squid no groups"},

    {.heading = "NTLM",
     .name = "ntlm", .kind = OPTION_FLAG, MEMBER(ntlm),
     .help = "take NTLM too, which needs gss-ntlmssp"},
    {.name = "ntlm-file", .kind = OPTION_TEXT, .argument = "FILE", MEMBER(ntlm_file),
     .help = "its users, in smbpasswd lines; else winbind's"},
    {.name = "ntlm-domain", .kind = OPTION_LIST, .argument = "NAME", MEMBER(ntlm_domains),
     .help = "a domain that is let in; without it any; repeatable"},

    {.heading = "Dialogue",
     .name = "scheme", .kind = OPTION_CHOICE, .argument = "negotiate|ntlm", .choices = schemes,
     .preset = "negotiate", MEMBER(scheme), .help = "which auth_param line it is"},
    {.name = "explain", .kind = OPTION_FLAG, MEMBER(explain),
     .help = "write a line about each token to the log"},
    {.name = "info", .letter = 'i', .kind = OPTION_FLAG, MEMBER(informational),
     .help = "the same as --log-level info"},
};
/* clang-format on */

const size_t gssapi_option_count = sizeof gssapi_option_list / sizeof *gssapi_option_list;

bool gssapi_options_init(struct gssapi_options *options)
{
    const struct option_table table = {NULL, gssapi_option_list, gssapi_option_count, options};

    memset(options, 0, sizeof *options);
    return option_preset(&table);
}

bool gssapi_options_not_wrapper(int argc, char *const *argv, struct why *why)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--kerberos") == 0)
            return why_set(why, "options --kerberos and --ntlm with a program behind each are "
                                "negotiate_wrapper_auth's, and this is both programs: keep the "
                                "options that the one for Kerberos had, and write --ntlm alone");
    return true;
}

/* ---- what parsing cannot see ---- */

/* As with the stock helper, -t wins: none over a folder, any other one over the variable that
 * libkrb5 reads. */
static bool take_replay(struct gssapi_options *options, struct why *why)
{
    if (!options->replay_type)
        return true;
    if (strcmp(options->replay_type, none) != 0) {
        (void)unsetenv("KRB5RCACHETYPE");
        return true;
    }
    free(options->replay_cache);
    options->replay_cache = strdup(none);
    return options->replay_cache || why_set(why, "out of memory");
}

/* What no name can have that an option lists, and what one looks like. */
struct name_form {
    const char *option;
    const char *what;
    const char *never;
    const char *example;
};

/* In a principal's name an @ is what ends the name; and patterns nothing here knows. */
static const struct name_form realm_form = {"krb5-realm", "a Kerberos realm", "@*? \t",
                                            "CORP.EXAMPLE.COM"};
/* What Windows lets into no NetBIOS name; DNS names have less. */
static const struct name_form domain_form = {"ntlm-domain", "a domain", "\\/:*?\"<>|", "CORP"};

/* A variable that was not set leaves an empty word, and an empty name would let in who has none. */
static bool check_names(const struct option_list *names, const struct name_form *form,
                        struct why *why)
{
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->values[i];

        if (name[0] == '\0')
            return why_set(why,
                           "option --%s: the name is empty; leave the option out to let in any",
                           form->option);
        if (strpbrk(name, form->never))
            return why_set(why, "option --%s: \"%s\" is no name of %s; %s would be", form->option,
                           why_excerpt(name).text, form->what, form->example);
    }
    return true;
}

static bool check_groups(const struct gssapi_options *options, bool named, struct why *why)
{
    if (options->no_groups && options->filters.count > 0)
        return why_set(why, "options --no-groups and --group-filter exclude each other");
    if (options->no_groups && named)
        return why_set(why, "option --no-groups: then no directory (--uri, --domain) is needed to "
                            "name the groups");
    for (size_t i = 0; i < options->filters.count; i++)
        if (options->filters.values[i][0] == '\0')
            return why_set(why, "option --group-filter: the pattern is empty, and no group fits "
                                "it");
    return true;
}

static bool check_ntlm(const struct gssapi_options *options, struct why *why)
{
    if (options->scheme == GSSAPI_NTLM && !options->ntlm)
        return why_set(why, "option --scheme ntlm needs --ntlm, which allows NTLM");
    if (options->ntlm_file && !options->ntlm)
        return why_set(why, "option --ntlm-file needs --ntlm, which allows NTLM");
    if (options->ntlm_domains.count > 0 && !options->ntlm)
        return why_set(why, "option --ntlm-domain needs --ntlm, which allows NTLM");
    return check_names(&options->ntlm_domains, &domain_form, why);
}

bool gssapi_options_check(struct gssapi_options *options, bool named, struct why *why)
{
    return take_replay(options, why) && check_names(&options->realms, &realm_form, why) &&
           check_ntlm(options, why) && check_groups(options, named, why);
}
