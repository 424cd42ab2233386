/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire: the bytes under libldap, with a deadline.
 *
 * libldap waits for ever inside a TLS handshake and for half a message. A wire is the provider at
 * the bottom of its socket buffer (lber-sockbuf(3)) and has two modes. While a connection is being
 * set up in an offload thread, each read and write waits, but only until a deadline; after that
 * it fails with ETIMEDOUT, never EAGAIN, which would make libldap spin. Once the connection is in
 * the loop, a wire never waits: it reads ahead, says EAGAIN, and tells what to watch for.
 */
#ifndef PROXYAUTH_DIRECTORY_WIRE_H
#define PROXYAUTH_DIRECTORY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <ldap.h>

#include "helpers/core/loop.h"

/* What carries the bytes: a socket (dial.c), or memory in the simulator. */
struct carrier;

struct carrier_ops {
    /* Like recv(2)/send(2) with MSG_DONTWAIT: the count, 0 at the end, -1 with errno. */
    ssize_t (*recv)(struct carrier *carrier, void *to, size_t cap);
    ssize_t (*send)(struct carrier *carrier, const void *from, size_t len);
    /* Waits until one of EVENTS is possible; false when DEADLINE_MS has passed. Offload thread. */
    bool (*wait)(struct carrier *carrier, enum loop_events events, uint64_t deadline_ms);
    /* Bytes sent that the peer's system has not acknowledged; 0 when unknown. */
    size_t (*unacknowledged)(struct carrier *carrier);
    /* Whether the peer has closed or broken the connection, as far as can be seen right now. */
    bool (*peer_gone)(struct carrier *carrier);
    void (*close)(struct carrier *carrier); /* and frees the carrier */
};

struct carrier {
    const struct carrier_ops *ops;
    int fd; /* what the loop watches and libldap is told */
};

enum {
    WIRE_AHEAD = 4096,
    WIRE_TURN = 256 * 1024,  /* bytes read in one turn of the loop, so that others get theirs */
    WIRE_EMPTY_READS = 1000, /* reads in one turn that find nothing, before it is given up */
};

struct wire {
    struct carrier *carrier;
    uint64_t deadline_ms; /* 0: ready mode */
    bool drained;         /* the last read said that there is no more for now */
    bool blocked;         /* a write did not fit: wait for LOOP_WRITE */
    int broken;           /* the errno that ended it, or 0; ECONNRESET for an orderly end too */
    uint64_t sent;        /* bytes given to the carrier since the beginning */
    uint64_t received;    /* bytes taken from it */
    uint64_t turn_end;    /* in ready mode: what `received` may grow to before wire_refresh() */
    unsigned empty_reads; /* since wire_refresh() */
    size_t ahead_at;
    size_t ahead_end;
    char ahead[WIRE_AHEAD];
};

/* A wire in deadline mode over CARRIER, which it owns from now on, also when it returns NULL
 * (memory is out). */
struct wire *wire_new(struct carrier *carrier, uint64_t deadline_ms);

/* Puts the wire under LD as the provider of its socket buffer. The wire stays the caller's, to be
 * freed after ldap_unbind_ext(). False when memory is out. */
bool wire_attach(struct wire *wire, LDAP *ld);

/* From now on it never waits. */
void wire_make_ready(struct wire *wire);

/* The loop says that the descriptor may be read again. */
static inline void wire_refresh(struct wire *wire)
{
    wire->drained = false;
    wire->turn_end = wire->received + WIRE_TURN;
    wire->empty_reads = 0;
}

/* Whether libldap would find something to read: bytes that were read ahead, or perhaps more in the
 * carrier. */
static inline bool wire_has_input(const struct wire *wire)
{
    return wire->ahead_at < wire->ahead_end || !wire->drained;
}

/* Closes the carrier and frees. NULL is allowed. */
void wire_free(struct wire *wire);

#endif
