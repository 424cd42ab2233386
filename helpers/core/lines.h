/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lines: cuts a stream of bytes into lines of any length up to a cap.
 *
 * The buffer grows to hold the longest line seen, up to LINES_MAX; a longer line is reported once
 * by its beginning and skipped to its end. Bytes that have been cut are wiped as soon as no whole
 * line is left: lines hold passwords. No I/O: the caller reads into lines_room().
 *
 * Squid writes some requests into a buffer of its own and sends what fits, without a newline
 * (src/auth/digest/UserRequest.cc). With `cut_len` such a line is known by its length: it ends at
 * that byte, and the next one begins right behind it. Where what is behind it is no beginning of
 * such a line, it was not Squid that cut, or not there: it is skipped to its end as of a line that
 * is too long, so that a line is never given twice.
 */
#ifndef PROXYAUTH_CORE_LINES_H
#define PROXYAUTH_CORE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

enum { LINES_MAX = 1024 * 1024, LINES_ROOM = 32 * 1024 };

/* What the bytes that have not been cut are behind of. */
enum lines_behind { BEHIND_LINE, BEHIND_CUT, BEHIND_CUT_WITH_ID };

struct lines {
    char *at;
    size_t cap;
    size_t start;   /* the first byte that has not been cut */
    size_t end;     /* behind the last byte that was read */
    size_t scanned; /* no line end before this */
    bool skipping;  /* inside a line that was too long */
    size_t cut_len; /* so many bytes behind the channel-ID are a line that Squid cut; 0: no rule.
                     * Set by the owner before the first byte: more than an id, up to LINES_MAX */
    enum lines_behind behind;
};

enum line_kind {
    LINES_NONE,    /* no whole line is there */
    LINES_LINE,    /* one line, without LF or CR LF */
    LINES_CUT,     /* one line that Squid cut, with its channel-ID */
    LINES_TOO_LONG /* the first LINES_MAX bytes of a line that is longer, a CR counted */
};

/* Where to read to, at least LINES_ROOM bytes. NULL when memory is out. */
char *lines_room(struct lines *lines, size_t *room);

/* LEN bytes were read to lines_room(). */
void lines_filled(struct lines *lines, size_t len);

/* Cuts the next line. LINE is valid until the next call of any function here. */
enum line_kind lines_next(struct lines *lines, struct pxa_span *line);

/* Whether lines_next() would give a line. */
bool lines_waiting(struct lines *lines);

/* At the end of input: true when a line without its end is left, and LINE is what there is. */
bool lines_rest(const struct lines *lines, struct pxa_span *line);

void lines_free(struct lines *lines);

#endif
