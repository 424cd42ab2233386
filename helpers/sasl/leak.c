/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to saslauthd is made for one check and has no other use, so that while there is no
 * check any that is left is a forgotten one.
 *
 * One check may hang for ever. Then there is always one under way, and a forgotten socket is known
 * by its age. To close that of a check by mistake would be grave: another check could get the same
 * number, and the first would read its answer.
 *
 * The list of descriptors stays open: it is needed most when no descriptor can be had any more.
 */
#include <config.h>

#include "helpers/sasl/leak.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char default_end[] = "/mux";

static bool has_hung_up(int fd)
{
    struct pollfd one = {.fd = fd};

    return poll(&one, 1, 0) == 1 && (one.revents & POLLHUP);
}

static bool is_saslauthd(const char *name, const char *path)
{
    size_t end_len = strlen(default_end);
    size_t len = strlen(name);

    if (path[0])
        return strcmp(name, path) == 0;
    return len > end_len && strcmp(name + len - end_len, default_end) == 0;
}

/* Whether FD is a connection to saslauthd that has hung up; which, in SOCKET. */
static bool is_hung_up(int fd, const char *path, ino_t *socket)
{
    struct sockaddr_un peer = {0};
    char name[sizeof peer.sun_path + 1];
    socklen_t len = sizeof peer;
    struct stat about;

    if (fd <= STDERR_FILENO || getpeername(fd, (struct sockaddr *)&peer, &len) != 0 ||
        peer.sun_family != AF_UNIX)
        return false;
    /* Without a NUL where it fills its place. */
    snprintf(name, sizeof name, "%.*s", (int)sizeof peer.sun_path, peer.sun_path);
    if (!is_saslauthd(name, path) || !has_hung_up(fd) || fstat(fd, &about) != 0)
        return false;
    *socket = about.st_ino;
    return true;
}

/* Only one thread at a time has this stream. */
static const struct dirent *next_descriptor(struct sasl_leak *leak)
{
    /* cppcheck-suppress readdirCalled */
    return readdir(leak->descriptors);
}

/* All that have hung up, as far as there is room. */
static void suspect(struct sasl_leak *leak, const char *path)
{
    const struct dirent *entry;

    leak->suspect_count = 0;
    rewinddir(leak->descriptors);
    while (leak->suspect_count < LEAK_SUSPECTS_MAX && (entry = next_descriptor(leak)) != NULL) {
        struct leak_suspect *next = &leak->suspects[leak->suspect_count];

        next->fd = atoi(entry->d_name); /* 0 of what is no number, which is none */
        if (is_hung_up(next->fd, path, &next->socket))
            leak->suspect_count++;
    }
}

/* How many. */
static unsigned close_suspects(struct sasl_leak *leak, const char *path)
{
    unsigned closed = 0;

    for (unsigned i = 0; i < leak->suspect_count; i++) {
        const struct leak_suspect *one = &leak->suspects[i];
        ino_t socket;

        if (is_hung_up(one->fd, path, &socket) && socket == one->socket)
            closed += close(one->fd) == 0;
    }
    leak->suspect_count = 0;
    return closed;
}

void sasl_leak_begin(struct sasl_leak *leak)
{
    leak->descriptors = opendir("/proc/self/fd");
}

void sasl_leak_sweep(struct sasl_leak *leak, const char *path, bool idle, uint64_t now_ms)
{
    if (!leak->descriptors)
        return;
    if (idle) {
        do
            suspect(leak, path);
        while (close_suspects(leak, path) == LEAK_SUSPECTS_MAX);
    } else if (leak->suspect_count == 0 || now_ms - leak->suspected_ms >= LEAK_PROOF_MS) {
        close_suspects(leak, path);
        suspect(leak, path);
        leak->suspected_ms = now_ms;
    }
}

void sasl_leak_end(struct sasl_leak *leak)
{
    if (leak->descriptors)
        closedir(leak->descriptors);
}
