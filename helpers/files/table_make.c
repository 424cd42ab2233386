/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building a table: one pass that counts lines, so that the index is made once and in its size,
 * and one that fills it.
 *
 * Each record lands somewhere else in the index, so with a large file each would wait for memory.
 * Records pass through a short queue instead: the memory of the place is asked for when a record
 * enters, and has come when it leaves.
 */
#include <config.h>

#include "helpers/files/table.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "helpers/files/table_private.h"

enum {
    QUEUE_CAP = 32,   /* a power of two */
    LEAST_RECORD = 3, /* bytes: a user of one letter, a colon, a value of one */
    HUGE_PAGE = 2 * 1024 * 1024
};

/* A record on its way into the index. */
struct coming {
    struct pxa_span key;
    uint64_t hash;
    uint64_t number; /* of its line */
    uint32_t from;   /* where its line begins in the text */
};

struct making {
    struct table *table;
    struct table_scan scan;
    struct coming queue[QUEUE_CAP];
    uint64_t entered;
    uint64_t left;
};

/* How many lines of TEXT are long enough to be a record. */
static uint64_t count_candidates(struct pxa_span text)
{
    uint64_t count = 0;

    while (text.len > 0) {
        const char *end = memchr(text.at, '\n', text.len);
        size_t len = end ? (size_t)(end - text.at) : text.len;

        count += len >= LEAST_RECORD;
        len += end != NULL;
        text = (struct pxa_span){text.at + len, text.len - len};
    }
    return count;
}

/* Two places for each record: searches are short, hits and misses alike. */
static bool make_index(struct table_index *index, uint64_t candidates)
{
    void *room;

    index->count = 2 * candidates + 8;
    if (index->count > SIZE_MAX / sizeof *index->slot)
        return false;
    index->mapped = (size_t)index->count * sizeof *index->slot;
    room = mmap(NULL, index->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return false;
    if (index->mapped >= HUGE_PAGE)
        (void)madvise(room, index->mapped, MADV_HUGEPAGE);
    index->slot = room;
    return true;
}

static void tell(struct table_fault *faults, uint64_t so_far, uint64_t line, const char *text)
{
    if (so_far < TABLE_FAULTS_TOLD)
        faults[so_far] = (struct table_fault){line, text};
}

/* The last of two records with one key wins. */
static void place_first(struct making *making)
{
    const struct coming *coming = &making->queue[making->left++ % QUEUE_CAP];
    struct table *table = making->table;
    struct file_record before;
    struct table_slot *slot = table_place(table, coming->key, coming->hash, &before);
    uint32_t tag = (uint32_t)coming->hash & ~TABLE_TWICE;

    if (slot->line != 0) {
        tell(table->duplicate, table->duplicates++, coming->number,
             "an earlier line has the same key; this one counts");
        tag |= TABLE_TWICE;
    } else {
        table->records++;
    }
    *slot = (struct table_slot){coming->from + 1, tag};
}

static void enter(struct making *making, struct pxa_span line, struct pxa_span key)
{
    struct table *table = making->table;
    struct coming *coming;

    if (making->entered - making->left == QUEUE_CAP)
        place_first(making);
    coming = &making->queue[making->entered++ % QUEUE_CAP];
    *coming = (struct coming){
        .key = key,
        .hash = key_hash_of(&table->index->hash, key),
        .number = making->scan.number,
        .from = (uint32_t)(line.at - table->file.text.at),
    };
    __builtin_prefetch(&table->index->slot[table_home(table->index, coming->hash)], 1);
}

static void fill(struct making *making)
{
    struct table *table = making->table;
    const struct file_format *format = table->format;
    struct file_record record;
    struct pxa_span line;

    while (table_scan_next(&making->scan, format, &line)) {
        const char *fault = table_scan_judge(&making->scan, format, line, &record);

        if (fault) {
            tell(table->fault, table->faults++, making->scan.number, fault);
            continue;
        }
        if (format->count)
            format->count(format->context, &record, table->tally);
        enter(making, line, record.key);
    }
    while (making->left < making->entered)
        place_first(making);
    table->lines = making->scan.number;
}

static bool make_parts(struct table *table, uint64_t seed)
{
    const struct file_format *format = table->format;

    table->index = calloc(1, sizeof *table->index);
    if (!table->index)
        return false;
    table->index->hash = key_hash_seeded(seed, format->ignore_case);
    if (format->count) {
        table->tally = calloc(1, format->tally_size);
        if (!table->tally)
            return false;
    }
    return make_index(table->index, count_candidates(table->file.text));
}

struct table *table_make(struct file_text *text, const struct file_format *format, uint64_t seed,
                         struct why *why)
{
    struct table *table = calloc(1, sizeof *table);
    struct making making = {.table = table};

    if (!table) {
        file_text_free(text);
        why_set(why, "out of memory");
        return NULL;
    }
    table->file = *text;
    *text = (struct file_text){.mapped = 0};
    table->format = format;
    if (!make_parts(table, seed)) {
        why_set(why, "out of memory");
        table_free(table);
        return NULL;
    }
    making.scan = table_scan_begin(table->file.text);
    fill(&making);
    return table;
}
