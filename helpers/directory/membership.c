/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A question's life: its steps follow one another, its searches wait, run and are answered, and it
 * ends once, with an answer, with trouble, or because nobody wants to know any more.
 */
#include <config.h>

#include "helpers/directory/membership.h"

#include <stdlib.h>

#include "helpers/core/store.h"
#include "helpers/directory/group_names.h"
#include "helpers/directory/membership_lists.h"
#include "helpers/directory/membership_private.h"
#include "helpers/directory/membership_sids.h"
#include "helpers/directory/membership_walk.h"
#include "helpers/directory/trouble.h"

const char membership_no_memory[] = "out of memory";

/* ---- searches ---- */

static void free_search(struct membership_search *search)
{
    free(search->base);
    free(search->filter);
    free(search);
}

static void unlink_search(struct membership_search **list, struct membership_search *search)
{
    while (*list != search)
        list = &(*list)->next;
    *list = search->next;
}

static void append_waiting(struct membership *membership, struct membership_search *search)
{
    search->next = NULL;
    if (membership->waiting)
        membership->last_waiting->next = search;
    else
        membership->waiting = search;
    membership->last_waiting = search;
}

static void submit_waiting(struct membership *membership)
{
    while (membership->waiting && membership->in_flight < MEMBERSHIP_IN_FLIGHT_MAX) {
        struct membership_search *search = membership->waiting;

        membership->waiting = search->next;
        search->next = membership->searches;
        membership->searches = search;
        membership->in_flight++;
        pool_submit(membership->directory->pool, &search->task);
    }
}

static int send_search(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    struct membership_search *search = (struct membership_search *)task;

    return search->send(search, ld, facts, msgid);
}

static int search_answered(struct task *task, LDAP *ld, LDAPMessage *answer);
static void search_failed(struct task *task, const char *reason, bool maybe_processed);

bool membership_search_start(struct membership *membership, const struct membership_search *order)
{
    struct membership_search *search = malloc(sizeof *search);

    if (!search) {
        free(order->base);
        free(order->filter);
        return false;
    }
    *search = *order;
    search->membership = membership;
    search->task = (struct task){
        .purpose = PURPOSE_SERVICE,
        .send = send_search,
        .answered = search_answered,
        .failed = search_failed,
    };
    append_waiting(membership, search);
    return true;
}

void membership_search_stop(struct membership *membership)
{
    struct membership_search *search;

    while ((search = membership->waiting) != NULL) {
        membership->waiting = search->next;
        free_search(search);
    }
    while ((search = membership->searches) != NULL) {
        membership->searches = search->next;
        pool_withdraw(membership->directory->pool, &search->task);
        free_search(search);
    }
    membership->in_flight = 0;
}

/* ---- the end ---- */

static void free_membership(struct membership *membership)
{
    struct directory *directory = membership->directory;

    membership_search_stop(membership);
    if (membership->prev)
        membership->prev->next = membership->next;
    else
        directory->memberships = membership->next;
    if (membership->next)
        membership->next->prev = membership->prev;
    if (membership->ended)
        *membership->ended = true;
    for (size_t i = 0; membership->asked && i < membership->query.group_count; i++)
        group_asked_clear(&membership->asked[i]);
    free(membership->asked);
    free(membership->member);
    name_list_free(membership->names);
    entry_free(membership->token);
    sids_free(membership->sids);
    walk_free(membership->walk);
    free(membership);
}

/* The result must not point into the question. */
static void end_unavailable(struct membership *membership, const char *reason)
{
    const struct membership_result result = {.verdict = VERDICT_UNAVAILABLE, .reason = reason};
    void (*done)(void *, const struct membership_result *) = membership->query.done;
    void *context = membership->query.context;

    free_membership(membership);
    done(context, &result);
}

static void end_answered(struct membership *membership)
{
    struct membership_result result = {.verdict = VERDICT_OK, .member = membership->member};
    bool *member = membership->member;
    void (*done)(void *, const struct membership_result *) = membership->query.done;
    void *context = membership->query.context;
    struct name_list *names = membership->names;
    struct sids *sids = membership->sids;

    if (membership->query.sids && sids)
        result.sid_names = sids->names;
    if (names) {
        name_list_sort(names);
        result.names = names->names;
        result.name_count = names->count;
    }
    membership->member = NULL;
    membership->names = NULL;
    membership->sids = NULL;
    free_membership(membership);
    done(context, &result);
    free(member);
    name_list_free(names);
    sids_free(sids);
}

/* Steps, as long as none of them starts a search. */
static void go_on(struct membership *membership)
{
    while (!membership->searches && !membership->waiting) {
        membership_step_fn *step = membership->step;
        const char *reason;

        if (!step) {
            end_answered(membership);
            return;
        }
        membership->step = NULL;
        reason = step(membership);
        if (reason) {
            end_unavailable(membership, reason);
            return;
        }
    }
    submit_waiting(membership);
}

/* ---- what the pool tells ---- */

static int search_answered(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct membership_search *search = (struct membership_search *)task;
    struct membership *membership = search->membership;
    int code = setup_answer_code(ld, answer, LDAP_RES_SEARCH_RESULT);
    const char *reason;

    unlink_search(&membership->searches, search);
    membership->in_flight--;
    reason = search->answered(search, ld, answer, code);
    free_search(search);
    if (reason)
        end_unavailable(membership, reason);
    else
        go_on(membership);
    return code;
}

static void search_failed(struct task *task, const char *reason, bool maybe_processed)
{
    struct membership_search *search = (struct membership_search *)task;
    struct membership *membership = search->membership;

    (void)maybe_processed;
    unlink_search(&membership->searches, search);
    membership->in_flight--;
    free_search(search);
    end_unavailable(membership, reason);
}

const char *membership_trouble(struct membership *membership, LDAP *ld, LDAPMessage *answer,
                               int code)
{
    const struct trouble trouble = {"search for groups", membership->query.user, code};

    trouble_log(membership_log(membership), &trouble, ld, answer);
    return "the directory search for groups failed";
}

/* ---- where groups are, and what the server is ---- */

const char *membership_base(const struct directory *directory, const struct facts *facts)
{
    const struct membership_options *options = directory->orders.membership;
    const char *base = options ? options->group_base : NULL;

    if (!base)
        base = directory->options->base;
    if (!base && facts)
        base = facts->base;
    return base ? base : "";
}

bool membership_is_ad(const struct directory *directory, const struct facts *facts)
{
    return facts ? facts->kind == KIND_AD : directory_options_say_ad(directory->options);
}

/* ---- the beginning ---- */

static bool make_room(struct membership *membership)
{
    const struct membership_query *query = &membership->query;

    membership->member = calloc(query->group_count + 1, sizeof *membership->member);
    membership->asked = calloc(query->group_count + 1, sizeof *membership->asked);
    if (query->list)
        membership->names = name_list_new();
    return membership->member && membership->asked && (membership->names || !query->list) &&
           group_names_prepare(membership->directory);
}

static membership_step_fn *first_step(const struct directory *directory,
                                      const struct membership_query *query)
{
    if (query->sids)
        return membership_sids;
    return directory->orders.membership->filter ? membership_filter : membership_names;
}

struct membership *directory_membership(struct directory *directory,
                                        const struct membership_query *query)
{
    static const struct membership_result no_memory = {.verdict = VERDICT_UNAVAILABLE,
                                                       .reason = membership_no_memory};
    struct membership *membership = calloc(1, sizeof *membership);
    bool ended = false;

    if (!membership) {
        query->done(query->context, &no_memory);
        return NULL;
    }
    membership->directory = directory;
    membership->query = *query;
    membership->ended = &ended;
    membership->step = first_step(directory, query);
    membership->next = directory->memberships;
    if (membership->next)
        membership->next->prev = membership;
    directory->memberships = membership;
    if (make_room(membership))
        go_on(membership);
    else
        end_unavailable(membership, membership_no_memory);
    if (ended)
        return NULL;
    membership->ended = NULL;
    return membership;
}

void membership_cancel(struct membership *membership)
{
    free_membership(membership);
}

void memberships_end(struct directory *directory)
{
    struct membership *next;

    for (struct membership *at = directory->memberships; at; at = next) {
        next = at->next;
        membership_cancel(at);
    }
    store_free(directory->group_store);
    directory->group_store = NULL;
}
