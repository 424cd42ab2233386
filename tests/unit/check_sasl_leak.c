/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/sasl/leak.c: which sockets are closed, and when. Time is what the tests say.
 */
#include <config.h>

#include "helpers/sasl/leak.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

Suite *suite(void);

static char folder[32];
static char path[sizeof folder + 8];
static int listener;
static struct sasl_leak leak;

static void setup(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(folder, sizeof folder, "/tmp/pxa-leak-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/mux", folder);
    memcpy(address.sun_path, path, sizeof path);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    leak = (struct sasl_leak){0};
    sasl_leak_begin(&leak);
}

static void teardown(void)
{
    sasl_leak_end(&leak);
    close(listener);
    unlink(path);
    rmdir(folder);
}

/* A connection, and the daemon's end of it in PEER. */
static int connection(int *peer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(address.sun_path, path, sizeof path);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    *peer = accept(listener, NULL, NULL);
    ck_assert_int_ge(*peer, 0);
    return fd;
}

static int hung_up(void)
{
    int peer;
    int fd = connection(&peer);

    close(peer);
    return fd;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

START_TEST(nobody_is_asked)
{
    int peer;
    int living = connection(&peer);
    int lost[] = {hung_up(), hung_up(), hung_up()};

    sasl_leak_sweep(&leak, "/somewhere/else", true, 0);
    for (int i = 0; i < 3; i++)
        ck_assert(is_open(lost[i]));
    sasl_leak_sweep(&leak, _i == 0 ? path : "", true, 0);
    for (int i = 0; i < 3; i++)
        ck_assert(!is_open(lost[i]));
    ck_assert(is_open(living) && is_open(peer));
}
END_TEST

/* Some check is under way all the time. */
START_TEST(closed_when_it_is_old)
{
    int old = hung_up();
    int young;

    sasl_leak_sweep(&leak, path, false, 1000);
    young = hung_up();
    sasl_leak_sweep(&leak, path, false, 1000 + LEAK_PROOF_MS - 1);
    ck_assert(is_open(old));
    sasl_leak_sweep(&leak, path, false, 1000 + LEAK_PROOF_MS);
    ck_assert(!is_open(old) && is_open(young));
    sasl_leak_sweep(&leak, path, false, 1000 + 2 * LEAK_PROOF_MS);
    ck_assert(!is_open(young));
}
END_TEST

/* Its owner has closed it meanwhile, and another check has got its number. */
START_TEST(another_with_the_same_number)
{
    int fd = hung_up();

    sasl_leak_sweep(&leak, path, false, 0);
    close(fd);
    ck_assert_int_eq(hung_up(), fd);
    sasl_leak_sweep(&leak, path, false, LEAK_PROOF_MS);
    ck_assert(is_open(fd));
    sasl_leak_sweep(&leak, path, false, 2 * LEAK_PROOF_MS);
    ck_assert(!is_open(fd));
}
END_TEST

static void limit_descriptors(rlim_t count)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = count;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

START_TEST(when_no_descriptor_is_left)
{
    int lost = hung_up();

    limit_descriptors(1); /* what poll(2) needs to be asked about one */
    sasl_leak_sweep(&leak, path, true, 0);
    limit_descriptors(256); /* for sanitizers, at the end */
    ck_assert(!is_open(lost));
}
END_TEST

START_TEST(more_than_are_looked_at_together)
{
    enum { LOST = LEAK_SUSPECTS_MAX + 10 };
    int last = -1;

    limit_descriptors(LOST + 100);
    for (int i = 0; i < LOST; i++)
        last = hung_up();
    sasl_leak_sweep(&leak, path, true, 0);
    ck_assert(!is_open(last));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("sasl_leak");
    TCase *sweep = tcase_create("sweep");

    tcase_add_checked_fixture(sweep, setup, teardown);
    tcase_add_loop_test(sweep, nobody_is_asked, 0, 2);
    tcase_add_test(sweep, closed_when_it_is_old);
    tcase_add_test(sweep, another_with_the_same_number);
    tcase_add_test(sweep, when_no_descriptor_is_left);
    tcase_add_test(sweep, more_than_are_looked_at_together);
    suite_add_tcase(s, sweep);
    return s;
}
