/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection in memory, for tests of the engine: what it takes, what it gives and how it ends is
 * what the test says. Its descriptor is an eventfd, which the kernel always calls writable, as
 * libldap wants to see it; which events the loop sees is the test's business.
 */
#ifndef TESTS_UNIT_FAKE_CARRIER_H
#define TESTS_UNIT_FAKE_CARRIER_H

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helpers/directory/wire.h"
#include "tests/unit/ldap_peer.h"

struct fake_carrier;

/* Called for each whole request that has gone out. */
typedef void fake_peer_fn(struct fake_carrier *fake, const struct peer_request *request);

enum { FAKE_OUT_MAX = 1 << 20, FAKE_IN_MAX = 1 << 20 };

struct fake_carrier {
    struct carrier carrier;
    size_t room; /* bytes that it takes before it says EAGAIN */
    int error;   /* what reads (when all is read) and writes give, or 0 */
    bool ended;  /* the peer has closed: reads give 0 when all is read */
    bool gone;   /* what peer_gone() says */
    size_t unacknowledged;
    fake_peer_fn *heard; /* or NULL */
    void *context;
    void (*closed)(struct fake_carrier *fake); /* or NULL */
    size_t out_len;
    size_t out_parsed;
    size_t in_len;
    size_t in_at;
    char *out; /* all that was sent */
    char *in;  /* what is there to read */
};

static inline ssize_t fake_recv(struct carrier *carrier, void *to, size_t cap)
{
    struct fake_carrier *fake = (struct fake_carrier *)carrier;
    size_t len = fake->in_len - fake->in_at;

    if (len > cap)
        len = cap;
    if (len > 0) {
        memcpy(to, fake->in + fake->in_at, len);
        fake->in_at += len;
        return (ssize_t)len;
    }
    if (fake->ended)
        return 0;
    errno = fake->error ? fake->error : EAGAIN;
    return -1;
}

static inline ssize_t fake_send(struct carrier *carrier, const void *from, size_t len)
{
    struct fake_carrier *fake = (struct fake_carrier *)carrier;
    struct peer_request request;

    if (fake->error || fake->room == 0) {
        errno = fake->error ? fake->error : EAGAIN;
        return -1;
    }
    if (len > fake->room)
        len = fake->room;
    ck_assert_uint_le(fake->out_len + len, FAKE_OUT_MAX);
    memcpy(fake->out + fake->out_len, from, len);
    fake->out_len += len;
    fake->room -= len;
    while (fake->heard) {
        request = peer_parse(fake->out + fake->out_parsed, fake->out_len - fake->out_parsed);
        if (request.len == 0)
            break;
        fake->out_parsed += request.len;
        fake->heard(fake, &request);
    }
    return (ssize_t)len;
}

/* Nothing happens while one waits: what is not possible now will not be. */
static inline bool fake_wait(struct carrier *carrier, enum loop_events events,
                             uint64_t deadline_ms)
{
    struct fake_carrier *fake = (struct fake_carrier *)carrier;

    (void)deadline_ms;
    if (fake->error || fake->ended)
        return true;
    return events == LOOP_WRITE ? fake->room > 0 : fake->in_at < fake->in_len;
}

static inline size_t fake_unacknowledged(struct carrier *carrier)
{
    return ((struct fake_carrier *)carrier)->unacknowledged;
}

static inline bool fake_peer_gone(struct carrier *carrier)
{
    return ((struct fake_carrier *)carrier)->gone;
}

static inline void fake_close(struct carrier *carrier)
{
    struct fake_carrier *fake = (struct fake_carrier *)carrier;

    if (fake->closed)
        fake->closed(fake);
    close(carrier->fd);
    free(fake->in);
    free(fake->out);
    free(fake);
}

static inline struct fake_carrier *fake_carrier_new(void)
{
    static const struct carrier_ops ops = {
        .recv = fake_recv,
        .send = fake_send,
        .wait = fake_wait,
        .unacknowledged = fake_unacknowledged,
        .peer_gone = fake_peer_gone,
        .close = fake_close,
    };
    struct fake_carrier *fake = calloc(1, sizeof *fake);

    ck_assert_ptr_nonnull(fake);
    fake->carrier = (struct carrier){&ops, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    ck_assert_int_ge(fake->carrier.fd, 0);
    fake->room = SIZE_MAX;
    fake->out = malloc(FAKE_OUT_MAX);
    fake->in = malloc(FAKE_IN_MAX);
    ck_assert(fake->out && fake->in);
    return fake;
}

/* More for the helper to read. */
static inline void fake_give(struct fake_carrier *fake, const char *bytes, size_t len)
{
    if (fake->in_at == fake->in_len)
        fake->in_at = fake->in_len = 0;
    ck_assert_uint_le(fake->in_len + len, FAKE_IN_MAX);
    memcpy(fake->in + fake->in_len, bytes, len);
    fake->in_len += len;
}

static inline void fake_give_message(struct fake_carrier *fake, struct peer_message message)
{
    fake_give(fake, message.bytes, message.len);
}

#endif
