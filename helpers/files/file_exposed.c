/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who can read a file that should not. Cannot do: see access control lists, or who is in a group.
 */
#include <config.h>

#include "helpers/files/file.h"

#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

static bool is_own_group(gid_t gid)
{
    int count = getgroups(0, NULL);
    gid_t *groups;
    bool found = gid == getegid();

    if (found || count <= 0)
        return found;
    groups = calloc((size_t)count, sizeof *groups);
    if (groups)
        count = getgroups(count, groups);
    for (int i = 0; groups && i < count && !found; i++)
        found = groups[i] == gid;
    free(groups);
    return found;
}

bool file_is_exposed(const char *path, const struct file_text *text, struct why *why)
{
    if (text->mode & S_IROTH) {
        why_set(why, "%s can be read by every account of this machine; chmod o= is right", path);
        return true;
    }
    if (!(text->mode & S_IRGRP) || is_own_group(text->gid))
        return false;
    why_set(why,
            "%s can be read by the group %lu, which is none of this process's; chmod g=, or the "
            "proxy's group, is right",
            path, (unsigned long)text->gid);
    return true;
}
