/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one door through which replies leave.
 */
#include <config.h>

#include "helpers/core/request.h"

#include "helpers/core/log.h"
#include "helpers/core/reply.h"
#include "helpers/core/session_private.h"

void request_answer(struct request *request, const struct reply *reply)
{
    static const struct reply incomplete = {
        .word = REPLY_BH,
        .text = "the answer was incomplete",
    };

    if (!reply_is_complete(session_scheme(request->session), reply)) {
        log_event(session_log(request->session), LOG_ERROR, "reply",
                  "an OK without what its scheme must carry was held back and answered BH");
        reply = &incomplete;
    }
    session_reply(request, reply);
}

void request_answer_text(struct request *request, enum reply_word word, const char *text)
{
    const struct reply reply = {.word = word, .text = text};

    request_answer(request, &reply);
}
