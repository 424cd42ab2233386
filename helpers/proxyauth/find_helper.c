/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines between Squid and its helpers. A channel-ID before them is digits and a space.
 * Source: src/auth/ and src/helper/ of Squid.
 */
#include <config.h>

#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

static struct pxa_span without_id(struct pxa_span line)
{
    size_t digits = 0;

    while (digits < line.len && text_is_digit(line.at[digits]))
        digits++;
    if (digits == 0 || digits + 1 >= line.len || line.at[digits] != ' ')
        return line;
    return text_from(line, digits + 1);
}

static const struct {
    const char *verb;
    enum found_kind kind;
    bool sure; /* hardly a word of a text */
} verbs[] = {
    {"YR", FOUND_HELPER_LINE, true},   {"KK", FOUND_HELPER_LINE, true},
    {"TT", FOUND_HELPER_REPLY, true},  {"AF", FOUND_HELPER_REPLY, true},
    {"BH", FOUND_HELPER_REPLY, true},  {"NA", FOUND_HELPER_REPLY, false},
    {"OK", FOUND_HELPER_REPLY, false}, {"ERR", FOUND_HELPER_REPLY, false},
};

/* `"user":"realm"` */
static bool is_digest_line(struct pxa_span line)
{
    return line.len >= 5 && line.at[0] == '"' && text_has(line, "\":\"") &&
           memchr(line.at + 1, '"', line.len - 1) != line.at + line.len - 1;
}

void find_helper(struct pxa_span line, bool with_replies, struct found *found)
{
    struct pxa_span rest = without_id(line);
    struct pxa_span verb;

    if (is_digest_line(rest)) {
        found->kind = FOUND_DIGEST_LINE;
        found->value = rest;
        return;
    }
    verb = text_word(&rest);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!text_is(verb, verbs[i].verb) || (!verbs[i].sure && !with_replies))
            continue;
        found->kind = verbs[i].kind;
        found->name = verb;
        found->value = rest;
        return;
    }
}

/* Bytes that Squid's escaping leaves as they are, "%" for its escapes included. */
static bool is_escaped(struct pxa_span field)
{
    static const char escaped[] = "<>\"#{}|\\^~[]`'";

    for (size_t i = 0; i < field.len; i++)
        if (field.at[i] <= 0x20 || field.at[i] == 0x7f || strchr(escaped, field.at[i]))
            return false;
    return true;
}

void find_basic_line(struct pxa_span line, bool needs_id, struct found *found)
{
    struct pxa_span rest = line;
    struct pxa_span first = text_word(&rest);
    struct pxa_span second = text_word(&rest);
    bool has_third = rest.len > 0;

    if (has_third ? text_same(without_id(line), line) : needs_id)
        return; /* three words, and the first is no number */
    if (has_third && (text_has(rest, " ") || !is_escaped(rest)))
        return;
    if (!text_has(line, " ") || !is_escaped(first) || !is_escaped(second))
        return;
    found->kind = FOUND_BASIC_LINE;
    found->value = has_third ? without_id(line) : line;
}

bool find_helper_alone(struct pxa_span text)
{
    size_t at = 0;

    while (at < text.len) {
        struct find_line line = find_line_read(text, &at);
        struct found found = {.kind = FOUND_END};

        if (line.text.len == 0 && line.prefix == 0)
            continue;
        find_helper(line.text, true, &found);
        if (found.kind == FOUND_END)
            find_basic_line(line.text, false, &found);
        if (found.kind == FOUND_END || line.prefix != 0)
            return false;
    }
    return true;
}
