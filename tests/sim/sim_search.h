/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_search: the search operation of the simulated directory.
 */
#ifndef PROXYAUTH_TESTS_SIM_SEARCH_H
#define PROXYAUTH_TESTS_SIM_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include <lber.h>

#include "tests/sim/sim_people.h"

enum { SIM_FILTER_NODES = 32, SIM_ATTRIBUTES = 16, SIM_FOUND = 16 };

struct sim_filter_node {
    ber_tag_t tag;
    char attribute[32];
    char value[SIM_NAME_CAP]; /* folded; of a substring filter the initial part */
    char final[SIM_NAME_CAP]; /* of a substring filter */
    unsigned children;        /* nodes that follow and belong to this one, in all */
};

struct sim_search {
    struct pxa_span base;
    int scope;
    long size_limit;
    struct sim_filter_node filter[SIM_FILTER_NODES];
    unsigned filter_count;
    char attributes[SIM_ATTRIBUTES][32]; /* none: all */
    unsigned attribute_count;
    /* What it finds: people, or groups. */
    bool groups;
    size_t found[SIM_FOUND];
    unsigned found_count; /* may be more than SIM_FOUND */
};

/* Reads the request behind its tag (RFC 4511, section 4.5.1). False when it is malformed. */
bool sim_search_read(struct sim_search *search, BerElement *ber);

/* Finds the entries. Returns the result code: 0, 4 (more than the size limit) or 32. */
int sim_search_run(struct sim_search *search, const struct sim_people *people);

/* The message with the entry INDEX of what it finds, or NULL. The caller frees it with
 * ber_bvfree(). */
struct berval *sim_search_entry(const struct sim_search *search, int id,
                                const struct sim_people *people, size_t index);

#endif
