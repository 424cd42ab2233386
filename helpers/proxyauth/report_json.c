/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An item as JSON (RFC 8259), one element of the array. Values are made visible first, as in the
 * text: then only quotes and backslashes are left to escape, and what a program takes out of the
 * JSON does no harm on a terminal either.
 */
#include <config.h>

#include "helpers/proxyauth/report_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void put_string(struct bytes *out, const struct node *node)
{
    struct bytes text = {0};

    report_put_value(&text, node);
    out->failed = out->failed || text.failed;
    bytes_put(out, "\"", 1);
    for (size_t i = text.start; i < text.end; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            bytes_put(out, "\\", 1);
        bytes_put(out, &text.at[i], 1);
    }
    bytes_put(out, "\"", 1);
    bytes_free(&text);
}

/* Names are ours: letters, digits and underscores. */
static void put_name(struct bytes *out, const char *name)
{
    bytes_put(out, "\"", 1);
    bytes_put_text(out, name);
    bytes_put_text(out, "\": ");
}

static void put_number(struct bytes *out, uint64_t number)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    bytes_put_text(out, text);
}

static void put_scalar(struct bytes *out, const struct node *node)
{
    if (node->kind == NODE_NUMBER)
        put_number(out, node->number);
    else if (node->kind == NODE_FLAG)
        bytes_put_text(out, node->number ? "true" : "false");
    else
        put_string(out, node);
}

enum { DEPTH_MAX = 8 };

/* The fields of the item's object, each with a comma behind it. */
static void put_fields(struct bytes *out, const struct nodes *fields)
{
    const char *closing[DEPTH_MAX];
    bool comma[DEPTH_MAX];
    size_t depth = 0;

    for (size_t i = 0; i < fields->count; i++) {
        const struct node *node = &fields->at[i];
        bool opens = node->kind == NODE_GROUP || node->kind == NODE_LIST;

        if (node->kind == NODE_END) {
            if (depth > 0)
                bytes_put_text(out, closing[--depth]);
        } else {
            if (depth > 0 && comma[depth - 1])
                bytes_put_text(out, ", ");
            if (depth > 0)
                comma[depth - 1] = true;
            if (node->name)
                put_name(out, node->name);
            if (!opens)
                put_scalar(out, node);
        }
        if (opens && depth < DEPTH_MAX) {
            bytes_put_text(out, node->kind == NODE_GROUP ? "{" : "[");
            closing[depth] = node->kind == NODE_GROUP ? "}" : "]";
            comma[depth++] = false;
        }
        if (depth == 0)
            bytes_put_text(out, ",\n  ");
    }
    while (depth > 0)
        bytes_put_text(out, closing[--depth]);
}

/* The sentences of KIND that follow the remark at INDEX, as a list. */
static void put_sentences(struct bytes *out, const struct nodes *remarks, size_t index,
                          enum node_kind kind)
{
    bool comma = false;

    bytes_put(out, "[", 1);
    for (size_t i = index + 1; i < remarks->count && remarks->at[i].kind != NODE_REMARK; i++) {
        if (remarks->at[i].kind != kind)
            continue;
        if (comma)
            bytes_put_text(out, ", ");
        put_string(out, &remarks->at[i]);
        comma = true;
    }
    bytes_put(out, "]", 1);
}

static void put_remark(struct bytes *out, const struct nodes *remarks, size_t index)
{
    const struct node *node = &remarks->at[index];

    bytes_put_text(out, "\n    {\"level\": \"");
    bytes_put_text(out, report_level_name(node->level));
    bytes_put_text(out, "\", \"code\": \"");
    bytes_put_text(out, node->name);
    bytes_put_text(out, "\", \"text\": ");
    put_string(out, node);
    bytes_put_text(out, ", \"causes\": ");
    put_sentences(out, remarks, index, NODE_CAUSE);
    bytes_put_text(out, ", \"checks\": ");
    put_sentences(out, remarks, index, NODE_CHECK);
    bytes_put(out, "}", 1);
}

static void put_remarks(struct bytes *out, const struct nodes *remarks)
{
    enum report_level level = REPORT_ERROR;
    size_t index = REPORT_FIRST_REMARK;
    bool comma = false;

    while (report_next_remark(remarks, &level, &index)) {
        if (comma)
            bytes_put(out, ",", 1);
        put_remark(out, remarks, index);
        comma = true;
    }
}

void report_put_json(struct bytes *out, const struct report_item *item, bool first)
{
    bytes_put_text(out, first ? "[\n {" : ",\n {");
    put_name(out, "item");
    bytes_put(out, "\"", 1);
    bytes_put_text(out, item->kind);
    bytes_put_text(out, "\",\n  ");
    put_name(out, "line");
    put_number(out, item->line);
    bytes_put_text(out, ",\n  ");
    put_fields(out, &item->fields);
    put_name(out, "remarks");
    bytes_put(out, "[", 1);
    put_remarks(out, &item->remarks);
    bytes_put_text(out, "]}");
}
