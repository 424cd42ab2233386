/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_people: who is in the simulated directory.
 *
 * Ordinary people, and each kind of entry that has been somebody's hole: two entries with one
 * name, names that the directory folds together, entries that do not show their name, entries that
 * cannot bind.
 */
#ifndef PROXYAUTH_TESTS_SIM_PEOPLE_H
#define PROXYAUTH_TESTS_SIM_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

#define SIM_BASE "ou=people,dc=example,dc=test"

enum { SIM_NAME_CAP = 64 };

enum sim_kind {
    SIM_PLAIN,
    SIM_TWIN,   /* two entries, one name; not directly under the base */
    SIM_MULTI,  /* two names, one entry */
    SIM_HIDDEN, /* the entry does not show its name */
    SIM_ACCENT, /* the name holds a letter outside ASCII */
    SIM_SPACED, /* the name holds a blank */
    SIM_CODED,  /* binds and comparisons give a code of their own */
    SIM_STATE,  /* binds say something about the account (sim_states.h) */
    SIM_KINDS
};

struct sim_person {
    enum sim_kind kind;
    int code;       /* SIM_CODED */
    unsigned state; /* SIM_STATE: which of sim_state_kinds */
    unsigned name_count;
    char names[2][SIM_NAME_CAP]; /* of the attribute uid; the first is in the DN */
    char folded[2][SIM_NAME_CAP];
    char dn[128];
};

struct sim_people {
    struct sim_person *people;
    size_t count;
    size_t first[SIM_KINDS + 1]; /* people of one kind are neighbours */
};

void sim_people_init(struct sim_people *people);
void sim_people_free(struct sim_people *people);

/* What the directory's matching rule makes of a name: ASCII case, full-width letters, the case of
 * e with acute, no-break and repeated blanks all vanish. TO has SIM_NAME_CAP bytes; a longer name
 * becomes one that nobody has. */
void sim_fold(struct pxa_span name, char *to);

/* How many entries NAME matches; *INDEX is the last of them. */
unsigned sim_people_find(const struct sim_people *people, struct pxa_span name, size_t *index);

/* The entry with this DN, or -1. */
long sim_people_by_dn(const struct sim_people *people, struct pxa_span dn);

/* Law 10: NAME equals a name of the entry but for ASCII case. */
bool sim_person_is_called(const struct sim_person *person, struct pxa_span name);

#endif
