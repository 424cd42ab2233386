/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream: bytes in and out without ever waiting, whatever the descriptor is.
 *
 * Under Squid, standard input and output are one UNIX socket; by hand they are pipes, terminals or
 * files. O_NONBLOCK would be seen by every process that shares them, so it is never set:
 * stream_fd.c reads and writes only what cannot wait. Tests put memory behind this interface.
 */
#ifndef PROXYAUTH_CORE_STREAM_H
#define PROXYAUTH_CORE_STREAM_H

#include <stddef.h>
#include <sys/types.h>

struct stream;

struct stream_ops {
    ssize_t (*read)(struct stream *stream, void *to, size_t cap);
    ssize_t (*write)(struct stream *stream, const void *from, size_t len);
};

struct stream {
    const struct stream_ops *ops;
    int in;  /* the descriptor to watch for reading */
    int out; /* the descriptor to watch for writing; may be the same */
};

/* Like read(2) and write(2) on non-blocking descriptors: the count, 0 at the end of input, or -1
 * with errno, EAGAIN when nothing can be done now. Never raises SIGPIPE on a socket. */
static inline ssize_t stream_read(struct stream *stream, void *to, size_t cap)
{
    return stream->ops->read(stream, to, cap);
}

static inline ssize_t stream_write(struct stream *stream, const void *from, size_t len)
{
    return stream->ops->write(stream, from, len);
}

struct stream_fd {
    struct stream stream;
    int in_kind;
    int out_kind;
};

/* A stream over two descriptors (not owned). */
void stream_fd_init(struct stream_fd *stream, int in, int out);

#endif
