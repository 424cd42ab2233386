/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unsettled: logins that were answered BH after their bind had been sent.
 *
 * Squid resends a BH twice at once. If the directory processed the bind and only its answer was
 * lost, each repeat would count as one more wrong password (law 7). So such a login is remembered
 * for UNSETTLED_MS, and its repeats get the same BH without the directory. In the same way logins
 * that came too late for their deadline are remembered where they cost much (basic-file).
 *
 * What is kept is HMAC-SHA256 over user and password under a key drawn when the memory is made,
 * never either of them. Bounded: when it is full the oldest is forgotten. Each call takes constant
 * time but for the hash, and when nothing is remembered unsettled_holds() does not even hash.
 * One thread.
 */
#ifndef PROXYAUTH_VERIFY_UNSETTLED_H
#define PROXYAUTH_VERIFY_UNSETTLED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"

enum { UNSETTLED_MS = 2000, UNSETTLED_CAP_MAX = 1 << 20 };

struct unsettled;

/* A memory for CAP logins, 1 to UNSETTLED_CAP_MAX, at about 64 bytes each. NULL with WHY when CAP
 * is neither, memory is out or the system gives no random bytes. */
struct unsettled *unsettled_new(unsigned cap, struct why *why);

/* Wipes and frees. NULL is allowed. */
void unsettled_free(struct unsettled *memory);

/* Whether this very user and password were remembered less than UNSETTLED_MS before NOW_MS.
 * NOW_MS is monotonic and must not be less than in any call before. */
bool unsettled_holds(struct unsettled *memory, struct pxa_span user,
                     const struct secret *password, uint64_t now_ms);

/* Remembers them from NOW_MS on, again if they are remembered already. */
void unsettled_remember(struct unsettled *memory, struct pxa_span user,
                        const struct secret *password, uint64_t now_ms);

#endif
