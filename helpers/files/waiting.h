/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waiting: requests that came before the file was read, in their order.
 */
#ifndef PROXYAUTH_FILES_WAITING_H
#define PROXYAUTH_FILES_WAITING_H

#include "helpers/core/request.h"

struct waiting;

/* Zeroed, it is empty. It stays where it is while a request is on it. */
struct waiting_list {
    struct waiting *first;
    struct waiting *last;
};

/* REQUEST waits until it is released or cancelled; its `holder` and `cancel` are taken. LATE_TEXT
 * is what is said at its deadline, a constant. Answers BH when memory is out. */
void waiting_add(struct waiting_list *list, struct request *request, const char *late_text);

/* Hands each request to ANSWER, with CONTEXT, until none is left: nothing may be added meanwhile.
 */
void waiting_release(struct waiting_list *list,
                     void (*answer)(void *context, struct request *request), void *context);

#endif
