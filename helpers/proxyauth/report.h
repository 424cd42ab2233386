/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report: what is said about one thing after the other, as text for people or as JSON.
 *
 * Both are made from one model, so that they say the same. A report is a list of items; an item has
 * fields (name and value; also groups of fields, and lists) and remarks (a sentence, its likely
 * causes and what to check next). Names are lower case with underscores; in text they are shown
 * with blanks.
 *
 * Whatever bytes come in, what goes out is printable (visible.h). In text there is no control byte
 * but the newlines of the report itself, and no value begins a line. JSON is one array, valid and
 * in UTF-8.
 *
 * An item is written when the next one begins, so that memory does not grow with their number.
 */
#ifndef PROXYAUTH_TOOL_REPORT_H
#define PROXYAUTH_TOOL_REPORT_H

#include "common/proxyauth.h"

enum report_format {
    REPORT_TEXT,
    REPORT_JSON,
};

enum report_level {
    REPORT_NOTE,    /* good to know */
    REPORT_WARNING, /* odd, or insecure, or the likely cause of trouble */
    REPORT_ERROR,   /* could not be understood */
};

struct report_config {
    enum report_format format;
    bool show_secrets; /* else "********" stands in their place */
    /* Takes a piece of the output. */
    void (*write)(void *context, const char *at, size_t len);
    void *context;
};

/* Values longer than this are cut, and their length is told. In bytes. */
enum { REPORT_VALUE_MAX = 2048 };

/* NULL when memory is out. */
struct report *report_open(const struct report_config *config);

/* Writes what is left and frees all, wiping it. False if memory was out at any time, so that
 * something is missing. */
bool report_close(struct report *report);

/* Begins the next item; LINE is where in the input it stands, or 0. Names and codes are constants:
 * they are not copied. */
void report_item(struct report *report, const char *kind, size_t line);

/* Fields of the item, group or list that is open. Within a list NAME is NULL. */
void report_text(struct report *report, const char *name, struct pxa_span value); /* from outside */
void report_word(struct report *report, const char *name, const char *value);     /* our own */
void report_number(struct report *report, const char *name, uint64_t value);
void report_flag(struct report *report, const char *name, bool value);
void report_secret(struct report *report, const char *name, struct pxa_span value);

/* Whether secrets are shown. */
bool report_shows_secrets(const struct report *report);

/* Opens a group of fields or a list of values or groups, until report_end(). */
void report_group(struct report *report, const char *name);
void report_list(struct report *report, const char *name);
void report_end(struct report *report);

/* A remark on the whole item; CODE tells programs which one it is. One that the item has already,
 * with the same code and text, is passed over, with its causes and checks. Values from outside come
 * as visible_excerpt(). Causes and checks belong to the last remark, in their order. */
void report_remark(struct report *report, enum report_level level, const char *code,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));
void report_cause(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void report_check(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
