/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to saslauthd is made for one check and has no other use, so that while there is no
 * check any that is left is a forgotten one.
 */
#include <config.h>

#include "helpers/sasl/leak.h"

#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

static bool is_forgotten(int fd, const char *path)
{
    struct sockaddr_un peer = {0};
    char name[sizeof peer.sun_path + 1];
    socklen_t len = sizeof peer;

    if (fd <= STDERR_FILENO || getpeername(fd, (struct sockaddr *)&peer, &len) != 0 ||
        peer.sun_family != AF_UNIX)
        return false;
    /* Without a NUL where it fills its place. */
    snprintf(name, sizeof name, "%.*s", (int)sizeof peer.sun_path, peer.sun_path);
    return is_saslauthd(name, path) && has_hung_up(fd);
}

void sasl_leak_close(const char *path)
{
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;

    if (!folder)
        return;
    /* Only we have this stream. */
    /* cppcheck-suppress readdirCalled */
    while ((entry = readdir(folder)) != NULL) {
        int fd = atoi(entry->d_name); /* 0 of what is no number, which is not closed */

        if (is_forgotten(fd, path))
            close(fd);
    }
    closedir(folder);
}
