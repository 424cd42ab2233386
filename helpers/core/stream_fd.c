/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream over real descriptors. Sockets are asked not to wait for each call. Others are asked
 * with poll() first, and written in pieces that fit when poll() says that there is room: a pipe
 * that is writable takes PIPE_BUF bytes (pipe(7)), a terminal no more than one for sure. Another
 * process that reads from or writes to the same pipe at the same time could still make us wait;
 * Squid gives every helper its own.
 */
#include <config.h>

#include "helpers/core/stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum fd_kind { FD_SOCKET, FD_FILE, FD_TERMINAL, FD_OTHER };

static enum fd_kind kind_of(int fd)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return FD_OTHER;
    if (S_ISSOCK(about.st_mode))
        return FD_SOCKET;
    if (S_ISREG(about.st_mode))
        return FD_FILE;
    return isatty(fd) ? FD_TERMINAL : FD_OTHER;
}

/* True when EVENT, an error or a hang-up can be had at once; else errno is EAGAIN. */
static bool can_now(int fd, short event)
{
    struct pollfd asked = {.fd = fd, .events = event};

    if (poll(&asked, 1, 0) == 1)
        return true;
    errno = EAGAIN;
    return false;
}

static ssize_t fd_read(struct stream *stream, void *to, size_t cap)
{
    struct stream_fd *self = (struct stream_fd *)stream;

    if (self->in_kind == FD_SOCKET)
        return recv(stream->in, to, cap, MSG_DONTWAIT);
    if (self->in_kind != FD_FILE && !can_now(stream->in, POLLIN))
        return -1;
    return read(stream->in, to, cap);
}

static ssize_t fd_write(struct stream *stream, const void *from, size_t len)
{
    struct stream_fd *self = (struct stream_fd *)stream;

    if (self->out_kind == FD_SOCKET)
        return send(stream->out, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (self->out_kind != FD_FILE) {
        const size_t piece = self->out_kind == FD_TERMINAL ? 1 : PIPE_BUF;

        if (!can_now(stream->out, POLLOUT))
            return -1;
        if (len > piece)
            len = piece;
    }
    return write(stream->out, from, len);
}

static const struct stream_ops fd_ops = {.read = fd_read, .write = fd_write};

void stream_fd_init(struct stream_fd *stream, int in, int out)
{
    stream->stream.ops = &fd_ops;
    stream->stream.in = in;
    stream->stream.out = out;
    stream->in_kind = kind_of(in);
    stream->out_kind = kind_of(out);
}
