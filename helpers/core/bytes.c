/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growth by doubling; consumed space is reused when the buffer runs empty or before it grows.
 */
#include <config.h>

#include "helpers/core/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_FIRST = 4096 };

static bool make_room(struct bytes *bytes, size_t len)
{
    size_t used = bytes_len(bytes);
    size_t cap = bytes->cap;
    char *at;

    if (bytes->start > 0 && cap - used >= len) {
        memmove(bytes->at, bytes->at + bytes->start, used);
        bytes->start = 0;
        bytes->end = used;
        return true;
    }
    if (cap == 0)
        cap = BYTES_FIRST;
    while (cap - bytes->end < len) {
        if (cap > (size_t)-1 / 4)
            return false;
        cap *= 2;
    }
    at = realloc(bytes->at, cap);
    if (!at)
        return false;
    bytes->at = at;
    bytes->cap = cap;
    return true;
}

char *bytes_room(struct bytes *bytes, size_t len)
{
    if (!bytes->failed && bytes->cap - bytes->end < len)
        bytes->failed = !make_room(bytes, len);
    return bytes->failed ? NULL : bytes->at + bytes->end;
}

void bytes_put(struct bytes *bytes, const char *from, size_t len)
{
    char *to = len > 0 ? bytes_room(bytes, len) : NULL;

    if (!to)
        return;
    memcpy(to, from, len);
    bytes_added(bytes, len);
}

void bytes_put_text(struct bytes *bytes, const char *text)
{
    bytes_put(bytes, text, strlen(text));
}

void bytes_consume(struct bytes *bytes, size_t len)
{
    bytes->start += len;
    if (bytes->start == bytes->end) {
        bytes->start = 0;
        bytes->end = 0;
    }
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){0};
}
