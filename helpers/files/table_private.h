/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What table.c, which looks up, and table_make.c, which builds, share of the index.
 */
#ifndef PROXYAUTH_FILES_TABLE_PRIVATE_H
#define PROXYAUTH_FILES_TABLE_PRIVATE_H

#include "helpers/core/key_hash.h"
#include "helpers/files/table.h"

/* A place of the index. */
struct table_slot {
    uint32_t line; /* where the record's line begins in the text, plus 1; 0: nothing is here */
    uint32_t tag;  /* the lower half of its key's hash, but for the lowest bit: TABLE_TWICE */
};

/* Set: an earlier line has the same key. */
#define TABLE_TWICE UINT32_C(1)

struct table_index {
    struct table_slot *slot; /* in a mapping of its own */
    uint64_t count;          /* more than there are records, so that every search ends */
    size_t mapped;           /* bytes */
    struct key_hash hash;
};

/* The first place where a key with HASH may be; the next ones follow it. The upper half of the hash
 * is spread over the slots by a multiplication, so their number need not be a power of two. */
static inline uint64_t table_home(const struct table_index *index, uint64_t hash)
{
    return (hash >> 32) * index->count >> 32;
}

static inline uint64_t table_next(const struct table_index *index, uint64_t at)
{
    return at + 1 == index->count ? 0 : at + 1;
}

/* Whether the line of SLOT is likely to be that of a key with HASH. */
static inline bool table_may_be(const struct table_slot *slot, uint64_t hash)
{
    return (slot->tag | TABLE_TWICE) == ((uint32_t)hash | TABLE_TWICE);
}

/* The line that begins at FROM, without its end. TEXT is followed by a line end. */
static inline struct pxa_span table_line(struct pxa_span text, size_t from)
{
    const char *at = text.at + from;
    const char *end = memchr(at, '\n', text.len - from + 1);
    size_t len = (size_t)(end - at);

    if (len > 0 && at[len - 1] == '\r')
        len--;
    return (struct pxa_span){at, len};
}

/* Goes through the lines of a text that can be records. */
struct table_scan {
    struct pxa_span rest;
    uint64_t number; /* of the line that came last, from 1 */
    bool holds_nul;  /* the text does, somewhere */
};

struct table_scan table_scan_begin(struct pxa_span text);

/* The next line that is neither empty nor a comment nor, for that format, a blank one. */
bool table_scan_next(struct table_scan *scan, const struct file_format *format,
                     struct pxa_span *line);

/* NULL, with the RECORD that LINE is, or what is wrong with LINE. */
const char *table_scan_judge(const struct table_scan *scan, const struct file_format *format,
                             struct pxa_span line, struct file_record *record);

/* The place where KEY, whose hash is HASH, is, with its RECORD; or the free one where it would be.
 */
struct table_slot *table_place(const struct table *table, struct pxa_span key, uint64_t hash,
                               struct file_record *record);

#endif
