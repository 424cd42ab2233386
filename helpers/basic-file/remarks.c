/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record whose hash is of no known scheme stays in the table: so it also hides an earlier record
 * of the same user, as a lock that was added at the end of the file is meant to. No hash is ever
 * quoted.
 */
#include <config.h>

#include "helpers/basic-file/remarks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "helpers/files/password_lines.h"

enum { REMARK_CAP = 400 };

static void count(const void *context, const struct file_record *record, void *tally)
{
    (void)context;
    tally_add(tally, record->value);
}

struct file_format remarks_format(const bool *allow_weak)
{
    return (struct file_format){
        .split = password_lines_split,
        .count = count,
        .tally_size = sizeof(struct tally),
        .context = allow_weak,
    };
}

const struct tally *remarks_tally(const struct table *table)
{
    return table->tally;
}

static bool allows_weak(const struct table *table)
{
    const bool *allow_weak = table->format->context;

    return *allow_weak;
}

/* The number of the line that AT is in, counted on from LINE, which FROM is in. */
static uint64_t line_of(const char *at, const char *from, uint64_t line)
{
    while ((from = memchr(from, '\n', (size_t)(at - from))) != NULL) {
        from++;
        line++;
    }
    return line;
}

/* "3, 17, 20 ..." */
static void list_lines(const struct table *table, char *text, size_t cap)
{
    const struct tally *tally = remarks_tally(table);
    const char *from = table->file.text.at;
    uint64_t line = 1;
    size_t len = 0;
    uint64_t i;

    for (i = 0; i < tally->unknown && i < TALLY_UNKNOWN_KEPT && len < cap; i++) {
        line = line_of(tally->unknown_hash[i].at, from, line);
        from = tally->unknown_hash[i].at;
        len += (size_t)snprintf(text + len, cap - len, "%s%" PRIu64, i > 0 ? ", " : "", line);
    }
    if (tally->unknown > i && len < cap)
        (void)snprintf(text + len, cap - len, " ...");
}

/* Each writes its remark to TEXT and returns true, or returns false. */

static bool remark_weak(const struct table *table, char *text)
{
    const struct tally *tally = remarks_tally(table);

    if (tally->weak == 0)
        return false;
    (void)snprintf(
        text, REMARK_CAP,
        "records with a weak hash (DES, or MD5 of one pass): %" PRIu64 "; they are %s", tally->weak,
        allows_weak(table) ? "accepted because of --allow-weak" : "refused without --allow-weak");
    return true;
}

static bool remark_unknown(const struct table *table, char *text)
{
    const struct tally *tally = remarks_tally(table);
    char lines[200] = "";

    if (tally->unknown == 0)
        return false;
    list_lines(table, lines, sizeof lines);
    (void)snprintf(text, REMARK_CAP,
                   "records whose hash is of no known scheme, or cut: %" PRIu64
                   "; nobody can log in with them: line %s",
                   tally->unknown, lines);
    return true;
}

void remarks_log(struct remarks *last, struct log *log, const char *path, const struct table *table)
{
    const struct tally *tally = remarks_tally(table);
    char text[REMARK_CAP];

    if (tally->weak != last->weak && remark_weak(table, text))
        log_event(log, LOG_WARNING, "weak", "%s: %s", path, text);
    if (tally->unknown != last->unknown && remark_unknown(table, text))
        log_event(log, LOG_WARNING, "unknown", "%s: %s", path, text);
    *last = (struct remarks){.weak = tally->weak, .unknown = tally->unknown};
}

bool remarks_print(const struct table *table)
{
    char text[REMARK_CAP];
    bool weak = remark_weak(table, text);
    bool unknown;

    if (weak)
        printf("  warning: %s\n", text);
    unknown = remark_unknown(table, text);
    if (unknown)
        printf("  warning: %s\n", text);
    return !unknown && (!weak || allows_weak(table));
}
