/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From line to line, and values that go on in the next one.
 *
 * A header's line may be folded: the next one begins with a blank and belongs to it. And a long
 * token is often broken by the window that it was copied from: a line of nothing but Base64 behind
 * a header whose value ends in Base64 is taken for its rest.
 */
#include <config.h>

#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

#include <stdlib.h>

enum { GLUE_MIN = 40 }; /* a piece of Base64 that is shorter was not broken by a window */

static void classify(const struct finder *finder, const struct find_line *line, struct found *found)
{
    find_http(line, found);
    if (found->kind == FOUND_END && line->prefix == 0)
        find_helper(line->text, !finder->has_http, found);
    if (found->kind == FOUND_END && line->prefix == 0)
        find_value(line->text, finder->words, found);
    if (found->kind == FOUND_END && line->prefix == 0 && !finder->has_http && !finder->words)
        find_basic_line(line->text, found);
}

static bool can_go_on(enum found_kind kind)
{
    return kind == FOUND_CREDENTIALS || kind == FOUND_CHALLENGE || kind == FOUND_VALUE ||
           kind == FOUND_TOKEN || kind == FOUND_HELPER_LINE;
}

/* The last word of a value. */
static struct pxa_span tail_of(struct pxa_span value)
{
    size_t at = value.len;

    while (at > 0 && !text_is_blank(value.at[at - 1]))
        at--;
    return text_from(value, at);
}

/* Whether LINE is the rest of a Base64 token that the value's last line ends with. "OK" is Base64,
 * too: what a helper says begins something new, and so does an NTLMSSP message. */
static bool is_rest_of_token(const struct finder *finder, struct pxa_span last,
                             const struct find_line *line)
{
    struct pxa_span tail = tail_of(last);
    struct found own = {.kind = FOUND_END};

    if (finder->words || tail.len < GLUE_MIN || !text_is_base64(tail) ||
        tail.at[tail.len - 1] == '=' || !text_is_base64(line->text))
        return false;
    find_helper(line->text, true, &own);
    return own.kind == FOUND_END && !text_begins(line->text, "TlRMTVNTUA");
}

/* Whether LINE, indented, is the rest of a folded header: it is nothing by itself, and not another
 * header of an indented paste. */
static bool is_fold(const struct finder *finder, const struct find_line *line)
{
    const struct finder http = {.has_http = true};
    struct found own = {.kind = FOUND_END};
    size_t name = 0;

    if (!line->indented || line->text.len == 0 || finder->words)
        return false;
    classify(&http, line, &own);
    while (name < line->text.len &&
           (line->text.at[name] == '-' || (line->text.at[name] | 0x20) >= 'a') &&
           (line->text.at[name] | 0x20) <= 'z')
        name++;
    return own.kind == FOUND_END &&
           !(name > 0 && name < line->text.len && line->text.at[name] == ':');
}

/* Where the lines end that belong to FOUND. Fills its flags. */
static size_t end_of_value(const struct finder *finder, struct found *found)
{
    struct pxa_span last = found->value;
    size_t end = finder->at;

    while (end < finder->text.len && last.len > 0) {
        size_t next = end;
        struct find_line line = find_line_read(finder->text, &next);

        if (next - end > FIND_LINE_MAX)
            break;
        if (is_rest_of_token(finder, last, &line))
            found->glued = true;
        else if (is_fold(finder, &line))
            found->folded = true;
        else
            break;
        last = line.text;
        end = next;
    }
    return end;
}

/* Appends a line to JOINED, behind a blank unless it is the rest of a token. */
static void append(const struct finder *finder, struct joined *joined, struct pxa_span last,
                   const struct find_line *line)
{
    if (joined->len > 0 && !is_rest_of_token(finder, last, line))
        joined->text[joined->len++] = ' ';
    if (line->text.len > 0)
        memcpy(joined->text + joined->len, line->text.at, line->text.len);
    joined->len += line->text.len;
}

/* Puts the lines up to END behind the value. */
static void join(struct finder *finder, struct found *found, size_t end)
{
    /* A line gives at most its own bytes, and a blank for its end or, of the last one, 1. */
    size_t most = found->value.len + (end - finder->at) + 1;
    struct joined *joined = malloc(sizeof *joined + most);
    struct find_line line = {.text = found->value};

    if (!joined) {
        finder->out_of_memory = true;
        return;
    }
    joined->len = 0;
    joined->next = finder->joined;
    finder->joined = joined;
    append(finder, joined, (struct pxa_span){NULL, 0}, &line);
    while (finder->at < end) {
        struct pxa_span last = line.text;

        line = find_line_read(finder->text, &finder->at);
        line.text = text_trim(line.text);
        finder->line++;
        append(finder, joined, last, &line);
    }
    found->value = (struct pxa_span){joined->text, joined->len};
}

static void next_of(struct finder *finder, struct found *found)
{
    while (finder->at < finder->text.len) {
        size_t begin = finder->at;
        struct find_line line = find_line_read(finder->text, &finder->at);

        *found = (struct found){.kind = FOUND_END, .line = ++finder->line};
        if (finder->at - begin > FIND_LINE_MAX)
            found->kind = FOUND_LONG_LINE;
        else
            classify(finder, &line, found);
        if (found->kind != FOUND_END)
            return;
    }
    *found = (struct found){.kind = FOUND_END};
}

void find_next(struct finder *finder, struct found *found)
{
    size_t end;

    next_of(finder, found);
    if (!can_go_on(found->kind))
        return;
    end = end_of_value(finder, found);
    if (end > finder->at)
        join(finder, found, end);
}

void find_open(struct finder *finder, struct pxa_span text, bool words)
{
    struct finder scout = {.text = text, .words = words, .has_http = true};
    struct found found;

    *finder = (struct finder){.text = text, .words = words};
    do {
        next_of(&scout, &found);
        if (found.kind != FOUND_END && found.kind <= FOUND_CHALLENGE)
            finder->has_http = true;
    } while (found.kind != FOUND_END && !finder->has_http);
}

void find_close(struct finder *finder)
{
    while (finder->joined) {
        struct joined *joined = finder->joined;

        finder->joined = joined->next;
        pxa_wipe(joined->text, joined->len);
        free(joined);
    }
}
