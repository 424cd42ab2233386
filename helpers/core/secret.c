/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secrets in memory of a fixed size, wiped when they go. The first line of a file is read without
 * stdio, whose buffers would keep a copy.
 */
#include <config.h>

#include "helpers/core/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/memops.h>

#include "common/proxyauth.h"

struct secret *secret_new(size_t cap)
{
    struct secret *secret;

    if (cap > SECRET_MAX)
        return NULL;
    secret = malloc(sizeof *secret + cap + 1);
    if (!secret)
        return NULL;
    secret->len = 0;
    secret->cap = cap;
    secret->bytes[0] = '\0';
    return secret;
}

struct secret *secret_copy(const char *bytes, size_t len)
{
    struct secret *secret = secret_new(len);

    if (!secret)
        return NULL;
    memcpy(secret->bytes, bytes, len);
    secret->bytes[len] = '\0';
    secret->len = len;
    return secret;
}

void secret_free(struct secret **secret)
{
    if (*secret)
        pxa_wipe(*secret, sizeof **secret + (*secret)->cap + 1);
    free(*secret);
    *secret = NULL;
}

/* Not inlined: its frame has to lie where those of others were. */
__attribute__((noinline)) void secret_wipe_stack(void)
{
    char dead[SECRET_STACK];

    pxa_wipe(dead, sizeof dead);
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
    return a && b && a->len == b->len && memeql_sec(a->bytes, b->bytes, a->len);
}

/* Reads until the buffer is full or the file ends. False with errno. */
static bool read_up_to(int fd, char *to, size_t cap, size_t *len)
{
    *len = 0;
    while (*len < cap) {
        ssize_t got = read(fd, to + *len, cap - *len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *len += (size_t)got;
    }
    return true;
}

static struct secret *first_line(const char *path, const char *text, size_t len, struct why *why)
{
    const char *end = memchr(text, '\n', len);
    size_t line = end ? (size_t)(end - text) : len;

    if (line > 0 && text[line - 1] == '\r')
        line--;
    if (line == 0)
        why_set(why, "%s: the first line is empty; it should hold the password", path);
    else if (line > SECRET_MAX)
        why_set(why, "%s: the first line is longer than %d bytes", path, SECRET_MAX);
    else if (memchr(text, '\0', line))
        why_set(why, "%s: the first line holds a NUL byte", path);
    else
        return secret_copy(text, line);
    return NULL;
}

struct secret *secret_read_file(const char *path, struct why *why)
{
    const size_t cap = SECRET_MAX + 2;
    struct secret *secret = NULL;
    char *text = malloc(cap);
    size_t len;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (!text || fd < 0) {
        why_set(why, "cannot read %s: %s", path, strerror(errno));
        goto out;
    }
    if (!read_up_to(fd, text, cap, &len)) {
        why_set(why, "cannot read %s: %s", path, strerror(errno));
        goto out;
    }
    secret = first_line(path, text, len, why);
out:
    if (text)
        pxa_wipe(text, cap);
    free(text);
    if (fd >= 0)
        close(fd);
    return secret;
}
