/* SPDX-License-Identifier: BSD-2-Clause */
/* A measurement is a row of phases ("warm=0.5,run=2": names and seconds); what happens to a login
 * is counted in the phase in which it was sent. */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/bench/histogram.h"

enum { PLAN_PHASES = 8 };

enum verdict { VERDICT_OK, VERDICT_ERR, VERDICT_BH };

struct phase {
    char name[16];
    uint64_t length_ns;
    uint64_t begun_ns; /* when it began and ended in fact */
    uint64_t ended_ns;
    uint64_t verdicts[3]; /* by enum verdict */
    uint64_t wrong;       /* OK where ERR was right, or the other way round */
    double cpu_s;         /* the processor time of what is measured; begun: the clock's value */
    struct histogram latency;
};

struct plan {
    struct phase phase[PLAN_PHASES];
    unsigned count;
    unsigned current; /* == count when the last has ended */
    double (*cpu_s)(void *context);
    void *context;
    bool announce; /* print each phase's name as it begins, one JSON object a line */
};

/* Parses "name=seconds,..." into a new plan, to be released with free(); dies with a sentence when
 * it is not one. cpu_s(context) reads the total processor time of what is measured, in seconds. */
struct plan *plan_parse(const char *text, double (*cpu_s)(void *context), void *context);

void plan_begin(struct plan *plan, uint64_t now_ns);

/* Goes on to the next phase where it is time; false after the last. */
bool plan_step(struct plan *plan, uint64_t now_ns);

/* The time until the current phase ends, 0 when it is over. */
uint64_t plan_left_ns(const struct plan *plan, uint64_t now_ns);

/* Counts one answer to a login that was sent in the given phase. */
void plan_count(struct phase *phase, enum verdict verdict, bool accepted, uint64_t latency_ns);

/* All logins of all phases that got the opposite of the right verdict. */
uint64_t plan_wrong(const struct plan *plan);

/* Prints "phases": {...} with the figures of each. */
void plan_print(const struct plan *plan, FILE *file);

#endif
