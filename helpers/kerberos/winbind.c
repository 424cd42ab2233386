/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gss-ntlmssp has one error for a wrong password, a winbind that is not there, and a domain that
 * winbind does not reach; and of who was let in it has what the client has typed. So winbind is
 * asked, by the library that gss-ntlmssp asks it by, and that is there wherever gss-ntlmssp has use
 * for it: no header, and no dependency at build time.
 *
 * Cannot do: tell whether a trusted domain is reached, or whether we may use winbind's privileged
 * pipe.
 */
#include <config.h>

#include "helpers/kerberos/winbind.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/span.h"

static const char library_name[] = "libwbclient.so.0";

/* ---- wbclient.h, as it is since Samba 3.6 ---- */

struct sid {
    uint8_t revision;
    uint8_t count;
    uint8_t authority[6];
    uint32_t sub[15];
};

struct interface_details {
    uint32_t version;
    const char *winbind_version;
    char separator;
    const char *netbios_name;
    const char *netbios_domain;
    const char *dns_domain;
};

/* What is behind these members is not looked at, and not allocated here. */
struct domain_info {
    const char *short_name;
    const char *dns_name;
};

/* Each int is a wbcErr, 0 for success. */
struct wbclient {
    void *library;
    void *context;
    void *(*create)(void);
    void (*release)(void *context);
    void (*free_memory)(void *);
    int (*ping_controller)(void *context, const char *domain, void **error);
    int (*details)(void *context, struct interface_details **details);
    int (*domain_info)(void *context, const char *domain, struct domain_info **info);
    int (*lookup_name)(void *context, const char *domain, const char *name, struct sid *sid,
                       int *type);
    int (*lookup_sid)(void *context, const struct sid *sid, char **domain, char **name, int *type);
};

/* POSIX: what dlsym() gives may be a function's address, which C does not let be cast. */
static bool find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);

    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static bool find_all(struct wbclient *wbclient)
{
    return find(wbclient->library, "wbcCtxCreate", &wbclient->create) &&
           find(wbclient->library, "wbcCtxFree", &wbclient->release) &&
           find(wbclient->library, "wbcFreeMemory", &wbclient->free_memory) &&
           find(wbclient->library, "wbcCtxPingDc", &wbclient->ping_controller) &&
           find(wbclient->library, "wbcCtxInterfaceDetails", &wbclient->details) &&
           find(wbclient->library, "wbcCtxDomainInfo", &wbclient->domain_info) &&
           find(wbclient->library, "wbcCtxLookupName", &wbclient->lookup_name) &&
           find(wbclient->library, "wbcCtxLookupSid", &wbclient->lookup_sid);
}

/* False where there is none; wbclient_close() follows in any case. */
static bool wbclient_open(struct wbclient *wbclient)
{
    *wbclient = (struct wbclient){.library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL)};
    if (!wbclient->library || !find_all(wbclient))
        return false;
    wbclient->context = wbclient->create();
    return wbclient->context;
}

static void wbclient_close(struct wbclient *wbclient)
{
    if (wbclient->context)
        wbclient->release(wbclient->context);
    if (wbclient->library)
        (void)dlclose(wbclient->library);
}

bool winbind_reaches_domain(void)
{
    struct wbclient wbclient;
    bool good =
        !wbclient_open(&wbclient) || wbclient.ping_controller(wbclient.context, NULL, NULL) == 0;

    wbclient_close(&wbclient);
    return good;
}

/* ---- names ---- */

/* Puts the NetBIOS name of DOMAIN, or of winbind's own where that is empty. */
static bool put_domain(const struct wbclient *wbclient, const char *domain, struct bytes *name)
{
    struct interface_details *details = NULL;
    struct domain_info *info = NULL;
    const char *found = NULL;

    if (*domain) {
        if (wbclient->domain_info(wbclient->context, domain, &info) == 0)
            found = info->short_name;
    } else if (wbclient->details(wbclient->context, &details) == 0) {
        found = details->netbios_domain;
    }
    if (found)
        bytes_put_text(name, found);
    wbclient->free_memory(info);
    wbclient->free_memory(details);
    return found && bytes_len(name) > 0;
}

/* Puts the sAMAccountName of the user with SID. */
static bool put_user(const struct wbclient *wbclient, const struct sid *sid, struct bytes *name)
{
    char *domain = NULL;
    char *user = NULL;
    int type;
    bool good = wbclient->lookup_sid(wbclient->context, sid, &domain, &user, &type) == 0 && *user;

    if (good)
        bytes_put_text(name, user);
    wbclient->free_memory(domain);
    wbclient->free_memory(user);
    return good;
}

static bool name_user(const struct wbclient *wbclient, const char *domain, const char *user,
                      struct bytes *name)
{
    struct sid sid;
    char *short_name;
    int type;
    bool good;

    if (!put_domain(wbclient, domain, name))
        return false;
    bytes_put(name, "", 1);
    short_name = name->failed ? NULL : strdup(name->at + name->start);
    good =
        short_name && wbclient->lookup_name(wbclient->context, short_name, user, &sid, &type) == 0;
    free(short_name);
    if (!good)
        return false;
    name->at[name->end - 1] = '\\';
    return put_user(wbclient, &sid, name) && !name->failed;
}

bool winbind_name(struct pxa_span typed, struct bytes *name)
{
    struct wbclient wbclient;
    char *text = strndup(typed.len > 0 ? typed.at : "", typed.len);
    char *mark = text ? strchr(text, '\\') : NULL;
    bool good = wbclient_open(&wbclient) && text && strlen(text) == typed.len;

    if (mark)
        *mark = '\0';
    if (good)
        good = name_user(&wbclient, mark ? text : "", mark ? mark + 1 : text, name);
    wbclient_close(&wbclient);
    free(text);
    return good;
}

/* ---- --check ---- */

static bool check_domain(const struct wbclient *wbclient)
{
    struct interface_details *details = NULL;
    bool good = false;

    if (wbclient->details(wbclient->context, &details) != 0)
        printf("winbind, which knows NTLM's users, does not answer: winbindd has to run (wbinfo "
               "--ping)\n");
    else if (wbclient->ping_controller(wbclient->context, NULL, NULL) != 0)
        printf("winbind reaches no controller of its domain %s: see wbinfo --ping-dc\n",
               details->netbios_domain);
    else
        good = true;
    if (good)
        printf("winbind: it reaches its domain %s; whether user %lu, as which this process runs, "
               "may use its privileged pipe, a login tells (Debian: group winbindd_priv)\n",
               details->netbios_domain, (unsigned long)geteuid());
    wbclient->free_memory(details);
    return good;
}

bool winbind_check(void)
{
    struct wbclient wbclient;
    bool good = wbclient_open(&wbclient);

    if (good)
        good = check_domain(&wbclient);
    else
        printf("winbind, which knows NTLM's users, cannot be asked: there is no good %s; install "
               "it (Debian: libwbclient0), or name the users by --ntlm-file\n",
               library_name);
    wbclient_close(&wbclient);
    return good;
}
