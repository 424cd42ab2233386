/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growth by doubling; consumed space is reused when the buffer runs empty or before it grows.
 * Replies to Squid hold HA1s, so no copy stays behind: never realloc().
 */
#include <config.h>

#include "helpers/core/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "common/proxyauth.h"

enum { BYTES_FIRST = 4096 };

/* To the beginning of TO, which may be the same memory. */
static void move_used(struct bytes *bytes, char *to)
{
    size_t used = bytes_len(bytes);

    if (used > 0)
        memmove(to, bytes->at + bytes->start, used);
    if (to == bytes->at)
        pxa_wipe(to + used, bytes->end - used);
    else if (bytes->at)
        pxa_wipe(bytes->at, bytes->end);
    bytes->start = 0;
    bytes->end = used;
}

static bool make_room(struct bytes *bytes, size_t len)
{
    size_t cap = bytes->cap;
    char *at;

    if (bytes->start > 0 && cap - bytes_len(bytes) >= len) {
        move_used(bytes, bytes->at);
        return true;
    }
    if (cap == 0)
        cap = BYTES_FIRST;
    while (cap - bytes->end < len) {
        if (cap > (size_t)-1 / 4)
            return false;
        cap *= 2;
    }
    at = malloc(cap);
    if (!at)
        return false;
    move_used(bytes, at);
    free(bytes->at);
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
    if (len > 0)
        pxa_wipe(bytes->at + bytes->start, len);
    bytes->start += len;
    if (bytes->start == bytes->end) {
        bytes->start = 0;
        bytes->end = 0;
    }
}

void bytes_free(struct bytes *bytes)
{
    if (bytes->at)
        pxa_wipe(bytes->at, bytes->end);
    free(bytes->at);
    *bytes = (struct bytes){0};
}
