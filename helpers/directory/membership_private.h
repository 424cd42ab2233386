/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of a question about groups share.
 *
 * A question goes through steps. A step looks at what is known, starts searches for what is not,
 * and names the step that follows; that one runs when all searches have been answered. So no step
 * is ever called from inside another one, and only membership.c ends a question.
 *
 *   membership.c         a question's life: steps, searches, the end
 *   membership_names.c   the first step: which entries the names of groups stand for
 *   membership_ask.c     the second step: picks the method when the server is known
 *   membership_sids.c    names for SIDs; the only step of a question that is about nothing else
 *   membership_chain.c, membership_tokens.c, membership_filter.c, and for walks
 *   membership_levels.c, membership_own.c, membership_walk.c   the methods
 *   group_names.c, sid_names.c   what is remembered of groups and their SIDs
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_PRIVATE_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ldap.h>

#include "helpers/directory/engine.h"
#include "helpers/directory/membership.h"

/* Requests of one question that are in flight together; more wait. */
enum { MEMBERSHIP_IN_FLIGHT_MAX = 16 };

struct membership_search;

/* A step. NULL, or a sentence: the question ends UNAVAILABLE with it. */
typedef const char *membership_step_fn(struct membership *membership);

struct membership {
    struct directory *directory;
    struct membership_query query;
    struct membership *next; /* all that run */
    struct membership *prev;
    membership_step_fn *step;           /* what follows when no search is left; NULL: the end */
    struct membership_search *searches; /* in flight */
    struct membership_search *waiting;
    struct membership_search *last_waiting; /* where there are any */
    unsigned in_flight;
    bool *ended;  /* set true at the end, while directory_membership() is still running */
    bool *member; /* the answer: one for each group of the query */
    struct group_asked *asked; /* what the names stand for, one for each group of the query */
    struct name_list *names;   /* of `list` */
    struct entry *token;       /* the user's, with tokenGroups */
    struct sids *sids;         /* whose names are wanted */
    struct walk *walk;         /* while groups are walked through */
};

/*
 * One search of a question. It is made with calloc(), and freed with what it owns when it has been
 * answered or the question ends.
 */
struct membership_search {
    struct task task;
    struct membership *membership;
    struct membership_search *next;
    /* Gives the request to libldap (struct task's send). Called again when it is sent again. */
    int (*send)(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid);
    /* Looks at the whole answer, whose result code is CODE, and may start further searches. NULL,
     * or a sentence: the question ends UNAVAILABLE with it. */
    const char *(*answered)(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                            int code);
    /* Its starter's: */
    int method;   /* the enum membership_method that `send` chose */
    size_t first; /* which groups, DNs or SIDs it asks about */
    size_t count;
    char *base;   /* owned */
    char *filter; /* owned */
};

/* Queues a search like ORDER, which then owns what ORDER points to. False when memory is out; what
 * ORDER owns is freed then, too. */
bool membership_search_start(struct membership *membership, const struct membership_search *order);

/* Nothing more needs to be asked: the searches that are left are forgotten. (The one whose answer
 * is being looked at is none of them.) */
void membership_search_stop(struct membership *membership);

/* One line about an answer that is trouble, and the sentence for the reply. */
const char *membership_trouble(struct membership *membership, LDAP *ld, LDAPMessage *answer,
                               int code);

extern const char membership_no_memory[];

/* Where groups are: --group-base, else --base, else what the server says; never NULL. */
const char *membership_base(const struct directory *directory, const struct facts *facts);

/* Whether the server is an Active Directory, as it says or, where nothing is known, as we are
 * told. */
bool membership_is_ad(const struct directory *directory, const struct facts *facts);

/* Ends all questions of DIRECTORY, without callbacks, and forgets what is known about groups. */
void memberships_end(struct directory *directory);

static inline struct log *membership_log(const struct membership *membership)
{
    return membership->directory->ground.log;
}

/* The first step where --filter is not given, where it is, and where SIDs are asked about. */
membership_step_fn membership_names;
membership_step_fn membership_filter;
membership_step_fn membership_sids;

#endif
