/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * answers: what is remembered about answers that are yes or no, such as "is this user in this
 * group".
 *
 * Yes and no are kept for a time that the administrator chooses. Trouble is no answer and never
 * kept as one: it is remembered for ANSWERS_TROUBLE_MS alone, so that the two repeats that Squid
 * sends at once after a BH do not go to a backend that has just failed (law 3).
 *
 * Bounded in bytes; see core/store.h. One thread.
 */
#ifndef PROXYAUTH_VERIFY_ANSWERS_H
#define PROXYAUTH_VERIFY_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"

enum { ANSWERS_TROUBLE_MS = 2000 };

enum remembered { REMEMBERED_NOTHING, REMEMBERED_NO, REMEMBERED_YES, REMEMBERED_TROUBLE };

struct answers_config {
    uint64_t ttl_ms;  /* of yes and no; 0: neither is kept */
    size_t cap_bytes; /* as for store_new() */
    uint64_t seed;    /* secret */
};

struct answers;

/* NULL when memory is out. */
struct answers *answers_new(const struct answers_config *config);

/* NULL is allowed. */
void answers_free(struct answers *answers);

/* What is known about KEY, any bytes. With REMEMBERED_TROUBLE, REASON is the sentence that was
 * given, without a zero byte behind it, valid until the next call. NOW_MS as in store.h. */
enum remembered answers_recall(struct answers *answers, struct pxa_span key, uint64_t now_ms,
                               struct pxa_span *reason);

/* The answer is YES or no from NOW_MS on. */
void answers_keep(struct answers *answers, struct pxa_span key, bool yes, uint64_t now_ms);

/* No answer could be had at NOW_MS; REASON is a sentence. */
void answers_keep_trouble(struct answers *answers, struct pxa_span key, const char *reason,
                          uint64_t now_ms);

#endif
