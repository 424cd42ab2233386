/* SPDX-License-Identifier: BSD-2-Clause */
/* Plain libldap calls. They read the secret file again for each connection and know no deadline:
 * this is for measurements against a private directory. */
#include <config.h>

#include "tests/bench/connect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"

bool connect_complete(const struct connect_options *options)
{
    return options->uri != NULL && options->base != NULL && options->bind_dn != NULL &&
           options->secret_file != NULL;
}

static void read_secret(const char *path, char secret[static 256])
{
    FILE *file = fopen(path, "re");

    if (file == NULL)
        bench_die("%s: %s", path, strerror(errno));
    if (fgets(secret, 256, file) == NULL)
        bench_die("%s: empty", path);
    fclose(file);
    secret[strcspn(secret, "\r\n")] = '\0';
}

LDAP *connect_directory(const struct connect_options *options)
{
    int version = LDAP_VERSION3;
    char secret[256];
    struct berval credentials = {0, secret};
    LDAP *ld;
    int code;

    read_secret(options->secret_file, secret);
    credentials.bv_len = strlen(secret);
    code = ldap_initialize(&ld, options->uri);
    if (code != LDAP_SUCCESS)
        bench_die("%s: %s", options->uri, ldap_err2string(code));
    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    code = ldap_sasl_bind_s(ld, options->bind_dn, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL);
    if (code != LDAP_SUCCESS)
        bench_die("%s: bind as %s: %s", options->uri, options->bind_dn, ldap_err2string(code));
    return ld;
}

int connect_search(LDAP *ld, const struct connect_options *options, const char *user)
{
    char uid[] = "uid";
    char *attributes[] = {uid, NULL};
    char filter[300];
    int msgid = 0;
    int code;

    if (strspn(user, "abcdefghijklmnopqrstuvwxyz0123456789") != strlen(user) || strlen(user) > 256)
        bench_die("user %s: expected at most 256 lower-case letters and digits", user);
    snprintf(filter, sizeof(filter), "(uid=%s)", user);
    code = ldap_search_ext(ld, options->base, LDAP_SCOPE_SUBTREE, filter, attributes, 0, NULL, NULL,
                           NULL, 2, &msgid);
    if (code != LDAP_SUCCESS)
        bench_die("search: %s", ldap_err2string(code));
    return msgid;
}

int connect_bind(LDAP *ld, const char *dn, const char *password)
{
    struct berval *credentials = ber_bvstr(ldap_strdup(password));
    int msgid = 0;
    int code = ldap_sasl_bind(ld, dn, LDAP_SASL_SIMPLE, credentials, NULL, NULL, &msgid);

    ber_bvfree(credentials);
    if (code != LDAP_SUCCESS)
        bench_die("bind as %s: %s", dn, ldap_err2string(code));
    return msgid;
}

int connect_result(LDAP *ld, LDAPMessage *message)
{
    int result = LDAP_OTHER;
    int code = ldap_parse_result(ld, message, &result, NULL, NULL, NULL, NULL, 0);

    if (code != LDAP_SUCCESS)
        bench_die("an answer without result: %s", ldap_err2string(code));
    return result;
}
