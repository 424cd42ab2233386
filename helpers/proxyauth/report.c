/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model: an item's nodes in the order in which they were told.
 * Cannot do: go back to a group that has been closed.
 */
#include <config.h>

#include "helpers/proxyauth/report_private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct report {
    struct report_config config;
    struct report_item item;
    struct bytes out;
    size_t written; /* items */
    bool failed;    /* memory was out */
    bool repeated;  /* the last remark was passed over */
};

static const char masked[] = "********";

static void nodes_clear(struct nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++) {
        pxa_wipe(nodes->at[i].text, nodes->at[i].len);
        free(nodes->at[i].text);
    }
    nodes->count = 0;
}

static bool nodes_grow(struct nodes *nodes)
{
    size_t cap = nodes->cap ? nodes->cap * 2 : 32;
    struct node *grown = realloc(nodes->at, cap * sizeof *grown);

    if (!grown)
        return false;
    nodes->at = grown;
    nodes->cap = cap;
    return true;
}

/* A copy of VALUE's beginning, of NODE's length; false if memory is out. */
static bool keep_text(struct node *node, struct pxa_span value)
{
    node->len = value.len < REPORT_VALUE_MAX ? value.len : REPORT_VALUE_MAX;
    if (node->len == 0)
        return true;
    node->text = malloc(node->len);
    if (node->text)
        memcpy(node->text, value.at, node->len);
    return node->text != NULL;
}

/* Appends NODE with VALUE. */
static void add(struct report *report, struct nodes *nodes, struct node node, struct pxa_span value)
{
    if (nodes->count == nodes->cap && !nodes_grow(nodes)) {
        report->failed = true;
        return;
    }
    nodes->at[nodes->count] = node;
    if (keep_text(&nodes->at[nodes->count], value))
        nodes->count++;
    else
        report->failed = true;
}

static void add_field(struct report *report, struct node node, struct pxa_span value)
{
    add(report, &report->item.fields, node, value);
}

static struct pxa_span span_of_text(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

struct report *report_open(const struct report_config *config)
{
    struct report *report = calloc(1, sizeof *report);

    if (report)
        report->config = *config;
    return report;
}

static void hand_over(struct report *report)
{
    report->failed = report->failed || report->out.failed;
    if (bytes_len(&report->out) > 0)
        report->config.write(report->config.context, report->out.at + report->out.start,
                             bytes_len(&report->out));
    bytes_consume(&report->out, bytes_len(&report->out));
}

/* Writes the item that is open, if there is one. */
static void finish_item(struct report *report)
{
    if (!report->item.kind)
        return;
    if (report->config.format == REPORT_JSON)
        report_put_json(&report->out, &report->item, report->written == 0);
    else
        report_put_text(&report->out, &report->item, report->written == 0);
    report->written++;
    hand_over(report);
    nodes_clear(&report->item.fields);
    nodes_clear(&report->item.remarks);
    report->item.kind = NULL;
}

bool report_close(struct report *report)
{
    bool whole;

    finish_item(report);
    if (report->config.format == REPORT_JSON) {
        bytes_put_text(&report->out, report->written == 0 ? "[]\n" : "\n]\n");
        hand_over(report);
    }
    whole = !report->failed;
    free(report->item.fields.at);
    free(report->item.remarks.at);
    bytes_free(&report->out);
    free(report);
    return whole;
}

void report_item(struct report *report, const char *kind, size_t line)
{
    finish_item(report);
    report->item.kind = kind;
    report->item.line = line;
    report->repeated = false;
}

void report_text(struct report *report, const char *name, struct pxa_span value)
{
    add_field(report, (struct node){.kind = NODE_TEXT, .name = name, .number = value.len}, value);
}

void report_word(struct report *report, const char *name, const char *value)
{
    struct pxa_span span = span_of_text(value);

    add_field(report, (struct node){.kind = NODE_WORD, .name = name, .number = span.len}, span);
}

void report_number(struct report *report, const char *name, uint64_t value)
{
    add_field(report, (struct node){.kind = NODE_NUMBER, .name = name, .number = value},
              (struct pxa_span){NULL, 0});
}

void report_flag(struct report *report, const char *name, bool value)
{
    add_field(report, (struct node){.kind = NODE_FLAG, .name = name, .number = value},
              (struct pxa_span){NULL, 0});
}

void report_secret(struct report *report, const char *name, struct pxa_span value)
{
    if (report->config.show_secrets)
        report_text(report, name, value);
    else
        report_word(report, name, masked);
}

bool report_shows_secrets(const struct report *report)
{
    return report->config.show_secrets;
}

void report_group(struct report *report, const char *name)
{
    add_field(report, (struct node){.kind = NODE_GROUP, .name = name}, (struct pxa_span){NULL, 0});
}

void report_list(struct report *report, const char *name)
{
    add_field(report, (struct node){.kind = NODE_LIST, .name = name}, (struct pxa_span){NULL, 0});
}

void report_end(struct report *report)
{
    add_field(report, (struct node){.kind = NODE_END}, (struct pxa_span){NULL, 0});
}

static bool has_remark(const struct nodes *remarks, const struct node *node, const char *text)
{
    for (size_t i = 0; i < remarks->count; i++) {
        const struct node *other = &remarks->at[i];

        if (other->kind == NODE_REMARK && strcmp(other->name, node->name) == 0 &&
            other->len == node->number && memcmp(other->text, text, other->len) == 0)
            return true;
    }
    return false;
}

/* A sentence, which is never longer than a value may be. */
static void add_sentence(struct report *report, struct node node, const char *format,
                         va_list arguments) __attribute__((format(printf, 3, 0)));

static void add_sentence(struct report *report, struct node node, const char *format,
                         va_list arguments)
{
    char text[REPORT_VALUE_MAX];
    int len = vsnprintf(text, sizeof text, format, arguments);

    if (len < 0)
        len = 0;
    node.number = strnlen(text, (size_t)len);
    if (node.kind == NODE_REMARK)
        report->repeated = has_remark(&report->item.remarks, &node, text);
    if (report->repeated)
        return;
    add(report, &report->item.remarks, node, (struct pxa_span){text, (size_t)node.number});
}

void report_remark(struct report *report, enum report_level level, const char *code,
                   const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_sentence(report, (struct node){.kind = NODE_REMARK, .level = level, .name = code}, format,
                 arguments);
    va_end(arguments);
}

void report_cause(struct report *report, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_sentence(report, (struct node){.kind = NODE_CAUSE}, format, arguments);
    va_end(arguments);
}

void report_check(struct report *report, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_sentence(report, (struct node){.kind = NODE_CHECK}, format, arguments);
    va_end(arguments);
}

bool report_next_remark(const struct nodes *remarks, enum report_level *level, size_t *index)
{
    for (;;) {
        while (++*index < remarks->count)
            if (remarks->at[*index].kind == NODE_REMARK && remarks->at[*index].level == *level)
                return true;
        if (*level == REPORT_NOTE)
            return false;
        *level = (enum report_level)(*level - 1);
        *index = REPORT_FIRST_REMARK;
    }
}

const char *report_level_name(enum report_level level)
{
    switch (level) {
    case REPORT_NOTE:
        return "note";
    case REPORT_WARNING:
        return "warning";
    case REPORT_ERROR:
        return "error";
    }
    return "note";
}

void report_put_value(struct bytes *out, const struct node *node)
{
    char text[64];

    if (node->kind == NODE_FLAG) {
        bytes_put_text(out, node->number ? "yes" : "no");
        return;
    }
    if (node->kind == NODE_NUMBER) {
        (void)snprintf(text, sizeof text, "%" PRIu64, node->number);
        bytes_put_text(out, text);
        return;
    }
    visible_put(out, (struct pxa_span){node->text, node->len},
                node->kind == NODE_TEXT ? VISIBLE_VALUE : VISIBLE_SENTENCE);
    if (node->len < node->number) {
        (void)snprintf(text, sizeof text, " ... (cut; %" PRIu64 " bytes)", node->number);
        bytes_put_text(out, text);
    }
}
