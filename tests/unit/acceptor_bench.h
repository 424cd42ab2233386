/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An acceptor with the account "alice", whose password is "secret", and a client for it.
 */
#ifndef TESTS_UNIT_ACCEPTOR_BENCH_H
#define TESTS_UNIT_ACCEPTOR_BENCH_H

#include "helpers/ntlm/acceptor.h"

#include "tests/unit/ntlm_client.h"

/* 2026-01-01, by Python's datetime. */
#define BENCH_NOW UINT64_C(134116992000000000)

struct acceptor_bench {
    struct ntlm_policy policy;
    struct option_list domains;
    struct acceptor *acceptor;
    struct client client;
    struct acceptor_answer answer;
    /* The account, and what was asked about it last. */
    const char *account;
    enum ntlm_lookup found; /* what the account is, if it is asked for */
    unsigned lookups;
    char asked_user[ACCEPTOR_NAME_MAX + 1];
    char asked_domain[ACCEPTOR_NAME_MAX + 1];
};

static inline void bench_text(char *to, struct pxa_span from)
{
    ck_assert_uint_le(from.len, ACCEPTOR_NAME_MAX);
    if (from.len > 0)
        memcpy(to, from.at, from.len);
    to[from.len] = '\0';
}

static inline enum ntlm_lookup bench_look_up(void *context, struct pxa_span user,
                                             struct pxa_span domain, struct ntlm_account *out)
{
    struct acceptor_bench *bench = context;

    bench->lookups++;
    bench_text(bench->asked_user, user);
    bench_text(bench->asked_domain, domain);
    if (!pxa_name_is(user, bench->account))
        return NTLM_LOOKUP_NONE;
    out->name = (struct pxa_span){bench->account, strlen(bench->account)};
    memcpy(out->nt_hash, client_secret, NT_HASH_LEN);
    return bench->found;
}

static inline struct acceptor_bench *bench_open(void)
{
    struct acceptor_bench *bench = calloc(1, sizeof *bench);

    ck_assert_ptr_nonnull(bench);
    bench->policy = (struct ntlm_policy){.lookup = bench_look_up,
                                         .context = bench,
                                         .domains = &bench->domains,
                                         .computer = "PROXY",
                                         .domain = "LAB",
                                         .dns_name = "proxy.lab.example"};
    bench->account = "Alice";
    bench->found = NTLM_LOOKUP_FOUND;
    bench->acceptor = acceptor_new(&bench->policy);
    ck_assert_ptr_nonnull(bench->acceptor);
    client_init(&bench->client);
    return bench;
}

static inline void bench_close(struct acceptor_bench *bench)
{
    acceptor_free(bench->acceptor);
    free(bench);
}

/* Tokens are handed over in blocks of their very size. */
static inline void bench_begin(struct acceptor_bench *bench, struct pxa_span token)
{
    struct block block = block_of(token.at, token.len);

    acceptor_begin(bench->acceptor, block_span(block), BENCH_NOW, &bench->answer);
    block_free(block);
}

static inline void bench_step(struct acceptor_bench *bench, struct pxa_span token)
{
    struct block block = block_of(token.at, token.len);

    acceptor_step(bench->acceptor, block_span(block), BENCH_NOW, &bench->answer);
    block_free(block);
}

/* A whole bare login of the bench's client. */
static inline void bench_login(struct acceptor_bench *bench)
{
    bench_begin(bench, client_negotiate(&bench->client));
    ck_assert_int_eq(bench->answer.result, ACCEPTOR_CONTINUE);
    bench_step(bench, client_authenticate(&bench->client, bench->answer.token));
}

static inline void expect_ok(const struct acceptor_bench *bench)
{
    ck_assert_msg(bench->answer.result == ACCEPTOR_OK, "%s", bench->answer.reason);
    ck_assert(span_is(bench->answer.user, bench->account, strlen(bench->account)));
    ck_assert_str_eq(bench->answer.reason, "");
    ck_assert_str_eq(bench->answer.detail, "");
}

/* Denied for that reason, and with nothing left to go on with. */
static inline void expect_denied(struct acceptor_bench *bench, const char *reason)
{
    ck_assert_int_eq(bench->answer.result, ACCEPTOR_DENIED);
    ck_assert_str_eq(bench->answer.reason, reason);
    ck_assert_ptr_nonnull(bench->answer.detail);
    bench_step(bench,
               (struct pxa_span){bench->client.authenticate.bytes, bench->client.authenticate.len});
    ck_assert_int_eq(bench->answer.result, ACCEPTOR_DENIED);
}

#endif
