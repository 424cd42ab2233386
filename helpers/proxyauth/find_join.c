/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that go on in the next line.
 *
 * A header's line may be folded: the next one is indented more than it and belongs to it. And a
 * long token is often broken by the window that it was copied from: a line of nothing but Base64
 * behind a value that ends in Base64 is taken for its rest. Behind a token nothing else goes on:
 * Wireshark and other programs write what they think of it there.
 */
#include <config.h>

#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

#include <stdlib.h>

enum {
    GLUE_MIN = 40,      /* a piece of Base64 this long was broken, whatever follows */
    GLUE_MIN_EVEN = 16, /* a shorter one was if lines of no more columns follow */
};

/* What is known of a value while its lines are read. */
struct piece {
    struct pxa_span last; /* the text of the last line */
    size_t width;         /* of that line */
    bool complete;        /* that line said that it ends there */
    bool even;            /* the last two lines have one width */
    bool may_fold;        /* the value is a header's, and no token yet */
};

/* The last word of a value. */
static struct pxa_span tail_of(struct pxa_span value)
{
    size_t at = value.len;

    while (at > 0 && !text_is_blank(value.at[at - 1]))
        at--;
    return text_from(value, at);
}

/* Whether a piece that is LEN long was broken where it ends, judged by the next LINE. */
static bool was_broken(const struct piece *piece, size_t len, const struct find_line *line)
{
    if (len >= GLUE_MIN)
        return true;
    return len >= GLUE_MIN_EVEN && line->width <= piece->width &&
           (piece->even || line->text.len >= GLUE_MIN_EVEN);
}

/* Whether LINE is the rest of a Base64 token that the value's last line ends with. "OK" is Base64,
 * too: what a helper says begins something new, and so does an NTLMSSP message. */
static bool is_rest_of_token(const struct finder *finder, const struct piece *piece,
                             const struct find_line *line)
{
    struct pxa_span tail = tail_of(piece->last);
    struct pxa_span text = text_trim(line->text);
    struct found own = {.kind = FOUND_END};

    if (finder->words || !was_broken(piece, tail.len, line) || !text_is_base64(tail) ||
        tail.at[tail.len - 1] == '=' || !text_is_base64(text))
        return false;
    find_helper(text, true, &own);
    return own.kind == FOUND_END && !text_begins(text, "TlRMTVNTUA");
}

/* Whether LINE is the rest of a folded header that FIRST begins: it is nothing by itself, and not
 * another header of an indented paste. */
static bool is_fold(const struct find_line *first, const struct find_line *line)
{
    const struct finder http = {.has_http = true};
    struct found own = {.kind = FOUND_END};

    if (line->indent <= first->indent || line->prefix != first->prefix || line->text.len == 0)
        return false;
    find_classify(&http, line, &own);
    return own.kind == FOUND_END && !find_is_header(line->text);
}

/* Whether VALUE is a token, with a scheme's name before it or not. */
static bool is_token(struct pxa_span value)
{
    struct pxa_scheme scheme;

    return pxa_scheme_split(value, &scheme) == PXA_OK &&
           pxa_form_of(scheme.rest) == PXA_FORM_TOKEN68;
}

static struct piece first_piece(const struct finder *finder, const struct find_line *line,
                                const struct found *found)
{
    bool header = found->kind == FOUND_CREDENTIALS || found->kind == FOUND_CHALLENGE ||
                  found->kind == FOUND_VALUE;

    return (struct piece){.last = found->value,
                          .width = line->width,
                          .complete = line->complete || found->closed,
                          .may_fold = header && !finder->words && !is_token(found->value)};
}

static void step(struct piece *piece, const struct find_line *line)
{
    struct pxa_span text = text_trim(line->text);

    piece->even = piece->width == line->width;
    piece->width = line->width;
    piece->complete = line->complete;
    /* A token that is folded away from its scheme's name. */
    piece->may_fold = piece->may_fold && !(text.len >= GLUE_MIN_EVEN && text_is_base64(text));
    piece->last = text;
}

/* How LINE goes on with the value. */
enum going { NOT_AT_ALL, GLUED, FOLDED };

static enum going goes_on(const struct finder *finder, const struct find_line *first,
                          const struct piece *piece, const struct find_line *line)
{
    if (piece->complete || piece->last.len == 0)
        return NOT_AT_ALL;
    if (line->prefix != 0 && (line->prefix != first->prefix || line->prefix == '*'))
        return NOT_AT_ALL;
    if (is_rest_of_token(finder, piece, line))
        return GLUED;
    return piece->may_fold && is_fold(first, line) ? FOLDED : NOT_AT_ALL;
}

/* Where the lines end that belong to FOUND. Fills its flags. */
static size_t end_of_value(const struct finder *finder, const struct find_line *first,
                           struct found *found)
{
    struct piece piece = first_piece(finder, first, found);
    size_t end = finder->at;

    while (end < finder->text.len) {
        size_t next = end;
        struct find_line line = find_line_read(finder->text, &next);
        enum going going =
            next - end > FIND_LINE_MAX ? NOT_AT_ALL : goes_on(finder, first, &piece, &line);

        if (going == NOT_AT_ALL)
            break;
        found->glued = found->glued || going == GLUED;
        found->folded = found->folded || going == FOLDED;
        step(&piece, &line);
        end = next;
    }
    return end;
}

/* Appends a line to JOINED, behind a blank unless it is the rest of a token. */
static void append(struct joined *joined, struct pxa_span text, bool blank)
{
    if (blank)
        joined->text[joined->len++] = ' ';
    if (text.len > 0)
        memcpy(joined->text + joined->len, text.at, text.len);
    joined->len += text.len;
}

void find_join(struct finder *finder, const struct find_line *first, struct found *found)
{
    struct piece piece = first_piece(finder, first, found);
    size_t end = end_of_value(finder, first, found);
    /* A line gives at most its own bytes, and a blank for its end or, of the last one, 1. */
    size_t most = found->value.len + (end - finder->at) + 1;
    struct joined *joined;

    if (end == finder->at)
        return;
    joined = malloc(sizeof *joined + most);
    if (!joined) {
        finder->out_of_memory = true;
        return;
    }
    joined->len = 0;
    joined->next = finder->joined;
    finder->joined = joined;
    append(joined, found->value, false);
    while (finder->at < end) {
        struct find_line line = find_line_read(finder->text, &finder->at);

        finder->line++;
        append(joined, text_trim(line.text), !is_rest_of_token(finder, &piece, &line));
        step(&piece, &line);
    }
    found->value = (struct pxa_span){joined->text, joined->len};
}
