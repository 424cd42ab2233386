/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions: what memory knows, who waits for which flight, and the answer.
 *
 * A question waits for each group that memory does not know. It is answered when the last of them
 * is, even if one answer was yes before: the reply tells all groups that match.
 *
 * Cannot do: share the user's entry between questions about different groups that come at once.
 */
#include <config.h>

#include "helpers/groups/groups.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/groups/groups_private.h"

static const char no_memory[] = "out of memory";
static const char too_late[] = "the directory did not answer in time";

static uint64_t now_ms(const struct groups *groups)
{
    return loop_now_ms(groups->config.loop);
}

/* ---- keys ---- */

/* Lengths go first, so that no other split of the same bytes gives the same key. */
struct key_head {
    uint32_t user_len;
    uint32_t base_extension_len;
};

static char *put(char *to, struct pxa_span from)
{
    if (from.len > 0)
        memcpy(to, from.at, from.len);
    return to + from.len;
}

static size_t longest_group(const struct groups_question *question)
{
    size_t longest = 0;

    for (size_t i = 0; i < question->group_count; i++)
        if (question->groups[i].len > longest)
            longest = question->groups[i].len;
    return longest;
}

bool groups_key_user(struct groups *groups, const struct groups_question *question)
{
    const struct key_head head = {(uint32_t)question->user.len,
                                  (uint32_t)question->base_extension.len};
    size_t user_len = sizeof head + question->user.len + question->base_extension.len;
    size_t cap = user_len + longest_group(question);
    char *at;

    if (cap > groups->key_cap) {
        char *grown = realloc(groups->key, cap);

        if (!grown)
            return false;
        groups->key = grown;
        groups->key_cap = cap;
    }
    at = put(groups->key, (struct pxa_span){(const char *)&head, sizeof head});
    at = put(at, question->user);
    put(at, question->base_extension);
    groups->key_user_len = user_len;
    return true;
}

struct pxa_span groups_key_of(struct groups *groups, struct pxa_span group)
{
    put(groups->key + groups->key_user_len, group);
    return (struct pxa_span){groups->key, groups->key_user_len + group.len};
}

/* ---- the lists of questions ---- */

static void link_asked(struct groups_asked **list, struct groups_asked *asked)
{
    asked->prev = NULL;
    asked->next = *list;
    if (asked->next)
        asked->next->prev = asked;
    *list = asked;
}

static void unlink_asked(struct groups_asked **list, struct groups_asked *asked)
{
    if (*list == asked)
        *list = asked->next;
    else
        asked->prev->next = asked->next;
    if (asked->next)
        asked->next->prev = asked->prev;
}

/* Among those that wait, or those that are ready. */
static struct groups_asked **list_of(const struct groups_asked *asked)
{
    return asked->pending > 0 || asked->starting ? &asked->groups->first : &asked->groups->ready;
}

static struct groups_asked *new_asked(struct groups *groups, const struct groups_question *question)
{
    size_t count = question->group_count;
    size_t size = sizeof(struct groups_asked) + count * (sizeof(struct asked_group) + sizeof(bool));
    struct groups_asked *asked = malloc(size);

    if (!asked)
        return NULL;
    memset(asked, 0, size); /* calloc() takes a slower path for what is small */
    asked->groups = groups;
    asked->done = question->done;
    asked->context = question->context;
    asked->count = count;
    asked->member = (bool *)&asked->list[count];
    asked->starting = true;
    link_asked(&groups->first, asked);
    return asked;
}

static void free_asked(struct groups_asked *asked)
{
    free(asked->reason);
    free(asked);
}

/* ---- answers ---- */

static void note_trouble(struct groups_asked *asked, struct pxa_span reason)
{
    asked->trouble = true;
    if (!asked->reason)
        asked->reason = strndup(reason.at, reason.len);
}

/* A yes stands whatever became of the other groups: it was verified. */
static enum verdict verdict_of(const struct groups_asked *asked)
{
    for (size_t i = 0; i < asked->count; i++)
        if (asked->member[i])
            return VERDICT_OK;
    return asked->trouble ? VERDICT_UNAVAILABLE : VERDICT_DENIED;
}

/* ASKED is on no list any more. */
static void answer(struct groups_asked *asked)
{
    const struct groups_answer whole = {
        .verdict = verdict_of(asked),
        .reason = asked->reason ? asked->reason : no_memory,
        .member = asked->member,
    };

    asked->done(asked->context, &whole);
    free_asked(asked);
}

/* One at a time: whoever is told may ask again or cancel others. */
static void answer_ready(struct groups *groups)
{
    struct groups_asked *asked;

    while ((asked = groups->ready) != NULL) {
        unlink_asked(&groups->ready, asked);
        answer(asked);
    }
}

/* One group less to wait for. */
static void settle(struct groups_asked *asked)
{
    unlink_asked(list_of(asked), asked);
    asked->pending--;
    link_asked(list_of(asked), asked);
}

/* Answers QUESTION without having asked anything. */
static void refuse(const struct groups_question *question)
{
    const struct groups_answer none = {.verdict = VERDICT_UNAVAILABLE, .reason = no_memory};

    question->done(question->context, &none);
}

/* ---- what a fetch brings ---- */

static void tell(struct fetch_group *group, bool member, const char *reason)
{
    while (group->flight.first) {
        struct asked_group *waiting = (struct asked_group *)(void *)group->flight.first;
        struct groups_asked *asked = waiting->asked;

        flight_leave(&waiting->wait);
        if (reason)
            note_trouble(asked, (struct pxa_span){reason, strlen(reason)});
        else
            asked->member[waiting - asked->list] = member;
        settle(asked);
    }
}

void groups_fetched(struct fetch *fetch, const bool *member, const char *reason)
{
    struct groups *groups = fetch->groups;
    uint64_t now = now_ms(groups);

    for (size_t i = 0; i < fetch->count; i++) {
        struct pxa_span key = fetch->list[i].flight.key;

        if (reason)
            answers_keep_trouble(groups->answers, key, reason, now);
        else
            answers_keep(groups->answers, key, member[i], now);
        tell(&fetch->list[i], !reason && member[i], reason);
    }
    answer_ready(groups);
}

/* ---- questions ---- */

/* Asks memory about all groups. What it does not know is counted as pending; returns how many bytes
 * the keys of those have. */
static size_t recall(struct groups_asked *asked, const struct groups_question *question)
{
    struct groups *groups = asked->groups;
    uint64_t now = now_ms(groups);
    size_t keys_len = 0;
    struct pxa_span reason;

    for (size_t i = 0; i < asked->count; i++) {
        struct pxa_span key = groups_key_of(groups, question->groups[i]);

        asked->list[i].asked = NULL;
        switch (answers_recall(groups->answers, key, now, &reason)) {
        case REMEMBERED_NOTHING:
            asked->list[i].asked = asked;
            asked->pending++;
            keys_len += key.len;
            break;
        case REMEMBERED_TROUBLE:
            note_trouble(asked, reason);
            break;
        case REMEMBERED_YES:
            asked->member[i] = true;
            break;
        case REMEMBERED_NO:
            break;
        }
    }
    return keys_len;
}

/* Waits for all groups that are pending, with a flight of FETCH for each that has none yet. */
static void wait_for(struct groups_asked *asked, const struct groups_question *question,
                     struct fetch *fetch)
{
    struct groups *groups = asked->groups;

    for (size_t i = 0; i < asked->count; i++) {
        struct pxa_span key;
        struct flight *flight;

        if (!asked->list[i].asked)
            continue;
        key = groups_key_of(groups, question->groups[i]);
        flight = flights_find(groups->flights, key);
        if (!flight)
            flight = fetch_add(fetch, question->groups[i], key);
        flight_join(flight, &asked->list[i].wait);
        ((struct fetch_group *)(void *)flight)->fetch->waits++;
    }
}

/* False when memory is out. */
static bool ask_directory(struct groups_asked *asked, const struct groups_question *question,
                          size_t keys_len)
{
    struct fetch *fetch = fetch_new(asked->groups, question, asked->pending, keys_len);

    if (!fetch)
        return false;
    wait_for(asked, question, fetch);
    if (fetch->count > 0)
        fetch_start(fetch);
    else
        fetch_cancel(fetch);
    return true;
}

struct groups_asked *groups_ask(struct groups *groups, const struct groups_question *question)
{
    struct groups_asked *asked = NULL;
    size_t keys_len;

    if (groups_key_user(groups, question))
        asked = new_asked(groups, question);
    if (!asked) {
        refuse(question);
        return NULL;
    }
    keys_len = recall(asked, question);
    if (asked->pending > 0 && !ask_directory(asked, question, keys_len)) {
        unlink_asked(&groups->first, asked);
        free_asked(asked);
        refuse(question);
        return NULL;
    }
    if (asked->pending > 0) {
        asked->starting = false;
        return asked;
    }
    unlink_asked(&groups->first, asked);
    answer(asked);
    return NULL;
}

/* Of a question that is given up. */
static void leave(struct asked_group *waiting)
{
    struct fetch_group *group = (struct fetch_group *)(void *)waiting->wait.flight;
    struct fetch *fetch = group->fetch;
    struct groups *groups = fetch->groups;

    answers_keep_trouble(groups->answers, group->flight.key, too_late, now_ms(groups));
    flight_leave(&waiting->wait);
    if (--fetch->waits == 0)
        fetch_cancel(fetch);
}

void groups_cancel(struct groups_asked *asked)
{
    struct groups_asked **list = list_of(asked);

    for (size_t i = 0; i < asked->count; i++)
        if (asked->list[i].wait.flight)
            leave(&asked->list[i]);
    unlink_asked(list, asked);
    free_asked(asked);
}

/* ---- the beginning and the end ---- */

struct groups *groups_new(const struct groups_config *config, struct why *why)
{
    struct groups *groups = calloc(1, sizeof *groups);
    const struct answers_config answers = {
        .ttl_ms = config->ttl_ms, .cap_bytes = config->cap_bytes, .seed = config->seed};

    if (groups) {
        groups->config = *config;
        groups->answers = answers_new(&answers);
        groups->flights = flights_new(config->seed);
    }
    if (groups && groups->answers && groups->flights)
        return groups;
    groups_free(groups);
    why_set(why, "%s", no_memory);
    return NULL;
}

void groups_free(struct groups *groups)
{
    if (!groups)
        return;
    /* Each is taken off its list, which the analyzer does not follow. */
    while (groups->first)
        groups_cancel(groups->first); /* NOLINT(clang-analyzer-unix.Malloc) */
    while (groups->ready)
        groups_cancel(groups->ready); /* NOLINT(clang-analyzer-unix.Malloc) */
    answers_free(groups->answers);
    flights_free(groups->flights);
    free(groups->key);
    free(groups);
}
