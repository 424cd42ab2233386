/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OK with a HA1, or ERR, or BH for a line that is none. A HA1 is as good as a password in its
 * realm: copies are wiped.
 */
#include <config.h>

#include "helpers/core/digest_reply.h"

#include <string.h>

enum { HA1_LEN = 32 };

void digest_reply_denied(struct request *request)
{
    static const struct reply_note note = {
        .key = "message",
        .value = {"Invalid credentials", sizeof "Invalid credentials" - 1},
    };
    static const struct reply reply = {.word = REPLY_ERR, .notes = &note, .note_count = 1};

    request_answer(request, &reply);
}

/* HA1: HA1_LEN lower-case hex digits. */
static void answer_ok(struct request *request, const char *ha1)
{
    const struct reply_note note = {.key = "ha1", .value = {ha1, HA1_LEN}};
    const struct reply reply = {.word = REPLY_OK, .notes = &note, .note_count = 1};

    request_answer(request, &reply);
}

void digest_reply_hash(struct request *request, struct pxa_span hash)
{
    char ha1[HA1_LEN];

    if (hash.len != HA1_LEN) {
        digest_reply_denied(request);
        return;
    }
    memcpy(ha1, hash.at, HA1_LEN);
    for (size_t i = 0; i < HA1_LEN; i++)
        ha1[i] |= 0x20; /* which makes letters small and which all digits have */
    answer_ok(request, ha1);
    pxa_wipe(ha1, sizeof ha1);
}

void digest_reply_password(struct request *request, const struct digest_query *query,
                           struct pxa_span password)
{
    struct pxa_digest_hex ha1;

    if (pxa_digest_ha1(PXA_DIGEST_MD5, query->user, query->realm, password, &ha1) == PXA_OK)
        answer_ok(request, ha1.hex);
    else
        request_answer_text(request, REPLY_BH, "MD5 is not available");
    pxa_wipe(&ha1, sizeof ha1);
}

bool digest_reply_takes(struct request *request, unsigned key_extras, struct log *log,
                        struct digest_query *query)
{
    switch (digest_query_read(request->line, request->len, key_extras, query)) {
    case DIGEST_QUERY_READ:
        return true;
    case DIGEST_QUERY_NOBODY:
        digest_reply_denied(request);
        break;
    case DIGEST_QUERY_EXTRAS:
        log_event(log, LOG_WARNING, "line",
                  "denied: the realm does not end before the last %u fields (does --key-extras "
                  "fit squid.conf, and are the values of key_extras without blanks?)",
                  key_extras);
        digest_reply_denied(request);
        break;
    case DIGEST_QUERY_MALFORMED:
        log_event(log, LOG_WARNING, "line",
                  "a line from Squid was refused: it is not \"user\":\"realm\" (do --concurrency "
                  "and --key-extras fit squid.conf?)");
        request_answer_text(request, REPLY_BH, "malformed request");
        break;
    }
    return false;
}
