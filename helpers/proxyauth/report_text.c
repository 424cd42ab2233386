/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An item for people:
 *
 *     Line 3: credentials
 *       scheme                  "Basic"
 *       flags                   unicode, ntlm
 *
 *       Warning: the sentence, in lines that fit.
 *         1. a cause
 *         > what to check
 *
 * Values from outside stand in quotes, so that blanks at their ends can be seen.
 */
#include <config.h>

#include "helpers/proxyauth/report_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    WIDTH = 80,    /* columns of a line of sentences */
    INDENT = 2,    /* of each level */
    NAME_AREA = 26 /* where values begin, at the first level */
};

static void put_blanks(struct bytes *out, size_t count)
{
    while (count-- > 0)
        bytes_put(out, " ", 1);
}

/* A name with blanks for its underscores; returns its length. */
static size_t put_name(struct bytes *out, const char *name)
{
    for (const char *at = name; *at; at++)
        bytes_put(out, *at == '_' ? " " : at, 1);
    return strlen(name);
}

static void put_quoted(struct bytes *out, const struct node *node)
{
    bool quotes = node->kind == NODE_TEXT;

    if (quotes)
        bytes_put(out, "\"", 1);
    report_put_value(out, node);
    if (quotes)
        bytes_put(out, "\"", 1);
}

/* What a list's element begins with: its number, or its name and the blanks behind it. */
static void put_head(struct bytes *out, const struct node *node, size_t indent, size_t number)
{
    char text[32];
    size_t len;

    put_blanks(out, indent);
    if (!node->name) {
        (void)snprintf(text, sizeof text, "%zu.", number);
        bytes_put_text(out, text);
        return;
    }
    len = indent + put_name(out, node->name);
    if (node->kind != NODE_GROUP && node->kind != NODE_LIST)
        put_blanks(out, len < NAME_AREA ? NAME_AREA - len : 1);
}

/* The number of elements of the list at INDEX, if all are words of ours without blanks; else 0. */
static size_t plain_words(const struct nodes *fields, size_t index)
{
    size_t count = 0;

    while (index + ++count < fields->count) {
        const struct node *node = &fields->at[index + count];

        if (node->kind == NODE_END)
            return count - 1;
        if (node->kind != NODE_WORD || memchr(node->text, ' ', node->len))
            return 0;
    }
    return 0;
}

/* COUNT words behind the list's name, in lines that fit. */
static void put_words(struct bytes *out, const struct node *words, size_t count, size_t column)
{
    put_blanks(out, column < NAME_AREA ? NAME_AREA - column : 1);
    column = NAME_AREA;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && column + 2 + words[i].len > WIDTH) {
            bytes_put_text(out, ",\n");
            put_blanks(out, NAME_AREA);
            column = NAME_AREA;
        } else if (i > 0) {
            bytes_put_text(out, ", ");
            column += 2;
        }
        report_put_value(out, &words[i]);
        column += words[i].len;
    }
}

enum { DEPTH_MAX = 8 };

/* How deep the next node stands, and the number of the last element at each depth. */
struct place {
    size_t depth;
    size_t numbers[DEPTH_MAX];
};

/* The node at INDEX, which is no end. Returns the index of the next one. */
static size_t put_field(struct bytes *out, const struct nodes *fields, size_t index,
                        struct place *place)
{
    const struct node *node = &fields->at[index];
    size_t indent = (place->depth + 1) * INDENT;
    size_t words = node->kind == NODE_LIST ? plain_words(fields, index) : 0;

    put_head(out, node, indent, ++place->numbers[place->depth]);
    if (words > 0) {
        put_words(out, node + 1, words, indent + strlen(node->name));
        index += words + 1;
    } else if (node->kind == NODE_GROUP || node->kind == NODE_LIST) {
        place->depth += place->depth + 1 < DEPTH_MAX;
        place->numbers[place->depth] = 0;
    } else {
        if (!node->name)
            bytes_put(out, " ", 1);
        put_quoted(out, node);
    }
    bytes_put(out, "\n", 1);
    return index + 1;
}

static void put_fields(struct bytes *out, const struct nodes *fields)
{
    struct place place = {0};

    for (size_t i = 0; i < fields->count;) {
        if (fields->at[i].kind == NODE_END) {
            place.depth -= place.depth > 0;
            i++;
        } else {
            i = put_field(out, fields, i, &place);
        }
    }
}

/* The columns of UTF-8 text, one a character. */
static size_t columns_of(const char *at, size_t len)
{
    size_t columns = 0;

    for (size_t i = 0; i < len; i++)
        columns += ((unsigned char)at[i] & 0xc0) != 0x80;
    return columns;
}

/* Words in lines of at most WIDTH columns; all but the first begin with INDENT blanks. COLUMN is
 * where the first one is already. */
static void put_wrapped(struct bytes *out, const struct bytes *text, size_t indent, size_t column)
{
    const char *at = text->at + text->start;
    const char *end = at + bytes_len(text);
    bool first = true;

    while (at < end) {
        const char *blank = memchr(at, ' ', (size_t)(end - at));
        size_t len = blank ? (size_t)(blank - at) : (size_t)(end - at);
        size_t columns = columns_of(at, len);

        if (!first && column + 1 + columns > WIDTH) {
            bytes_put(out, "\n", 1);
            put_blanks(out, indent);
            column = indent;
        } else if (!first) {
            bytes_put(out, " ", 1);
            column++;
        }
        bytes_put(out, at, len);
        column += columns;
        first = false;
        at += len + 1;
    }
}

static void put_sentence(struct bytes *out, const struct node *node, size_t indent,
                         const char *head)
{
    struct bytes text = {0};

    put_blanks(out, indent);
    bytes_put_text(out, head);
    report_put_value(&text, node);
    out->failed = out->failed || text.failed;
    if (!text.failed && bytes_len(&text) > 0)
        put_wrapped(out, &text, node->kind == NODE_REMARK ? indent + INDENT : indent + 3,
                    indent + strlen(head));
    bytes_put(out, "\n", 1);
    bytes_free(&text);
}

/* The remark at INDEX with its causes and checks. */
static void put_remark(struct bytes *out, const struct nodes *remarks, size_t index)
{
    const struct node *node = &remarks->at[index];
    size_t cause = 0;
    char head[32];

    (void)snprintf(head, sizeof head, "%s: ", report_level_name(node->level));
    head[0] = (char)(head[0] - 'a' + 'A');
    bytes_put(out, "\n", 1);
    put_sentence(out, node, INDENT, head);
    for (size_t i = index + 1; i < remarks->count && remarks->at[i].kind != NODE_REMARK; i++) {
        if (remarks->at[i].kind == NODE_CAUSE)
            (void)snprintf(head, sizeof head, "%zu. ", ++cause);
        else
            (void)snprintf(head, sizeof head, ">  ");
        put_sentence(out, &remarks->at[i], (size_t)INDENT * 2, head);
    }
}

static void put_remarks(struct bytes *out, const struct nodes *remarks)
{
    size_t index = REPORT_FIRST_REMARK;
    enum report_level level = REPORT_ERROR;

    while (report_next_remark(remarks, &level, &index))
        put_remark(out, remarks, index);
}

void report_put_text(struct bytes *out, const struct report_item *item, bool first)
{
    char line[48];

    if (!first)
        bytes_put(out, "\n", 1);
    if (item->line > 0) {
        (void)snprintf(line, sizeof line, "Line %zu: ", item->line);
        bytes_put_text(out, line);
    }
    put_name(out, item->kind);
    bytes_put(out, "\n", 1);
    put_fields(out, &item->fields);
    put_remarks(out, &item->remarks);
}
