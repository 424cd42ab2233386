/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list with two ends, because the session may cancel any of them at any time.
 */
#include <config.h>

#include "helpers/files/waiting.h"

#include <stdlib.h>

struct waiting {
    struct waiting_list *list;
    struct request *request;
    struct waiting *next;
    struct waiting *prev;
};

/* It waits no more. Its request. */
static struct request *leave(struct waiting *waiting)
{
    struct request *request = waiting->request;

    if (waiting->prev)
        waiting->prev->next = waiting->next;
    else
        waiting->list->first = waiting->next;
    if (waiting->next)
        waiting->next->prev = waiting->prev;
    else
        waiting->list->last = waiting->prev;
    free(waiting);
    return request;
}

static void on_cancel(struct request *request)
{
    (void)leave(request->holder);
}

void waiting_add(struct waiting_list *list, struct request *request, const char *late_text)
{
    struct waiting *waiting = malloc(sizeof *waiting);

    if (!waiting) {
        request_answer_text(request, REPLY_BH, "out of memory");
        return;
    }
    *waiting = (struct waiting){.list = list, .request = request, .prev = list->last};
    if (list->last)
        list->last->next = waiting;
    else
        list->first = waiting;
    list->last = waiting;
    request->holder = waiting;
    request->cancel = on_cancel;
    request->late_text = late_text;
}

void waiting_release(struct waiting_list *list,
                     void (*answer)(void *context, struct request *request), void *context)
{
    /* Each is taken off its list, which the analyzer does not follow. */
    while (list->first) {
        struct request *request = leave(list->first); /* NOLINT(clang-analyzer-unix.Malloc) */

        request->cancel = NULL;
        answer(context, request);
    }
}
