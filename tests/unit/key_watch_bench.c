/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of a watch again and again. */
#include <config.h>

#include "tests/unit/key_watch_bench.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct key_watch_bench key_watch_bench;

static void count_look(void *context)
{
    ck_assert_ptr_eq(context, &key_watch_bench);
    key_watch_bench.looked++;
}

void bench_setup(void)
{
    struct option_list none = {.count = 0};

    ck_assert_int_eq(setenv("KRB5_CONFIG", "/dev/null", 1), 0);
    file_bench_open();
    memset(&key_watch_bench, 0, sizeof key_watch_bench);
    credentials_as_they_are();
    look_bench_open();
    key_watch_bench.rule = spn_rule_new(&none, NULL);
    ck_assert(key_watch_bench.rule && replay_init(&key_watch_bench.replay, "none", NULL));
}

void bench_teardown(void)
{
    ck_assert(key_watch_close(key_watch_bench.watch));
    look_bench_close();
    spn_rule_free(key_watch_bench.rule);
    replay_free(&key_watch_bench.replay);
    file_bench_close();
}

struct key_watch_config bench_config(const char *path)
{
    return (struct key_watch_config){.path = path,
                                     .rule = key_watch_bench.rule,
                                     .order.replay = &key_watch_bench.replay,
                                     .look_ms = KEY_WATCH_LOOK_MS,
                                     .looked = count_look,
                                     .context = &key_watch_bench};
}

void bench_begin_with(const struct key_watch_config *config)
{
    struct why why = {""};

    key_watch_bench.watch =
        key_watch_open(look_bench.loop, &look_bench.offload, look_bench.log, config, &why);
    ck_assert_msg(key_watch_bench.watch != NULL, "%s", why.text);
}

void bench_begin(void)
{
    const struct key_watch_config config = bench_config(file_bench_path);

    bench_begin_with(&config);
}

void bench_look(void)
{
    fake_loop_advance(look_bench.loop, KEY_WATCH_LOOK_MS);
    bench_work();
}

struct keytab_build bench_keytab(uint32_t from, uint32_t to)
{
    struct keytab_build build;

    keytab_begin(&build);
    for (uint32_t kvno = from; kvno <= to; kvno++)
        keytab_put(&build, "a.test", kvno);
    return build;
}

void bench_write(uint32_t from, uint32_t to)
{
    struct keytab_build build = bench_keytab(from, to);

    file_bench_write_bytes(build.at, build.len);
}

void bench_replace(uint32_t from, uint32_t to)
{
    struct keytab_build build = bench_keytab(from, to);

    file_bench_replace_bytes(build.at, build.len);
}

int bench_keys(void)
{
    struct service_credentials *credentials = key_watch_credentials(key_watch_bench.watch);

    return credentials ? (int)credentials->keys->count : -1;
}
