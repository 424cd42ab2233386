/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers as records of a store: one byte that says what it is; behind that of trouble, its reason.
 */
#include <config.h>

#include "helpers/verify/answers.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/store.h"

/* Reasons are sentences of ours; a longer one is cut. */
enum { REASON_MAX = 200 };

struct answers {
    struct store *store;
    uint64_t ttl_ms;
};

struct answers *answers_new(const struct answers_config *config)
{
    struct answers *answers = calloc(1, sizeof *answers);

    if (!answers)
        return NULL;
    answers->ttl_ms = config->ttl_ms;
    answers->store = store_new(config->cap_bytes, config->seed, false);
    if (!answers->store) {
        free(answers);
        return NULL;
    }
    return answers;
}

void answers_free(struct answers *answers)
{
    if (!answers)
        return;
    store_free(answers->store);
    free(answers);
}

enum remembered answers_recall(struct answers *answers, struct pxa_span key, uint64_t now_ms,
                               struct pxa_span *reason)
{
    struct pxa_span value;

    if (!store_get(answers->store, key, now_ms, &value))
        return REMEMBERED_NOTHING;
    if ((enum remembered)value.at[0] == REMEMBERED_TROUBLE)
        *reason = (struct pxa_span){value.at + 1, value.len - 1};
    return (enum remembered)value.at[0];
}

void answers_keep(struct answers *answers, struct pxa_span key, bool yes, uint64_t now_ms)
{
    const char what = yes ? REMEMBERED_YES : REMEMBERED_NO;

    store_put(answers->store, key, (struct pxa_span){&what, 1}, answers->ttl_ms, now_ms);
}

void answers_keep_trouble(struct answers *answers, struct pxa_span key, const char *reason,
                          uint64_t now_ms)
{
    char value[1 + REASON_MAX] = {REMEMBERED_TROUBLE};
    size_t len = strnlen(reason, REASON_MAX);

    memcpy(value + 1, reason, len);
    store_put(answers->store, key, (struct pxa_span){value, 1 + len}, ANSWERS_TROUBLE_MS, now_ms);
}
