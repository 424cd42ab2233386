/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a file, and which of them can be records.
 */
#include <config.h>

#include <string.h>

#include "helpers/files/table_private.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

enum { MARK_LEN = sizeof byte_order_mark - 1 };

struct table_scan table_scan_begin(struct pxa_span text)
{
    struct table_scan scan = {.rest = text};

    if (text.len >= MARK_LEN && memcmp(text.at, byte_order_mark, MARK_LEN) == 0)
        scan.rest = (struct pxa_span){text.at + MARK_LEN, text.len - MARK_LEN};
    scan.holds_nul = text.len > 0 && memchr(text.at, '\0', text.len);
    return scan;
}

static bool can_be_record(const struct file_format *format, struct pxa_span line)
{
    if (line.len == 0 || line.at[0] == '#')
        return false;
    return format->keep_blanks || (line.at[0] != ' ' && line.at[0] != '\t');
}

bool table_scan_next(struct table_scan *scan, const struct file_format *format,
                     struct pxa_span *line)
{
    while (scan->rest.len > 0) {
        const char *from = scan->rest.at;
        const char *end = memchr(from, '\n', scan->rest.len);
        size_t taken = end ? (size_t)(end - from) + 1 : scan->rest.len;
        size_t len = end ? taken - 1 : taken;

        scan->rest = (struct pxa_span){from + taken, scan->rest.len - taken};
        scan->number++;
        if (len > 0 && from[len - 1] == '\r')
            len--;
        *line = (struct pxa_span){from, len};
        if (can_be_record(format, *line))
            return true;
    }
    return false;
}

const char *table_scan_judge(const struct table_scan *scan, const struct file_format *format,
                             struct pxa_span line, struct file_record *record)
{
    if (line.len > TABLE_LINE_MAX)
        return "it is longer than 65536 bytes";
    if (scan->holds_nul && memchr(line.at, '\0', line.len))
        return "it holds a NUL byte";
    return format->split(format->context, line, record);
}
