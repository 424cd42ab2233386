/* SPDX-License-Identifier: BSD-2-Clause */
/* The scripted pool, a libgssapi that refuses, and what is asked of a watch again and again. */
#include <config.h>

#include "tests/unit/key_watch_bench.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gssapi/gssapi_ext.h>

struct key_watch_bench key_watch_bench;

/* ---- no credentials ---- */

bool bench_refuses;
bool bench_hides_ntlm;

/* The linker's names for what is wrapped. NOLINTBEGIN */
OM_uint32 __real_gss_indicate_mechs(OM_uint32 *minor, gss_OID_set *mechanisms);
OM_uint32 __wrap_gss_indicate_mechs(OM_uint32 *minor, gss_OID_set *mechanisms);

OM_uint32 __wrap_gss_indicate_mechs(OM_uint32 *minor, gss_OID_set *mechanisms)
{
    if (bench_hides_ntlm)
        return gss_create_empty_oid_set(minor, mechanisms);
    return __real_gss_indicate_mechs(minor, mechanisms);
}

OM_uint32 __real_gss_acquire_cred_from(OM_uint32 *minor, gss_name_t name, OM_uint32 time,
                                       gss_OID_set mechanisms, gss_cred_usage_t usage,
                                       gss_const_key_value_set_t store, gss_cred_id_t *credential,
                                       gss_OID_set *actual, OM_uint32 *seconds);
OM_uint32 __wrap_gss_acquire_cred_from(OM_uint32 *minor, gss_name_t name, OM_uint32 time,
                                       gss_OID_set mechanisms, gss_cred_usage_t usage,
                                       gss_const_key_value_set_t store, gss_cred_id_t *credential,
                                       gss_OID_set *actual, OM_uint32 *seconds);

OM_uint32 __wrap_gss_acquire_cred_from(OM_uint32 *minor, gss_name_t name, OM_uint32 time,
                                       gss_OID_set mechanisms, gss_cred_usage_t usage,
                                       gss_const_key_value_set_t store, gss_cred_id_t *credential,
                                       gss_OID_set *actual, OM_uint32 *seconds)
{
    if (bench_refuses) {
        *minor = 0;
        return GSS_S_NO_CRED;
    }
    return __real_gss_acquire_cred_from(minor, name, time, mechanisms, usage, store, credential,
                                        actual, seconds);
}
/* NOLINTEND */

/* ---- the bench ---- */

static void keep_job(struct offload *offload, struct job *job)
{
    (void)offload;
    ck_assert_msg(!key_watch_bench.job, "a second job");
    key_watch_bench.job = job;
    key_watch_bench.submitted++;
}

static const struct offload_ops script_ops = {.submit = keep_job};

static uint64_t log_now(void *context)
{
    (void)context;
    return loop_now_ms(key_watch_bench.loop);
}

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
    bench_refuses = false;
    bench_hides_ntlm = false;
    key_watch_bench.offload.ops = &script_ops;
    key_watch_bench.loop = fake_loop_open();
    ck_assert_int_eq(pipe2(key_watch_bench.log_ends, O_CLOEXEC | O_NONBLOCK), 0);
    key_watch_bench.log = log_open(key_watch_bench.log_ends[1], "prog", LOG_INFO, log_now, NULL);
    key_watch_bench.rule = spn_rule_new(&none, NULL);
    ck_assert(key_watch_bench.log && key_watch_bench.rule &&
              replay_init(&key_watch_bench.replay, "none", NULL));
}

void bench_teardown(void)
{
    ck_assert_ptr_null(key_watch_bench.job);
    ck_assert(key_watch_close(key_watch_bench.watch));
    log_close(key_watch_bench.log);
    close(key_watch_bench.log_ends[0]);
    close(key_watch_bench.log_ends[1]);
    fake_loop_close(key_watch_bench.loop);
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

    key_watch_bench.watch = key_watch_open(key_watch_bench.loop, &key_watch_bench.offload,
                                           key_watch_bench.log, config, &why);
    ck_assert_msg(key_watch_bench.watch != NULL, "%s", why.text);
}

void bench_begin(void)
{
    const struct key_watch_config config = bench_config(file_bench_path);

    bench_begin_with(&config);
}

void bench_work(void)
{
    struct job *job = key_watch_bench.job;

    ck_assert_msg(job != NULL, "nothing to do");
    key_watch_bench.job = NULL;
    job->run(job);
    job->done(job);
}

void bench_look(void)
{
    fake_loop_advance(key_watch_bench.loop, KEY_WATCH_LOOK_MS);
    bench_work();
}

void bench_look_for(uint64_t ms)
{
    for (uint64_t passed = 0; passed < ms; passed += 10) {
        fake_loop_advance(key_watch_bench.loop, 10);
        if (key_watch_bench.job)
            bench_work();
    }
}

const char *bench_told(void)
{
    static char lines[65536];
    ssize_t len = read(key_watch_bench.log_ends[0], lines, sizeof lines - 1);

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
