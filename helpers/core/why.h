/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * why: the sentence that says why a set-up step failed.
 *
 * Functions that prepare something return bool and, on false, leave one sentence without a
 * full stop in a struct why that the caller lends. The sentence names the option, file, line or
 * server and what would be right. It never holds a secret, so it may be logged and shown.
 */
#ifndef PROXYAUTH_CORE_WHY_H
#define PROXYAUTH_CORE_WHY_H

#include <stdbool.h>

struct why {
    char text[400];
};

/* Writes the sentence (printf rules, control bytes made visible as \xHH, cut where text ends but
 * not inside a UTF-8 character) and returns false, so that `return why_set(why, ...)` reads as what
 * it means. An argument may be WHY's own text, which is how a caller adds where it happened. WHY
 * may be NULL. */
bool why_set(struct why *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text from outside as a part of a sentence, short enough to leave room for the rest: its first
 * 120 bytes at most, and "..." where that is not all. */
struct why_excerpt {
    char text[124];
};

struct why_excerpt why_excerpt(const char *text);

#endif
