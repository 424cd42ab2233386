/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file beside, as lock and as the place of the new text.
 *
 * Each process creates its own (O_EXCL), so nobody else has it open for writing. One that is there
 * is either being used, then its lock is awaited, or was left by a process that was killed, then it
 * is taken away. A lock counts only while the file has its name: its holder may have renamed it or
 * taken it away while it was awaited. One that is found between its creation and its lock is taken
 * for a leftover; its creator then sees that, and begins anew.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "helpers/proxyauth/passwd_file.h"

/* How long a lock is waited for without a word: a change takes some milliseconds. */
enum { SHORT_WAIT_MS = 20, SHORT_WAITS = 50 };

static bool still_named(const struct passwd_place *place, int fd)
{
    struct stat own, named;

    return fstat(fd, &own) == 0 &&
           fstatat(place->folder_fd, place->new_name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           own.st_ino == named.st_ino && own.st_dev == named.st_dev;
}

static bool wait_for_lock(int fd)
{
    int locked;

    do
        locked = flock(fd, LOCK_EX);
    while (locked < 0 && errno == EINTR);
    return locked == 0;
}

/* Waits for the lock of another process: one that holds it for long is told of. */
static bool wait_for_other(const struct passwd_place *place, int fd)
{
    const struct timespec pause = {.tv_nsec = SHORT_WAIT_MS * 1000000L};
    struct why note;

    for (int i = 0; i < SHORT_WAITS; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        nanosleep(&pause, NULL);
    }
    why_set(&note, "waiting for another program, which has %s/%s locked",
            why_excerpt(place->folder).text, why_excerpt(place->new_name).text);
    fprintf(stderr, "proxyauth passwd: %s\n", note.text);
    return wait_for_lock(fd);
}

static bool refuse(const struct passwd_place *place, const char *what, struct why *why)
{
    return why_set(why, "cannot %s %s/%s: %s", what, why_excerpt(place->folder).text,
                   why_excerpt(place->new_name).text, strerror(errno));
}

/* Waits until nobody uses the one that is there, and takes it away if it is there then. */
static bool clear(const struct passwd_place *place, struct why *why)
{
    int fd = openat(place->folder_fd, place->new_name,
                    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    bool cleared = true;

    if (fd < 0)
        return errno == ENOENT || refuse(place, "open", why);
    if (!wait_for_other(place, fd))
        cleared = refuse(place, "lock", why);
    else if (still_named(place, fd) && unlinkat(place->folder_fd, place->new_name, 0) < 0)
        cleared = refuse(place, "take away", why);
    close(fd);
    return cleared;
}

int passwd_lock(const struct passwd_place *place, struct why *why)
{
    for (;;) {
        int fd = openat(place->folder_fd, place->new_name,
                        O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

        if (fd < 0 && errno != EEXIST) {
            refuse(place, "create", why);
            return -1;
        }
        if (fd < 0) {
            if (!clear(place, why))
                return -1;
            continue;
        }
        if (!wait_for_lock(fd)) {
            refuse(place, "lock", why);
            unlinkat(place->folder_fd, place->new_name, 0);
            close(fd);
            return -1;
        }
        if (still_named(place, fd))
            return fd;
        close(fd);
    }
}
