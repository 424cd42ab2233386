/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_directory: an LDAP server in memory, one peer a connection.
 *
 * It reads and writes BER through liblber, so what the engine makes with libldap is read by
 * other code. Binds, searches with and/or/not, equality, presence and substring filters,
 * comparisons, abandon and unbind; anything extended is refused. It watches that its clients keep
 * to RFC 4511.
 */
#ifndef PROXYAUTH_TESTS_SIM_DIRECTORY_H
#define PROXYAUTH_TESTS_SIM_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/sim/sim_oracle.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_random.h"

/* What all servers of a world share. */
struct sim_directory {
    struct sim_log *log;
    struct sim_oracle *oracle;
    const struct sim_people *people;
    struct sim_random random;
    const char *service_dn; /* searches need this bind; NULL: anybody may search */
    const char *service_password;
    unsigned odd_codes;    /* per mille of operations that end in a drawn code */
    unsigned references;   /* per mille of searches that bring references, too */
    unsigned think_low_ms; /* from a request to its answer */
    unsigned think_high_ms;
};

/* One message on its way out. */
struct sim_answer {
    struct sim_answer *next;
    uint64_t ready_ms;
    int id;                /* of the message */
    bool last;             /* ends the operation */
    struct sim_call *mark; /* with the answer to a bind or comparison */
    size_t len;
    char bytes[];
};

/* One connection as the server sees it. */
struct sim_peer {
    struct sim_directory *directory;
    enum { SIM_ANYBODY, SIM_SERVICE, SIM_USER } bound;
    char *input;
    size_t len;
    size_t cap;
    uint64_t input_ms; /* when the message at the beginning of `input` was sent */
    uint64_t now_ms;
    struct sim_answer *answers; /* in the order in which they become ready */
    unsigned in_flight;
    bool hung_up; /* unbind, or not LDAP */
};

void sim_peer_init(struct sim_peer *peer, struct sim_directory *directory);
void sim_peer_free(struct sim_peer *peer);

/* Bytes that left the client at SENT_MS and are processed at NOW_MS. */
void sim_peer_input(struct sim_peer *peer, struct pxa_span bytes, uint64_t sent_ms,
                    uint64_t now_ms);

/* Takes the first answer away; the caller frees it. */
struct sim_answer *sim_peer_shift(struct sim_peer *peer);

#endif
