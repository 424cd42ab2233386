/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The profile and the handshake. What went wrong with a certificate is in tls_fault.c.
 *
 * GnuTLS builds ignore LDAP_OPT_X_TLS_PROTOCOL_MIN, so the minimum goes into the priority string
 * there, and the version that was agreed on is looked at after each handshake.
 */
#include <config.h>

#include "helpers/directory/tls.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/directory/tls_fault.h"

/* What tells a file from its successor. */
struct stamp {
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

enum { FILE_CA, FILE_CA_DIR, FILE_CERT, FILE_KEY, FILE_COUNT };

struct tls_profile {
    char *ca_file;
    char *ca_dir;
    char *cert;
    char *key;
    char *priorities; /* GnuTLS only */
    char *ca_text;
    const char *unverified;
    int require;
    int protocol_min;
    bool gnutls;
    pthread_mutex_t lock; /* guards what follows */
    LDAP *holder;         /* keeps the context; never connected */
    void *context;
    struct stamp stamps[FILE_COUNT];
};

/* Where systems keep the bundle of CAs that they trust. */
static const char *const system_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
};

/* Gives back the reference that reading LDAP_OPT_X_TLS_CTX takes. libldap exports it, for slapd,
 * but declares it in no installed header; a libldap that hides it keeps one context too many for
 * each change of a file. */
extern void ldap_pvt_tls_ctx_free(void *context) __attribute__((weak));

static void release_context(void *context)
{
    if (context && ldap_pvt_tls_ctx_free)
        ldap_pvt_tls_ctx_free(context);
}

void tls_prepare_process(void)
{
    LDAPAPIInfo info = {.ldapai_info_version = LDAP_API_INFO_VERSION};

    if (ldap_get_option(NULL, LDAP_OPT_API_INFO, &info) == LDAP_OPT_SUCCESS) {
        ber_memvfree((void **)info.ldapai_extensions);
        ldap_memfree(info.ldapai_vendor_name);
    }
    tls_fault_prepare();
}

static char *global_text(int option)
{
    char *text = NULL;

    if (ldap_get_option(NULL, option, &text) != LDAP_OPT_SUCCESS)
        return NULL;
    return text;
}

/* The option's value, else libldap's own from its files and environment; the caller frees. */
static char *choose(const char *from_option, int option)
{
    char *global;
    char *copy;

    if (from_option)
        return strdup(from_option);
    global = global_text(option);
    copy = global ? strdup(global) : NULL;
    ldap_memfree(global);
    return copy;
}

static void choose_ca(struct tls_profile *profile, const struct directory_options *options)
{
    if (options->ca_file || options->ca_dir) {
        profile->ca_file = options->ca_file ? strdup(options->ca_file) : NULL;
        profile->ca_dir = options->ca_dir ? strdup(options->ca_dir) : NULL;
    } else {
        profile->ca_file = choose(NULL, LDAP_OPT_X_TLS_CACERTFILE);
        profile->ca_dir = choose(NULL, LDAP_OPT_X_TLS_CACERTDIR);
    }
    for (size_t i = 0; i < sizeof system_bundles / sizeof *system_bundles; i++)
        if (!profile->ca_file && !profile->ca_dir && access(system_bundles[i], R_OK) == 0)
            profile->ca_file = strdup(system_bundles[i]);
}

static void choose_verification(struct tls_profile *profile,
                                const struct directory_options *options)
{
    profile->require = LDAP_OPT_X_TLS_DEMAND;
    if (options->tls_verify == DIRECTORY_TLS_VERIFY_NO) {
        profile->require = LDAP_OPT_X_TLS_NEVER;
        profile->unverified = "--tls-verify no";
    } else if (options->tls_verify == DIRECTORY_TLS_VERIFY_UNSET) {
        ldap_get_option(NULL, LDAP_OPT_X_TLS_REQUIRE_CERT, &profile->require);
        if (profile->require != LDAP_OPT_X_TLS_DEMAND && profile->require != LDAP_OPT_X_TLS_HARD)
            profile->unverified = "TLS_REQCERT in ldap.conf or LDAPTLS_REQCERT";
    }
}

/* The stricter of ours and ldap.conf's. */
static void choose_protocol(struct tls_profile *profile, const struct directory_options *options)
{
    int global = 0;

    profile->protocol_min = options->tls_min == DIRECTORY_TLS_1_3 ? LDAP_OPT_X_TLS_PROTOCOL_TLS1_3
                                                                  : LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    ldap_get_option(NULL, LDAP_OPT_X_TLS_PROTOCOL_MIN, &global);
    if (global > profile->protocol_min)
        profile->protocol_min = global;
}

static bool is_gnutls(void)
{
    char *package = global_text(LDAP_OPT_X_TLS_PACKAGE);
    bool gnutls = package && strcasecmp(package, "GnuTLS") == 0;

    ldap_memfree(package);
    return gnutls;
}

/* The priorities of ldap.conf, or GnuTLS's normal ones, without the versions that are too old. */
static char *priorities_from(int protocol_min)
{
    char *global = global_text(LDAP_OPT_X_TLS_CIPHER_SUITE);
    char *text = NULL;

    if (asprintf(&text, "%s:-VERS-SSL3.0:-VERS-TLS1.0:-VERS-TLS1.1%s", global ? global : "NORMAL",
                 protocol_min > LDAP_OPT_X_TLS_PROTOCOL_TLS1_2 ? ":-VERS-TLS1.2" : "") < 0)
        text = NULL;
    ldap_memfree(global);
    return text;
}

static char *describe_ca(const struct tls_profile *profile)
{
    char *text = NULL;
    int made;

    if (profile->ca_file && profile->ca_dir)
        made = asprintf(&text, "CA file %s and directory %s", profile->ca_file, profile->ca_dir);
    else if (profile->ca_file || profile->ca_dir)
        made = asprintf(&text, "CA %s %s", profile->ca_file ? "file" : "directory",
                        profile->ca_file ? profile->ca_file : profile->ca_dir);
    else
        made = asprintf(&text, "no CA file: give one with --ca-file");
    return made < 0 ? NULL : text;
}

struct tls_profile *tls_profile_new(const struct directory_options *options)
{
    struct tls_profile *profile = calloc(1, sizeof *profile);

    if (!profile)
        return NULL;
    pthread_mutex_init(&profile->lock, NULL);
    choose_ca(profile, options);
    choose_verification(profile, options);
    profile->cert = choose(options->client_cert, LDAP_OPT_X_TLS_CERTFILE);
    profile->key = choose(options->client_key, LDAP_OPT_X_TLS_KEYFILE);
    choose_protocol(profile, options);
    profile->gnutls = is_gnutls();
    profile->priorities = profile->gnutls ? priorities_from(profile->protocol_min) : NULL;
    profile->ca_text = describe_ca(profile);
    if (!profile->ca_text || (profile->gnutls && !profile->priorities)) {
        tls_profile_free(profile);
        return NULL;
    }
    return profile;
}

const char *tls_profile_ca(const struct tls_profile *profile)
{
    return profile->ca_text;
}

const char *tls_profile_unverified(const struct tls_profile *profile)
{
    return profile->unverified;
}

/* ---- the shared context ---- */

static struct stamp stamp_of(const char *path)
{
    struct stat about;

    if (!path || stat(path, &about) != 0)
        return (struct stamp){0};
    return (struct stamp){true, about.st_dev, about.st_ino, about.st_size, about.st_mtim};
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
    return a->exists == b->exists && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool set_text(LDAP *ld, int option, const char *text)
{
    return !text || ldap_set_option(ld, option, text) == LDAP_OPT_SUCCESS;
}

/* LDAP_OPT_X_TLS_NEWCTX falls back to the global context when it fails, so its result counts. */
static bool make_context(const struct tls_profile *profile, LDAP *ld, struct why *why)
{
    const int client = 0;
    struct tls_fault fault;
    bool made;

    if (profile->ca_file && access(profile->ca_file, R_OK) != 0)
        return why_set(why, "cannot read the CA file %s", profile->ca_file);
    if (!set_text(ld, LDAP_OPT_X_TLS_CACERTFILE, profile->ca_file) ||
        !set_text(ld, LDAP_OPT_X_TLS_CACERTDIR, profile->ca_dir) ||
        !set_text(ld, LDAP_OPT_X_TLS_CERTFILE, profile->cert) ||
        !set_text(ld, LDAP_OPT_X_TLS_KEYFILE, profile->key) ||
        !set_text(ld, LDAP_OPT_X_TLS_CIPHER_SUITE, profile->priorities) ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &profile->require) != 0 ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &profile->protocol_min) != 0)
        return why_set(why, "libldap refuses the TLS options (%s)", profile->ca_text);
    tls_fault_begin(&fault);
    made = ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client) == LDAP_OPT_SUCCESS;
    tls_fault_end(&fault);
    if (!made)
        return why_set(why, "cannot use the TLS files (%s): %s", profile->ca_text,
                       fault.text[0] ? fault.text : "libldap does not say why");
    return true;
}

/* Called with the lock held. */
static bool refresh_context(struct tls_profile *profile, struct why *why)
{
    const char *const paths[FILE_COUNT] = {profile->ca_file, profile->ca_dir, profile->cert,
                                           profile->key};
    struct stamp now[FILE_COUNT];
    bool same = profile->holder != NULL;
    LDAP *fresh = NULL;
    void *context = NULL;

    for (int i = 0; i < FILE_COUNT; i++) {
        now[i] = stamp_of(paths[i]);
        same = same && same_stamp(&now[i], &profile->stamps[i]);
    }
    if (same)
        return true;
    if (ldap_create(&fresh) != LDAP_SUCCESS)
        return why_set(why, "out of memory");
    if (!make_context(profile, fresh, why)) {
        ldap_unbind_ext(fresh, NULL, NULL);
        return false;
    }
    ldap_get_option(fresh, LDAP_OPT_X_TLS_CTX, &context);
    release_context(profile->context);
    if (profile->holder)
        ldap_unbind_ext(profile->holder, NULL, NULL);
    profile->holder = fresh;
    profile->context = context;
    memcpy(profile->stamps, now, sizeof now);
    return true;
}

bool tls_profile_apply(struct tls_profile *profile, LDAP *ld, struct why *why)
{
    bool applied = false;

    pthread_mutex_lock(&profile->lock);
    if (refresh_context(profile, why)) {
        applied = profile->context &&
                  ldap_set_option(ld, LDAP_OPT_X_TLS_CTX, profile->context) == LDAP_OPT_SUCCESS &&
                  ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &profile->require) == 0;
        if (!applied)
            why_set(why, "libldap refuses its own TLS context");
    }
    pthread_mutex_unlock(&profile->lock);
    return applied;
}

/* ---- the handshake ---- */

/* "TLS1.2" or "TLSv1.2", as the two libraries write it. */
static bool version_is_enough(const char *version, int protocol_min)
{
    const char *dot = version ? strchr(version, '.') : NULL;
    int minor;

    if (!dot || dot == version || dot[-1] != '1' || dot[1] < '0' || dot[1] > '9')
        return false;
    minor = dot[1] - '0';
    return minor >= (protocol_min > LDAP_OPT_X_TLS_PROTOCOL_TLS1_2 ? 3 : 2);
}

static bool check_version(const struct tls_profile *profile, LDAP *ld, struct why *why)
{
    char *version = NULL;
    bool enough;

    ldap_get_option(ld, LDAP_OPT_X_TLS_VERSION, &version);
    enough = version_is_enough(version, profile->protocol_min);
    if (!enough)
        why_set(why, "the server agreed on %s only; see --tls-min",
                version ? version : "an unknown TLS version");
    ldap_memfree(version);
    return enough;
}

bool tls_handshake(const struct tls_profile *profile, LDAP *ld, const char *host, struct why *why)
{
    struct tls_fault fault = {{0}};
    int code;

    /* The trace slows down all of libldap while a server keeps us waiting. */
    if (profile->gnutls)
        tls_fault_begin(&fault);
    code = ldap_install_tls(ld);
    if (profile->gnutls)
        tls_fault_end(&fault);
    if (code == LDAP_SUCCESS)
        return check_version(profile, ld, why);
    tls_fault_explain(&fault, ld, host, profile->ca_text, why);
    return false;
}

void tls_profile_free(struct tls_profile *profile)
{
    if (!profile)
        return;
    release_context(profile->context);
    if (profile->holder)
        ldap_unbind_ext(profile->holder, NULL, NULL);
    pthread_mutex_destroy(&profile->lock);
    free(profile->ca_file);
    free(profile->ca_dir);
    free(profile->cert);
    free(profile->key);
    free(profile->priorities);
    free(profile->ca_text);
    free(profile);
}
