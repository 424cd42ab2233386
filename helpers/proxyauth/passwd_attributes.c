/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file that replaces another takes over. Not taken over: other extended attributes than the
 * two below, flags of chattr(1), and the time of creation.
 */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "helpers/proxyauth/passwd_file.h"

static const char *const attributes[] = {
    "system.posix_acl_access",
    "security.selinux",
};

struct value {
    char *at;
    size_t len;
    bool there;
};

enum { VALUE_MAX = 64 * 1024 }; /* what Linux allows an extended attribute to have */

/* The attribute of FD. False with errno. */
static bool get(int fd, const char *name, struct value *value)
{
    ssize_t len;

    value->at = malloc(VALUE_MAX);
    if (!value->at)
        return false;
    len = fgetxattr(fd, name, value->at, VALUE_MAX);
    value->there = len >= 0;
    value->len = len >= 0 ? (size_t)len : 0;
    return len >= 0 || errno == ENODATA || errno == ENOTSUP;
}

/* Makes the attribute of FD, which has OLD, as WANTED. */
static bool put(int fd, const char *name, const struct value *old, const struct value *wanted)
{
    if (wanted->there && old->there && wanted->len == old->len &&
        memcmp(wanted->at, old->at, old->len) == 0)
        return true;
    if (wanted->there)
        return fsetxattr(fd, name, wanted->at, wanted->len, 0) == 0;
    return !old->there || fremovexattr(fd, name) == 0;
}

static bool copy(int fd, int old_fd, const char *name)
{
    struct value old = {0};
    struct value wanted = {0};
    bool copied = get(old_fd, name, &wanted) && get(fd, name, &old) && put(fd, name, &old, &wanted);

    free(old.at);
    free(wanted.at);
    return copied;
}

bool passwd_attributes_copy(int fd, int old_fd, const char *path, struct why *why)
{
    struct stat own, old;

    if (fstat(fd, &own) < 0 || fstat(old_fd, &old) < 0)
        return why_set(why, "cannot write beside %s: %s", why_excerpt(path).text, strerror(errno));
    if ((own.st_uid != old.st_uid || own.st_gid != old.st_gid) &&
        fchown(fd, old.st_uid, old.st_gid) < 0)
        return why_set(why, "the owner and group of %s cannot be kept (%s); nothing was changed",
                       why_excerpt(path).text, strerror(errno));
    if (fchmod(fd, old.st_mode & 07777) < 0)
        return why_set(why, "the mode of %s cannot be kept (%s); nothing was changed",
                       why_excerpt(path).text, strerror(errno));
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (!copy(fd, old_fd, attributes[i]))
            return why_set(why, "%s of %s cannot be kept (%s); nothing was changed", attributes[i],
                           why_excerpt(path).text, strerror(errno));
    return true;
}
