/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From line to line.
 */
#include <config.h>

#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

#include <stdlib.h>

void find_classify(const struct finder *finder, const struct find_line *line, struct found *found)
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

void find_open(struct finder *finder, struct pxa_span text, bool words)
{
    struct finder scout = {.text = text, .words = words, .has_http = true};
    struct find_line line;
    struct found found;

    *finder = (struct finder){.text = text, .words = words};
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
