/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking up. A slot names a line by its offset and has half of the key's hash beside it, so a
 * search reads one cache line of the index and, but once in two thousand million times, no line
 * but the one that it is for. That line is taken apart again by its format: cheaper than to keep
 * what it means.
 */
#include <config.h>

#include "helpers/files/table.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "helpers/files/table_private.h"

struct table_slot *table_place(const struct table *table, struct pxa_span key, uint64_t hash,
                               struct file_record *record)
{
    const struct table_index *index = table->index;
    uint64_t at = table_home(index, hash);

    for (;; at = table_next(index, at)) {
        struct table_slot *slot = &index->slot[at];
        struct pxa_span line;

        if (slot->line == 0)
            return slot;
        if (!table_may_be(slot, hash))
            continue;
        line = table_line(table->file.text, slot->line - 1);
        if (table->format->split(table->format->context, line, record) == NULL &&
            key_hash_same(&index->hash, key, record->key))
            return slot;
    }
}

bool table_find(const struct table *table, struct pxa_span key, struct file_record *record)
{
    return table_place(table, key, key_hash_of(&table->index->hash, key), record)->line != 0;
}

void table_search_begin(const struct table *table, struct pxa_span key, struct table_search *search)
{
    const struct table_index *index = table->index;

    search->key = key;
    search->hash = key_hash_of(&index->hash, key);
    __builtin_prefetch(&index->slot[table_home(index, search->hash)]);
}

/* A line is seldom longer than a cache line, but seldom begins with one. */
void table_search_go_on(const struct table *table, const struct table_search *search)
{
    enum { CACHE_LINE = 64 };
    const struct table_index *index = table->index;
    uint64_t at = table_home(index, search->hash);

    while (index->slot[at].line != 0 && !table_may_be(&index->slot[at], search->hash))
        at = table_next(index, at);
    if (index->slot[at].line != 0) {
        const char *line = table->file.text.at + (index->slot[at].line - 1);

        __builtin_prefetch(line);
        __builtin_prefetch(line + CACHE_LINE);
    }
}

bool table_search_end(const struct table *table, const struct table_search *search,
                      struct file_record *record)
{
    return table_place(table, search->key, search->hash, record)->line != 0;
}

/* Whether LINE is where its key is found: not if a later line has the same key. */
static bool is_found(const struct table *table, const struct file_record *record, size_t from)
{
    uint64_t hash = key_hash_of(&table->index->hash, record->key);
    struct file_record found;

    return table_place(table, record->key, hash, &found)->line == from + 1;
}

void table_walk(const struct table *table,
                bool (*each)(void *context, const struct file_record *record), void *context)
{
    struct pxa_span text = table->file.text;
    struct table_scan scan = table_scan_begin(text);
    struct pxa_span line;
    struct file_record record;

    while (table_scan_next(&scan, table->format, &line))
        if (table_scan_judge(&scan, table->format, line, &record) == NULL &&
            is_found(table, &record, (size_t)(line.at - text.at)) && !each(context, &record))
            return;
}

bool table_has_twice(const struct table *table, struct pxa_span key)
{
    struct file_record record;
    const struct table_slot *slot =
        table_place(table, key, key_hash_of(&table->index->hash, key), &record);

    return slot->line != 0 && (slot->tag & TABLE_TWICE);
}

void table_free(struct table *table)
{
    if (!table)
        return;
    if (table->index && table->index->slot)
        munmap(table->index->slot, table->index->mapped);
    free(table->index);
    free(table->tally);
    file_text_free(&table->file);
    free(table);
}
