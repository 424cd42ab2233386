/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to files in real life, with a real loop, a real thread and real writers: nothing of
 * it may cost a user who is in the file his login. Run under ThreadSanitizer, too.
 */
#include <config.h>

#include "helpers/files/keeper.h"

#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/files/password_lines.h"
#include "tests/unit/file_bench.h"

Suite *suite(void);

enum { POLL_MS = 1, LOOK_MS = 5, EMPTY_MS = 60000 };

static struct loop *loop;
static struct offload *pool;
static struct keeper *keeper;
static struct timer *poll_timer;
static const struct file_format password_format = {.split = password_lines_split};

static void changed(void *context)
{
    (void)context;
}

static void begin_each(uint64_t look_ms)
{
    const struct keeper_config config = {
        .path = file_bench_path,
        .what = "the password file",
        .format = &password_format,
        .look_ms = look_ms,
        .empty_ms = EMPTY_MS,
        .seed = 7,
        .changed = changed,
    };
    struct why why = {""};

    keeper = keeper_open(loop, pool, NULL, &config, &why);
    ck_assert_msg(keeper != NULL, "%s", why.text);
}

static void setup(void)
{
    struct why why = {""};

    file_bench_open();
    loop = loop_open();
    ck_assert_ptr_nonnull(loop);
    pool = offload_open(loop, 1, &why);
    ck_assert_msg(pool != NULL, "%s", why.text);
}

/* ---- waiting ---- */

static bool (*awaited)(void);
static bool (*always)(void); /* must hold in each turn; NULL: nothing */

static void poll_again(void *context)
{
    (void)context;
    if (always)
        ck_assert(always());
    if (awaited())
        loop_stop(loop);
    else
        loop_timer_at(loop, poll_timer, loop_now_ms(loop) + POLL_MS);
}

/* Runs the loop until CONDITION holds; check ends a test that waits in vain. */
static void await(bool (*condition)(void))
{
    awaited = condition;
    poll_timer = loop_timer(loop, poll_again, NULL);
    ck_assert_ptr_nonnull(poll_timer);
    loop_timer_at(loop, poll_timer, loop_now_ms(loop));
    loop_run(loop);
    loop_timer_free(loop, poll_timer);
}

static bool try_close(void)
{
    if (keeper && keeper_close(keeper))
        keeper = NULL;
    return !keeper;
}

static void teardown(void)
{
    always = NULL;
    await(try_close);
    ck_assert(offload_close(pool));
    loop_close(loop);
    file_bench_close();
}

static bool has(const char *user, const char *value)
{
    const struct table *table = keeper_table(keeper);
    struct file_record record;

    return table && table_find(table, (struct pxa_span){user, strlen(user)}, &record) &&
           record.value.len == strlen(value) && !memcmp(record.value.at, value, record.value.len);
}

static bool alice_has_1(void)
{
    return has("alice", "1");
}

static bool alice_has_2(void)
{
    return has("alice", "2");
}

static void begin_with_alice(void)
{
    file_bench_write("alice:1\n");
    begin_each(LOOK_MS);
    await(alice_has_1);
}

/* Whether trouble has been seen since it was asked for. */
static bool in_trouble(void)
{
    ck_assert(alice_has_1());
    return strcmp(keeper_trouble(keeper), "the password file cannot be read") == 0;
}

/* ---- the faults ---- */

START_TEST(a_change_is_seen)
{
    file_bench_write("alice:1\n");
    begin_each(KEEPER_LOOK_MS);
    await(alice_has_1);
    file_bench_replace("alice:2\n");
    await(alice_has_2);
}
END_TEST

START_TEST(deleted)
{
    begin_with_alice();
    file_bench_remove();
    await(in_trouble);
    file_bench_write("alice:2\n");
    await(alice_has_2);
}
END_TEST

START_TEST(a_folder_in_its_place)
{
    begin_with_alice();
    file_bench_remove();
    ck_assert_int_eq(mkdir(file_bench_path, 0700), 0);
    await(in_trouble);
    file_bench_remove();
    file_bench_write("alice:2\n");
    await(alice_has_2);
}
END_TEST

START_TEST(a_fifo_in_its_place)
{
    begin_with_alice();
    file_bench_remove();
    ck_assert_int_eq(mkfifo(file_bench_path, 0600), 0);
    await(in_trouble);
    file_bench_remove();
    file_bench_write("alice:2\n");
    await(alice_has_2);
}
END_TEST

START_TEST(unreadable)
{
    begin_with_alice();
    ck_assert_int_eq(chmod(file_bench_path, 0), 0);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0); /* root reads all files */
    await(in_trouble);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(file_bench_path, 0600), 0);
    file_bench_replace("alice:2\n");
    await(alice_has_2);
}
END_TEST

/* ---- a writer in a thread of its own ---- */

enum { ROUNDS = 100, OTHERS = 20000, TEXT_CAP = OTHERS * 24 };

static char text[TEXT_CAP];
static atomic_bool writer_done;
static atomic_uint rounds_seen;

/* OTHERS users, who are in every version, and alice, whose hash is the version. */
static void compose(unsigned version)
{
    size_t len = (size_t)snprintf(text, sizeof text, "alice:%u\n", version);

    for (unsigned i = 0; i < OTHERS; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "user%u:%u\n", i, i);
}

static void *replace_often(void *argument)
{
    (void)argument;
    for (unsigned i = 1; i <= ROUNDS; i++) {
        compose(i);
        file_bench_replace(text);
        /* Not faster than lookups go on. */
        for (unsigned seen = rounds_seen; rounds_seen < seen + 2;)
            sched_yield();
    }
    file_bench_young = false;
    writer_done = true;
    return NULL;
}

static void *write_in_place(void *argument)
{
    (void)argument;
    for (unsigned i = 1; i <= ROUNDS; i++) {
        compose(i);
        file_bench_write("");
        for (size_t at = 0, len = strlen(text); at < len; at += 65536) {
            size_t piece = len - at < 65536 ? len - at : 65536;
            char kept = text[at + piece];

            text[at + piece] = '\0';
            file_bench_append(text + at);
            text[at + piece] = kept;
        }
        for (unsigned seen = rounds_seen; rounds_seen < seen + 2;)
            sched_yield();
    }
    file_bench_young = false;
    writer_done = true;
    return NULL;
}

/* Some of the users, others in each turn. */
static bool everybody_is_there(void)
{
    static unsigned next;
    char user[16], value[16];

    rounds_seen++;
    for (int i = 0; i < 200; i++) {
        next = (next + 7919) % OTHERS;
        snprintf(user, sizeof user, "user%u", next);
        snprintf(value, sizeof value, "%u", next);
        if (!has(user, value))
            return false;
    }
    return true;
}

static bool the_last_version_holds(void)
{
    return writer_done && has("alice", "100");
}

static bool user_0_is_there(void)
{
    return has("user0", "0");
}

static void run_writer(void *(*writer)(void *))
{
    pthread_t thread;

    compose(0);
    file_bench_replace(text);
    begin_each(LOOK_MS);
    await(user_0_is_there);
    always = everybody_is_there;
    writer_done = false;
    file_bench_young = true;
    ck_assert_int_eq(pthread_create(&thread, NULL, writer, NULL), 0);
    await(the_last_version_holds);
    pthread_join(thread, NULL);
}

START_TEST(replaced_a_hundred_times)
{
    run_writer(replace_often);
}
END_TEST

START_TEST(rewritten_in_place_a_hundred_times)
{
    run_writer(write_in_place);
}
END_TEST

/* ---- truncated while it is read, at each read() ---- */

static void truncate_it(void)
{
    file_bench_write("");
}

static unsigned reads_at_start;

static bool was_read_again(void)
{
    ck_assert(alice_has_1());
    return file_bench_reads > reads_at_start + 3;
}

START_TEST(truncated_while_read)
{
    begin_with_alice();
    file_bench_before_read = truncate_it;
    reads_at_start = file_bench_reads;
    file_bench_replace("alice:2\nbob:3\n");
    await(was_read_again);
    file_bench_before_read = NULL;
    file_bench_replace("alice:2\n");
    await(alice_has_2);
}
END_TEST

/* ---- size ---- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { LINES = 500000 };
#else
enum { LINES = 10000000 };
#endif

static void write_many(unsigned lines)
{
    FILE *file = fopen(file_bench_path, "w");

    ck_assert_ptr_nonnull(file);
    for (unsigned i = 0; i < lines; i++)
        ck_assert_int_gt(fprintf(file, "u%u:%u\n", i, i % 1000), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static bool is_ready(void)
{
    return keeper_is_ready(keeper);
}

START_TEST(ten_million_lines)
{
    char user[16], value[16];

    write_many(LINES);
    begin_each(LOOK_MS);
    await(is_ready);
    ck_assert_ptr_nonnull(keeper_table(keeper));
    ck_assert_uint_eq(keeper_table(keeper)->lines, LINES);
    ck_assert_uint_eq(keeper_table(keeper)->records, LINES);
    for (unsigned i = 0; i < LINES; i += 997) {
        snprintf(user, sizeof user, "u%u", i);
        snprintf(value, sizeof value, "%u", i % 1000);
        ck_assert_msg(has(user, value), "%s", user);
    }
    ck_assert(!has("u10000000", "0"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("keeper_faults");
    TCase *tc = tcase_create("keeper_faults");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_change_is_seen);
    tcase_add_test(tc, deleted);
    tcase_add_test(tc, a_folder_in_its_place);
    tcase_add_test(tc, a_fifo_in_its_place);
    tcase_add_test(tc, unreadable);
    tcase_add_test(tc, replaced_a_hundred_times);
    tcase_add_test(tc, rewritten_in_place_a_hundred_times);
    tcase_add_test(tc, truncated_while_read);
    tcase_add_test(tc, ten_million_lines);
    suite_add_tcase(s, tc);
    return s;
}
