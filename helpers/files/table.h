/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table: the lines of one data file, found by their keys.
 *
 * One contiguous copy of the file and one open-addressed index beside it: no allocation for a user.
 * A table never changes once it is made, so any thread may look things up while nobody frees it.
 * What a line means is up to a struct file_format; the table knows lines, keys and duplicates.
 */
#ifndef PROXYAUTH_FILES_TABLE_H
#define PROXYAUTH_FILES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/core/file.h"
#include "helpers/core/why.h"

enum {
    TABLE_LINE_MAX = 64 * 1024, /* a longer line is bad */
    TABLE_FAULTS_TOLD = 8       /* as many bad lines, and as many duplicates, are told one by one */
};

/* One line taken apart. KEY is a span within the line. The rest is the format's own. */
struct file_record {
    struct pxa_span key;   /* what it is found by: a user, or user:realm */
    struct pxa_span user;  /* spans in the line */
    struct pxa_span realm; /* empty if it has none */
    struct pxa_span value; /* a password, a hash, a HA1 */
    unsigned kind;         /* which of the format's kinds of record it is */
};

/*
 * What the lines of a file mean. `split` is called for each line that is neither empty nor a
 * comment ('#' first), without its end (LF or CR LF) and at most TABLE_LINE_MAX bytes long; it
 * fills RECORD and returns NULL, or returns what is wrong with the line: a constant sentence,
 * without a full stop, that quotes nothing of it. It is called again at each lookup, in any thread:
 * it has no state and is fast.
 */
struct file_format {
    const char *(*split)(const void *context, struct pxa_span line, struct file_record *record);
    /* While the file is read, for each good line; TALLY is the table's own, zeroed before. NULL: no
     * tally. A line that a later duplicate replaces has been counted, too. */
    void (*count)(const void *context, const struct file_record *record, void *tally);
    size_t tally_size;   /* bytes */
    const void *context; /* outlives every table */
    bool ignore_case;    /* keys are compared without regard to ASCII case */
    bool keep_blanks;    /* a line that begins with a blank is a record; else it is skipped as
                          * empty lines are */
};

/* A line that is not used, by its number (from 1), and why. */
struct table_fault {
    uint64_t line;
    const char *text; /* the format's sentence, or a constant of the table's own */
};

struct table {
    struct file_text file;
    const struct file_format *format;
    void *tally; /* what format->count left, or NULL */
    uint64_t lines;
    uint64_t records; /* that can be found */
    uint64_t faults;  /* bad lines */
    uint64_t duplicates;
    struct table_fault fault[TABLE_FAULTS_TOLD];
    struct table_fault duplicate[TABLE_FAULTS_TOLD]; /* the line that won */
    struct table_index *index;                       /* the table's own */
};

/*
 * Makes a table of TEXT, which it takes over (also when it fails). The keys' hash is seeded with
 * SEED. A UTF-8 byte order mark at the beginning is skipped; a line with a NUL byte or longer than
 * TABLE_LINE_MAX is bad; a last line without an end is a line. NULL with WHY: memory is out.
 * Blocking, about 0.2 s for a million lines.
 */
struct table *table_make(struct file_text *text, const struct file_format *format, uint64_t seed,
                         struct why *why);

/* NULL is allowed. Returning a large file's memory takes milliseconds: for offload threads. */
void table_free(struct table *table);

/* The record whose key is KEY, as its format's split() gave it. False if there is none. Spans of
 * RECORD point into the table. */
bool table_find(const struct table *table, struct pxa_span key, struct file_record *record);

/*
 * The same in three steps, for several keys at a time: each step but the last asks for the memory
 * that the next one reads, so that all wait for theirs together and not one behind the other. The
 * key and the table stay as they are meanwhile.
 */
struct table_search {
    struct pxa_span key;
    uint64_t hash;
};

void table_search_begin(const struct table *table, struct pxa_span key,
                        struct table_search *search);
void table_search_go_on(const struct table *table, const struct table_search *search);
bool table_search_end(const struct table *table, const struct table_search *search,
                      struct file_record *record);

/* Whether more than one line has KEY, of which table_find() gives the last: for who shares the file
 * with a program that takes another one. */
bool table_has_twice(const struct table *table, struct pxa_span key);

/* Calls EACH for every record in the order of the file, until it returns false. */
void table_walk(const struct table *table,
                bool (*each)(void *context, const struct file_record *record), void *context);

#endif
