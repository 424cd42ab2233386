/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request: one line from Squid and the one reply that it gets.
 *
 * A session hands a request up; whoever holds it answers it exactly once with request_answer(),
 * in any order and at any later time. The session answers it itself (BH) when its deadline has
 * passed; then `cancel` is called and the holder must forget it.
 */
#ifndef PROXYAUTH_CORE_REQUEST_H
#define PROXYAUTH_CORE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"

struct session;

/* Whose line protocol is spoken: it decides what an OK must carry. */
enum scheme { SCHEME_BASIC, SCHEME_DIGEST, SCHEME_NEGOTIATE, SCHEME_NTLM, SCHEME_GROUP };

/* The longest channel-ID that is taken for one: Squid's counter has 64 bits. */
enum { REQUEST_ID_MAX = 20 };

struct request {
    struct session *session;
    struct request *next; /* in order of arrival, which is the order of deadlines */
    struct request *prev;
    uint64_t deadline_ms;
    /* Set by the holder. Called at most once, instead of the holder's own answer: the request is
     * being answered and freed by the session. May be NULL. */
    void (*cancel)(struct request *request);
    void *holder;          /* the holder's own */
    const char *late_text; /* what BH says at the deadline; a constant, or NULL: the usual words */
    unsigned char id_len;  /* 0: no channel-ID */
    char id[REQUEST_ID_MAX];
    size_t len;  /* of the line behind the id, without its end */
    char line[]; /* wiped when the request ends; the holder may change it in place */
};

/* REPLY_TT is for Negotiate and NTLM alone: `TT token`, and the dialogue goes on. */
enum reply_word { REPLY_OK, REPLY_ERR, REPLY_BH, REPLY_TT };

/* One `key="value"` of a reply. The key is a constant of ours: [A-Za-z0-9_-]+. */
struct reply_note {
    const char *key;
    struct pxa_span value;
};

struct reply {
    enum reply_word word;
    const struct reply_note *notes;
    unsigned note_count;
    const char *text;      /* bare text behind the notes, or NULL */
    struct pxa_span token; /* REPLY_TT: Base64, not empty; nothing else is written then */
};

/*
 * Answers and frees REQUEST. The only function that writes a reply, and it makes a malformed one
 * impossible: the id that came, once; one line; values quoted as Squid's parser reads them
 * (src/helper/Reply.cc); NUL and control bytes replaced; an OK without what its scheme must carry
 * (Negotiate: token and user; NTLM: user; Digest: ha1 with 32 hex digits) becomes BH, and so does a
 * TT without a token or in another scheme, and what is longer than Squid takes (reply.h).
 */
void request_answer(struct request *request, const struct reply *reply);

/* The same for a reply of one word and a text. */
void request_answer_text(struct request *request, enum reply_word word, const char *text);

/* The line behind the id. */
static inline struct pxa_span request_span(const struct request *request)
{
    return (struct pxa_span){request->line, request->len};
}

#endif
