/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The provider of libldap's socket buffer. It reads ahead, because libldap asks for the first eight
 * bytes of a message and then for the rest; one system call then serves several messages.
 */
#include <config.h>

#include "helpers/directory/wire.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static ssize_t end_with(struct wire *wire, int error)
{
    wire->broken = error;
    errno = error;
    return -1;
}

/* In deadline mode: waits while there is time. A peer that never stops sending ends at the deadline
 * too, so it is asked before each read and write. False with errno when the time is up. */
static bool await(struct wire *wire, enum loop_events events)
{
    if (wire->deadline_ms == 0 ||
        wire->carrier->ops->wait(wire->carrier, events, wire->deadline_ms))
        return true;
    end_with(wire, ETIMEDOUT);
    return false;
}

/* In ready mode. GnuTLS builds of libldap ask for ever when a server begins another handshake. */
static ssize_t nothing_now(struct wire *wire)
{
    wire->drained = true;
    if (++wire->empty_reads > WIRE_EMPTY_READS)
        return end_with(wire, EPROTO);
    errno = EAGAIN;
    return -1;
}

static void count_received(struct wire *wire, size_t got, size_t cap)
{
    wire->received += got;
    /* A stream gives all that it has: less than asked for means that there is no more. */
    wire->drained = got < cap;
    if (wire->deadline_ms == 0 && wire->received >= wire->turn_end)
        wire->drained = true;
}

/* One read from the carrier; it never leaves EAGAIN in deadline mode. */
static ssize_t receive(struct wire *wire, void *to, size_t cap)
{
    if (wire->broken)
        return end_with(wire, wire->broken);
    if (wire->deadline_ms == 0 && wire->drained)
        return nothing_now(wire);
    while (await(wire, LOOP_READ)) {
        ssize_t got = wire->carrier->ops->recv(wire->carrier, to, cap);

        if (got > 0) {
            count_received(wire, (size_t)got, cap);
            return got;
        }
        if (got == 0) {
            wire->broken = ECONNRESET;
            return 0;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return end_with(wire, errno);
        if (wire->deadline_ms == 0)
            return nothing_now(wire);
    }
    return -1;
}

static ber_slen_t wire_read(Sockbuf_IO_Desc *io, void *to, ber_len_t cap)
{
    struct wire *wire = io->sbiod_pvt;
    size_t len;

    if (wire->ahead_at == wire->ahead_end) {
        ssize_t got;

        if (cap >= WIRE_AHEAD)
            return receive(wire, to, cap);
        got = receive(wire, wire->ahead, WIRE_AHEAD);
        if (got <= 0)
            return got;
        wire->ahead_at = 0;
        wire->ahead_end = (size_t)got;
    }
    len = wire->ahead_end - wire->ahead_at;
    if (len > cap)
        len = cap;
    memcpy(to, wire->ahead + wire->ahead_at, len);
    wire->ahead_at += len;
    return (ber_slen_t)len;
}

static ber_slen_t wire_write(Sockbuf_IO_Desc *io, void *from, ber_len_t len)
{
    struct wire *wire = io->sbiod_pvt;

    if (wire->broken)
        return end_with(wire, wire->broken);
    while (await(wire, LOOP_WRITE)) {
        ssize_t put = wire->carrier->ops->send(wire->carrier, from, len);

        if (put >= 0) {
            wire->sent += (uint64_t)put;
            wire->blocked = false;
            return put;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return end_with(wire, errno);
        if (wire->deadline_ms == 0) {
            wire->blocked = true;
            errno = EAGAIN;
            return -1;
        }
    }
    return -1;
}

static int wire_setup(Sockbuf_IO_Desc *io, void *wire)
{
    io->sbiod_pvt = wire;
    return 0;
}

static int wire_remove(Sockbuf_IO_Desc *io)
{
    io->sbiod_pvt = NULL;
    return 0;
}

/* "Ready" keeps libldap from calling poll() itself: in deadline mode the wait is ours, and in the
 * loop we know whether there can be something. */
static int wire_ctrl(Sockbuf_IO_Desc *io, int option, void *argument)
{
    struct wire *wire = io->sbiod_pvt;

    (void)argument;
    if (option == LBER_SB_OPT_DATA_READY)
        return wire->deadline_ms > 0 || wire_has_input(wire);
    return 0;
}

/* libldap may close early, while the loop still watches the descriptor; its number must not be
 * given to another connection before that ends, so the carrier is closed by wire_free(). */
static int wire_close(Sockbuf_IO_Desc *io)
{
    struct wire *wire = io->sbiod_pvt;

    if (!wire->broken)
        wire->broken = EBADF;
    return 0;
}

/* libldap takes it without const, but does not write to it. */
static Sockbuf_IO wire_io = {
    .sbi_setup = wire_setup,
    .sbi_remove = wire_remove,
    .sbi_ctrl = wire_ctrl,
    .sbi_read = wire_read,
    .sbi_write = wire_write,
    .sbi_close = wire_close,
};

struct wire *wire_new(struct carrier *carrier, uint64_t deadline_ms)
{
    struct wire *wire = malloc(sizeof *wire);

    if (!wire) {
        carrier->ops->close(carrier);
        return NULL;
    }
    memset(wire, 0, offsetof(struct wire, ahead));
    wire->carrier = carrier;
    wire->deadline_ms = deadline_ms;
    return wire;
}

bool wire_attach(struct wire *wire, LDAP *ld)
{
    Sockbuf *buffer = NULL;

    return ldap_get_option(ld, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS && buffer &&
           ber_sockbuf_add_io(buffer, &wire_io, LBER_SBIOD_LEVEL_PROVIDER, wire) == 0;
}

void wire_make_ready(struct wire *wire)
{
    wire->deadline_ms = 0;
    wire_refresh(wire);
}

void wire_free(struct wire *wire)
{
    if (wire)
        wire->carrier->ops->close(wire->carrier);
    free(wire);
}
