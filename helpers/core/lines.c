/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer is moved by allocate, copy and wipe, never by realloc(), which could leave a
 * copy of a password in freed memory.
 */
#include <config.h>

#include "helpers/core/lines.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/channel.h"

/* What has been cut is of no use any more and held passwords. */
static void drop_cut(struct lines *lines)
{
    size_t left = lines->end - lines->start;

    if (lines->start == 0)
        return;
    if (left > 0)
        memmove(lines->at, lines->at + lines->start, left);
    pxa_wipe(lines->at + left, lines->end - left);
    lines->scanned -= lines->start;
    lines->start = 0;
    lines->end = left;
}

static bool grow(struct lines *lines, size_t cap)
{
    char *at = malloc(cap);

    if (!at)
        return false;
    if (lines->end > 0)
        memcpy(at, lines->at, lines->end);
    if (lines->at)
        pxa_wipe(lines->at, lines->end);
    free(lines->at);
    lines->at = at;
    lines->cap = cap;
    return true;
}

char *lines_room(struct lines *lines, size_t *room)
{
    drop_cut(lines);
    if (lines->cap - lines->end < LINES_ROOM) {
        size_t cap = lines->cap < LINES_ROOM ? 2 * (size_t)LINES_ROOM : 2 * lines->cap;

        if (!grow(lines, cap))
            return NULL;
    }
    *room = lines->cap - lines->end;
    return lines->at + lines->end;
}

void lines_filled(struct lines *lines, size_t len)
{
    lines->end += len;
}

/* The beginning of a line that is too long: told once, then dropped up to its end. */
static enum line_kind begin_skipping(struct lines *lines, struct pxa_span *line)
{
    *line = (struct pxa_span){lines->at + lines->start, LINES_MAX};
    lines->skipping = true;
    lines->start = lines->end;
    lines->scanned = lines->end;
    return LINES_TOO_LONG;
}

/* Where Squid cut the line whose first LEN bytes hold no line end, or 0. */
static size_t cut_at(const struct lines *lines, size_t len)
{
    size_t id_len;

    if (lines->cut_len == 0 || lines->skipping || len < lines->cut_len)
        return 0;
    id_len = channel_digits((struct pxa_span){lines->at + lines->start, len});
    if (id_len > 0)
        id_len++; /* its blank */
    return len - id_len >= lines->cut_len ? id_len + lines->cut_len : 0;
}

/* What is behind it has been searched for a line end up to `scanned` already. */
static enum line_kind take_cut(struct lines *lines, size_t len, struct pxa_span *line)
{
    *line = (struct pxa_span){lines->at + lines->start, len};
    lines->start += len;
    lines->behind = len > lines->cut_len ? BEHIND_CUT_WITH_ID : BEHIND_CUT;
    return LINES_CUT;
}

/* Whether REST is, or may become, the beginning of a line like the one that was cut: behind an id
 * comes an id, behind a quote a quote. */
static bool may_begin_line(struct pxa_span rest, bool with_id)
{
    size_t digits = 0;

    if (!with_id)
        return rest.len == 0 || rest.at[0] == '"';
    while (digits < rest.len && rest.at[digits] >= '0' && rest.at[digits] <= '9')
        digits++;
    return digits == rest.len ? digits <= REQUEST_ID_MAX : channel_digits(rest) > 0;
}

/* What is behind a line that was cut is the next one. If it cannot be, it is what is left of the
 * same line, of a peer that did not cut it: that has had its answer. */
static void look_behind_cut(struct lines *lines)
{
    struct pxa_span rest = {lines->at + lines->start, lines->end - lines->start};

    if (lines->behind != BEHIND_LINE &&
        !may_begin_line(rest, lines->behind == BEHIND_CUT_WITH_ID)) {
        lines->skipping = true;
        lines->behind = BEHIND_LINE;
    }
}

/* No line end in what has been read. */
static enum line_kind wait_for_more(struct lines *lines, struct pxa_span *line)
{
    size_t cut = cut_at(lines, lines->end - lines->start);

    lines->scanned = lines->end;
    if (cut > 0)
        return take_cut(lines, cut, line);
    if (lines->skipping)
        lines->start = lines->end;
    else if (lines->end - lines->start > LINES_MAX)
        return begin_skipping(lines, line);
    drop_cut(lines);
    return LINES_NONE;
}

enum line_kind lines_next(struct lines *lines, struct pxa_span *line)
{
    look_behind_cut(lines);
    while (lines->end > lines->scanned) {
        char *from = lines->at + lines->scanned;
        char *end = memchr(from, '\n', lines->end - lines->scanned);
        size_t start = lines->start;
        size_t len, cut;

        if (!end)
            return wait_for_more(lines, line);
        len = (size_t)(end - lines->at) - start;
        cut = cut_at(lines, len);
        if (cut > 0) {
            lines->scanned = start + len;
            return take_cut(lines, cut, line);
        }
        lines->start = start + len + 1;
        lines->scanned = lines->start;
        if (lines->skipping) {
            lines->skipping = false;
            continue;
        }
        if (len > LINES_MAX) {
            *line = (struct pxa_span){lines->at + start, LINES_MAX};
            return LINES_TOO_LONG;
        }
        lines->behind = BEHIND_LINE;
        if (len > 0 && lines->at[start + len - 1] == '\r')
            len--;
        *line = (struct pxa_span){lines->at + start, len};
        return LINES_LINE;
    }
    return wait_for_more(lines, line);
}

bool lines_waiting(struct lines *lines)
{
    size_t left = lines->end - lines->scanned;

    look_behind_cut(lines);
    if (left > 0 && memchr(lines->at + lines->scanned, '\n', left))
        return true;
    lines->scanned = lines->end;
    if (lines->skipping)
        return false;
    left = lines->end - lines->start;
    return left > LINES_MAX || cut_at(lines, left) > 0;
}

bool lines_rest(const struct lines *lines, struct pxa_span *line)
{
    if (lines->skipping || lines->end == lines->start)
        return false;
    *line = (struct pxa_span){lines->at + lines->start, lines->end - lines->start};
    return true;
}

void lines_free(struct lines *lines)
{
    if (lines->at)
        pxa_wipe(lines->at, lines->end);
    free(lines->at);
    *lines = (struct lines){0};
}
