/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A question about SIDs, put to the directory, and its verdict as negotiate-gssapi wants it.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/group_names.h"

#include <stdbool.h>
#include <stdlib.h>

#include "helpers/directory/membership.h"

struct group_names {
    struct membership *question;
    bool *ended; /* set true at the end, while group_names_ask() is still running */
    void (*done)(void *context, const struct pxa_span *names, const char *trouble);
    void *context;
};

static void answered(void *context, const struct membership_result *result)
{
    struct group_names *names = context;
    void (*done)(void *, const struct pxa_span *, const char *) = names->done;
    void *done_context = names->context;

    if (names->ended)
        *names->ended = true;
    free(names);
    if (result->verdict == VERDICT_OK)
        done(done_context, result->sid_names, NULL);
    else
        done(done_context, NULL, result->reason);
}

struct group_names *group_names_ask(struct directory *directory,
                                    const struct group_names_query *query)
{
    struct group_names *names = malloc(sizeof *names);
    const struct membership_query question = {
        .user = query->user,
        .sids = query->sids,
        .sid_count = query->count,
        .done = answered,
        .context = names,
    };
    struct membership *asked;
    bool ended = false;

    if (!names) {
        query->done(query->context, NULL, "out of memory");
        return NULL;
    }
    *names = (struct group_names){.ended = &ended, .done = query->done, .context = query->context};
    asked = directory_membership(directory, &question);
    if (ended)
        return NULL;
    names->question = asked;
    names->ended = NULL;
    return names;
}

void group_names_drop(struct group_names *names)
{
    membership_cancel(names->question);
    free(names);
}
