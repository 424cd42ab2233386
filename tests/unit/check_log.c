/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/log.c: one line per event that nobody can forge, a limit that hides no
 * other event, and no waiting for whoever should read.
 */
#include <config.h>

#include "helpers/core/log.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

Suite *suite(void);

static struct log *the_log;
static uint64_t now_ms;
static int ends[2];
static char got[65536];

static uint64_t virtual_now(void *context)
{
    return *(uint64_t *)context;
}

static void open_log(void)
{
    now_ms = 1000;
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    the_log = log_open(ends[1], "prog", LOG_INFO, virtual_now, &now_ms);
    ck_assert_ptr_nonnull(the_log);
}

static void close_log(void)
{
    log_close(the_log);
    close(ends[0]);
    close(ends[1]);
}

/* What has been written since the last call. */
static const char *written(void)
{
    struct pollfd asked = {.fd = ends[0], .events = POLLIN};
    ssize_t len = poll(&asked, 1, 0) == 1 ? read(ends[0], got, sizeof got - 1) : 0;

    ck_assert_int_ge(len, 0);
    got[len] = '\0';
    return got;
}

static unsigned count_lines(const char *text)
{
    unsigned lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

START_TEST(one_line_for_each_event)
{
    log_event(the_log, LOG_ERROR, "connect", "no answer from %s:%d", "ldap1", 389);
    ck_assert_str_eq(written(), "prog: error: no answer from ldap1:389\n");
    log_event(the_log, LOG_WARNING, "bind", "w");
    log_event(the_log, LOG_NOTICE, "bind", "n");
    log_event(the_log, LOG_INFO, "bind", "i");
    ck_assert_str_eq(written(), "prog: warning: w\nprog: notice: n\nprog: info: i\n");
}
END_TEST

START_TEST(up_to_a_level)
{
    static const enum log_level levels[] = {LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO,
                                            LOG_DEBUG};

    for (unsigned limit = 0; limit < 5; limit++) {
        log_set_level(the_log, levels[limit]);
        for (unsigned level = 0; level < 5; level++) {
            log_event(the_log, levels[level], "level", "text");
            ck_assert_uint_eq(count_lines(written()), level <= limit ? 1 : 0);
            ck_assert_int_eq(log_wants(the_log, levels[level]), level <= limit);
        }
    }
}
END_TEST

START_TEST(words_for_levels)
{
    static const char *const words[] = {"error", "warning", "notice", "info", "debug"};
    enum log_level level;

    for (unsigned i = 0; i < 5; i++) {
        ck_assert(log_level_parse(words[i], &level));
        ck_assert_uint_eq(level, i);
    }
    ck_assert(!log_level_parse("", &level));
    ck_assert(!log_level_parse("Error", &level));
    ck_assert(!log_level_parse("errors", &level));
    ck_assert(!log_level_parse("0", &level));
}
END_TEST

START_TEST(no_log_is_allowed)
{
    ck_assert(!log_wants(NULL, LOG_ERROR));
    log_event(NULL, LOG_ERROR, "kind", "text");
    log_close(NULL);
}
END_TEST

START_TEST(control_bytes_are_made_visible)
{
    log_event(the_log, LOG_ERROR, "user", "user %s", "a\nprog: error: b\r\x1b[2J\x7f\t\x01.");
    ck_assert_str_eq(written(), "prog: error: user a\\x0aprog: error: b"
                                "\\x0d\\x1b[2J\\x7f\\x09\\x01.\n");
    log_event(the_log, LOG_ERROR, "user", "%s", "J\xc3\xbcrgen \xff");
    ck_assert_str_eq(written(), "prog: error: J\xc3\xbcrgen \xff\n");
}
END_TEST

START_TEST(a_name_is_no_format)
{
    log_event(the_log, LOG_ERROR, "user", "user %s", "%s%s%n%1000000d");
    ck_assert_str_eq(written(), "prog: error: user %s%s%n%1000000d\n");
}
END_TEST

/* Cut, but still one line that a pipe takes whole. */
START_TEST(long_text)
{
    char text[10000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 2; i++) {
        log_event(the_log, LOG_ERROR, "long", "%s", text);
        written();
        ck_assert_uint_eq(count_lines(got), 1);
        ck_assert_uint_gt(strlen(got), 500);
        ck_assert_uint_le(strlen(got), PIPE_BUF);
        ck_assert_int_eq(strncmp(got, i == 0 ? "prog: error: xxx" : "prog: error: \\x01\\x01", 16),
                         0);
        memset(text, 1, sizeof text - 1);
    }
}
END_TEST

START_TEST(as_long_as_text_may_be)
{
    char text[LOG_TEXT_MAX];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 2] = '.';
    text[sizeof text - 1] = '\0';
    log_event(the_log, LOG_ERROR, "long", "%s", text);
    written();
    ck_assert_uint_eq(strlen(got), strlen("prog: error: \n") + sizeof text - 1);
    ck_assert_str_eq(strchr(got, '.'), ".\n");
}
END_TEST

START_TEST(a_long_program_name)
{
    char name[5000];
    struct log *log;

    memset(name, 'p', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    log = log_open(ends[1], name, LOG_INFO, virtual_now, &now_ms);
    ck_assert_ptr_nonnull(log);
    log_event(log, LOG_ERROR, "long", "text");
    written();
    ck_assert_uint_eq(count_lines(got), 1);
    ck_assert_int_eq(got[strlen(got) - 1], '\n');
    log_close(log);
}
END_TEST

/* ---- the limit ---- */

static void events(unsigned count, enum log_level level, const char *kind)
{
    for (unsigned i = 0; i < count; i++)
        log_event(the_log, level, kind, "%s", kind);
}

START_TEST(a_burst_and_then_a_number)
{
    events(25, LOG_ERROR, "bind");
    ck_assert_uint_eq(count_lines(written()), LOG_BURST);
    now_ms += LOG_WINDOW_MS - 1;
    events(1, LOG_ERROR, "bind");
    ck_assert_str_eq(written(), "");
    now_ms += 1;
    events(1, LOG_ERROR, "bind");
    ck_assert_str_eq(written(), "prog: error: 16 more lines about bind were left out\n"
                                "prog: error: bind\n");
    now_ms += LOG_WINDOW_MS;
    events(1, LOG_ERROR, "bind");
    ck_assert_str_eq(written(), "prog: error: bind\n");
}
END_TEST

START_TEST(kinds_do_not_hide_each_other)
{
    events(100, LOG_ERROR, "bind");
    written();
    events(1, LOG_ERROR, "connect");
    ck_assert_str_eq(written(), "prog: error: connect\n");
}
END_TEST

START_TEST(chatter_does_not_hide_an_error)
{
    events(100, LOG_INFO, "bind");
    written();
    events(1, LOG_ERROR, "bind");
    ck_assert_str_eq(written(), "prog: error: bind\n");
}
END_TEST

START_TEST(what_was_left_out_is_told_at_the_end)
{
    events(LOG_BURST + 3, LOG_WARNING, "bind");
    events(LOG_BURST + 4, LOG_ERROR, "connect");
    events(1, LOG_ERROR, "once");
    written();
    log_close(the_log);
    the_log = NULL;
    ck_assert_str_eq(written(), "prog: warning: 3 more lines about bind were left out\n"
                                "prog: error: 4 more lines about connect were left out\n");
}
END_TEST

START_TEST(debug_is_not_limited)
{
    log_set_level(the_log, LOG_DEBUG);
    events(1000, LOG_DEBUG, "d");
    ck_assert_uint_eq(count_lines(written()), 1000);
}
END_TEST

START_TEST(a_record_is_not_limited)
{
    for (unsigned i = 0; i < 1000; i++)
        log_record(the_log, LOG_NOTICE, "%u\n", i);
    ck_assert_uint_eq(count_lines(written()), 1000);
    log_record(the_log, LOG_NOTICE, "a\nb");
    ck_assert_str_eq(written(), "prog: notice: a\\x0ab\n");
    log_record(the_log, LOG_DEBUG, "nobody wants it");
    ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(lines_that_nobody_wants_do_not_count)
{
    log_set_level(the_log, LOG_ERROR);
    events(100, LOG_INFO, "bind");
    log_set_level(the_log, LOG_INFO);
    events(100, LOG_INFO, "bind");
    ck_assert_uint_eq(count_lines(written()), LOG_BURST);
}
END_TEST

START_TEST(more_kinds_than_there_is_room_for)
{
    static char names[200][16];

    for (int i = 0; i < 200; i++) {
        snprintf(names[i], sizeof names[i], "k%d", i);
        events(1, LOG_ERROR, names[i]);
    }
    ck_assert_uint_ge(count_lines(written()), 60);
    events(1, LOG_ERROR, "k0");
    ck_assert_uint_eq(count_lines(written()), 1);
}
END_TEST

/* ---- nobody reads ---- */

/* One that waited would never come back: there is no other thread. */
START_TEST(a_full_pipe_is_not_waited_for)
{
    static char fill[4096];
    struct pollfd room = {.fd = ends[1], .events = POLLOUT};

    while (poll(&room, 1, 0) == 1)
        ck_assert_int_eq(write(ends[1], fill, sizeof fill), sizeof fill);
    events(5, LOG_ERROR, "bind");
    while (poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, 0) == 1)
        ck_assert_int_gt(read(ends[0], got, sizeof got), 0);
    events(1, LOG_ERROR, "after");
    ck_assert_str_eq(written(), "prog: error: after\n");
}
END_TEST

START_TEST(nobody_at_the_other_end)
{
    signal(SIGPIPE, SIG_IGN); /* as every helper does */
    close(ends[0]);
    events(5, LOG_ERROR, "bind");
    ends[0] = dup(ends[1]);
    signal(SIGPIPE, SIG_DFL);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("log");
    TCase *tc = tcase_create("log");

    tcase_add_checked_fixture(tc, open_log, close_log);
    tcase_add_test(tc, one_line_for_each_event);
    tcase_add_test(tc, up_to_a_level);
    tcase_add_test(tc, words_for_levels);
    tcase_add_test(tc, no_log_is_allowed);
    tcase_add_test(tc, control_bytes_are_made_visible);
    tcase_add_test(tc, a_name_is_no_format);
    tcase_add_test(tc, long_text);
    tcase_add_test(tc, as_long_as_text_may_be);
    tcase_add_test(tc, a_long_program_name);
    tcase_add_test(tc, a_burst_and_then_a_number);
    tcase_add_test(tc, kinds_do_not_hide_each_other);
    tcase_add_test(tc, chatter_does_not_hide_an_error);
    tcase_add_test(tc, what_was_left_out_is_told_at_the_end);
    tcase_add_test(tc, debug_is_not_limited);
    tcase_add_test(tc, a_record_is_not_limited);
    tcase_add_test(tc, lines_that_nobody_wants_do_not_count);
    tcase_add_test(tc, more_kinds_than_there_is_room_for);
    tcase_add_test(tc, a_full_pipe_is_not_waited_for);
    tcase_add_test(tc, nobody_at_the_other_end);
    suite_add_tcase(s, tc);
    return s;
}
