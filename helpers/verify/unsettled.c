/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short memory of logins whose bind was sent and not answered.
 *
 * All entries live equally long, so the one remembered first expires first: they hang in one chain
 * by age, and each in the chain of its bucket. A bucket is chosen by the MAC, which nobody outside
 * can foresee, so chains stay short whatever names come in.
 *
 * Cannot do: tell whether the bind was processed. Cannot be asked about users in general; each
 * password counts by itself.
 */
#include <config.h>

#include "helpers/verify/unsettled.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <nettle/memops.h>

#include "common/nettle_shim.h"

/* Entries are named by their number, from 1 on. */
enum { NONE = 0 };

struct entry {
    uint8_t mac[SHA256_DIGEST_SIZE];
    uint64_t until_ms;
    uint32_t next; /* in its bucket, or among the free ones */
    uint32_t older;
    uint32_t newer;
};

struct unsettled {
    struct hmac_sha256_ctx hmac; /* keyed */
    struct entry *entries;       /* entries[NONE] is not used */
    uint32_t *buckets;           /* the first entry of each */
    uint32_t bucket_mask;
    uint32_t cap;
    uint32_t touched; /* entries from 1 on that were ever used, so that memory comes by need */
    uint32_t free;
    uint32_t oldest;
    uint32_t newest;
};

static bool draw_key(struct hmac_sha256_ctx *hmac, struct why *why)
{
    uint8_t key[SHA256_DIGEST_SIZE];
    ssize_t got;

    do
        got = getrandom(key, sizeof key, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof key)
        return why_set(why, "the system gives no random bytes: %s", strerror(errno));
    hmac_sha256_set_key(hmac, sizeof key, key);
    pxa_wipe(key, sizeof key);
    return true;
}

static uint32_t power_of_two_from(uint32_t least)
{
    uint32_t power = 1;

    while (power < least)
        power *= 2;
    return power;
}

struct unsettled *unsettled_new(unsigned cap, struct why *why)
{
    struct unsettled *memory;

    if (cap < 1 || cap > UNSETTLED_CAP_MAX) {
        why_set(why, "a memory for %u logins cannot be; 1 to %d can", cap, UNSETTLED_CAP_MAX);
        return NULL;
    }
    memory = calloc(1, sizeof *memory);
    if (memory) {
        memory->cap = cap;
        memory->bucket_mask = power_of_two_from(cap) - 1;
        memory->entries = calloc((size_t)cap + 1, sizeof *memory->entries);
        memory->buckets = calloc((size_t)memory->bucket_mask + 1, sizeof *memory->buckets);
    }
    if (!memory || !memory->entries || !memory->buckets)
        why_set(why, "out of memory");
    else if (draw_key(&memory->hmac, why))
        return memory;
    unsettled_free(memory);
    return NULL;
}

void unsettled_free(struct unsettled *memory)
{
    if (!memory)
        return;
    if (memory->entries)
        pxa_wipe(memory->entries, ((size_t)memory->touched + 1) * sizeof *memory->entries);
    free(memory->entries);
    free(memory->buckets);
    pxa_wipe(memory, sizeof *memory);
    free(memory);
}

/* The user's length goes first, so that no other split of the same bytes gives the same MAC. */
static void make_mac(struct unsettled *memory, struct pxa_span user, const struct secret *password,
                     uint8_t *mac)
{
    uint64_t user_len = user.len;

    hmac_sha256_update(&memory->hmac, sizeof user_len, (const uint8_t *)&user_len);
    hmac_sha256_update(&memory->hmac, user.len, (const uint8_t *)user.at);
    hmac_sha256_update(&memory->hmac, password->len, (const uint8_t *)password->bytes);
    nettle_shim_hmac_sha256_digest(&memory->hmac, mac);
}

static uint32_t *bucket_of(struct unsettled *memory, const uint8_t *mac)
{
    uint32_t number;

    memcpy(&number, mac, sizeof number);
    return &memory->buckets[number & memory->bucket_mask];
}

static uint32_t find(struct unsettled *memory, const uint8_t *mac)
{
    uint32_t at = *bucket_of(memory, mac);

    while (at != NONE && !memeql_sec(memory->entries[at].mac, mac, SHA256_DIGEST_SIZE))
        at = memory->entries[at].next;
    return at;
}

static void unlink_age(struct unsettled *memory, uint32_t at)
{
    const struct entry *entry = &memory->entries[at];

    if (entry->older != NONE)
        memory->entries[entry->older].newer = entry->newer;
    else
        memory->oldest = entry->newer;
    if (entry->newer != NONE)
        memory->entries[entry->newer].older = entry->older;
    else
        memory->newest = entry->older;
}

static void link_newest(struct unsettled *memory, uint32_t at, uint64_t until_ms)
{
    struct entry *entry = &memory->entries[at];

    entry->until_ms = until_ms;
    entry->older = memory->newest;
    entry->newer = NONE;
    if (memory->newest != NONE)
        memory->entries[memory->newest].newer = at;
    else
        memory->oldest = at;
    memory->newest = at;
}

static void forget_oldest(struct unsettled *memory)
{
    uint32_t at = memory->oldest;
    uint32_t *link = bucket_of(memory, memory->entries[at].mac);

    while (*link != at)
        link = &memory->entries[*link].next;
    *link = memory->entries[at].next;
    unlink_age(memory, at);
    memory->entries[at].next = memory->free;
    memory->free = at;
}

static void forget_expired(struct unsettled *memory, uint64_t now_ms)
{
    while (memory->oldest != NONE && memory->entries[memory->oldest].until_ms <= now_ms)
        forget_oldest(memory);
}

bool unsettled_holds(struct unsettled *memory, struct pxa_span user, const struct secret *password,
                     uint64_t now_ms)
{
    uint8_t mac[SHA256_DIGEST_SIZE];

    forget_expired(memory, now_ms);
    if (memory->oldest == NONE)
        return false;
    make_mac(memory, user, password, mac);
    return find(memory, mac) != NONE;
}

static uint32_t take_entry(struct unsettled *memory)
{
    uint32_t at;

    if (memory->free == NONE && memory->touched < memory->cap)
        return ++memory->touched;
    if (memory->free == NONE)
        forget_oldest(memory);
    at = memory->free;
    memory->free = memory->entries[at].next;
    return at;
}

void unsettled_remember(struct unsettled *memory, struct pxa_span user,
                        const struct secret *password, uint64_t now_ms)
{
    uint8_t mac[SHA256_DIGEST_SIZE];
    uint32_t at;

    forget_expired(memory, now_ms);
    make_mac(memory, user, password, mac);
    at = find(memory, mac);
    if (at != NONE) {
        unlink_age(memory, at);
    } else {
        uint32_t *bucket = bucket_of(memory, mac);

        at = take_entry(memory);
        memcpy(memory->entries[at].mac, mac, sizeof mac);
        memory->entries[at].next = *bucket;
        *bucket = at;
    }
    link_newest(memory, at, now_ms + UNSETTLED_MS);
}
