/* SPDX-License-Identifier: BSD-2-Clause */
/* The scripted pool, and a pipe for the log. */
#include <config.h>

#include "tests/unit/look_bench.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct look_bench look_bench;

static void keep_job(struct offload *offload, struct job *job)
{
    ck_assert_ptr_eq(offload, &look_bench.offload);
    ck_assert_msg(!look_bench.job, "a second job");
    look_bench.job = job;
    look_bench.submitted++;
}

static const struct offload_ops script_ops = {.submit = keep_job};

static uint64_t log_now(void *context)
{
    (void)context;
    return loop_now_ms(look_bench.loop);
}

void look_bench_open(void)
{
    look_bench = (struct look_bench){.offload.ops = &script_ops, .loop = fake_loop_open()};
    ck_assert_int_eq(pipe2(look_bench.log_ends, O_CLOEXEC | O_NONBLOCK), 0);
    look_bench.log = log_open(look_bench.log_ends[1], "prog", LOG_INFO, log_now, NULL);
    ck_assert_ptr_nonnull(look_bench.log);
}

void look_bench_close(void)
{
    ck_assert_ptr_null(look_bench.job);
    log_close(look_bench.log);
    close(look_bench.log_ends[0]);
    close(look_bench.log_ends[1]);
    fake_loop_close(look_bench.loop);
}

void bench_work(void)
{
    struct job *job = look_bench.job;

    ck_assert_msg(job != NULL, "nothing to do");
    look_bench.job = NULL;
    job->run(job);
    job->done(job);
}

void bench_look_for(uint64_t ms)
{
    for (uint64_t passed = 0; passed < ms; passed += 10) {
        fake_loop_advance(look_bench.loop, 10);
        if (look_bench.job)
            bench_work();
    }
}

const char *bench_told(void)
{
    static char lines[65536];
    ssize_t len = read(look_bench.log_ends[0], lines, sizeof lines - 1);

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
