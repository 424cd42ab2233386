/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * groups: is this user in these groups? For helpers that Squid asks about groups.
 *
 * What was answered within --group-ttl comes from memory; what somebody else is asking right now is
 * awaited with him; the rest goes to the directory, all groups of a question together: one search
 * for the user, one for the groups. Trouble is never kept as an answer (verify/answers.h).
 */
#ifndef PROXYAUTH_GROUPS_GROUPS_H
#define PROXYAUTH_GROUPS_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/why.h"
#include "helpers/directory/directory.h"
#include "helpers/directory/verdict.h"

/* The most groups of one question. */
enum { GROUPS_MAX = 4096 };

struct groups;
struct groups_asked;

/* All that is pointed to must outlive it. */
struct groups_config {
    struct loop *loop;
    struct directory *directory;
    struct log *log;
    uint64_t ttl_ms;  /* how long yes and no are kept; 0: not at all */
    size_t cap_bytes; /* of what is remembered */
    uint64_t seed;    /* of the system's chance; secret */
    /* Whether the user's entry must be found before the groups can be asked for, and with which
     * attributes: membership_attributes(), or NULL where its DN is enough. */
    bool find_first;
    const char *const *attributes;
};

struct groups_answer {
    enum verdict verdict; /* OK: a member of at least one; DENIED: of none; else UNAVAILABLE */
    const char *reason;   /* UNAVAILABLE: a sentence for the reply */
    const bool *member;   /* OK: for each group of the question, whether it is known to be a member
                             (with OK, what could not be found out counts as no) */
};

struct groups_question {
    struct pxa_span user;           /* as typed; not empty */
    const struct pxa_span *groups;  /* as membership.h has it */
    size_t group_count;             /* 1 to GROUPS_MAX */
    struct pxa_span base_extension; /* -g of group-ldap, or empty */
    /* All above is needed until groups_ask() returns. ANSWER lives until `done` returns. */
    void (*done)(void *context, const struct groups_answer *answer);
    void *context;
};

/* NULL with WHY when memory is out. */
struct groups *groups_new(const struct groups_config *config, struct why *why);

/* All that was asked is forgotten without a callback. The directory must be open still. NULL is
 * allowed. */
void groups_free(struct groups *groups);

/* Calls `done` exactly once, perhaps before this returns (then it returns NULL), unless it is
 * cancelled. */
struct groups_asked *groups_ask(struct groups *groups, const struct groups_question *question);

/* The time is up: no callback follows. What was asked counts as trouble for the repeats that Squid
 * sends, and goes on as long as somebody else waits for it. */
void groups_cancel(struct groups_asked *asked);

#endif
