/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of groups share: groups.c is about questions and who waits for what, fetch.c about
 * what is asked of the directory.
 */
#ifndef PROXYAUTH_GROUPS_GROUPS_PRIVATE_H
#define PROXYAUTH_GROUPS_GROUPS_PRIVATE_H

#include "helpers/directory/find.h"
#include "helpers/directory/membership.h"
#include "helpers/groups/groups.h"
#include "helpers/verify/answers.h"
#include "helpers/verify/flights.h"

struct groups {
    struct groups_config config;
    struct answers *answers;
    struct flights *flights;
    /* The key of the user and group that are looked at, see groups_key_user(). */
    char *key;
    size_t key_cap;
    size_t key_user_len;
    struct groups_asked *first; /* all that wait */
    struct groups_asked *ready; /* that have their answer, and are not told yet */
};

/* One group of a question. */
struct asked_group {
    struct flight_wait wait; /* first, so that it leads back here */
    struct groups_asked *asked;
};

/* A question. */
struct groups_asked {
    struct groups *groups;
    struct groups_asked *next; /* among those that wait, or that are ready */
    struct groups_asked *prev;
    void (*done)(void *context, const struct groups_answer *answer);
    void *context;
    char *reason;   /* of trouble with one of its groups, or NULL */
    bool trouble;   /* there was some */
    bool starting;  /* groups_ask() has not returned yet */
    size_t pending; /* groups that it waits for */
    size_t count;
    bool *member; /* one for each group, behind the list */
    struct asked_group list[];
};

/* One group that the directory is asked about. */
struct fetch_group {
    struct flight flight; /* first, so that it leads back here */
    struct fetch *fetch;
};

/* What the directory is asked about one user. It lives while somebody waits for one of its
 * groups. */
struct fetch {
    struct groups *groups;
    struct find *find;
    struct entry *entry;
    struct membership *membership;
    unsigned holds;       /* calls that still use it */
    bool over;            /* to be freed when the last of them returns */
    size_t waits;         /* for all its groups together */
    struct pxa_span user; /* all spans point into the keys */
    struct pxa_span base_extension;
    struct pxa_span *names; /* of the groups */
    char *keys;
    size_t keys_len;
    size_t count;
    struct fetch_group list[];
};

/* Begins the keys of QUESTION's groups, each of which groups_key_of() then gives, valid until the
 * next call of either. False when memory is out. */
bool groups_key_user(struct groups *groups, const struct groups_question *question);
struct pxa_span groups_key_of(struct groups *groups, struct pxa_span group);

/* For the user of QUESTION, and for up to COUNT groups, none yet, whose keys have KEYS_LEN bytes
 * together. NULL when memory is out. */
struct fetch *fetch_new(struct groups *groups, const struct groups_question *question, size_t count,
                        size_t keys_len);

/* One group more, whose KEY groups_key_of() gave. Its flight begins. */
struct flight *fetch_add(struct fetch *fetch, struct pxa_span group, struct pxa_span key);

/* Asks the directory. It ends by groups_fetched(), perhaps before this returns. */
void fetch_start(struct fetch *fetch);

/* Ends it without an answer, and frees it. Nobody waits for it. */
void fetch_cancel(struct fetch *fetch);

/* The answer goes to all that wait: whether the user is a member, for each group of FETCH, or the
 * REASON of trouble, and MEMBER is NULL. The flights have ended. */
void groups_fetched(struct fetch *fetch, const bool *member, const char *reason);

#endif
