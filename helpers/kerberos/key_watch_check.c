/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --check: the keytab, the replay cache and the mechanisms, in words, on standard output.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/proxyauth.h"
#include "helpers/kerberos/fault_meaning.h"
#include "helpers/kerberos/fault_setup.h"
#include "helpers/kerberos/key_watch.h"

enum { TRIES = 40, PAUSE_MS = 50, NS_PER_MS = 1000000 };

/* RFC 8429: the types up to this one but for Camellia and AES are not to be used any more. */
static bool is_outdated(int32_t etype)
{
    return etype < 17 || etype == 23 || etype == 24;
}

/* Somebody may be writing: for two seconds it is tried again. */
static struct keys *read_patiently(const struct key_watch_config *config, struct keys_file *file,
                                   struct why *why)
{
    const struct timespec pause = {.tv_nsec = (long)PAUSE_MS * NS_PER_MS};
    struct keys *keys = keys_read(config->path, config->rule, file, why);

    for (int i = 0; !keys && file->outcome == FILE_CHANGING && i < TRIES; i++) {
        nanosleep(&pause, NULL);
        keys = keys_read(config->path, config->rule, file, why);
    }
    return keys;
}

/* Whether there is a newer key of the same name. */
static bool is_old(const struct keys *keys, const struct key_entry *entry)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->entries[i].kvno > entry->kvno &&
            strcmp(keys->entries[i].principal, entry->principal) == 0)
            return true;
    }
    return false;
}

static const char *remark_on(const struct keys *keys, const struct key_entry *entry,
                             const struct fault_etypes *etypes)
{
    if (!entry->taken)
        return keys->by_name ? ": not used, as --spn does not take it"
                             : ": not used, as it is of no HTTP/ name (--spn takes others)";
    if (!fault_setup_allows(etypes, entry->etype))
        return ": not used, as permitted_enctypes in krb5.conf leaves its type out";
    return is_old(keys, entry) ? ": an older key, for tickets that are still valid" : "";
}

static void print_entry(const struct keys *keys, const struct key_entry *entry,
                        const struct fault_etypes *etypes)
{
    const char *type = pxa_etype_name(entry->etype);

    printf("  %s kvno %" PRIu32, entry->principal, entry->kvno);
    if (type[0] != '\0')
        printf(" %s", type);
    else
        printf(" of encryption type %" PRId32, entry->etype);
    printf("%s\n", remark_on(keys, entry, etypes));
}

static bool is_used(const struct key_entry *entry, const struct fault_etypes *etypes)
{
    return entry->taken && fault_setup_allows(etypes, entry->etype);
}

/* How many keys can accept a login. */
static size_t print_keys(const struct key_watch_config *config, const struct keys *keys,
                         const struct keys_file *file, const struct fault_etypes *etypes)
{
    bool outdated = true;
    size_t used = 0;

    for (size_t i = 0; i < keys->count; i++) {
        if (!is_used(&keys->entries[i], etypes))
            continue;
        used++;
        if (!is_outdated(keys->entries[i].etype))
            outdated = false;
    }
    printf("the keytab %s: %zu %s, %zu of them used\n", config->path, keys->count,
           keys->count == 1 ? "key" : "keys", used);
    for (size_t i = 0; i < keys->count; i++)
        print_entry(keys, &keys->entries[i], etypes);
    if (used > 0 && outdated)
        printf(
            "  warning: no key is of AES: KDCs that have done with older types give no ticket\n");
    if (file->exposed)
        printf("  warning: %s\n", file->exposure.text);
    return used;
}

/* Whether krb5.conf allows anything. */
static bool check_setup(struct fault_etypes *etypes)
{
    krb5_error_code code = fault_setup_etypes(etypes);
    const struct fault_meaning *meaning = code == 0 ? NULL : fault_meaning_krb5(code);

    if (code == 0)
        return true;
    if (!meaning)
        meaning = &fault_unknown_krb5;
    printf("%s%s%s\n", meaning->reason, meaning->cure ? ": " : "",
           meaning->cure ? meaning->cure : "");
    return false;
}

/* NULL where there should be one. */
static struct keys *check_keys(const struct key_watch_config *config)
{
    struct fault_etypes etypes;
    struct keys_file file;
    struct why why = {""};
    struct keys *keys;

    if (!check_setup(&etypes))
        return NULL;
    keys = read_patiently(config, &file, &why);
    if (!keys) {
        printf("%s\n", why.text);
        if (file.exposed)
            printf("  warning: %s\n", file.exposure.text);
        return NULL;
    }
    if (print_keys(config, keys, &file, &etypes) > 0)
        return keys;
    printf("none of these keys can accept a login\n");
    keys_free(keys);
    return NULL;
}

static bool check_replay(const struct replay *replay)
{
    struct why why = {""};

    if (!replay->path) {
        printf("replay cache: none: a token that was seen on the wire can be used again while it "
               "is valid\n");
        return true;
    }
    if (!replay_usable(replay, &why)) {
        printf("%s\n", why.text);
        return false;
    }
    printf("replay cache: %s\n", replay->path);
    return true;
}

/* Frees KEYS, which may be NULL. */
static bool check_credentials(const struct key_watch_config *config, struct keys *keys)
{
    const struct credentials_order *order = &config->order;
    bool kerberos = keys != NULL;
    struct why why = {""};
    gss_cred_id_t ntlm = GSS_C_NO_CREDENTIAL;
    struct service_credentials *made;
    bool good;

    if (order->ntlm)
        ntlm = ntlm_credential_new(order->ntlm_file, &why);
    made = service_credentials_new(keys, order->replay, ntlm, &why);
    good = made && (!order->ntlm || ntlm != GSS_C_NO_CREDENTIAL);
    service_credentials_drop(made);
    ntlm_credential_free(ntlm);
    if (good)
        printf("mechanisms: SPNEGO%s%s\n", kerberos ? ", Kerberos, IAKERB" : "",
               order->ntlm ? ", NTLM" : "");
    else
        printf("%s\n", why.text);
    return good;
}

static bool check_all(const struct key_watch_config *config)
{
    struct keys *keys = NULL;
    bool good = true;

    if (config->path) {
        keys = check_keys(config);
        good = keys != NULL && check_replay(config->order.replay);
    }
    if (config->path && !keys)
        return false;
    return check_credentials(config, keys) && good;
}

bool key_watch_check(const struct key_watch_config *config)
{
    struct key_watch_config found = *config;
    struct why why = {""};
    char *path = NULL;
    bool good;

    if (config->finds_path) {
        path = keys_path(NULL, NULL, &why);
        if (!path) {
            printf("%s\n", why.text);
            return false;
        }
        found.path = path;
    }
    good = check_all(&found);
    free(path);
    return good;
}
