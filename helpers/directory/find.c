/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A find's life: asked, answered, judged.
 *
 * One search, which must bring one entry, and this must have the name as it was typed.
 */
#include <config.h>

#include "helpers/directory/find.h"

#include <stdlib.h>

#include "helpers/directory/find_private.h"

static const char out_of_memory[] = "out of memory";

static struct find *find_of(struct task *task)
{
    return (struct find *)(void *)((char *)task - offsetof(struct find, task));
}

/* ---- its end ---- */

static void free_find(struct find *find)
{
    if (find->prev)
        find->prev->next = find->next;
    else
        find->directory->finds = find->next;
    if (find->next)
        find->next->prev = find->prev;
    question_clear(&find->question);
    secret_free(&find->converted);
    free(find);
}

static void tell(const struct find_query *query, struct find_result *result)
{
    query->done(query->context, result);
    entry_free(result->entry);
    facts_release(result->facts);
}

static void end_find(struct find *find, struct find_result *result)
{
    const struct find_query query = find->query;

    free_find(find);
    tell(&query, result);
}

static void end_unavailable(struct find *find, const char *reason)
{
    struct find_result result = {.verdict = VERDICT_UNAVAILABLE, .reason = reason};

    end_find(find, &result);
}

static void end_denied(struct find *find)
{
    struct find_result result = {.verdict = VERDICT_DENIED};

    end_find(find, &result);
}

/* ENTRY is given away. */
static void end_found(struct find *find, struct entry *entry)
{
    struct find_result result = {.verdict = VERDICT_OK, .entry = entry};

    if (find->facts)
        result.facts = facts_hold(find->facts);
    end_find(find, &result);
}

/* ---- the answer ---- */

static int answered(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct find *find = find_of(task);
    struct entry *entry;
    int code;

    switch (find_judge(find, ld, answer, &entry, &code)) {
    case VERDICT_UNAVAILABLE:
        end_unavailable(find, "the directory search failed");
        break;
    case VERDICT_DENIED:
        end_denied(find);
        break;
    case VERDICT_OK:
        end_found(find, entry);
        break;
    }
    return code;
}

static void failed(struct task *task, const char *reason, bool maybe_processed)
{
    (void)maybe_processed;
    end_unavailable(find_of(task), reason);
}

/* ---- its beginning ---- */

static int send_question(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    struct find *find = find_of(task);
    const struct question *question = &find->question;
    char **attributes;

    if (!question_make(find, facts))
        return LDAP_NO_MEMORY;
    /* libldap only reads the names. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    attributes = (char **)(uintptr_t)question->attributes;
    return ldap_search_ext(ld, question->base, question->scope, question->filter, attributes, 0,
                           NULL, NULL, NULL, question->entries_max, msgid);
}

static struct find *find_new(struct directory *directory, const struct find_query *query)
{
    struct find *find = calloc(1, sizeof *find);

    if (!find)
        return NULL;
    find->directory = directory;
    find->query = *query;
    find->next = directory->finds;
    if (find->next)
        find->next->prev = find;
    directory->finds = find;
    find->task = (struct task){
        .purpose = PURPOSE_SERVICE,
        .send = send_question,
        .answered = answered,
        .failed = failed,
    };
    return find;
}

/* The DN says who it is. */
static void end_by_name(struct find *find)
{
    char *dn = question_dn(find);
    struct entry *entry = dn ? entry_of_dn(dn) : NULL;

    free(dn);
    if (entry)
        end_found(find, entry);
    else
        end_unavailable(find, out_of_memory);
}

/* False when it has ended. */
static bool begin(struct find *find)
{
    switch (find_take_name(find)) {
    case VERDICT_UNAVAILABLE:
        end_unavailable(find, out_of_memory);
        return false;
    case VERDICT_DENIED:
        end_denied(find);
        return false;
    case VERDICT_OK:
        break;
    }
    if (!question_is_needed(find)) {
        end_by_name(find);
        return false;
    }
    pool_submit(find->directory->pool, &find->task);
    return true;
}

struct find *directory_find(struct directory *directory, const struct find_query *query)
{
    struct find_result no_memory = {.verdict = VERDICT_UNAVAILABLE, .reason = out_of_memory};
    struct find *find = find_new(directory, query);

    if (!find) {
        tell(query, &no_memory);
        return NULL;
    }
    return begin(find) ? find : NULL;
}

void find_cancel(struct find *find)
{
    pool_withdraw(find->directory->pool, &find->task);
    free_find(find);
}
