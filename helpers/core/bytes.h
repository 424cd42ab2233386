/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bytes: a buffer that grows at its end and is consumed at its beginning.
 *
 * For output. Memory that is out makes it `failed`, once and for good, so that writers need not
 * check every piece: the owner looks at the end. What is consumed, or moved when the buffer grows,
 * is wiped.
 */
#ifndef PROXYAUTH_CORE_BYTES_H
#define PROXYAUTH_CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    char *at;
    size_t start;
    size_t end;
    size_t cap;
    bool failed;
};

void bytes_put(struct bytes *bytes, const char *from, size_t len);
void bytes_put_text(struct bytes *bytes, const char *text);

/* Room for LEN bytes at the end: they are written there and counted by bytes_added(). NULL when
 * there is none, as above. */
char *bytes_room(struct bytes *bytes, size_t len);
void bytes_consume(struct bytes *bytes, size_t len);
void bytes_free(struct bytes *bytes);

/* LEN bytes, no more than asked for, were written to bytes_room(). */
static inline void bytes_added(struct bytes *bytes, size_t len)
{
    bytes->end += len;
}

static inline size_t bytes_len(const struct bytes *bytes)
{
    return bytes->end - bytes->start;
}

#endif
