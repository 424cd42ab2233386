/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the log says about keys.
 */
#include <config.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "helpers/kerberos/keys.h"

struct line {
    char *text;
    size_t cap;
    size_t len;
};

static void put(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What does not fit is cut, once and for good. */
static void put(struct line *line, const char *format, ...)
{
    static const char cut[] = "...";
    size_t room = line->cap - line->len;
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(line->text + line->len, room, format, arguments);
    va_end(arguments);
    if (len >= 0 && (size_t)len < room) {
        line->len += (size_t)len;
        return;
    }
    if (line->cap >= sizeof cut)
        memcpy(line->text + line->cap - sizeof cut, cut, sizeof cut);
    line->len = line->cap - 1;
}

static bool same_name(const struct key_entry *a, const struct key_entry *b)
{
    return strcmp(a->principal, b->principal) == 0;
}

/* Whether an entry before number AT is of the same name, and of the same kvno where that counts. */
static bool was_told(const struct keys *keys, size_t at, bool by_kvno)
{
    const struct key_entry *entry = &keys->entries[at];

    for (size_t i = 0; i < at; i++) {
        if (same_name(&keys->entries[i], entry) &&
            (!by_kvno || keys->entries[i].kvno == entry->kvno))
            return true;
    }
    return false;
}

static void put_name(struct line *line, const struct keys *keys, size_t at)
{
    const struct key_entry *entry = &keys->entries[at];
    const char *before = " kvno ";

    put(line, "%s%s", line->len > 0 ? "; " : "", entry->principal);
    for (size_t i = at; i < keys->count; i++) {
        if (!same_name(&keys->entries[i], entry) || was_told(keys, i, true))
            continue;
        put(line, "%s%" PRIu32, before, keys->entries[i].kvno);
        before = ", ";
    }
}

void keys_tell(const struct keys *keys, char *text, size_t cap)
{
    struct line line = {.text = text, .cap = cap};

    if (cap == 0)
        return;
    text[0] = '\0';
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->entries[i].taken && !was_told(keys, i, false))
            put_name(&line, keys, i);
    }
    if (keys->count > keys->taken)
        put(&line, "; and %zu keys that are not used", keys->count - keys->taken);
}
