/* SPDX-License-Identifier: BSD-2-Clause */
/* The least that a helper can be: reads a request, waits for the search, waits for the bind, writes
 * the reply. One request at a time on two connections that stay open: the reference for what a
 * request costs when nothing else is going on. No other program should be built like this: it hangs
 * when the directory does, and takes user names as they come.
 *
 * usage: blocking URI BASE BIND-DN SECRET-FILE, with requests that have no channel-ID */
#include <config.h>

#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/connect.h"

static char *find_dn(LDAP *ld, const char *base, const char *user)
{
    char uid[] = "uid";
    char *attributes[] = {uid, NULL};
    LDAPMessage *result = NULL;
    LDAPMessage *entry;
    char filter[300];
    char *dn;

    snprintf(filter, sizeof(filter), "(uid=%s)", user);
    if (ldap_search_ext_s(ld, base, LDAP_SCOPE_SUBTREE, filter, attributes, 0, NULL, NULL, NULL, 2,
                          &result) != LDAP_SUCCESS)
        bench_die("search for %s failed", user);
    entry = ldap_first_entry(ld, result);
    dn = entry != NULL ? ldap_get_dn(ld, entry) : NULL;
    ldap_msgfree(result);
    return dn;
}

static bool accepts(LDAP *ld, const char *dn, char *password)
{
    struct berval credentials = {strlen(password), password};

    return ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL) ==
           LDAP_SUCCESS;
}

int main(int argc, char **argv)
{
    struct connect_options options;
    char line[8192];
    LDAP *searcher;
    LDAP *binder;

    if (argc != 5)
        bench_die("usage: blocking URI BASE BIND-DN SECRET-FILE");
    options = (struct connect_options){argv[1], argv[2], argv[3], argv[4]};
    searcher = connect_directory(&options);
    binder = connect_directory(&options);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char *rest = line;
        const char *user = strsep(&rest, " \n");
        char *password = strsep(&rest, " \n");
        char *dn = find_dn(searcher, options.base, user);

        puts(dn != NULL && password != NULL && accepts(binder, dn, password) ? "OK" : "ERR");
        fflush(stdout);
        ldap_memfree(dn);
    }
    return 0;
}
