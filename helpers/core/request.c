/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of requests, and the one door through which replies leave.
 */
#include <config.h>

#include "helpers/core/request.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/log.h"
#include "helpers/core/reply.h"
#include "helpers/core/session_private.h"

/* Memory for a request whose line has LEN bytes, and a zero behind it. */
static struct request *take_memory(struct request_list *list, size_t len)
{
    struct request *request = list->spare;

    if (len > list->spare_line)
        return malloc(sizeof *request + len + 1);
    if (!request)
        return malloc(sizeof *request + list->spare_line + 1);
    list->spare = request->next;
    list->spare_count--;
    return request;
}

static void give_back(struct request_list *list, struct request *request)
{
    if (request->len > list->spare_line || list->spare_count == REQUEST_SPARE_MAX) {
        free(request);
        return;
    }
    request->next = list->spare;
    list->spare = request;
    list->spare_count++;
}

void request_list_free(struct request_list *list)
{
    while (list->spare) {
        struct request *request = list->spare;

        list->spare = request->next;
        free(request);
    }
    list->spare_count = 0;
}

struct request *request_add(struct request_list *list, struct pxa_span line, size_t id_len)
{
    size_t skip = id_len > 0 ? id_len + 1 : 0;
    size_t len = line.len - skip;
    struct request *request = take_memory(list, len);

    if (!request)
        return NULL;
    *request = (struct request){.prev = list->last, .len = len};
    request->id_len = (unsigned char)id_len;
    memcpy(request->id, line.at, id_len);
    memcpy(request->line, line.at + skip, len);
    request->line[len] = '\0';
    if (list->last)
        list->last->next = request;
    else
        list->first = request;
    list->last = request;
    list->count++;
    return request;
}

void request_remove(struct request_list *list, struct request *request)
{
    if (request->prev)
        request->prev->next = request->next;
    else
        list->first = request->next;
    if (request->next)
        request->next->prev = request->prev;
    else
        list->last = request->prev;
    list->count--;
    pxa_wipe(request->line, request->len);
    give_back(list, request);
}

void request_answer(struct request *request, const struct reply *reply)
{
    static const struct reply incomplete = {
        .word = REPLY_BH,
        .text = "the answer was incomplete",
    };
    static const struct reply too_long = {
        .word = REPLY_BH,
        .text = "the answer was too long for Squid",
    };

    if (!reply_is_complete(session_scheme(request->session), reply)) {
        log_event(session_log(request->session), LOG_ERROR, "reply",
                  "a reply without what its scheme must carry was held back and answered BH");
        reply = &incomplete;
    } else if (!reply_fits(reply)) {
        log_event(session_log(request->session), LOG_ERROR, "reply",
                  "a reply with %u notes was held back and answered BH: it may be longer than the "
                  "1 MiB that Squid takes; name fewer groups",
                  reply->note_count);
        reply = &too_long;
    }
    session_reply(request, reply);
}

void request_answer_text(struct request *request, enum reply_word word, const char *text)
{
    const struct reply reply = {.word = word, .text = text};

    request_answer(request, &reply);
}
