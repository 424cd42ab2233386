/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records in chained buckets, and all of them in one list by their last use.
 *
 * The number of buckets is fixed by the cap, so no call ever has to move all records; calloc()
 * gives the table as pages that cost nothing until they are used. The hash is seeded with a secret,
 * so chains stay short whatever keys come in.
 */
#include <config.h>

#include "helpers/core/store.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/key_hash.h"

struct record {
    struct record *next;  /* in its bucket */
    struct record *newer; /* used more recently */
    struct record *older;
    uint64_t hash;
    uint64_t until_ms;
    size_t key_len;
    size_t value_len;
    char bytes[]; /* the key, then the value */
};

/* The rest is for the allocation's own header and rounding. */
_Static_assert(sizeof(struct record) + 32 <= STORE_RECORD_COST, "records cost more than is said");

struct store {
    struct key_hash hash;
    struct record **buckets;
    size_t mask;
    size_t cap;
    size_t bytes;
    bool wipe;
    struct record *newest;
    struct record *oldest;
};

enum { BYTES_PER_BUCKET = 256, BUCKETS_MIN = 16 };

static size_t bucket_count(size_t cap_bytes)
{
    size_t count = BUCKETS_MIN;

    while (count <= cap_bytes / BYTES_PER_BUCKET / 2)
        count *= 2;
    return count;
}

struct store *store_new(size_t cap_bytes, uint64_t seed, bool wipe)
{
    struct store *store = calloc(1, sizeof *store);
    size_t count = bucket_count(cap_bytes);

    if (!store)
        return NULL;
    store->buckets = calloc(count, sizeof(struct record *));
    if (!store->buckets) {
        free(store);
        return NULL;
    }
    store->hash = key_hash_seeded(seed, false);
    store->mask = count - 1;
    store->cap = cap_bytes;
    store->wipe = wipe;
    return store;
}

static size_t cost_of(const struct record *record)
{
    return STORE_RECORD_COST + record->key_len + record->value_len;
}

/* Where the pointer to KEY's record is, or would be. */
static struct record **place_of(struct store *store, struct pxa_span key, uint64_t hash)
{
    struct record **place = &store->buckets[hash & store->mask];

    for (; *place; place = &(*place)->next) {
        struct pxa_span other = {(*place)->bytes, (*place)->key_len};

        if ((*place)->hash == hash && key_hash_same(&store->hash, key, other))
            break;
    }
    return place;
}

static void unlink_use(struct store *store, struct record *record)
{
    if (record->newer)
        record->newer->older = record->older;
    else
        store->newest = record->older;
    if (record->older)
        record->older->newer = record->newer;
    else
        store->oldest = record->newer;
}

static void link_newest(struct store *store, struct record *record)
{
    record->newer = NULL;
    record->older = store->newest;
    if (store->newest)
        store->newest->newer = record;
    else
        store->oldest = record;
    store->newest = record;
}

static void remove_at(struct store *store, struct record **place)
{
    struct record *record = *place;

    *place = record->next;
    unlink_use(store, record);
    store->bytes -= cost_of(record);
    if (store->wipe)
        pxa_wipe(record->bytes, record->key_len + record->value_len);
    free(record);
}

static void remove_oldest(struct store *store)
{
    struct record **place = &store->buckets[store->oldest->hash & store->mask];

    while (*place != store->oldest)
        place = &(*place)->next;
    remove_at(store, place);
}

void store_free(struct store *store)
{
    if (!store)
        return;
    while (store->oldest)
        remove_oldest(store);
    free(store->buckets);
    pxa_wipe(&store->hash, sizeof store->hash);
    free(store);
}

static uint64_t time_after(uint64_t now_ms, uint64_t ttl_ms)
{
    return ttl_ms > UINT64_MAX - now_ms ? UINT64_MAX : now_ms + ttl_ms;
}

/* Room for COST more bytes. What has expired goes first where it is at hand. */
static void make_room(struct store *store, size_t cost, uint64_t now_ms)
{
    for (int looks = 0; looks < 2 && store->oldest && store->oldest->until_ms <= now_ms; looks++)
        remove_oldest(store);
    while (store->oldest && store->bytes > store->cap - cost)
        remove_oldest(store);
}

static bool fits(const struct store *store, struct pxa_span key, struct pxa_span value)
{
    size_t left = store->cap;

    if (left < STORE_RECORD_COST || key.len > left - STORE_RECORD_COST)
        return false;
    return value.len <= left - STORE_RECORD_COST - key.len;
}

static void copy(char *to, struct pxa_span from)
{
    if (from.len > 0)
        memcpy(to, from.at, from.len);
}

bool store_put(struct store *store, struct pxa_span key, struct pxa_span value, uint64_t ttl_ms,
               uint64_t now_ms)
{
    uint64_t hash = key_hash_of(&store->hash, key);
    struct record **place = place_of(store, key, hash);
    struct record *record;

    if (*place)
        remove_at(store, place);
    if (ttl_ms == 0 || !fits(store, key, value))
        return false;
    record = malloc(sizeof *record + key.len + value.len);
    if (!record)
        return false;
    record->hash = hash;
    record->until_ms = time_after(now_ms, ttl_ms);
    record->key_len = key.len;
    record->value_len = value.len;
    copy(record->bytes, key);
    copy(record->bytes + key.len, value);
    make_room(store, cost_of(record), now_ms);
    place = &store->buckets[hash & store->mask];
    record->next = *place;
    *place = record;
    link_newest(store, record);
    store->bytes += cost_of(record);
    return true;
}

bool store_get(struct store *store, struct pxa_span key, uint64_t now_ms, struct pxa_span *value)
{
    struct record **place = place_of(store, key, key_hash_of(&store->hash, key));
    struct record *record = *place;

    if (!record)
        return false;
    if (record->until_ms <= now_ms) {
        remove_at(store, place);
        return false;
    }
    unlink_use(store, record);
    link_newest(store, record);
    *value = (struct pxa_span){record->bytes + record->key_len, record->value_len};
    return true;
}

void store_forget(struct store *store, struct pxa_span key)
{
    struct record **place = place_of(store, key, key_hash_of(&store->hash, key));

    if (*place)
        remove_at(store, place);
}

size_t store_bytes(const struct store *store)
{
    return store->bytes;
}
