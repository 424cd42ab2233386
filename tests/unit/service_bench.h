/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bench for tests of service.c: real libgssapi and forged tickets (ticket_forge.h), but a keytab
 * watch that does what the test says, and threads that run when the test wants it.
 */
#ifndef TESTS_UNIT_SERVICE_BENCH_H
#define TESTS_UNIT_SERVICE_BENCH_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "helpers/kerberos/service.h"
#include "tests/unit/forge_acceptor.h"

/* ---- threads ---- */

enum { FAKE_JOBS = 8 };

/* Jobs in the order in which they came; run and done by hand, so that anything may happen between.
 */
struct fake_offload {
    struct offload offload;
    struct job *jobs[FAKE_JOBS];
    unsigned count;
};

static inline void fake_submit(struct offload *offload, struct job *job)
{
    struct fake_offload *fake = (struct fake_offload *)offload;

    ck_assert_uint_lt(fake->count, FAKE_JOBS);
    fake->jobs[fake->count++] = job;
}

static inline void fake_offload_init(struct fake_offload *fake)
{
    static const struct offload_ops ops = {fake_submit};

    *fake = (struct fake_offload){.offload = {&ops}};
}

static inline void fake_run(struct fake_offload *fake, unsigned at)
{
    ck_assert_uint_lt(at, fake->count);
    fake->jobs[at]->run(fake->jobs[at]);
}

static inline void fake_done(struct fake_offload *fake, unsigned at)
{
    struct job *job;

    ck_assert_uint_lt(at, fake->count);
    job = fake->jobs[at];
    memmove(&fake->jobs[at], &fake->jobs[at + 1], (fake->count - at - 1) * sizeof(struct job *));
    fake->count--;
    job->done(job);
}

/* ---- the keytab watch, which is all that the service knows of it ---- */

struct key_watch {
    bool ready;
    bool stuck;
    unsigned looks;
    struct service_credentials *credentials;
    const char *lack;
};

bool key_watch_is_ready(const struct key_watch *watch)
{
    return watch->ready;
}

struct service_credentials *key_watch_credentials(const struct key_watch *watch)
{
    return watch->credentials;
}

const char *key_watch_trouble(const struct key_watch *watch)
{
    (void)watch;
    return "no keytab here";
}

const char *key_watch_lack(const struct key_watch *watch, bool ntlm)
{
    (void)ntlm;
    return watch->lack;
}

const char *key_watch_told(const struct key_watch *watch, bool ntlm)
{
    (void)watch;
    return ntlm ? "install a mechanism" : "put it there";
}

bool key_watch_is_stuck(const struct key_watch *watch)
{
    return watch->stuck;
}

void key_watch_look_now(struct key_watch *watch)
{
    watch->looks++;
}

/* ---- the bench ---- */

struct bench {
    struct forge forge;
    struct fake_offload threads;
    struct fake_offload queue;
    struct key_watch watch;
    struct key_entry entry;
    struct keys keys;
    struct service_credentials credentials;
    struct service_credentials newer; /* the same, as bench_change_keytab() has them read again */
    struct replay replay;
    struct option_list names;
    struct spn_rule *spns;
    struct option_list realms;
    struct service_config config;
    struct service *service;
    /* What was answered last: */
    unsigned answers;
    enum service_result result;
    char user[200];
    char reason[200];
    char remark[1024];
    size_t token_len;
    size_t sid_count;
};

static inline void bench_answer(void *context, const struct service_answer *answer)
{
    struct bench *bench = context;

    bench->answers++;
    bench->result = answer->result;
    snprintf(bench->user, sizeof bench->user, "%.*s", (int)answer->user.len,
             answer->user.at ? answer->user.at : "");
    snprintf(bench->reason, sizeof bench->reason, "%s", answer->reason ? answer->reason : "");
    snprintf(bench->remark, sizeof bench->remark, "%s", answer->remark ? answer->remark : "");
    bench->token_len = answer->token.len;
    bench->sid_count = answer->sid_count;
    for (size_t i = 0; i < answer->sid_count; i++)
        ck_assert_uint_ge(answer->sids[i].len, 8);
}

static inline void bench_open(struct bench *bench)
{
    static char name[] = FORGED_SERVICE;

    setenv("KRB5_CONFIG", "/dev/null", 1);
    *bench = (struct bench){0};
    forge_open(&bench->forge);
    forge_keytab(&bench->forge, FORGED_SERVICE, 2, &bench->forge.key);
    fake_offload_init(&bench->threads);
    fake_offload_init(&bench->queue);
    bench->entry = (struct key_entry){name, 2, 18, true};
    bench->keys = (struct keys){&bench->entry, 1, 1, FORGED_KEYTAB, false};
    bench->credentials = (struct service_credentials){.keys = &bench->keys,
                                                      .own = forged_credential("none:"),
                                                      .threads = forged_credential("none:"),
                                                      .holders = 1};
    bench->watch = (struct key_watch){.ready = true, .credentials = &bench->credentials};
    bench->spns = spn_rule_new(&bench->names, NULL);
    bench->config =
        (struct service_config){.offload = &bench->threads.offload,
                                .queue = &bench->queue.offload,
                                .watch = &bench->watch,
                                .spns = bench->spns,
                                .replay = &bench->replay,
                                .who = {.realms = &bench->realms, .domains = &bench->realms},
                                .orders = {.groups = true},
                                .answer = bench_answer,
                                .context = bench};
}

/* The file is another one, and has been read. */
static inline void bench_change_keytab(struct bench *bench)
{
    bench->newer = bench->credentials;
    bench->newer.holders = 1;
    bench->watch.credentials = &bench->newer;
}

/* With what the test changed in the configuration. */
static inline void bench_start(struct bench *bench)
{
    bench->service = service_open(&bench->config, NULL);
    ck_assert_ptr_nonnull(bench->service);
}

static inline void bench_close(struct bench *bench)
{
    OM_uint32 minor;

    ck_assert(service_close(bench->service));
    ck_assert_uint_eq(bench->credentials.holders, 1);
    ck_assert_uint_le(bench->newer.holders, 1);
    gss_release_cred(&minor, &bench->credentials.own);
    gss_release_cred(&minor, &bench->credentials.threads);
    spn_rule_free(bench->spns);
    forge_close(&bench->forge);
}

/* The token is gone when nobody may need it any more: at the answer. */
static inline struct block bench_begin(struct bench *bench, const struct forged_login *login)
{
    struct block token = forge_token(&bench->forge, login);

    service_begin(bench->service, block_span(token));
    return token;
}

static inline void bench_login(struct bench *bench, const struct forged_login *login)
{
    unsigned before = bench->answers;

    block_free(bench_begin(bench, login));
    ck_assert_uint_eq(bench->answers, before + 1);
}

static inline void bench_send(struct bench *bench, const char *token, size_t len)
{
    struct block block = block_of(token, len);

    service_begin(bench->service, block_span(block));
    block_free(block);
}

#endif
