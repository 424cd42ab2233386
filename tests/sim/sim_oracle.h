/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_oracle: knows the truth and judges every reply by it.
 *
 * Each password of a world is a pair's own, so every bind that the directory sees can be traced to
 * the request that caused it. The laws that are judged here are those of docs/architecture.md.
 */
#ifndef PROXYAUTH_TESTS_SIM_ORACLE_H
#define PROXYAUTH_TESTS_SIM_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "tests/sim/sim_log.h"
#include "tests/sim/sim_people.h"

enum sim_word { SIM_NO_WORD, SIM_OK, SIM_ERR, SIM_BH, SIM_OTHER };

/* What a reply must be when nothing fails. */
enum sim_expected {
    SIM_EXPECT_OK,
    SIM_EXPECT_ERR,
    SIM_EXPECT_BH,
    SIM_EXPECT_NOT_OK, /* ERR or BH */
};

/* How the engine looks people up. */
enum sim_lookup { SIM_BY_FILTER, SIM_BY_DN };

/* A user and a password as typed; the password is nobody else's. */
struct sim_pair {
    struct sim_call *calls; /* newest first */
    struct pxa_span user;
    struct pxa_span password;
    long right_for; /* the person whose password it is; -1: nobody's */
    enum sim_expected expected;
    bool parallel;    /* several calls at once: a bind cannot be traced to one of them */
    bool refused;     /* the directory answered one of its binds with a code that refuses */
    const char *told; /* the last reason that the directory gave for one of its binds */
};

/* One line to the helper. */
struct sim_call {
    struct sim_call *next_of_pair;
    struct sim_pair *pair; /* NULL: the line is no login */
    enum sim_expected expected;
    uint64_t id;
    uint64_t read_ms; /* when the helper had all of it; 0: not yet */
    uint64_t reply_ms;
    enum sim_word word;
    unsigned binds;        /* that the directory processed */
    int code;              /* of the last one */
    const char *reason;    /* that the directory gave with it; NULL: none */
    uint64_t delivered_ms; /* when the helper had read the answer to it; 0: never */
    bool undamaged;        /* nothing that no honest server sends was on that connection */
};

/* What has been seen, so that a run that tests nothing is noticed. */
struct sim_counts {
    unsigned long calls;
    unsigned long words[SIM_OTHER + 1];
    unsigned long binds;
    unsigned long compares;
    unsigned long searches;
    unsigned long from_memory; /* BH for a repeat, without the directory */
    unsigned long at_deadline;
    unsigned long reasons;     /* ERR that says why */
    unsigned long group_lists; /* OK with groups */
};

struct sim_oracle {
    struct sim_log *log;
    const struct sim_people *people;
    struct sim_pair **pairs;
    size_t pair_count;
    size_t pair_cap;
    struct sim_call **calls;
    size_t call_count;
    size_t call_cap;
    enum sim_lookup lookup;
    bool compares;       /* the password is compared, not bound with */
    bool aliases;        /* --accept-aliases */
    bool groups;         /* --groups */
    int required;        /* --require-group: which one; -1: none */
    bool healthy;        /* nothing fails in this world: BH for trouble is a breach */
    bool abrupt;         /* the session was closed with calls open */
    bool finished;       /* the session was told to end: a line that is not all there is refused */
    bool no_bind_at_all; /* cleartext or StartTLS forbid it */
    uint64_t deadline_ms;
    uint64_t choked_ms; /* until then replies could not leave or lines not enter */
    struct sim_counts counts;
};

void sim_oracle_init(struct sim_oracle *oracle, struct sim_log *log,
                     const struct sim_people *people);
void sim_oracle_free(struct sim_oracle *oracle);

/* Takes copies of USER and TAIL; the password is a serial number and TAIL. */
struct sim_pair *sim_oracle_pair(struct sim_oracle *oracle, struct pxa_span user,
                                 struct pxa_span tail, long right_for);

/* A call, with PAIR or without. */
struct sim_call *sim_oracle_call(struct sim_oracle *oracle, struct sim_pair *pair);

void sim_oracle_read(struct sim_oracle *oracle, struct sim_call *call, uint64_t now_ms);
void sim_oracle_reply(struct sim_oracle *oracle, struct sim_call *call, enum sim_word word,
                      uint64_t now_ms);

/* The pair with this password, byte by byte, or NULL (a breach: nobody typed it). */
struct sim_pair *sim_oracle_find(struct sim_oracle *oracle, struct pxa_span password);

/* What the directory answers to a bind or comparison. */
struct sim_verdict {
    int code;
    const char *reason; /* that it gives; NULL: none */
};

/* The directory has processed a bind or comparison that left the helper at SENT_MS. Returns the
 * call that caused it, for sim_oracle_delivered(); may be NULL. */
struct sim_call *sim_oracle_verified(struct sim_oracle *oracle, struct sim_pair *pair, long person,
                                     const struct sim_verdict *verdict, uint64_t sent_ms);
void sim_oracle_delivered(struct sim_call *call, bool undamaged, uint64_t now_ms);

/* The judgement on all calls when the world has ended. */
void sim_oracle_end(struct sim_oracle *oracle);

#endif
