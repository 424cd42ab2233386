/* SPDX-License-Identifier: BSD-2-Clause */
/* The domain is CORP, and corp.example.test to DNS. */
#include <config.h>

#include "tests/unit/fake_wbclient.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct fake_wbclient fake_wbclient;

/* wbcErr of wbclient.h */
enum { SUCCESS = 0, INVALID_PARAM = 5, NOT_AVAILABLE = 6, DOMAIN_NOT_FOUND = 7 };

struct details {
    uint32_t interface_version;
    const char *winbind_version;
    char separator;
    const char *netbios_name;
    const char *netbios_domain;
    const char *dns_domain;
};

struct domain {
    char *short_name;
    char *dns_name;
    char more[200]; /* the SID and what follows it */
};

static int context;

static void *own(size_t size)
{
    void *made = calloc(1, size);

    if (!made)
        abort();
    fake_wbclient.open++;
    return made;
}

static char *own_text(const char *text)
{
    char *copy = own(strlen(text) + 1);

    memcpy(copy, text, strlen(text) + 1);
    return copy;
}

static void *create(void)
{
    fake_wbclient.open++;
    return &context;
}

static void release(void *gone)
{
    if (gone != &context)
        abort();
    fake_wbclient.open--;
}

static void free_memory(void *memory)
{
    fake_wbclient.open -= memory != NULL;
    free(memory);
}

static int ping(void *in, const char *domain, void **error)
{
    (void)in;
    (void)error;
    if (fake_wbclient.silent)
        return NOT_AVAILABLE;
    return domain || fake_wbclient.alone ? DOMAIN_NOT_FOUND : SUCCESS;
}

static int details(void *in, struct details **found)
{
    (void)in;
    if (fake_wbclient.silent)
        return NOT_AVAILABLE;
    *found = own(sizeof **found);
    **found = (struct details){1, "4", '\\', "PROXY", "CORP", "corp.example.test"};
    return SUCCESS;
}

static int domain_info(void *in, const char *domain, struct domain **found)
{
    static char short_name[] = "CORP", dns_name[] = "corp.example.test";

    (void)in;
    if (fake_wbclient.silent)
        return NOT_AVAILABLE;
    if (strcasecmp(domain, short_name) != 0 && strcasecmp(domain, dns_name) != 0)
        return DOMAIN_NOT_FOUND;
    *found = own(sizeof **found);
    (*found)->short_name = short_name;
    (*found)->dns_name = dns_name;
    return SUCCESS;
}

static int lookup_name(void *in, const char *domain, const char *name, void *sid, int *type)
{
    (void)in;
    if (fake_wbclient.silent)
        return NOT_AVAILABLE;
    if (strcmp(domain, "CORP") != 0 || !fake_wbclient.user ||
        strcasecmp(name, fake_wbclient.user) != 0)
        return INVALID_PARAM;
    memset(sid, 1, 68); /* struct wbcDomainSid */
    *type = 1;
    return SUCCESS;
}

static int lookup_sid(void *in, const void *sid, char **domain, char **name, int *type)
{
    (void)in;
    if (fake_wbclient.silent || !fake_wbclient.user || *(const char *)sid != 1)
        return NOT_AVAILABLE;
    *domain = own_text("CORP");
    *name = own_text(fake_wbclient.user);
    *type = 1;
    return SUCCESS;
}

/* ---- the loader ---- */

static int library;

static const struct entry {
    const char *name;
    void (*function)(void);
} entries[] = {
    {"wbcCtxCreate", (void (*)(void))create},
    {"wbcCtxFree", (void (*)(void))release},
    {"wbcFreeMemory", (void (*)(void))free_memory},
    {"wbcCtxPingDc", (void (*)(void))ping},
    {"wbcCtxInterfaceDetails", (void (*)(void))details},
    {"wbcCtxDomainInfo", (void (*)(void))domain_info},
    {"wbcCtxLookupName", (void (*)(void))lookup_name},
    {"wbcCtxLookupSid", (void (*)(void))lookup_sid},
};

/* The linker's names for what is wrapped. NOLINTBEGIN */
void *__wrap_dlopen(const char *name, int flags);
void *__wrap_dlsym(void *from, const char *name);
int __wrap_dlclose(void *gone);

void *__wrap_dlopen(const char *name, int flags)
{
    (void)flags;
    if (fake_wbclient.missing || strcmp(name, "libwbclient.so.0") != 0)
        return NULL;
    fake_wbclient.open++;
    return &library;
}

void *__wrap_dlsym(void *from, const char *name)
{
    void *found = NULL;

    if (from != &library)
        abort();
    if (fake_wbclient.lacks && strcmp(name, fake_wbclient.lacks) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        if (strcmp(entries[i].name, name) == 0)
            memcpy(&found, &entries[i].function, sizeof found);
    return found;
}

int __wrap_dlclose(void *gone)
{
    if (gone != &library)
        abort();
    fake_wbclient.open--;
    return 0;
}
/* NOLINTEND */
