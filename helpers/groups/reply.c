/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tag is what Squid takes from the first helper that gives one; groups it gathers from all.
 */
#include <config.h>

#include "helpers/groups/reply.h"

#include <stdlib.h>
#include <string.h>

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

void groups_reply_members(struct request *request, const struct pxa_span *names, const bool *member,
                          size_t count)
{
    struct reply_note *notes = calloc(count + 2, sizeof *notes);
    struct reply reply = {.word = REPLY_OK, .notes = notes, .note_count = 2};

    if (!notes) {
        request_answer_text(request, REPLY_BH, "out of memory");
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (member[i])
            notes[reply.note_count++] = (struct reply_note){"group", names[i]};
    notes[0] = (struct reply_note){"message", span_of("member of a group")};
    notes[1] = (struct reply_note){"tag", notes[2].value};
    request_answer(request, &reply);
    free(notes);
}

void groups_reply_refusal(struct request *request, const char *words)
{
    const struct reply_note note = {.key = "message", .value = span_of(words)};
    const struct reply reply = {.word = REPLY_ERR, .notes = &note, .note_count = 1};

    request_answer(request, &reply);
}
