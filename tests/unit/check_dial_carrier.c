/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/dial.c: what a connected carrier gives, says and waits for.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <linux/sockios.h>

#include "tests/unit/dial_bench.h"

Suite *suite(void);

START_TEST(bytes_go_both_ways)
{
    struct pair pair = connected_pair();
    char bytes[8];

    ck_assert_int_eq(pair.carrier->ops->send(pair.carrier, "there", 5), 5);
    ck_assert_int_eq(recv(pair.server, bytes, sizeof bytes, 0), 5);
    ck_assert_mem_eq(bytes, "there", 5);
    ck_assert_int_eq(pair.carrier->ops->recv(pair.carrier, bytes, sizeof bytes), -1);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    ck_assert_int_eq(send(pair.server, "back", 4, 0), 4);
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert_int_eq(pair.carrier->ops->recv(pair.carrier, bytes, sizeof bytes), 4);
    ck_assert_mem_eq(bytes, "back", 4);
    close_pair(&pair);
}
END_TEST

START_TEST(a_wait_ends_at_its_deadline)
{
    struct pair pair = connected_pair();
    uint64_t began_ms = now_ms();

    ck_assert(wait_for(&pair, LOOP_WRITE, AMPLE_MS));
    ck_assert(!wait_for(&pair, LOOP_READ, 100));
    ck_assert_uint_ge(now_ms() - began_ms, 100);
    ck_assert(!wait_for(&pair, LOOP_READ, 0));
    close_pair(&pair);
}
END_TEST

/* Also when there is something to read: a peer that never stops sending ends there. */
START_TEST(a_deadline_that_has_passed_is_over)
{
    struct pair pair = connected_pair();

    ck_assert_int_eq(send(pair.server, "x", 1, 0), 1);
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert(!wait_for(&pair, LOOP_READ, 0));
    close_pair(&pair);
}
END_TEST

/* Sends until there is no room. What the kernel of a busy machine brings to the other end a little
 * later makes room again, until that end is full as well: room of many megabytes is none. */
static void fill(struct pair *pair)
{
    static char bytes[65536];
    size_t total = 0;
    ssize_t put;

    do {
        while ((put = pair->carrier->ops->send(pair->carrier, bytes, sizeof bytes)) > 0)
            ck_assert_uint_lt(total += (size_t)put, (size_t)1 << 30);
        ck_assert_int_eq(put, -1);
        ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    } while (wait_for(pair, LOOP_WRITE, 200));
}

START_TEST(a_full_socket_says_so)
{
    struct pair pair = connected_pair();

    fill(&pair);
    close_pair(&pair);
}
END_TEST

/* The kernel of a server that reads nothing acknowledges what it can keep, so the number falls to
 * 0; when its room is full, it stays. */
START_TEST(unacknowledged_bytes_are_counted)
{
    struct pair pair = connected_pair();
    int expected = 0;

    ck_assert_uint_eq(pair.carrier->ops->unacknowledged(pair.carrier), 0);
    fill(&pair);
    ck_assert_int_eq(ioctl(pair.carrier->fd, SIOCOUTQ, &expected), 0);
    ck_assert_int_gt(expected, 0);
    ck_assert_uint_gt(pair.carrier->ops->unacknowledged(pair.carrier), 0);
    close_pair(&pair);
}
END_TEST

START_TEST(an_idle_peer_is_not_gone)
{
    struct pair pair = connected_pair();

    ck_assert(!pair.carrier->ops->peer_gone(pair.carrier));
    ck_assert_int_eq(send(pair.server, "x", 1, 0), 1);
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert_msg(!pair.carrier->ops->peer_gone(pair.carrier), "something to read is no end");
    close_pair(&pair);
}
END_TEST

START_TEST(a_peer_that_closes_is_gone)
{
    struct pair pair = connected_pair();
    char byte;

    close(pair.server);
    pair.server = -1;
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert(pair.carrier->ops->peer_gone(pair.carrier));
    ck_assert_int_eq(pair.carrier->ops->recv(pair.carrier, &byte, 1), 0);
    close_pair(&pair);
}
END_TEST

START_TEST(a_peer_that_resets_is_gone)
{
    struct pair pair = connected_pair();
    const struct linger at_once = {.l_onoff = 1};

    ck_assert_int_eq(setsockopt(pair.server, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(pair.server);
    pair.server = -1;
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert(pair.carrier->ops->peer_gone(pair.carrier));
    close_pair(&pair);
}
END_TEST

/* SIGPIPE would end the helper, and this test. */
START_TEST(a_write_to_a_closed_peer_is_an_error)
{
    struct pair pair = connected_pair();
    ssize_t put;

    close(pair.server);
    pair.server = -1;
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    do
        put = pair.carrier->ops->send(pair.carrier, "x", 1);
    while (put == 1 && wait_for(&pair, LOOP_WRITE, AMPLE_MS));
    ck_assert_int_eq(put, -1);
    ck_assert(errno == EPIPE || errno == ECONNRESET);
    close_pair(&pair);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("dial, carrier");
    TCase *carrier = tcase_create("carrier");

    tcase_add_test(carrier, bytes_go_both_ways);
    tcase_add_test(carrier, a_wait_ends_at_its_deadline);
    tcase_add_test(carrier, a_deadline_that_has_passed_is_over);
    tcase_add_test(carrier, a_full_socket_says_so);
    tcase_add_test(carrier, unacknowledged_bytes_are_counted);
    tcase_add_test(carrier, an_idle_peer_is_not_gone);
    tcase_add_test(carrier, a_peer_that_closes_is_gone);
    tcase_add_test(carrier, a_peer_that_resets_is_gone);
    tcase_add_test(carrier, a_write_to_a_closed_peer_is_an_error);
    tcase_set_timeout(carrier, 60);
    suite_add_tcase(made, carrier);
    return made;
}
