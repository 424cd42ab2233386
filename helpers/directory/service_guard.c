/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time is an argument; the file is looked at by its stat(2) alone, never read.
 * Cannot do: tell a change within the same nanosecond and of the same size.
 */
#include <config.h>

#include "helpers/directory/service_guard.h"

#include <string.h>

enum { LOOK_EVERY_MS = 500 };

/* A file that is not there is all zero, so that its return is a change. */
static struct stat look(const char *file)
{
    struct stat about;

    memset(&about, 0, sizeof about);
    if (file && stat(file, &about) != 0)
        memset(&about, 0, sizeof about);
    return about;
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void service_guard_begins(struct service_guard *guard)
{
    guard->seen = look(guard->file);
}

uint64_t service_guard_refused(struct service_guard *guard, uint64_t now_ms)
{
    uint64_t pause_ms = SERVICE_PAUSE_FIRST_MS;

    if (now_ms < guard->until_ms)
        return guard->until_ms - now_ms;
    for (unsigned i = 0; i < guard->refusals && pause_ms < SERVICE_PAUSE_MAX_MS; i++)
        pause_ms *= 2;
    if (pause_ms > SERVICE_PAUSE_MAX_MS)
        pause_ms = SERVICE_PAUSE_MAX_MS;
    guard->refusals++;
    guard->until_ms = now_ms + pause_ms;
    guard->looked_ms = now_ms;
    return pause_ms;
}

void service_guard_accepted(struct service_guard *guard)
{
    guard->refusals = 0;
    guard->until_ms = 0;
}

bool service_guard_blocks(struct service_guard *guard, uint64_t now_ms)
{
    if (guard->until_ms == 0 || now_ms >= guard->until_ms)
        return false;
    if (guard->file && now_ms - guard->looked_ms >= LOOK_EVERY_MS) {
        struct stat now = look(guard->file);

        guard->looked_ms = now_ms;
        if (!same(&now, &guard->seen)) {
            guard->until_ms = 0;
            return false;
        }
    }
    return true;
}
