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

static void print_entry(const struct keys *keys, const struct key_entry *entry)
{
    const char *type = pxa_etype_name(entry->etype);

    printf("  %s kvno %" PRIu32, entry->principal, entry->kvno);
    if (type[0] != '\0')
        printf(" %s", type);
    else
        printf(" of encryption type %" PRId32, entry->etype);
    printf("%s%s\n", entry->taken ? "" : ": not used, as --spn does not take it",
           entry->taken && is_old(keys, entry) ? ": an older key, for tickets that are still valid"
                                               : "");
}

static void print_keys(const struct key_watch_config *config, const struct keys *keys,
                       const struct keys_file *file)
{
    bool outdated = true;

    printf("the keytab %s: %zu %s, %zu of them used\n", config->path, keys->count,
           keys->count == 1 ? "key" : "keys", keys->taken);
    for (size_t i = 0; i < keys->count; i++) {
        print_entry(keys, &keys->entries[i]);
        if (keys->entries[i].taken && !is_outdated(keys->entries[i].etype))
            outdated = false;
    }
    if (outdated)
        printf(
            "  warning: no key is of AES: KDCs that have done with older types give no ticket\n");
    if (file->exposed)
        printf("  warning: %s\n", file->exposure.text);
}

/* NULL where there should be one. */
static struct keys *check_keys(const struct key_watch_config *config)
{
    struct keys_file file;
    struct why why = {""};
    struct keys *keys = read_patiently(config, &file, &why);

    if (!keys) {
        printf("%s\n", why.text);
        if (file.exposed)
            printf("  warning: %s\n", file.exposure.text);
        return NULL;
    }
    print_keys(config, keys, &file);
    return keys;
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
