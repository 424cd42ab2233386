/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store: byte strings by key, each for a time, all together in a cap.
 *
 * Keys and values are any bytes. Each call takes constant time but for the bytes it copies; when
 * the cap is reached, the records that were not used for the longest time go first. One thread.
 *
 * Cannot do: keep an expired record from staying in memory until somebody asks for it, it is the
 * least recently used one, or the store is freed.
 */
#ifndef PROXYAUTH_CORE_STORE_H
#define PROXYAUTH_CORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"

/* What a record costs besides the bytes of its key and value: a bound, allocation included. */
enum { STORE_RECORD_COST = 96 };

struct store;

/*
 * An empty store for CAP_BYTES: lengths of keys and values, and STORE_RECORD_COST for each record.
 * A table of CAP_BYTES / 32 at most comes on top (and is touched as records come). SEED is a
 * secret: who chooses keys must not know it. WIPE: what leaves the store is overwritten. NULL when
 * memory is out.
 */
struct store *store_new(size_t cap_bytes, uint64_t seed, bool wipe);

/* NULL is allowed. */
void store_free(struct store *store);

/*
 * Keeps a copy of VALUE under KEY until TTL_MS after NOW_MS, instead of what was there; others go
 * when it does not fit. False when it is not kept: TTL_MS is 0, it alone is over the cap, or memory
 * is out; then there is nothing under KEY. Neither may point into the store.
 * NOW_MS is monotonic: never less than in a call before.
 */
bool store_put(struct store *store, struct pxa_span key, struct pxa_span value, uint64_t ttl_ms,
               uint64_t now_ms);

/* Whether there is a record for KEY whose time is not over. VALUE, owned by the store, is valid
 * until the next call of any function but store_bytes(). It counts as used. */
bool store_get(struct store *store, struct pxa_span key, uint64_t now_ms, struct pxa_span *value);

/* Nothing is under KEY any more. */
void store_forget(struct store *store, struct pxa_span key);

/* What is kept now, counted as for the cap, expired records included. */
size_t store_bytes(const struct store *store);

#endif
