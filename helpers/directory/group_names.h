/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_names: the entries that the name of a group stands for, and what is remembered of them.
 *
 * A name is a DN, or the cn or sAMAccountName of any number of groups. Remembered for
 * GROUP_NAMES_TTL_MS; that nobody has it for GROUP_NAMES_NONE_TTL_MS.
 */
#ifndef PROXYAUTH_DIRECTORY_GROUP_NAMES_H
#define PROXYAUTH_DIRECTORY_GROUP_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/directory/entry.h"

struct directory;

enum { GROUP_NAMES_TTL_MS = 10 * 60 * 1000, GROUP_NAMES_NONE_TTL_MS = 60 * 1000 };

/* All that is remembered about groups, in bytes. */
enum { GROUP_STORE_BYTES = 8 * 1024 * 1024 };

/* The longest SID has 15 sub-authorities ([MS-DTYP] section 2.4.2.2). */
enum { SID_BYTES_MAX = 8 + 4 * 15 };

/* One entry. */
struct group {
    struct group *next;
    const char *dn;
    const char *key;     /* dn_key() of it */
    struct pxa_span sid; /* binary; empty where it has none */
    bool in_token;       /* a security group of an Active Directory: tokenGroups has its SID */
    char bytes[];        /* what the members above point to */
};

/* What a name stands for. Zeroed, it is not known. */
struct group_asked {
    struct group *groups;
    bool known; /* `groups` are all */
    bool is_dn; /* not known, and to be read by its DN */
};

/* What must be asked of a group's entry; ends with NULL; for libldap, which only reads it. */
char **group_attributes(void);

/* Makes the store of DIRECTORY where there is none. False when memory is out. */
bool group_names_prepare(struct directory *directory);

/* Looks up NAME. False when memory is out. */
bool group_names_recall(struct directory *directory, struct pxa_span name,
                        struct group_asked *asked);

/* Keeps what NAME stands for. */
void group_names_remember(struct directory *directory, struct pxa_span name,
                          const struct group_asked *asked);

/* Whether the group of ENTRY, read with group_attributes(), is called NAME, but for ASCII case. */
bool group_has_name(const struct entry *entry, struct pxa_span name);

/* Adds the group of ENTRY. False when memory is out. */
bool group_asked_add(struct group_asked *asked, const struct entry *entry);

/* Frees its groups. */
void group_asked_clear(struct group_asked *asked);

/* Whether any of its groups has this SID. */
bool group_asked_has_sid(const struct group_asked *asked, struct pxa_span sid);

#endif
