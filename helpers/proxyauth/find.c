/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From line to line.
 */
#include <config.h>

#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

#include <stdlib.h>

/* A word is a header's value, of any scheme. But schemes that are not known have a capital by
 * custom, and users' names have none: `alice secret`. */
static bool is_user_in_word(struct pxa_span line)
{
    struct pxa_scheme scheme;

    if (line.len == 0 || (line.at[0] >= 'A' && line.at[0] <= 'Z'))
        return false;
    if (pxa_scheme_split(line, &scheme) != PXA_OK)
        return true;
    /* Squid takes all that begins like Basic for it. */
    return scheme.id == PXA_SCHEME_OTHER && !pxa_name_is(text_upto(scheme.name, 5), "Basic");
}

static void classify_basic(const struct finder *finder, struct pxa_span line, struct found *found)
{
    if (finder->controls)
        return;
    if (finder->words && is_user_in_word(line))
        find_basic_line(line, false, found);
    else if (!finder->words && !finder->has_http)
        find_basic_line(line, !finder->helper_alone, found);
}

/* A value of a scheme without its header, or a line of a Basic helper: of the two a word is first
 * the one that people use, and a line the one that is sure. */
static void classify_value(const struct finder *finder, struct pxa_span line, struct found *found)
{
    if (finder->words)
        classify_basic(finder, line, found);
    if (found->kind == FOUND_END)
        find_value(line, finder->words, found);
    if (found->kind == FOUND_END && !finder->words)
        classify_basic(finder, line, found);
}

void find_classify(const struct finder *finder, const struct find_line *line, struct found *found)
{
    find_http(line, found);
    if (found->kind == FOUND_END && line->prefix == 0)
        find_helper(line->text, !finder->has_http, found);
    if (found->kind == FOUND_END && line->prefix == 0)
        classify_value(finder, line->text, found);
}

static bool can_go_on(enum found_kind kind)
{
    return kind == FOUND_CREDENTIALS || kind == FOUND_CHALLENGE || kind == FOUND_VALUE ||
           kind == FOUND_TOKEN || kind == FOUND_HELPER_LINE;
}

/* Whether a header follows the empty lines from AT on: a paste in which every second line is empty
 * has its heads in one, too. */
static bool head_goes_on(const struct finder *finder)
{
    enum { EMPTY_MAX = 3 }; /* lines; more are the end */
    size_t at = finder->at;

    for (int i = 0; i < EMPTY_MAX && at < finder->text.len; i++) {
        struct find_line line = find_line_read(finder->text, &at);

        if (line.text.len > 0)
            return line.prefix == finder->prefix && find_is_header(line.text);
        if (line.prefix != 0)
            return false;
    }
    return false;
}

/* Remembers the head that LINE belongs to, and passes over an empty one within it. */
static void note_head(struct finder *finder, const struct find_line *line, struct found *found)
{
    if (line->text.len > 0) {
        finder->prefix = line->prefix;
        finder->in_head = true;
    } else if (finder->in_head && line->prefix == 0 && head_goes_on(finder)) {
        found->kind = FOUND_END;
    } else {
        finder->in_head = false;
    }
}

static void next_of(struct finder *finder, struct find_line *line, struct found *found)
{
    while (finder->at < finder->text.len) {
        size_t begin = finder->at;

        *line = find_line_read(finder->text, &finder->at);

        *found = (struct found){.kind = FOUND_END, .line = ++finder->line};
        if (finder->at - begin > FIND_LINE_MAX)
            found->kind = FOUND_LONG_LINE;
        else
            find_classify(finder, line, found);
        note_head(finder, line, found);
        if (found->kind != FOUND_END)
            return;
    }
    *found = (struct found){.kind = FOUND_END};
}

void find_next(struct finder *finder, struct found *found)
{
    struct find_line line;

    next_of(finder, &line, found);
    if (can_go_on(found->kind))
        find_join(finder, &line, found);
}

static bool has_controls(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return true;
    }
    return false;
}

void find_open(struct finder *finder, struct pxa_span text, bool words)
{
    struct finder scout = {.text = text, .words = words, .has_http = true};
    struct find_line line;
    struct found found;

    *finder = (struct finder){.text = text, .words = words};
    finder->controls = has_controls(text);
    finder->helper_alone = find_helper_alone(text);
    do {
        next_of(&scout, &line, &found);
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
