/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/digest-file/digest.c: from the line to the reply, with a real file, a keeper
 * whose thread works when the test says so, and virtual time. Names and password are those of RFC
 * 2617, section 3.5; their hashes are what md5sum(1) says.
 */
#include <config.h>

#include "helpers/digest-file/digest.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/core/session.h"
#include "helpers/files/keeper.h"
#include "tests/unit/fake_loop.h"
#include "tests/unit/fake_stream.h"

Suite *suite(void);

#define HA1 "939e7578ed9e3c518a452acee763bce9"
#define HA1_LARGE "939E7578ED9E3C518A452ACEE763BCE9"
#define OTHER "0123456789abcdef0123456789abcdef"
#define OK "OK ha1=\"" HA1 "\"\n"
#define DENIED "ERR message=\"Invalid credentials\"\n"
#define ASK "\"Mufasa\":\"testrealm@host.com\"\n"

enum { DEADLINE_MS = 10000 };

static struct {
    struct loop *loop;
    struct offload offload;
    struct job *jobs; /* what the thread has to do */
    struct fake_stream peer;
    struct session *session;
    struct log *log;
    int log_fd;
    struct option_list realms;
    struct digest_config config;
    struct digest *digest;
    char path[64];
} world;

/* ---- the world ---- */

static void on_submit(struct offload *offload, struct job *job)
{
    ck_assert_ptr_eq(offload, &world.offload);
    job->next = world.jobs;
    world.jobs = job;
}

static void run_thread(void)
{
    while (world.jobs) {
        struct job *job = world.jobs;

        world.jobs = job->next;
        job->run(job);
        job->done(job);
        fake_loop_settle(world.loop);
    }
}

static void write_file(const char *text)
{
    FILE *file = fopen(world.path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void on_request(void *context, struct request *request)
{
    (void)context;
    digest_request(world.digest, request);
}

static void on_handed_up(void *context)
{
    (void)context;
    digest_handed_up(world.digest);
}

static void on_ended(void *context)
{
    (void)context;
}

static uint64_t now_ms(void *context)
{
    return loop_now_ms(context);
}

static void open_world(void)
{
    static const struct offload_ops ops = {.submit = on_submit};
    int fd;

    memset(&world, 0, sizeof world);
    strcpy(world.path, "/tmp/pxa-check-digest-XXXXXX");
    fd = mkstemp(world.path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    world.offload.ops = &ops;
    world.loop = fake_loop_open();
    world.log_fd = memfd_create("log", MFD_CLOEXEC);
    world.log = log_open(world.log_fd, "digest-file", LOG_INFO, now_ms, world.loop);
    fake_stream_init(&world.peer);
    world.config = (struct digest_config){
        .loop = world.loop,
        .offload = &world.offload,
        .log = world.log,
        .path = world.path,
        .lines = {.realms = &world.realms},
    };
}

static void start(void)
{
    const struct session_config config = {
        .scheme = SCHEME_DIGEST,
        .deadline_ms = DEADLINE_MS,
        .request = on_request,
        .handed_up = on_handed_up,
        .ended = on_ended,
    };
    struct why why;

    world.digest = digest_open(&world.config, &why);
    ck_assert_msg(world.digest != NULL, "%s", why.text);
    world.session = session_open(world.loop, &world.peer.stream, &config, world.log);
    ck_assert_ptr_nonnull(world.session);
}

/* Starts with a file that has been read. */
static void start_with(const char *text)
{
    write_file(text);
    start();
    run_thread();
}

static void close_world(void)
{
    session_close(world.session);
    fake_loop_settle(world.loop);
    run_thread();
    ck_assert(digest_close(world.digest));
    run_thread();
    log_close(world.log);
    close(world.log_fd);
    fake_stream_free(&world.peer);
    fake_loop_close(world.loop);
    unlink(world.path);
}

static void send_line(const char *line)
{
    fake_stream_send_text(&world.peer, line);
    fake_stream_pump(&world.peer, world.loop);
}

static void expect(const char *replies)
{
    fake_stream_pump(&world.peer, world.loop);
    if (!fake_stream_got(&world.peer, replies))
        ck_abort_msg("got \"%.*s\", wanted \"%s\"", (int)bytes_len(&world.peer.output),
                     world.peer.output.at + world.peer.output.start, replies);
    bytes_consume(&world.peer.output, bytes_len(&world.peer.output));
}

static void ask(const char *line, const char *reply)
{
    send_line(line);
    expect(reply);
}

/* How often the log says TEXT. */
static unsigned log_says(const char *text)
{
    static char log[65536];
    ssize_t got = pread(world.log_fd, log, sizeof log - 1, 0);
    unsigned count = 0;

    ck_assert_int_ge(got, 0);
    log[got] = '\0';
    for (const char *at = log; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

/* Time passes until LINE gets REPLY. How old its file is the keeper judges by the system's clock,
 * which no test turns. */
static void await_reply(const char *line, const char *reply)
{
    for (int i = 0; i < 100000; i++) {
        fake_loop_advance(world.loop, KEEPER_LOOK_MS);
        run_thread();
        send_line(line);
        if (fake_stream_got(&world.peer, reply))
            break;
        bytes_consume(&world.peer.output, bytes_len(&world.peer.output));
    }
    expect(reply);
}

/* ---- answers ---- */

START_TEST(a_hash_is_answered_in_small_letters)
{
    world.config.lines.hashes_only = true;
    start_with("Mufasa:testrealm@host.com:" HA1_LARGE "\n");
    ask(ASK, OK);
    ask("\"Mufasa\":\"testrealm@host\"\n", DENIED);
    ask("\"mufasa\":\"testrealm@host.com\"\n", DENIED);
}
END_TEST

START_TEST(a_password_is_hashed)
{
    start_with("Mufasa:Circle Of Life\n");
    ask(ASK, OK);
    ask("\"Simba\":\"testrealm@host.com\"\n", DENIED);
}
END_TEST

START_TEST(a_record_with_the_realm_comes_first)
{
    start_with("Mufasa:{HHA1}" OTHER "\nMufasa:testrealm@host.com:{HHA1}" HA1 "\n");
    ask(ASK, OK);
    ask("\"Mufasa\":\"x\"\n", "OK ha1=\"" OTHER "\"\n");
}
END_TEST

START_TEST(only_realms_that_are_served)
{
    static char served[] = "testrealm@host.com";
    static char *values[] = {served};
    char remark[sizeof world.path + 100];

    world.realms = (struct option_list){values, 1};
    start_with("Mufasa:Circle Of Life\nSimba:x:{HHA1}" OTHER "\n");
    ask(ASK, OK);
    ask("\"Mufasa\":\"testrealm@host.co\"\n", DENIED);
    ask("\"Mufasa\":\"testrealm@host.com \"\n", DENIED);
    ask("\"Mufasa\":\"\"\n", DENIED);
    ask("\"Simba\":\"x\"\n", DENIED);
    snprintf(remark, sizeof remark, "%s: records of realms that --realm does not name: 1;",
             world.path);
    ck_assert_uint_eq(log_says(remark), 1);
    ck_assert_uint_eq(log_says("records"), 1);
}
END_TEST

START_TEST(a_colon_in_a_name_reaches_no_other_record)
{
    world.config.lines.hashes_only = true;
    start_with("a:b:c:" HA1 "\na:b:" OTHER "\n");
    ask("\"a\":\"b:c\"\n", OK);
    ask("\"a:b\":\"c\"\n", DENIED);
    ask("\"a:b\":\"\"\n", DENIED);
    ask("\"\":\"b\"\n", DENIED);
}
END_TEST

START_TEST(lines_that_are_no_requests)
{
    start_with("Mufasa:Circle Of Life\n");
    ask("1 " ASK, "1 " OK);
    ask("2 \"Mufasa\":\"testrealm@host.com\" x\n", "2 BH malformed request\n");
    ck_assert_uint_eq(log_says("--key-extras"), 1);
    ask("3 " ASK, "3 " OK);
}
END_TEST

START_TEST(extras_that_do_not_fit)
{
    world.config.key_extras = 1;
    start_with("Mufasa:Circle Of Life\n");
    ask("\"Mufasa\":\"testrealm@host.com\" 127.0.0.1\n", OK);
    ask("\"Mufasa\":\"testrealm@host.com\" a b\n", DENIED);
    ck_assert_uint_eq(log_says("--key-extras"), 1);
}
END_TEST

/* ---- the file ---- */

START_TEST(requests_wait_for_the_file)
{
    write_file("Mufasa:Circle Of Life\n");
    start();
    send_line("1 " ASK "2 \"x\":\"y\"\n3 " ASK);
    expect("");
    run_thread();
    expect("1 " OK "2 " DENIED "3 " OK);
}
END_TEST

START_TEST(a_request_that_waits_too_long)
{
    write_file("Mufasa:Circle Of Life\n");
    start();
    send_line("1 " ASK);
    fake_loop_advance(world.loop, 1);
    send_line("2 " ASK "3 " ASK);
    fake_loop_advance(world.loop, DEADLINE_MS - 1);
    expect("1 BH the file of users is still being read\n");
    run_thread();
    expect("2 " OK "3 " OK);
}
END_TEST

/* In any order: the first, the last and those between are taken off the list. */
START_TEST(requests_that_wait_when_all_ends)
{
    write_file("");
    start();
    send_line("1 " ASK);
    fake_loop_advance(world.loop, DEADLINE_MS / 2);
    send_line("2 " ASK "3 " ASK "4 " ASK);
    expect("");
    /* close_world() closes the session; sanitizers see what is left. */
}
END_TEST

START_TEST(no_file_is_trouble_and_no_refusal)
{
    unlink(world.path);
    start();
    send_line(ASK);
    run_thread();
    fake_stream_pump(&world.peer, world.loop);
    ck_assert_uint_gt(bytes_len(&world.peer.output), 4);
    ck_assert_int_eq(memcmp(world.peer.output.at + world.peer.output.start, "BH ", 3), 0);
    ck_assert_ptr_null(memmem(world.peer.output.at + world.peer.output.start,
                              bytes_len(&world.peer.output), world.path, strlen(world.path)));
    bytes_consume(&world.peer.output, bytes_len(&world.peer.output));
    write_file("Mufasa:Circle Of Life\n");
    await_reply(ASK, OK);
}
END_TEST

START_TEST(remarks_are_made_once)
{
    start_with("Mufasa:Circle Of Life\nSimba:x:" OTHER "\n");
    ck_assert_uint_eq(log_says("records without a realm: 2;"), 1);
    ck_assert_uint_eq(log_says("records that end in 32 hex digits: 1;"), 1);
    ck_assert_uint_eq(log_says(OTHER), 0);
    write_file("Mufasa:Circle Of Life\nNala:y:" OTHER "\nSimba:z\n");
    await_reply("\"Simba\":\"x\"\n", "OK ha1=\"9d6a0ec46cc2fd7be557f863de4b96be\"\n");
    ck_assert_uint_eq(log_says("records "), 2);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("digest_file");
    TCase *tc = tcase_create("digest");

    tcase_add_checked_fixture(tc, open_world, close_world);
    tcase_add_test(tc, a_hash_is_answered_in_small_letters);
    tcase_add_test(tc, a_password_is_hashed);
    tcase_add_test(tc, a_record_with_the_realm_comes_first);
    tcase_add_test(tc, only_realms_that_are_served);
    tcase_add_test(tc, a_colon_in_a_name_reaches_no_other_record);
    tcase_add_test(tc, lines_that_are_no_requests);
    tcase_add_test(tc, extras_that_do_not_fit);
    tcase_add_test(tc, requests_wait_for_the_file);
    tcase_add_test(tc, a_request_that_waits_too_long);
    tcase_add_test(tc, requests_that_wait_when_all_ends);
    tcase_add_test(tc, no_file_is_trouble_and_no_refusal);
    tcase_add_test(tc, remarks_are_made_once);
    suite_add_tcase(s, tc);
    return s;
}
