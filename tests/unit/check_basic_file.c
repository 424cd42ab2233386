/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/basic-file: from lines to replies, with a fake loop, a scripted peer, and
 * offloads that run a job when the test says so. The file is real. The linker puts a counter before
 * hash_verify() (--wrap), so that it is seen what is hashed for whom. Hashes are from
 * tests/unit/hash_vectors.h; what is hashed for whom is the rule of verifier.c, by hand.
 */
#include <config.h>

#include "helpers/basic-file/verifier.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/core/session.h"
#include "helpers/files/keeper.h"
#include "helpers/passwords/hash.h"
#include "tests/unit/fake_loop.h"
#include "tests/unit/fake_stream.h"

Suite *suite(void);

#define ERR "ERR message=\"Invalid credentials\" Invalid credentials\n"
#define LATE "BH too many logins at once\n"

/* Of "U*U", "myPassword" and "myPassword", and "12345678". */
#define BCRYPT "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define APR1 "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/"
#define SHA "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE="
#define DES "ab1iBa.N.U2C6"
/* libxcrypt refuses the cost. */
#define REFUSED "$2a$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

enum { JOBS_MAX = 256, DEADLINE_MS = 60000, HASHED_CAP = 4096 };

/* ---- what is hashed ---- */

static struct {
    char hashes[HASHED_CAP]; /* each with a newline */
    bool out_of_memory;
} seen;

enum hash_verdict __real_hash_verify(struct hash_work *work, struct pxa_span hash,
                                     const struct secret *password);
enum hash_verdict __wrap_hash_verify(struct hash_work *work, struct pxa_span hash,
                                     const struct secret *password);

enum hash_verdict __wrap_hash_verify(struct hash_work *work, struct pxa_span hash,
                                     const struct secret *password)
{
    size_t len = strlen(seen.hashes);

    snprintf(seen.hashes + len, HASHED_CAP - len, "%.*s\n", (int)hash.len, hash.at);
    if (seen.out_of_memory)
        return HASH_TROUBLE;
    return __real_hash_verify(work, hash, password);
}

static void expect_hashed(const char *hashes)
{
    ck_assert_str_eq(seen.hashes, hashes);
    seen.hashes[0] = '\0';
}

/* ---- the bench ---- */

struct script {
    struct offload offload;
    struct job *jobs[JOBS_MAX];
    unsigned count;
};

struct bench {
    struct loop *loop;
    struct fake_stream peer;
    struct session *session;
    struct verifier *verifier;
    struct script hashing;
    struct script reading;
    char folder[sizeof "/tmp/pxa-check-XXXXXX"]; /* nobody else's */
    char path[sizeof "/tmp/pxa-check-XXXXXX/users"];
};

static void keep(struct offload *offload, struct job *job)
{
    struct script *script = (struct script *)offload;

    ck_assert_uint_lt(script->count, JOBS_MAX);
    script->jobs[script->count++] = job;
}

static const struct offload_ops scripted = {.submit = keep};

/* The first job that was not finished yet. */
static struct job *take(struct script *script)
{
    struct job *job = script->jobs[0];

    ck_assert_uint_gt(script->count, 0);
    script->count--;
    memmove(script->jobs, script->jobs + 1, script->count * sizeof *script->jobs);
    return job;
}

static void finish_one(struct script *script)
{
    struct job *job = take(script);

    job->run(job);
    job->done(job);
}

static void settle(struct bench *bench)
{
    fake_stream_pump(&bench->peer, bench->loop);
}

static void finish_all(struct bench *bench)
{
    while (bench->hashing.count > 0)
        finish_one(&bench->hashing);
    settle(bench);
}

static void write_file(const struct bench *bench, const char *text)
{
    FILE *file = fopen(bench->path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void on_request(void *context, struct request *request)
{
    struct bench *bench = context;

    verifier_request(bench->verifier, request);
}

static void on_ended(void *context)
{
    (void)context;
}

static void open_verifier(struct bench *bench, unsigned workers, bool allow_weak)
{
    const struct verifier_config config = {
        .loop = bench->loop,
        .hashing = &bench->hashing.offload,
        .reading = &bench->reading.offload,
        .path = bench->path,
        .workers = workers,
        .threads = 2 * workers,
        .allow_weak = allow_weak,
    };
    struct why why = {{0}};

    bench->verifier = verifier_open(&config, &why);
    ck_assert_msg(bench->verifier != NULL, "%s", why.text);
}

/* FILE is the file's text, or NULL: there is no file. It is not read yet. */
static void open_bench(struct bench *bench, const char *file, unsigned workers, bool allow_weak)
{
    const struct session_config config = {
        .scheme = SCHEME_BASIC,
        .concurrency = CONCURRENCY_ON,
        .deadline_ms = DEADLINE_MS,
        .request = on_request,
        .ended = on_ended,
        .context = bench,
    };

    memset(&seen, 0, sizeof seen);
    memset(bench, 0, sizeof *bench);
    bench->loop = fake_loop_open();
    bench->hashing.offload.ops = bench->reading.offload.ops = &scripted;
    strcpy(bench->folder, "/tmp/pxa-check-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(bench->folder));
    snprintf(bench->path, sizeof bench->path, "%s/users", bench->folder);
    if (file)
        write_file(bench, file);
    open_verifier(bench, workers, allow_weak);
    fake_stream_init(&bench->peer);
    bench->session = session_open(bench->loop, &bench->peer.stream, &config, NULL);
    ck_assert_ptr_nonnull(bench->session);
}

/* The same, and the file has been read. */
static void begin(struct bench *bench, const char *file, unsigned workers, bool allow_weak)
{
    open_bench(bench, file, workers, allow_weak);
    finish_one(&bench->reading);
}

static void end(struct bench *bench)
{
    session_close(bench->session);
    ck_assert_uint_eq(bench->hashing.count, 0);
    while (bench->reading.count > 0)
        finish_one(&bench->reading);
    ck_assert(verifier_close(bench->verifier));
    fake_loop_settle(bench->loop);
    fake_loop_close(bench->loop);
    fake_stream_free(&bench->peer);
    (void)remove(bench->path);
    ck_assert_int_eq(rmdir(bench->folder), 0);
}

static void send(struct bench *bench, const char *lines)
{
    fake_stream_send_text(&bench->peer, lines);
    settle(bench);
}

static void expect(struct bench *bench, const char *replies)
{
    size_t len = strlen(replies);

    settle(bench);
    ck_assert_msg(fake_stream_got(&bench->peer, replies), "got \"%.*s\", not \"%s\"",
                  (int)bytes_len(&bench->peer.output),
                  bytes_len(&bench->peer.output) ? bench->peer.output.at + bench->peer.output.start
                                                 : "",
                  replies);
    bytes_consume(&bench->peer.output, len);
}

static void ask(struct bench *bench, const char *line, const char *reply)
{
    send(bench, line);
    finish_all(bench);
    expect(bench, reply);
}

/* ---- who gets in ---- */

START_TEST(every_user_has_one_hash)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\nbob:" APR1 "\nsam:" SHA "\n", 1, false);
    ask(&bench, "1 alice U*U\n", "1 OK\n");
    expect_hashed(BCRYPT "\n");
    ask(&bench, "2 bob myPassword\n", "2 OK\n");
    expect_hashed(APR1 "\n");
    ask(&bench, "3 sam myPassword\n", "3 OK\n");
    expect_hashed(SHA "\n");
    ask(&bench, "4 alice myPassword\n", "4 " ERR);
    expect_hashed(BCRYPT "\n");
    ask(&bench, "5 bob U*U\n", "5 " ERR);
    expect_hashed(APR1 "\n");
    end(&bench);
}
END_TEST

/* The price of an unknown name is that of a wrong password of most users, and its words are. */
START_TEST(an_unknown_user_costs_the_same)
{
    struct bench bench;

    begin(&bench, "sam:" SHA "\nalice:" BCRYPT "\nanna:" BCRYPT "\n", 1, false);
    ask(&bench, "1 alice wrong\n", "1 " ERR);
    expect_hashed(BCRYPT "\n");
    ask(&bench, "2 nobody wrong\n", "2 " ERR);
    expect_hashed(BCRYPT "\n");
    ask(&bench, "3 Alice wrong\n", "3 " ERR);
    expect_hashed(BCRYPT "\n");
    end(&bench);
}
END_TEST

START_TEST(the_stand_in_lets_nobody_in)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\n", 1, false);
    ask(&bench, "1 nobody U*U\n", "1 " ERR);
    expect_hashed(BCRYPT "\n");
    end(&bench);
}
END_TEST

/* Weak, not of a known scheme, refused by libxcrypt: all cost what an unknown user costs. */
START_TEST(records_that_cannot_be_used)
{
    struct bench bench;

    begin(&bench,
          "dora:" DES "\nlocked:!" APR1 "\nplain:secret\nodd:" REFUSED "\nalice:" BCRYPT
          "\nanna:" BCRYPT "\n",
          1, false);
    ask(&bench, "1 dora 12345678\n", "1 " ERR);
    expect_hashed(BCRYPT "\n");
    ask(&bench, "2 locked myPassword\n", "2 " ERR);
    expect_hashed(BCRYPT "\n");
    ask(&bench, "3 plain secret\n", "3 " ERR);
    expect_hashed(BCRYPT "\n");
    ask(&bench, "4 odd U*U\n", "4 " ERR);
    expect_hashed(REFUSED "\n" BCRYPT "\n");
    end(&bench);
}
END_TEST

/* libxcrypt refuses a password of 512 bytes, and is asked as often for everybody. */
START_TEST(a_password_that_is_too_long)
{
    static const char *const users[] = {"alice", "nobody", "locked"};
    struct bench bench;
    char line[600];
    unsigned i;

    begin(&bench, "alice:" BCRYPT "\nanna:" BCRYPT "\nlocked:!\n", 1, false);
    for (i = 0; i < 3; i++) {
        snprintf(line, sizeof line, "1 %s %0512d\n", users[i], 0);
        ask(&bench, line, "1 " ERR);
        expect_hashed(BCRYPT "\n" BCRYPT "\n");
    }
    end(&bench);
}
END_TEST

START_TEST(weak_ones_where_allowed)
{
    struct bench bench;

    begin(&bench, "dora:" DES "\nalice:" BCRYPT "\n", 1, true);
    ask(&bench, "1 dora 12345678\n", "1 OK\n");
    ask(&bench, "2 dora 123456789\n", "2 " ERR);
    expect_hashed(DES "\n" DES "\n");
    end(&bench);
}
END_TEST

/* A lock at the end of the file holds. */
START_TEST(the_last_record_of_a_user_counts)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\nbob:" SHA "\nalice:!\nbob:" APR1 "\n", 1, false);
    ask(&bench, "1 alice U*U\n", "1 " ERR);
    ask(&bench, "2 bob myPassword\n", "2 OK\n");
    expect_hashed(BCRYPT "\n" APR1 "\n");
    end(&bench);
}
END_TEST

START_TEST(nobody_can_log_in)
{
    struct bench bench;

    begin(&bench, "dora:" DES "\nlocked:!\n", 1, false);
    ask(&bench, "1 dora 12345678\n2 locked x\n3 nobody x\n", "1 " ERR "2 " ERR "3 " ERR);
    expect_hashed("");
    end(&bench);
}
END_TEST

START_TEST(empty_and_malformed)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\n", 1, false);
    ask(&bench, "1 alice \n", "1 " ERR);
    ask(&bench, "2  U*U\n", "2 " ERR);
    ask(&bench, "3 alice\n", "3 BH malformed request\n");
    ask(&bench, "4 alice U*U more\n", "4 BH malformed request\n");
    expect_hashed("");
    ask(&bench, "5 %61lice U%2AU\n", "5 OK\n");
    end(&bench);
}
END_TEST

START_TEST(memory_is_out)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\n", 1, false);
    seen.out_of_memory = true;
    ask(&bench, "1 alice U*U\n", "1 BH out of memory\n");
    ask(&bench, "3 nobody U*U\n", "3 BH out of memory\n");
    seen.out_of_memory = false;
    ask(&bench, "2 alice U*U\n", "2 OK\n");
    end(&bench);
}
END_TEST

/* ---- the file ---- */

START_TEST(requests_wait_for_the_first_look)
{
    struct bench bench;

    open_bench(&bench, "alice:" BCRYPT "\n", 2, false);
    send(&bench, "1 alice U*U\n2 alice wrong\n");
    expect(&bench, "");
    ck_assert_uint_eq(bench.hashing.count, 0);
    finish_one(&bench.reading);
    ck_assert_uint_eq(bench.hashing.count, 2);
    finish_all(&bench);
    expect(&bench, "1 OK\n2 " ERR);
    end(&bench);
}
END_TEST

START_TEST(some_do_not_live_to_see_the_file)
{
    struct bench bench;

    open_bench(&bench, "alice:" BCRYPT "\n", 1, false);
    send(&bench, "1 alice U*U\n2 alice U*U\n");
    fake_loop_advance(bench.loop, DEADLINE_MS - 1000);
    send(&bench, "3 alice U*U\n");
    fake_loop_advance(bench.loop, 1000);
    expect(&bench, "1 BH the password file is still being read\n"
                   "2 BH the password file is still being read\n");
    finish_one(&bench.reading);
    finish_all(&bench);
    expect(&bench, "3 OK\n");
    expect_hashed(BCRYPT "\n");
    end(&bench);
}
END_TEST

START_TEST(no_file)
{
    struct bench bench;

    open_bench(&bench, NULL, 1, false);
    send(&bench, "1 alice U*U\n");
    finish_one(&bench.reading);
    expect(&bench, "1 BH the password file cannot be read\n");
    ask(&bench, "2 alice U*U\n", "2 BH the password file cannot be read\n");
    write_file(&bench, "alice:" BCRYPT "\n");
    fake_loop_advance(bench.loop, KEEPER_LOOK_MS);
    finish_one(&bench.reading);
    ask(&bench, "3 alice U*U\n", "3 OK\n");
    end(&bench);
}
END_TEST

/* Lets the keeper see the file as it is now. It waits for who writes in place, 10 s at most, by its
 * own time. */
static void reread(struct bench *bench)
{
    for (int i = 0; i < 12 * 4; i++) {
        fake_loop_advance(bench->loop, 250);
        while (bench->reading.count > 0)
            finish_one(&bench->reading);
    }
}

/* The one that runs has a copy of what it needs: the table goes while it does. */
START_TEST(the_table_is_swapped_while_hashing)
{
    struct bench bench;
    struct job *job;

    begin(&bench, "alice:" BCRYPT "\n", 1, false);
    send(&bench, "1 alice U*U\n2 alice U*U\n");
    job = take(&bench.hashing);
    write_file(&bench, "alice:" SHA "\nbob:" SHA "\n");
    reread(&bench);
    write_file(&bench, "bob:" SHA "\n");
    reread(&bench);
    job->run(job);
    job->done(job);
    finish_all(&bench);
    expect(&bench, "1 OK\n2 OK\n");
    expect_hashed(BCRYPT "\n" BCRYPT "\n");
    ask(&bench, "3 alice U*U\n", "3 " ERR);
    ask(&bench, "4 bob myPassword\n", "4 OK\n");
    expect_hashed(SHA "\n" SHA "\n");
    end(&bench);
}
END_TEST

/* ---- time ---- */

/* One runs, one waits. The second is taken back and the first is not waited for. */
START_TEST(the_deadline)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\n", 1, false);
    send(&bench, "1 alice U*U\n2 alice wrong\n");
    fake_loop_advance(bench.loop, DEADLINE_MS);
    expect(&bench, "1 " LATE "2 " LATE);
    finish_all(&bench);
    expect(&bench, "");
    expect_hashed(BCRYPT "\n");
    end(&bench);
}
END_TEST

/* Squid sends what was answered BH twice more, at once. */
/* Jobs last 20 s here, and bob's turn comes when he has 10 s left. */
START_TEST(who_cannot_be_hashed_in_time_is_told_at_once)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\nbob:" APR1 "\n", 1, false);
    for (int i = 0; i < 20; i++) {
        send(&bench, "1 alice U*U\n");
        fake_loop_advance(bench.loop, 20000);
        finish_all(&bench);
        expect(&bench, "1 OK\n");
    }
    send(&bench, "2 alice U*U\n3 bob myPassword\n");
    fake_loop_advance(bench.loop, DEADLINE_MS - 10000);
    seen.hashes[0] = '\0';
    finish_all(&bench);
    expect(&bench, "3 " LATE "2 OK\n");
    expect_hashed(BCRYPT "\n");
    ask(&bench, "4 bob myPassword\n", "4 " LATE);
    fake_loop_advance(bench.loop, 2000);
    ask(&bench, "5 bob myPassword\n", "5 OK\n");
    end(&bench);
}
END_TEST

START_TEST(late_logins_are_not_hashed_again_at_once)
{
    struct bench bench;

    begin(&bench, "alice:" BCRYPT "\n", 1, false);
    send(&bench, "1 alice U*U\n");
    fake_loop_advance(bench.loop, DEADLINE_MS);
    expect(&bench, "1 " LATE);
    ask(&bench, "2 alice U*U\n", "2 " LATE);
    ask(&bench, "3 alice wrong\n", "3 " ERR);
    fake_loop_advance(bench.loop, 2000);
    ask(&bench, "4 alice U*U\n", "4 OK\n");
    expect_hashed(BCRYPT "\n" BCRYPT "\n" BCRYPT "\n");
    end(&bench);
}
END_TEST

/* A flood for one user, another comes: it is the next of whom a worker takes. */
START_TEST(a_flood_delays_others_by_a_job_a_worker)
{
    struct bench bench;
    unsigned workers = (unsigned)_i;
    char line[64];
    unsigned i;

    begin(&bench, "alice:" BCRYPT "\nbob:" SHA "\n", workers, false);
    for (i = 1; i <= 40; i++) {
        snprintf(line, sizeof line, "%u alice wrong\n", i);
        send(&bench, line);
    }
    send(&bench, "41 bob myPassword\n");
    ck_assert_uint_eq(bench.hashing.count, workers);
    for (i = 0; i < workers; i++)
        finish_one(&bench.hashing);
    seen.hashes[0] = '\0';
    finish_one(&bench.hashing);
    expect_hashed(SHA "\n");
    finish_all(&bench);
    settle(&bench);
    bytes_consume(&bench.peer.output, bytes_len(&bench.peer.output));
    end(&bench);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("basic-file");
    TCase *t = tcase_create("users");

    tcase_add_test(t, every_user_has_one_hash);
    tcase_add_test(t, an_unknown_user_costs_the_same);
    tcase_add_test(t, the_stand_in_lets_nobody_in);
    tcase_add_test(t, records_that_cannot_be_used);
    tcase_add_test(t, a_password_that_is_too_long);
    tcase_add_test(t, weak_ones_where_allowed);
    tcase_add_test(t, the_last_record_of_a_user_counts);
    tcase_add_test(t, nobody_can_log_in);
    tcase_add_test(t, empty_and_malformed);
    tcase_add_test(t, memory_is_out);
    suite_add_tcase(s, t);

    t = tcase_create("file");
    tcase_add_test(t, requests_wait_for_the_first_look);
    tcase_add_test(t, some_do_not_live_to_see_the_file);
    tcase_add_test(t, no_file);
    tcase_add_test(t, the_table_is_swapped_while_hashing);
    suite_add_tcase(s, t);

    t = tcase_create("time");
    tcase_add_test(t, the_deadline);
    tcase_add_test(t, late_logins_are_not_hashed_again_at_once);
    tcase_add_test(t, who_cannot_be_hashed_in_time_is_told_at_once);
    tcase_add_loop_test(t, a_flood_delays_others_by_a_job_a_worker, 1, 5);
    suite_add_tcase(s, t);
    return s;
}
