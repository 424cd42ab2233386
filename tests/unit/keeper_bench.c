/* SPDX-License-Identifier: BSD-2-Clause */
/* The scripted pool and what is asked of a keeper again and again. */
#include <config.h>

#include "tests/unit/keeper_bench.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "helpers/files/password_lines.h"

struct keeper_bench keeper_bench;
const struct file_format bench_format = {.split = password_lines_split};

static void keep_job(struct offload *offload, struct job *job)
{
    struct keeper_bench *bench = (struct keeper_bench *)offload;

    ck_assert_msg(!bench->job, "a second job");
    bench->job = job;
    bench->submitted++;
}

static const struct offload_ops script_ops = {.submit = keep_job};

static uint64_t log_now(void *context)
{
    (void)context;
    return loop_now_ms(keeper_bench.loop);
}

static void count_change(void *context)
{
    ck_assert_ptr_eq(context, &keeper_bench.changes);
    keeper_bench.changes++;
}

void bench_setup(void)
{
    file_bench_open();
    keeper_bench = (struct keeper_bench){.offload.ops = &script_ops};
    keeper_bench.loop = fake_loop_open();
    ck_assert_int_eq(pipe2(keeper_bench.log_ends, O_CLOEXEC | O_NONBLOCK), 0);
    keeper_bench.log = log_open(keeper_bench.log_ends[1], "prog", LOG_INFO, log_now, NULL);
    ck_assert_ptr_nonnull(keeper_bench.log);
}

void bench_teardown(void)
{
    ck_assert_ptr_null(keeper_bench.job);
    ck_assert(keeper_close(keeper_bench.keeper));
    log_close(keeper_bench.log);
    close(keeper_bench.log_ends[0]);
    close(keeper_bench.log_ends[1]);
    fake_loop_close(keeper_bench.loop);
    file_bench_close();
}

void bench_begin(void)
{
    const struct keeper_config config = {
        .path = file_bench_path,
        .what = "the password file",
        .format = &bench_format,
        .look_ms = KEEPER_LOOK_MS,
        .empty_ms = KEEPER_EMPTY_MS,
        .seed = 7,
        .changed = count_change,
        .context = &keeper_bench.changes,
    };
    struct why why = {""};

    keeper_bench.keeper =
        keeper_open(keeper_bench.loop, &keeper_bench.offload, keeper_bench.log, &config, &why);
    ck_assert_msg(keeper_bench.keeper != NULL, "%s", why.text);
}

void bench_work(void)
{
    struct job *job = keeper_bench.job;

    ck_assert_msg(job != NULL, "nothing to do");
    keeper_bench.job = NULL;
    job->run(job);
    job->done(job);
}

void bench_look(void)
{
    fake_loop_advance(keeper_bench.loop, KEEPER_LOOK_MS);
    bench_work();
}

void bench_look_for(uint64_t ms)
{
    for (uint64_t passed = 0; passed < ms; passed += 10) {
        fake_loop_advance(keeper_bench.loop, 10);
        if (keeper_bench.job)
            bench_work();
    }
}

void bench_begin_with(const char *text)
{
    file_bench_write(text);
    bench_begin();
    bench_work();
}

const char *bench_told(void)
{
    static char lines[65536];
    ssize_t len = read(keeper_bench.log_ends[0], lines, sizeof lines - 1);

    lines[len < 0 ? 0 : len] = '\0';
    return lines;
}

void bench_expect_told(const char *part)
{
    const char *lines = bench_told();

    ck_assert_msg(strstr(lines, part) != NULL, "'%s' is not in: %s", part, lines);
}

void bench_expect_silence(void)
{
    const char *lines = bench_told();

    ck_assert_msg(lines[0] == '\0', "%s", lines);
}

bool bench_has(const char *user, const char *value)
{
    struct file_record record;

    return keeper_table(keeper_bench.keeper) &&
           table_find(keeper_table(keeper_bench.keeper), (struct pxa_span){user, strlen(user)},
                      &record) &&
           record.value.len == strlen(value) && !memcmp(record.value.at, value, record.value.len);
}
