/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the name of a file to its folder and its name there. A link is followed to the file, so that
 * the link stays when the file is replaced.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/proxyauth/passwd_file.h"

/* Cuts PLACE's path into folder and name. */
static bool cut(struct passwd_place *place)
{
    const char *slash = strrchr(place->path, '/');
    size_t len = (size_t)(slash - place->path);

    place->folder = strndup(place->path, len > 0 ? len : 1);
    place->name = strdup(slash + 1);
    if (place->name && asprintf(&place->new_name, ".%s.proxyauth-new", place->name) < 0)
        place->new_name = NULL;
    return place->folder && place->name && place->new_name;
}

/* The path that a file PATH would have, which does not exist. */
static char *path_of_missing(const char *path, struct why *why)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *folder = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
    char *real = folder ? realpath(folder, NULL) : NULL;
    char *joined = NULL;

    if (!real) {
        why_set(why, "cannot find the folder of %s: %s", why_excerpt(path).text, strerror(errno));
    } else if (!*name) {
        why_set(why, "%s ends with a slash; FILE is the name of a file", why_excerpt(path).text);
    } else if (asprintf(&joined, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name) < 0) {
        joined = NULL;
        why_set(why, "out of memory");
    }
    free(real);
    free(folder);
    return joined;
}

static bool find(struct passwd_place *place, const char *path, struct why *why)
{
    struct stat status;

    place->path = realpath(path, NULL);
    if (place->path)
        return true;
    if (errno != ENOENT)
        return why_set(why, "cannot find %s: %s", why_excerpt(path).text, strerror(errno));
    if (lstat(path, &status) == 0)
        return why_set(why, "%s is a link that leads nowhere", why_excerpt(path).text);
    place->missing = true;
    place->path = path_of_missing(path, why);
    return place->path != NULL;
}

bool passwd_place_open(struct passwd_place *place, const char *path, struct why *why)
{
    *place = (struct passwd_place){.folder_fd = -1};
    if (!find(place, path, why))
        return false;
    if (!cut(place))
        return why_set(why, "out of memory");
    place->folder_fd = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->folder_fd < 0)
        return why_set(why, "cannot open the folder %s: %s", why_excerpt(place->folder).text,
                       strerror(errno));
    return true;
}

void passwd_place_close(struct passwd_place *place)
{
    if (place->folder_fd >= 0)
        close(place->folder_fd);
    free(place->path);
    free(place->folder);
    free(place->name);
    free(place->new_name);
    *place = (struct passwd_place){.folder_fd = -1};
}
