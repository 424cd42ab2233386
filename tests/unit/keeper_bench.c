/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of a keeper again and again. */
#include <config.h>

#include "tests/unit/keeper_bench.h"

#include <check.h>
#include <string.h>

#include "helpers/files/password_lines.h"

struct keeper_bench keeper_bench;
const struct file_format bench_format = {.split = password_lines_split};

static void count_change(void *context)
{
    ck_assert_ptr_eq(context, &keeper_bench.changes);
    keeper_bench.changes++;
}

void bench_setup(void)
{
    file_bench_open();
    keeper_bench = (struct keeper_bench){.keeper = NULL};
    look_bench_open();
}

void bench_teardown(void)
{
    ck_assert(keeper_close(keeper_bench.keeper));
    look_bench_close();
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
        keeper_open(look_bench.loop, &look_bench.offload, look_bench.log, &config, &why);
    ck_assert_msg(keeper_bench.keeper != NULL, "%s", why.text);
}

void bench_look(void)
{
    fake_loop_advance(look_bench.loop, KEEPER_LOOK_MS);
    bench_work();
}

void bench_begin_with(const char *text)
{
    file_bench_write(text);
    bench_begin();
    bench_work();
}

bool bench_has(const char *user, const char *value)
{
    struct file_record record;

    return keeper_table(keeper_bench.keeper) &&
           table_find(keeper_table(keeper_bench.keeper), (struct pxa_span){user, strlen(user)},
                      &record) &&
           record.value.len == strlen(value) && !memcmp(record.value.at, value, record.value.len);
}
