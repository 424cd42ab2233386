/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who can read or write a file that should not. Cannot do: see access control lists, or who is in a
 * group.
 */
#include <config.h>

#include "helpers/core/file.h"

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
    if (text->mode & (S_IROTH | S_IWOTH)) {
        why_set(why, "%s can be %s by every account of this machine; chmod o= is right", path,
                text->mode & S_IWOTH ? "changed" : "read");
        return true;
    }
    if (!(text->mode & (S_IRGRP | S_IWGRP)) || is_own_group(text->gid))
        return false;
    why_set(why,
            "%s can be %s by group %lu, to which this process does not belong; chmod g= is right, "
            "or chgrp to the proxy's group",
            path, text->mode & S_IWGRP ? "changed" : "read", (unsigned long)text->gid);
    return true;
}
