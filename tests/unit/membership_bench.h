/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bench for questions about groups: the server of group_server.h behind the pool's bench, and
 * one question at a time (or several), whose end is noted.
 */
#ifndef TESTS_UNIT_MEMBERSHIP_BENCH_H
#define TESTS_UNIT_MEMBERSHIP_BENCH_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/engine.h"
#include "helpers/directory/membership.h"
#include "helpers/directory/membership_private.h"
#include "tests/unit/group_server.h"
#include "tests/unit/pool_bench.h"

enum { ASKED_MAX = 64, ANSWER_TEXT = 32 * 1024 };

/* What became of a question. */
struct noted_answer {
    unsigned ends;
    enum verdict verdict;
    char reason[100];
    char members[ASKED_MAX + 1]; /* y or n for each group */
    char names[ANSWER_TEXT];     /* with | between them; an empty one where a SID has none */
    size_t sid_count;            /* SIDs that were asked about */
};

static struct bench bench; /* tests run in processes of their own */
static struct group_server server;
static struct directory directory;
static struct directory_options directory_options;
static struct membership_options membership_options;
static struct user_options user_options;
static struct entry *asker; /* the user's entry */
static const char *asker_dn;
static struct noted_answer answer;
static bool hold_answers; /* the server answers nothing */

/* ---- the server behind the bench ---- */

static inline void heard_search(struct fake_carrier *fake, const struct peer_request *request)
{
    struct bench_link *link = fake->context;
    const struct berval bytes = {request->len, fake->out + fake->out_parsed - request->len};
    struct berval reply;

    if (!link->ready || request->operation != LDAP_REQ_SEARCH) {
        bench_heard(fake, request);
        return;
    }
    link->server->searches++;
    reply = serve_search(&server, request->id, &bytes);
    if (!hold_answers) {
        fake_give(fake, reply.bv_val, reply.bv_len);
        link->unread = true;
    }
    ber_memfree(reply.bv_val);
}

static inline struct carrier *dial_server(struct dialer *dialer,
                                          const struct server_address *address,
                                          uint64_t deadline_ms, bool *local, struct why *why)
{
    struct carrier *carrier = bench_dial(dialer, address, deadline_ms, local, why);

    if (carrier)
        ((struct fake_carrier *)carrier)->heard = heard_search;
    return carrier;
}

/* ---- its life ---- */

static inline void add_entry(const struct server_entry *entry)
{
    ck_assert_uint_lt(server.count, SERVER_ENTRIES_MAX);
    server.entries[server.count++] = entry;
}

/* A directory of KIND with a connection to it, below BASE. */
static inline void open_directory(enum directory_kind kind, const char *base)
{
    bench_prepare(&bench, 1);
    bench.dialer.dial = dial_server;
    ck_assert(directory_options_init(&directory_options));
    ck_assert(membership_options_init(&membership_options));
    directory_options.kind = (int)kind;
    directory_options.base = strdup(base);
    directory.ground = bench.config.ground;
    directory.orders = (struct directory_orders){
        .options = &directory_options, .user = &user_options, .membership = &membership_options};
    directory.options = &directory_options;
    bench_start(&bench);
    bench_settle(&bench);
    directory.pool = bench.pool;
}

static inline int send_read(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    (void)facts;
    (void)task;
    return ldap_search_ext(ld, asker_dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                           (char **)(uintptr_t)membership_attributes(), 0, NULL, NULL, NULL, 0,
                           msgid);
}

static inline int take_read(struct task *task, LDAP *ld, LDAPMessage *message)
{
    (void)task;
    ck_assert_ptr_nonnull(ldap_first_entry(ld, message));
    asker = entry_copy(ld, ldap_first_entry(ld, message));
    return LDAP_SUCCESS;
}

/* Questions are about the user DN, whose entry is read as it is when a name is looked for. */
static inline void become(const char *dn)
{
    static struct task task;

    entry_free(asker);
    asker = NULL;
    asker_dn = dn;
    task = (struct task){.purpose = PURPOSE_SERVICE, .send = send_read, .answered = take_read};
    pool_submit(bench.pool, &task);
    bench_settle(&bench);
    ck_assert_ptr_nonnull(asker);
    server.noted = 0;
}

static inline void close_directory(void)
{
    memberships_end(&directory);
    bench_close(&bench);
    entry_free(asker);
    free(directory_options.base);
    free(membership_options.group_base);
}

/* ---- questions ---- */

static inline void note_end(void *context, const struct membership_result *result)
{
    struct noted_answer *noted = context;
    size_t at = 0;

    noted->ends++;
    noted->verdict = result->verdict;
    if (result->verdict != VERDICT_OK) {
        ck_assert_int_eq(result->verdict, VERDICT_UNAVAILABLE);
        ck_assert_ptr_nonnull(result->reason);
        snprintf(noted->reason, sizeof noted->reason, "%s", result->reason);
        return;
    }
    for (size_t i = 0; noted->members[i]; i++)
        noted->members[i] = result->member[i] ? 'y' : 'n';
    for (size_t i = 0; i < result->name_count + noted->sid_count; i++) {
        const struct pxa_span name = result->sid_names ? result->sid_names[i] : result->names[i];

        at += (size_t)snprintf(noted->names + at, sizeof noted->names - at, "%s%.*s", i ? "|" : "",
                               (int)name.len, name.at);
    }
}

static struct pxa_span asked_groups[ASKED_MAX];

/* GROUPS: up to ASKED_MAX names, NULL behind the last. */
static inline struct membership *start_question(const char *const *groups, bool list)
{
    struct membership_query query = {
        .user = {"user", 4},
        .entry = asker,
        .groups = asked_groups,
        .list = list,
        .done = note_end,
        .context = &answer,
    };

    answer = (struct noted_answer){0};
    while (groups && groups[query.group_count]) {
        const char *name = groups[query.group_count];

        asked_groups[query.group_count] = (struct pxa_span){name, strlen(name)};
        answer.members[query.group_count++] = '?';
    }
    return directory_membership(&directory, &query);
}

static inline struct membership *start_sids(const struct pxa_span *sids, size_t count)
{
    const struct membership_query query = {
        .user = {"user", 4},
        .sids = sids,
        .sid_count = count,
        .done = note_end,
        .context = &answer,
    };

    answer = (struct noted_answer){.sid_count = count};
    return directory_membership(&directory, &query);
}

/* Asks, and lets happen what happens without time. */
static inline void ask_about(const char *const *groups, bool list)
{
    start_question(groups, list);
    bench_settle(&bench);
    ck_assert_uint_eq(answer.ends, 1);
}

#define ABOUT(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline void expect_members(const char *const *groups, const char *members)
{
    ask_about(groups, false);
    ck_assert_msg(answer.verdict == VERDICT_OK, "%s", answer.reason);
    ck_assert_str_eq(answer.members, members);
}

static inline void expect_names(const char *names)
{
    ask_about(NULL, true);
    ck_assert_msg(answer.verdict == VERDICT_OK, "%s", answer.reason);
    ck_assert_str_eq(answer.names, names);
}

static inline void expect_trouble(const char *const *groups, bool list, const char *words)
{
    ask_about(groups, list);
    ck_assert_int_eq(answer.verdict, VERDICT_UNAVAILABLE);
    ck_assert_msg(strstr(answer.reason, words), "%s", answer.reason);
}

/* How many searches a piece of a test made. */
static inline size_t searches_since(size_t before)
{
    return server.noted - before;
}

#endif
