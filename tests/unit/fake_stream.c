/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both directions are buffers that grow. It is level-triggered, like the loop. ck_assert() is
 * too slow for what is called this often: it reports each of its calls.
 */
#include <config.h>

#include "tests/unit/fake_stream.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "tests/unit/fake_loop.h"

/* Calls without any effect that a session may need to find out that there is nothing to do. */
enum { IDLE_CALLS_MAX = 4 };

static bool interrupted(struct fake_stream *self)
{
    if (self->interrupts == 0)
        return false;
    self->interrupts--;
    errno = EINTR;
    return true;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static ssize_t fake_read(struct stream *stream, void *to, size_t cap)
{
    struct fake_stream *self = (struct fake_stream *)stream;
    size_t len = least(least(bytes_len(&self->input), self->read_max), cap);

    if (cap == 0)
        ck_abort_msg("a read of nothing");
    if (interrupted(self))
        return -1;
    if (len > 0) {
        char *from = self->input.at + self->input.start;

        memcpy(to, from, len);
        memset(from, 0, len); /* may be a password that a test looks for */
        bytes_consume(&self->input, len);
        return (ssize_t)len;
    }
    if (self->ended)
        return 0;
    errno = self->read_errno ? self->read_errno : EAGAIN;
    return -1;
}

static ssize_t fake_write(struct stream *stream, const void *from, size_t len)
{
    struct fake_stream *self = (struct fake_stream *)stream;
    size_t taken = least(least(len, self->write_max), self->room);

    if (len == 0)
        ck_abort_msg("a write of nothing");
    if (interrupted(self))
        return -1;
    if (self->write_errno || taken == 0) {
        errno = self->write_errno ? self->write_errno : EAGAIN;
        return -1;
    }
    bytes_put(&self->output, from, taken);
    self->room -= taken;
    return (ssize_t)taken;
}

static const struct stream_ops fake_ops = {.read = fake_read, .write = fake_write};

void fake_stream_init(struct fake_stream *stream)
{
    *stream = (struct fake_stream){.stream = {&fake_ops, FAKE_IN, FAKE_OUT}};
    stream->read_max = stream->write_max = stream->room = (size_t)-1;
}

void fake_stream_free(struct fake_stream *stream)
{
    bytes_free(&stream->input);
    bytes_free(&stream->output);
}

void fake_stream_send(struct fake_stream *stream, const char *bytes, size_t len)
{
    bytes_put(&stream->input, bytes, len);
    if (stream->input.failed)
        ck_abort_msg("out of memory");
}

void fake_stream_send_text(struct fake_stream *stream, const char *text)
{
    fake_stream_send(stream, text, strlen(text));
}

/* One round of what is ready and wanted. False when there is nothing. */
static bool tell(struct fake_stream *self, struct loop *loop)
{
    bool readable = bytes_len(&self->input) > 0 || self->ended || self->read_errno;
    bool writable = self->room > 0 || self->write_errno;
    bool told = false;

    if (readable && fake_loop_wants(loop, FAKE_IN, LOOP_READ)) {
        fake_loop_ready(loop, FAKE_IN, LOOP_READ);
        told = true;
    }
    if (writable && fake_loop_wants(loop, FAKE_OUT, LOOP_WRITE)) {
        fake_loop_ready(loop, FAKE_OUT, LOOP_WRITE);
        told = true;
    }
    return told;
}

void fake_stream_pump(struct fake_stream *stream, struct loop *loop)
{
    unsigned idle = 0;

    fake_loop_settle(loop);
    while (idle < IDLE_CALLS_MAX) {
        size_t sent = bytes_len(&stream->input);
        size_t taken = bytes_len(&stream->output);

        if (!tell(stream, loop))
            return;
        if (bytes_len(&stream->input) == sent && bytes_len(&stream->output) == taken)
            idle++;
        else
            idle = 0;
    }
    ck_abort_msg("told again and again of what it wants, and nothing is done");
}

bool fake_stream_got(const struct fake_stream *stream, const char *text)
{
    return bytes_len(&stream->output) == strlen(text) &&
           (*text == '\0' || memcmp(stream->output.at, text, strlen(text)) == 0);
}
