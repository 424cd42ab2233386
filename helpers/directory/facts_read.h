/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts_read: searches of facts.c over a connection in deadline mode, entry by entry and bounded.
 * Offload thread.
 */
#ifndef PROXYAUTH_DIRECTORY_FACTS_READ_H
#define PROXYAUTH_DIRECTORY_FACTS_READ_H

#include <stdbool.h>
#include <stdint.h>

#include <ldap.h>

#include "helpers/core/why.h"

struct setup;

/* One search after another over one connection. */
struct reading {
    struct setup *setup;
    uint64_t received; /* what the wire had received before the first */
    /* What the caller sets for each search: */
    const char *what; /* is read: words for the log, constant */
    /* False, with why, for an entry that makes all of them useless. */
    bool (*entry)(struct reading *reading, LDAPMessage *entry);
    void *context;
    unsigned entries_max;
    /* What came of it: */
    unsigned entries;
    bool spoilt;    /* one was of no use */
    struct why why; /* on false */
    bool dead;      /* the connection is of no use any more */
};

/* ATTRIBUTES ends with NULL. False with reading->why. */
bool reading_search(struct reading *reading, const char *base, int scope, const char *filter,
                    const char *const *attributes);

/* *TO is a copy of the only value of ATTRIBUTE; NULL when there is none, an empty one or several.
 * False with reading->why when it is garbled or memory is out. */
bool reading_text(struct reading *reading, LDAPMessage *entry, const char *attribute, char **to);

/* Whether TEXT is a value of ATTRIBUTE. */
bool reading_has_value(const struct reading *reading, LDAPMessage *entry, const char *attribute,
                       const char *text);

/* False, for returning; WHAT goes into reading->why. */
bool reading_fault(struct reading *reading, const char *what);

#endif
