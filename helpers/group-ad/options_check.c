/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From options to lists of groups, servers and NetBIOS names, and how the directories are asked.
 */
#include <config.h>

#include "helpers/group-ad/options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "helpers/core/visible.h"
#include "helpers/group-ad/hex_list.h"
#include "helpers/group-ad/user_name.h"

/* Where libkrb5 looks, unless its environment or krb5.conf says otherwise. */
static const char system_keytab[] = "/etc/krb5.keytab";

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

/* ---- lists ---- */

static bool add_list(struct realm_list *list, const char *option, const char *text, struct why *why)
{
    struct why fault = {""};

    return realm_list_add(list, span_of(text), &fault) ||
           why_set(why, "option %s: %s", option, fault.text);
}

/* TEXT is in hexadecimal digits, or NULL. */
static bool add_hex(struct realm_list *list, const char *option, const char *text,
                    enum hex_form form, struct why *why)
{
    struct why fault = {""};
    char *plain;
    bool added;

    if (!text)
        return true;
    plain = hex_list_decode(text, form, &fault);
    if (!plain)
        return why_set(why, "option %s: %s", option, fault.text);
    added = add_list(list, option, plain, why);
    free(plain);
    return added;
}

/* A copy of TEXT in UTF-8: what is none is taken for Latin-1. The stock helper takes every byte
 * above 0x7f for Latin-1 (utf8dup() of support_group.cc), so that UTF-8 never matches there. */
static char *utf8_of(const char *text)
{
    const struct pxa_span in = span_of(text);
    size_t cap = PXA_UTF8_MAX(in.len);
    struct pxa_written done = {0};
    char *out;

    if (pxa_charset_of(in) != PXA_OTHER_CHARSET)
        return strdup(text);
    out = malloc(cap + 1);
    if (!out)
        return NULL;
    if (pxa_to_utf8(PXA_LATIN1, in, out, cap, &done) != PXA_OK)
        abort(); /* every byte is a character of Latin-1, and the room is the most there can be */
    out[done.len] = '\0';
    return out;
}

static bool add_plain(struct realm_list *list, const char *text, struct why *why)
{
    static const char option[] = "-g (--groups)";
    char *converted;
    bool added;

    if (!text)
        return true;
    converted = utf8_of(text);
    if (!converted)
        return why_set(why, "out of memory");
    added = add_list(list, option, converted, why);
    free(converted);
    return added;
}

static bool check_realms(const struct realm_list *list, const char *option, bool needed,
                         struct why *why)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *realm = list->names[i].realm;

        if (needed && (!realm || !*realm))
            return why_set(why, "option %s: \"%s\" has no realm behind an @", option,
                           why_excerpt(list->names[i].name).text);
        if (realm && *realm && !user_name_is_realm(span_of(realm)))
            return why_set(why,
                           "option %s: \"%s\" is not the name of a realm, such as "
                           "CORP.EXAMPLE.COM",
                           option, why_excerpt(realm).text);
    }
    return true;
}

static bool read_lists(struct group_ad_options *options, struct why *why)
{
    if (!add_plain(&options->groups, options->group_text, why) ||
        !add_hex(&options->groups, "-t (--hex-groups)", options->hex_group_text, HEX_NAMES, why) ||
        !add_hex(&options->groups, "-T (--hex-groups-realms)", options->hex_all_text,
                 HEX_NAMES_AND_REALMS, why) ||
        !check_realms(&options->groups, "-g, -t or -T (--groups)", false, why))
        return false;
    if (options->netbios_text &&
        (!add_list(&options->netbios_names, "-N (--netbios-names)", options->netbios_text, why) ||
         !check_realms(&options->netbios_names, "-N (--netbios-names)", true, why)))
        return false;
    return !options->server_text ||
           (add_list(&options->servers, "-S (--servers)", options->server_text, why) &&
            check_realms(&options->servers, "-S (--servers)", false, why));
}

/* ---- how directories are asked ---- */

static bool is_kerberos(const char *mech)
{
    return !mech || strncasecmp(mech, "GSS", 3) == 0;
}

/* As the stock helper does: that of the environment, else the system's. Once it is an option's
 * value it is freed as one. */
static bool find_keytab(struct directory_options *directory, bool *ours, struct why *why)
{
    const char *name = getenv("KRB5_KTNAME");
    const char *colon = name ? strchr(name, ':') : NULL;

    *ours = !directory->bind_keytab && (!name || !*name);
    if (directory->bind_keytab)
        return true;
    if (colon && strncasecmp(name, "FILE:", 5) != 0 && strncasecmp(name, "WRFILE:", 7) != 0)
        return why_set(why, "KRB5_KTNAME: \"%s\" is no keytab in a file", why_excerpt(name).text);
    if (colon)
        name = colon + 1;
    directory->bind_keytab = strdup(*ours ? system_keytab : name);
    return directory->bind_keytab || why_set(why, "out of memory");
}

static bool choose_kerberos(struct group_ad_options *options, struct why *why)
{
    struct directory_options *directory = &options->directory;
    bool nobody_named_it = false;

    if (options->no_kerberos || !is_kerberos(directory->sasl_mech))
        return true;
    if (!find_keytab(directory, &nobody_named_it, why))
        return false;
    /* With an account at hand, a machine without a keytab is not one where it is missing. */
    options->kerberos =
        !options->account || !nobody_named_it || access(directory->bind_keytab, R_OK) == 0;
    return true;
}

static bool choose(struct group_ad_options *options, struct why *why)
{
    const struct directory_options *directory = &options->directory;
    bool dn = directory->bind_dn && *directory->bind_dn;
    bool server = directory->servers.count + directory->backup_uris.count > 0;

    if (directory->port > 0 && options->servers.count == 0 && !server)
        return why_set(why, "option --port is for servers that are named (-S, -l): where DNS names "
                            "them, it names their ports, too");
    options->account = dn || !is_kerberos(directory->sasl_mech);
    if (options->account && !server)
        return why_set(why, "options -u (--bind-dn) and -p (--bind-password) need -l URI (--uri), "
                            "the server");
    if (!options->account && directory->bind_password)
        return why_set(why, "option -p (--bind-password) needs -u (--bind-dn), whose password it "
                            "is, and -l URI (--uri)");
    if (options->no_kerberos && !options->account)
        return why_set(why, "option -n (--no-kerberos) needs an account, its password and a "
                            "server: -u, -p and -l");
    return choose_kerberos(options, why);
}

/* ---- all ---- */

/* Names of the stock helper's environment for the same files. */
static bool take_authorities(struct directory_options *directory, struct why *why)
{
    const char *file = getenv("TLS_CACERTFILE");
    const char *dir = getenv("TLS_CACERTDIR");

    if (directory->ca_file || directory->ca_dir)
        return true;
    if (file && *file)
        directory->ca_file = strdup(file);
    if (dir && *dir)
        directory->ca_dir = strdup(dir);
    return (!file || !*file || directory->ca_file) && (!dir || !*dir || directory->ca_dir)
               ? true
               : why_set(why, "out of memory");
}

static bool take_realm(struct group_ad_options *options, struct why *why)
{
    const char *domain = options->directory.domain;

    if (options->default_realm && *options->default_realm == '\0')
        return why_set(why, "option -D (--default-realm): the name of a realm is not empty");
    if (!options->default_realm && domain) {
        options->default_realm = strdup(domain);
        if (!options->default_realm)
            return why_set(why, "out of memory");
    }
    if (options->default_realm && !user_name_is_realm(span_of(options->default_realm)))
        return why_set(why,
                       "option -D (--default-realm): \"%s\" is not the name of a realm, such "
                       "as CORP.EXAMPLE.COM",
                       why_excerpt(options->default_realm).text);
    return true;
}

bool group_ad_options_check(struct group_ad_options *options, struct why *why)
{
    struct membership_options *membership = &options->membership;

    if (!read_lists(options, why) || !take_realm(options, why) || !choose(options, why) ||
        !take_authorities(&options->directory, why) || !membership_options_check(membership, why))
        return false;
    if (options->unverified)
        options->directory.tls_verify = DIRECTORY_TLS_VERIFY_NO;
    if (options->kerberos_in_tls)
        options->directory.sasl_in_tls = true;
    if (options->info && options->common.log_level < LOG_INFO)
        options->common.log_level = LOG_INFO;
    /* Where the number of levels matters they have to be walked: servers that know all of them do
     * not count. */
    if (options->max_depth >= 0) {
        membership->method = METHOD_WALK;
        membership->depth = options->max_depth + 1;
    }
    return true;
}

void group_ad_options_free(struct group_ad_options *options)
{
    realm_list_free(&options->groups);
    realm_list_free(&options->netbios_names);
    realm_list_free(&options->servers);
}
