/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/stream_fd.c: sockets, pipes, files, terminals and devices are read and
 * written without ever waiting. There is one thread: what waited would never come back, and the
 * test ends by its time limit. At the end whole sessions run over each kind with the real loop.
 */
#include <config.h>

#include "helpers/core/stream.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "helpers/core/session.h"

Suite *suite(void);

static struct stream_fd both;
static char block[4096 * 16];

static void over(int in, int out)
{
    stream_fd_init(&both, in, out);
    ck_assert_int_eq(both.stream.in, in);
    ck_assert_int_eq(both.stream.out, out);
}

static ssize_t get(void *to, size_t cap)
{
    errno = 0;
    return stream_read(&both.stream, to, cap);
}

static ssize_t put(const void *from, size_t len)
{
    errno = 0;
    return stream_write(&both.stream, from, len);
}

#define ck_assert_fails(call, number)                                                              \
    do {                                                                                           \
        ck_assert_int_eq((call), -1);                                                              \
        ck_assert_int_eq(errno, (number));                                                         \
    } while (0)

static bool has_nonblock(int fd)
{
    return fcntl(fd, F_GETFL) & O_NONBLOCK;
}

/* Writes until nothing more is taken, then reads all at FAR, where INSIDE bytes were before, and
 * writes one again. */
static void expect_full_at_last(int far, size_t inside)
{
    size_t total = inside;
    ssize_t taken;

    while ((taken = put(block, sizeof block)) > 0) {
        total += (size_t)taken;
        ck_assert_uint_lt(total, 64u << 20);
    }
    ck_assert_int_eq(taken, -1);
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert_uint_gt(total, inside);
    while (total > 0) {
        ssize_t got = read(far, block, sizeof block);

        ck_assert_int_gt(got, 0);
        ck_assert_uint_ge(total, (size_t)got);
        total -= (size_t)got;
    }
    ck_assert_int_gt(put("x", 1), 0);
}

START_TEST(one_socket_for_both)
{
    int ends[2];
    char got[16];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    over(ends[0], ends[0]);
    ck_assert_fails(get(got, sizeof got), EAGAIN);
    ck_assert_int_eq(write(ends[1], "hello", 5), 5);
    ck_assert_int_eq(get(got, 3), 3);
    ck_assert_int_eq(get(got, sizeof got), 2);
    ck_assert_int_eq(put("there", 5), 5);
    ck_assert_int_eq(read(ends[1], got, sizeof got), 5);
    expect_full_at_last(ends[1], 0);
    ck_assert(!has_nonblock(ends[0]));
    ck_assert_int_eq(read(ends[1], got, sizeof got), 1);
    ck_assert_int_eq(shutdown(ends[1], SHUT_WR), 0);
    ck_assert_int_eq(get(got, sizeof got), 0);
    ck_assert_int_eq(put("still", 5), 5);
    close(ends[1]);
    ck_assert_fails(put("x", 1), EPIPE); /* and no SIGPIPE, which would end the test */
    close(ends[0]);
}
END_TEST

START_TEST(pipes)
{
    int in[2], out[2];
    char got[16];

    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    over(in[0], out[1]);
    ck_assert_fails(get(got, sizeof got), EAGAIN);
    ck_assert_int_eq(write(in[1], "hello", 5), 5);
    ck_assert_int_eq(get(got, sizeof got), 5);
    expect_full_at_last(out[0], 0);
    ck_assert(!has_nonblock(in[0]) && !has_nonblock(out[1]));
    close(in[1]);
    ck_assert_int_eq(get(got, sizeof got), 0);
    signal(SIGPIPE, SIG_IGN); /* as every helper does */
    close(out[0]);
    ck_assert_fails(put("x", 1), EPIPE);
    signal(SIGPIPE, SIG_DFL);
    close(in[0]);
    close(out[1]);
}
END_TEST

/* The smallest pipe that has room when there is a little in it. */
START_TEST(a_small_pipe_with_a_little_room)
{
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_int_gt(fcntl(ends[1], F_SETPIPE_SZ, 8192), 0);
    over(ends[0], ends[1]);
    for (size_t step = 1; step < 4096; step += 777) {
        ck_assert_int_eq(put(block, step), (ssize_t)step);
        expect_full_at_last(ends[0], step);
        ck_assert_int_eq(read(ends[0], block, sizeof block), 1);
    }
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* A file without a name, in the build folder. */
static int temporary_file(void)
{
    char name[] = "stream-XXXXXX";
    int fd = mkostemp(name, O_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(unlink(name), 0);
    return fd;
}

START_TEST(regular_files)
{
    int in = temporary_file(), out = temporary_file();
    char got[16];

    over(in, out);
    ck_assert_int_eq(get(got, sizeof got), 0);
    ck_assert_int_eq(pwrite(in, "hello", 5, 0), 5);
    ck_assert_int_eq(get(got, sizeof got), 5);
    ck_assert_int_eq(get(got, sizeof got), 0);
    ck_assert_int_eq(put(block, sizeof block), (ssize_t)sizeof block);
    ck_assert_int_eq(lseek(out, 0, SEEK_END), (off_t)sizeof block);
    close(in);
    close(out);
}
END_TEST

START_TEST(dev_null_and_dev_full)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), full = open("/dev/full", O_RDWR | O_CLOEXEC);
    char got[16];

    over(null, null);
    ck_assert_int_eq(get(got, sizeof got), 0);
    ck_assert_int_gt(put(block, sizeof block), 0);
    over(null, full);
    ck_assert_fails(put("x", 1), ENOSPC);
    close(null);
    close(full);
}
END_TEST

START_TEST(what_is_not_open)
{
    char got[16];

    over(-1, -1);
    ck_assert_int_eq(get(got, sizeof got), -1);
    ck_assert_int_eq(put("x", 1), -1);
    over(1000, 1000);
    ck_assert_fails(get(got, sizeof got), EBADF);
    ck_assert_fails(put("x", 1), EBADF);
}
END_TEST

/* Both ends of a terminal; OUTPUT_MODE of tcsetattr(3) beyond raw. */
static void open_terminal(int *far, int *near, tcflag_t output_mode)
{
    struct termios mode;

    *far = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_ge(*far, 0);
    ck_assert(grantpt(*far) == 0 && unlockpt(*far) == 0);
    *near = open(ptsname(*far), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_ge(*near, 0);
    ck_assert_int_eq(tcgetattr(*near, &mode), 0);
    cfmakeraw(&mode);
    mode.c_oflag |= output_mode;
    ck_assert_int_eq(tcsetattr(*near, TCSANOW, &mode), 0);
}

static const tcflag_t output_modes[] = {0, OPOST | ONLCR};
enum { OUTPUT_MODE_COUNT = 2 };

START_TEST(terminals)
{
    int far, near;
    char got[16];
    size_t total = 0;

    open_terminal(&far, &near, output_modes[_i]);
    over(near, near);
    ck_assert_fails(get(got, sizeof got), EAGAIN);
    ck_assert_int_eq(write(far, "hello", 5), 5);
    ck_assert_int_eq(get(got, sizeof got), 5);
    memset(block, 'x', sizeof block);
    for (size_t i = 99; i < sizeof block; i += 100)
        block[i] = '\n';
    for (ssize_t taken; (taken = put(block + total % 4096, 4096)) > 0; total += (size_t)taken)
        ck_assert_uint_lt(total, 1u << 20);
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert(!has_nonblock(near));
    close(far);
    close(near);
}
END_TEST

/* ---- whole sessions ---- */

static const char lines[] = "1 alice secret\n2 bob hidden\n3 carol x\n";
static const char replies[] = "1 OK\n2 OK\n3 OK\n";

struct play {
    struct loop *loop;
    struct session *session;
    unsigned requests;
    unsigned finish_after; /* 0: at the end of input */
};

static void answer(void *context, struct request *request)
{
    struct play *play = context;

    request_answer_text(request, REPLY_OK, NULL);
    if (++play->requests == play->finish_after)
        session_finish(play->session);
}

static void stop(void *context)
{
    struct play *play = context;

    session_close(play->session);
    loop_stop(play->loop);
}

static void play_session(int in, int out, unsigned finish_after)
{
    struct play play = {.loop = loop_open(), .finish_after = finish_after};
    const struct session_config config = {
        .scheme = SCHEME_BASIC,
        .deadline_ms = 10000,
        .request = answer,
        .ended = stop,
        .context = &play,
    };

    ck_assert_ptr_nonnull(play.loop);
    over(in, out);
    play.session = session_open(play.loop, &both.stream, &config, NULL);
    ck_assert_ptr_nonnull(play.session);
    loop_run(play.loop);
    loop_close(play.loop);
}

static void expect_replies(int far, bool is_file)
{
    char got[256];
    size_t len = 0;

    if (is_file)
        ck_assert_int_eq(lseek(far, 0, SEEK_SET), 0);
    while (len < strlen(replies)) {
        ssize_t more = read(far, got + len, sizeof got - len);

        ck_assert_int_gt(more, 0);
        len += (size_t)more;
    }
    ck_assert_uint_eq(len, strlen(replies));
    ck_assert_int_eq(memcmp(got, replies, len), 0);
}

static int file_with_lines(void)
{
    int fd = temporary_file();

    ck_assert_int_eq(pwrite(fd, lines, strlen(lines), 0), (ssize_t)strlen(lines));
    return fd;
}

START_TEST(session_over_a_socket)
{
    int ends[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ck_assert_int_eq(write(ends[1], lines, strlen(lines)), (ssize_t)strlen(lines));
    ck_assert_int_eq(shutdown(ends[1], SHUT_WR), 0);
    play_session(ends[0], ends[0], 0);
    expect_replies(ends[1], false);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(session_over_pipes)
{
    int in[2], out[2];

    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    ck_assert_int_eq(write(in[1], lines, strlen(lines)), (ssize_t)strlen(lines));
    close(in[1]);
    play_session(in[0], out[1], 0);
    expect_replies(out[0], false);
    close(in[0]);
    close(out[0]);
    close(out[1]);
}
END_TEST

START_TEST(session_over_files)
{
    int in = file_with_lines(), out = temporary_file();

    play_session(in, out, 0);
    expect_replies(out, true);
    close(in);
    close(out);
}
END_TEST

START_TEST(session_from_a_file_into_a_pipe)
{
    int in = file_with_lines(), out[2];

    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    play_session(in, out[1], 0);
    expect_replies(out[0], false);
    close(in);
    close(out[0]);
    close(out[1]);
}
END_TEST

START_TEST(session_over_a_terminal)
{
    int far, near;

    open_terminal(&far, &near, 0);
    ck_assert_int_eq(write(far, lines, strlen(lines)), (ssize_t)strlen(lines));
    play_session(near, near, 3);
    expect_replies(far, false);
    close(near);
    close(far);
}
END_TEST

/* A terminal that is closed may give EIO and no end of input: that ends a session, too. */
START_TEST(session_over_a_terminal_that_goes)
{
    int far, near, out = temporary_file();

    open_terminal(&far, &near, 0);
    close(far);
    play_session(near, out, 0);
    close(near);
    close(out);
}
END_TEST

START_TEST(session_over_dev_null)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), in = file_with_lines();

    play_session(null, null, 0);
    play_session(in, null, 0);
    close(null);
    close(in);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("stream");
    TCase *calls = tcase_create("calls");
    TCase *sessions = tcase_create("sessions");

    tcase_set_timeout(calls, 30);
    tcase_add_test(calls, one_socket_for_both);
    tcase_add_test(calls, pipes);
    tcase_add_test(calls, a_small_pipe_with_a_little_room);
    tcase_add_test(calls, regular_files);
    tcase_add_test(calls, dev_null_and_dev_full);
    tcase_add_test(calls, what_is_not_open);
    tcase_add_loop_test(calls, terminals, 0, OUTPUT_MODE_COUNT);
    suite_add_tcase(s, calls);
    tcase_set_timeout(sessions, 30);
    tcase_add_test(sessions, session_over_a_socket);
    tcase_add_test(sessions, session_over_pipes);
    tcase_add_test(sessions, session_over_files);
    tcase_add_test(sessions, session_from_a_file_into_a_pipe);
    tcase_add_test(sessions, session_over_a_terminal);
    tcase_add_test(sessions, session_over_a_terminal_that_goes);
    tcase_add_test(sessions, session_over_dev_null);
    suite_add_tcase(s, sessions);
    return s;
}
