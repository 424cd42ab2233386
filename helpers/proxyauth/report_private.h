/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the report*.c files share; nobody else includes this.
 */
#ifndef PROXYAUTH_TOOL_REPORT_PRIVATE_H
#define PROXYAUTH_TOOL_REPORT_PRIVATE_H

#include "helpers/core/bytes.h"
#include "helpers/proxyauth/report.h"
#include "helpers/core/visible.h"

enum node_kind {
    NODE_TEXT, /* from outside */
    NODE_WORD, /* our own */
    NODE_NUMBER,
    NODE_FLAG,
    NODE_GROUP, /* and all until its NODE_END */
    NODE_LIST,
    NODE_END,
    NODE_REMARK, /* followed by its NODE_CAUSEs, then its NODE_CHECKs */
    NODE_CAUSE,
    NODE_CHECK,
};

struct node {
    enum node_kind kind;
    enum report_level level; /* of a remark */
    const char *name;        /* or a remark's code; NULL within a list */
    char *text;              /* allocated; the first `len` bytes of the value */
    size_t len;
    uint64_t number; /* or a flag, or the length of the whole value */
};

struct nodes {
    struct node *at;
    size_t count;
    size_t cap;
};

/* An item while it is being filled. */
struct report_item {
    const char *kind; /* NULL: none yet */
    size_t line;
    struct nodes fields;
    struct nodes remarks;
};

/* Appends the item in its form. FIRST: nothing was written before it. */
void report_put_text(struct bytes *out, const struct report_item *item, bool first);
void report_put_json(struct bytes *out, const struct report_item *item, bool first);

/* Appends the value of a text, word, number or flag as people read it. */
void report_put_value(struct bytes *out, const struct node *node);

/* Goes from remark to remark, errors first, then warnings, then notes. Begin with REPORT_ERROR and
 * REPORT_FIRST_REMARK. False after the last one. */
#define REPORT_FIRST_REMARK SIZE_MAX
bool report_next_remark(const struct nodes *remarks, enum report_level *level, size_t *index);

const char *report_level_name(enum report_level level);

#endif
