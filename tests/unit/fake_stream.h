/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A struct stream in memory, with a peer that the test plays: it sends bytes in pieces of any
 * size, takes replies when it likes, and breaks when told.
 */
#ifndef TESTS_UNIT_FAKE_STREAM_H
#define TESTS_UNIT_FAKE_STREAM_H

#include <stdbool.h>

#include "helpers/core/bytes.h"
#include "helpers/core/loop.h"
#include "helpers/core/stream.h"

/* Names for the fake loop; no real descriptors. */
enum { FAKE_IN = 1000, FAKE_OUT = 1001 };

struct fake_stream {
    struct stream stream;
    struct bytes input;  /* sent and not read yet */
    struct bytes output; /* the replies that were taken, and nothing consumed */
    size_t read_max;     /* bytes that one read may return */
    size_t write_max;    /* and one write may take */
    size_t room;         /* bytes that the peer will still take before writes get EAGAIN */
    bool ended;          /* end of input behind `input` */
    int read_errno;      /* if not 0, what a read gets behind `input`... */
    int write_errno;     /* ...and what every write gets */
    unsigned interrupts; /* this many calls get EINTR first */
};

/* No limits, nothing sent. */
void fake_stream_init(struct fake_stream *stream);
void fake_stream_free(struct fake_stream *stream);

void fake_stream_send(struct fake_stream *stream, const char *bytes, size_t len);
void fake_stream_send_text(struct fake_stream *stream, const char *text);

/* Tells LOOP what is ready, as the kernel would, until nobody wants what there is. Fails the test
 * when somebody is told again and again and does nothing about it. */
void fake_stream_pump(struct fake_stream *stream, struct loop *loop);

/* Whether the output is exactly TEXT. */
bool fake_stream_got(const struct fake_stream *stream, const char *text);

#endif
