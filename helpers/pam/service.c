/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where Linux-PAM looks (pam.d(5)): /etc/pam.d, then the vendor's folders; /etc/pam.conf only where
 * there is no /etc/pam.d. Linux-PAM makes the name lower case before it looks (pam_start.c), so
 * that a file with a capital letter in its name is never found.
 */
#include <config.h>

#include "helpers/pam/service.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file's name with its folder fits into SERVICE_PATH_MAX. */
enum { NAME_LEN_MAX = 64 };

static const char etc_folder[] = "/etc/pam.d";
static const char etc_file[] = "/etc/pam.conf";

bool service_name_is_good(const char *name, struct why *why)
{
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') || strlen(name) > NAME_LEN_MAX)
        return why_set(why,
                       "option -n (--service): \"%s\" is no name of a file in %s: up to %d bytes "
                       "without a slash, which begin with no dot",
                       why_excerpt(name).text, etc_folder, NAME_LEN_MAX);
    return true;
}

static bool is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* What errno says of PATH: 0 if it can be read. An empty one, which is one that is being written,
 * is none for PAM. */
static int look(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return errno;
    if (S_ISDIR(about.st_mode))
        return EISDIR;
    if (about.st_size == 0)
        return ENODATA;
    return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 ? 0 : errno;
}

static void as_pam_looks(const char *name, char file[NAME_LEN_MAX + 1])
{
    size_t i = 0;

    for (; i < NAME_LEN_MAX && name[i]; i++)
        file[i] = (char)tolower((unsigned char)name[i]);
    file[i] = '\0';
}

bool service_find(const char *name, const char *dir, char path[SERVICE_PATH_MAX], struct why *why)
{
    char file[NAME_LEN_MAX + 1];
    const char *const folders[] = {dir ? dir : etc_folder, "/usr/lib/pam.d", "/usr/share/pam.d"};
    size_t count = dir ? 1 : sizeof folders / sizeof *folders;
    int trouble = ENOENT;

    as_pam_looks(name, file);
    for (size_t i = 0; i < count && trouble == ENOENT; i++) {
        int len = snprintf(path, SERVICE_PATH_MAX, "%s/%s", folders[i], file);

        trouble = len < SERVICE_PATH_MAX ? look(path) : ENAMETOOLONG;
    }
    if (trouble == ENOENT && !dir && !is_folder(etc_folder)) {
        snprintf(path, SERVICE_PATH_MAX, "%s", etc_file);
        trouble = look(path);
    }
    if (trouble == 0)
        return true;
    if (trouble == ENOENT) {
        snprintf(path, SERVICE_PATH_MAX, "%s/%s", folders[0], file);
        return why_set(why, "there is no PAM service %s: %s is missing", name, path);
    }
    return why_set(why, "the PAM service %s cannot be read: %s: %s", name, path, strerror(trouble));
}
