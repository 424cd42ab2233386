/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check_sim: the whole helper, from request line to reply, in simulated worlds.
 *
 *   check_sim [--seed N] [--requests N]    many worlds, drawn from one seed
 *   check_sim --world N [--verbose]        one of them again, with every event
 *
 * PXA_SIM_REQUESTS sets the default number of requests; with PXA_SIM_NEW_SEED the seed is a new one
 * each time and not always the same. Exit status 0 when no law was broken.
 * Time is virtual, so no result depends on how fast the machine is.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tests/sim/sim_world.h"

enum { SEED = 20261122, REQUESTS = 200000, REPLAYED_WORLDS = 40, BREACHES_SHOWN = 20 };

struct arguments {
    uint64_t seed;
    uint64_t requests;
    uint64_t world;
    bool one_world;
    bool verbose;
};

static bool parse_number(const char *text, uint64_t *number)
{
    char *end = NULL;

    if (!text || *text < '0' || *text > '9')
        return false;
    *number = strtoull(text, &end, 10);
    return *end == '\0';
}

static bool parse(struct arguments *arguments, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--verbose") == 0) {
            arguments->verbose = true;
            continue;
        }
        if (strcmp(argv[i], "--seed") == 0 && parse_number(value, &arguments->seed)) {
            i++;
        } else if (strcmp(argv[i], "--requests") == 0 &&
                   parse_number(value, &arguments->requests)) {
            i++;
        } else if (strcmp(argv[i], "--world") == 0 && parse_number(value, &arguments->world)) {
            arguments->one_world = true;
            i++;
        } else {
            return false;
        }
    }
    return true;
}

/* Worlds until REQUESTS lines have been sent, or too many laws are broken. */
static unsigned run_worlds(const struct sim_people *people, const struct arguments *arguments,
                           uint64_t requests, struct sim_outcome *sum)
{
    struct sim_random random = {arguments->seed};
    unsigned worlds = 0;
    unsigned broken = 0;

    *sum = (struct sim_outcome){0};
    while (sum->counts.calls < requests && broken < BREACHES_SHOWN) {
        struct sim_outcome outcome;

        sim_world_run(sim_draw(&random), people, arguments->verbose, &outcome);
        broken += outcome.breaches > 0;
        sim_outcome_add(sum, &outcome);
        worlds++;
    }
    return worlds;
}

static void print_counts(const struct sim_outcome *sum)
{
    static const char *const faults[SIM_FAULTS] = {
        "none",      "cut up",  "cut down", "reset up", "reset down", "stall up", "stall down",
        "lost path", "garbage", "2 GB",     "foreign",  "twice",      "notice",   "slow"};
    static const char *const states[SIM_STATES] = {"up", "refusing", "frozen", "mute", "dropped"};

    printf("# OK %lu, ERR %lu, BH %lu; at the deadline %lu, from memory %lu\n",
           sum->counts.words[SIM_OK], sum->counts.words[SIM_ERR], sum->counts.words[SIM_BH],
           sum->counts.at_deadline, sum->counts.from_memory);
    printf("# searches %lu, binds %lu, compares %lu, connections tried %lu, refused %lu\n",
           sum->counts.searches, sum->counts.binds, sum->counts.compares, sum->dials, sum->refused);
    printf("# told a reason %lu, told groups %lu\n", sum->counts.reasons, sum->counts.group_lists);
    printf("# faults of connections:");
    for (unsigned i = 1; i < SIM_FAULTS; i++)
        printf(" %s %lu", faults[i], sum->faults[i]);
    printf("\n# servers' phases:");
    for (unsigned i = 0; i < SIM_STATES; i++)
        printf(" %s %lu", states[i], sum->states[i]);
    printf("\n# worlds without trouble %lu, seen to recover %lu\n", sum->healthy, sum->recoveries);
}

/* A run in which something never happened would test less than it says. */
static bool saw_everything(const struct sim_outcome *sum)
{
    bool all = sum->counts.words[SIM_OK] && sum->counts.words[SIM_ERR] &&
               sum->counts.words[SIM_BH] && sum->counts.at_deadline && sum->counts.from_memory &&
               sum->counts.compares && sum->counts.reasons && sum->counts.group_lists &&
               sum->refused && sum->healthy && sum->recoveries;

    for (unsigned i = 1; i < SIM_FAULTS; i++)
        all = all && sum->faults[i];
    for (unsigned i = 0; i < SIM_STATES; i++)
        all = all && sum->states[i];
    return all;
}

static bool is_same_again(const struct sim_people *people, const struct arguments *arguments)
{
    struct sim_random random = {arguments->seed};

    for (unsigned i = 0; i < REPLAYED_WORLDS; i++) {
        uint64_t seed = sim_draw(&random);
        struct sim_outcome first;
        struct sim_outcome second;

        sim_world_run(seed, people, false, &first);
        sim_world_run(seed, people, false, &second);
        if (first.hash != second.hash) {
            printf("# world %" PRIu64 " was not the same when it was run again\n", seed);
            return false;
        }
    }
    return true;
}

static bool report(bool good, unsigned number, const char *what)
{
    printf("%s %u - %s\n", good ? "ok" : "not ok", number, what);
    return good;
}

static bool run_all(const struct sim_people *people, const struct arguments *arguments)
{
    struct sim_outcome sum;
    char what[120];
    unsigned worlds;
    bool good;

    printf("1..3\n# seed %" PRIu64 "\n", arguments->seed);
    fflush(stdout);
    worlds = run_worlds(people, arguments, arguments->requests, &sum);
    print_counts(&sum);
    snprintf(what, sizeof(what), "%lu requests in %u worlds: none false, lost, twice or late",
             sum.counts.calls, worlds);
    good = report(sum.breaches == 0, 1, what);
    good &= report(saw_everything(&sum), 2, "every verdict and every kind of trouble occurred");
    good &= report(is_same_again(people, arguments), 3, "the same seed gives the same events");
    return good;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.requests = REQUESTS, .seed = SEED};
    struct sim_people people;
    struct sim_outcome outcome;
    bool good;

    if (getenv("PXA_SIM_NEW_SEED") &&
        getrandom(&arguments.seed, sizeof(arguments.seed), 0) == sizeof(arguments.seed))
        arguments.seed %= 1000000000; /* easier to type */
    parse_number(getenv("PXA_SIM_REQUESTS"), &arguments.requests);
    if (!parse(&arguments, argc, argv)) {
        fprintf(stderr, "usage: %s [--seed N] [--requests N] [--world N] [--verbose]\n", argv[0]);
        return 2;
    }
    setenv("LDAPNOINIT", "1", 1); /* no ldap.conf of this machine */
    sim_people_init(&people);
    if (arguments.one_world) {
        sim_world_run(arguments.world, &people, arguments.verbose, &outcome);
        printf("# hash %016" PRIx64 ", breaches %u\n", outcome.hash, outcome.breaches);
        good = outcome.breaches == 0;
    } else {
        good = run_all(&people, &arguments);
    }
    sim_people_free(&people);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
