/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of replay caches: KRB5RCACHENAME and its kin in "Environment variables" of MIT's
 * documentation, default_rcache_name in krb5.conf(5).
 *
 * Cannot do: see that the file's system is full before a login fails for it.
 */
#include <config.h>

#include "helpers/kerberos/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <krb5.h>
#include <profile.h>

/* Where libkrb5 keeps what shall outlive a start of the machine. */
static const char default_folder[] = "/var/tmp";

static bool is_none(const char *name)
{
    return strcmp(name, "none") == 0 || strcmp(name, "none:") == 0;
}

/* ---- where libkrb5 keeps it ---- */

/* The file of type "dfl:". NULL when memory is out. */
static char *default_path(void)
{
    const char *folder = secure_getenv("KRB5RCACHEDIR");
    char *path = NULL;

    if (!folder)
        folder = secure_getenv("TMPDIR");
    if (!folder)
        folder = default_folder;
    if (asprintf(&path, "%s/krb5_%lu.rcache2", folder, (unsigned long)geteuid()) < 0)
        return NULL;
    return path;
}

/* Takes NAME, TYPE:REST, apart; WHOSE says where it is from. */
static bool take_name(struct replay *replay, const char *name, const char *whose, struct why *why)
{
    static const char file_type[] = "file2:";

    if (strncmp(name, "none:", 5) == 0) {
        replay->name = strdup("none:");
        return replay->name || why_set(why, "out of memory");
    }
    if (strncmp(name, "dfl:", 4) == 0) {
        replay->name = strdup("dfl:");
        replay->path = default_path();
    } else if (strncmp(name, file_type, strlen(file_type)) == 0 && !strstr(name, "%{")) {
        replay->name = strdup(name);
        replay->path = strdup(name + strlen(file_type));
    } else {
        return why_set(why,
                       "%s: %s is no replay cache that can be looked at; dfl:, none: or file2:PATH "
                       "would be right, or --replay-cache",
                       whose, why_excerpt(name).text);
    }
    return (replay->name && replay->path) || why_set(why, "out of memory");
}

/* default_rcache_name of krb5.conf, allocated, or NULL. */
static char *name_in_profile(void)
{
    char *value = NULL;
    char *name = NULL;
    krb5_context context;
    profile_t profile;

    if (krb5_init_context(&context) != 0)
        return NULL;
    if (krb5_get_profile(context, &profile) == 0) {
        if (profile_get_string(profile, "libdefaults", "default_rcache_name", NULL, NULL, &value) ==
                0 &&
            value)
            name = strdup(value);
        profile_release_string(value);
        profile_release(profile);
    }
    krb5_free_context(context);
    return name;
}

static bool take_type(struct replay *replay, const char *type, struct why *why)
{
    char *name;
    bool good;

    if (asprintf(&name, "%s:", type) < 0)
        return why_set(why, "out of memory");
    good = take_name(replay, name, "KRB5RCACHETYPE", why);
    free(name);
    return good;
}

static bool take_profile(struct replay *replay, struct why *why)
{
    char *name = name_in_profile();
    bool good =
        name && take_name(replay, name, "default_rcache_name in krb5.conf", &replay->passed_over);

    free(name);
    return good || take_name(replay, "dfl:", "", why);
}

static bool take_default(struct replay *replay, struct why *why)
{
    const char *name = secure_getenv("KRB5RCACHENAME");
    const char *type = secure_getenv("KRB5RCACHETYPE");

    if (name)
        return take_name(replay, name, "KRB5RCACHENAME", why);
    return type ? take_type(replay, type, why) : take_profile(replay, why);
}

/* ---- the option ---- */

static bool take_folder(struct replay *replay, const char *folder, struct why *why)
{
    if (setenv("KRB5RCACHEDIR", folder, 1) != 0)
        return why_set(why, "out of memory");
    return take_name(replay, "dfl:", "", why);
}

bool replay_init(struct replay *replay, const char *option, struct why *why)
{
    bool good;

    *replay = (struct replay){.fd = -1};
    if (!option)
        good = take_default(replay, why);
    else if (is_none(option))
        good = take_name(replay, "none:", "", why);
    else if (option[0] != '\0')
        good = take_folder(replay, option, why);
    else
        good = why_set(why, "option --replay-cache: it is empty; none or a folder would be right");
    if (!good)
        replay_free(replay);
    return good;
}

static void drop_file(struct replay *replay)
{
    if (replay->path && replay->fd >= 0)
        close(replay->fd);
    replay->fd = -1;
}

void replay_free(struct replay *replay)
{
    drop_file(replay);
    free(replay->name);
    free(replay->path);
    *replay = (struct replay){.fd = -1};
}

/* ---- the file ---- */

/* The folder of PATH, in place. */
static const char *cut_to_folder(char *path)
{
    char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    if (slash == path)
        return "/";
    *slash = '\0';
    return path;
}

static bool is_usable_folder(const char *folder, struct why *why)
{
    struct stat about;

    if (stat(folder, &about) != 0)
        return why_set(why, "the folder of the replay cache, %s: %s", folder, strerror(errno));
    if (!S_ISDIR(about.st_mode))
        return why_set(why, "%s is no folder for a replay cache", folder);
    if (euidaccess(folder, W_OK | X_OK) != 0)
        return why_set(why,
                       "user %lu, as which this process runs, cannot write to the folder of the "
                       "replay cache, %s: %s",
                       (unsigned long)geteuid(), folder, strerror(errno));
    return true;
}

static bool is_usable_file(const char *path, const struct stat *about, struct why *why)
{
    if (!S_ISREG(about->st_mode))
        return why_set(why, "the replay cache %s is no plain file: remove it", path);
    if (about->st_uid != geteuid())
        return why_set(
            why,
            "the replay cache %s is of user %lu, not of %lu, as which this process runs: "
            "remove it, or name another folder by --replay-cache",
            path, (unsigned long)about->st_uid, (unsigned long)geteuid());
    if (euidaccess(path, R_OK | W_OK) != 0)
        return why_set(why, "the replay cache %s cannot be written: %s", path, strerror(errno));
    return true;
}

bool replay_usable(const struct replay *replay, struct why *why)
{
    struct stat about;
    char *folder;
    bool good;

    if (!replay->path)
        return true;
    if (lstat(replay->path, &about) == 0)
        return is_usable_file(replay->path, &about, why);
    folder = strdup(replay->path);
    if (!folder)
        return why_set(why, "out of memory");
    good = is_usable_folder(cut_to_folder(folder), why);
    free(folder);
    return good;
}

/* libkrb5 opens the file by its name at each login, and so locks what has this name now. It is kept
 * open here as long as it is the same one: to open and close it costs more than all else. */
static bool hold_file(struct replay *replay, const struct stat *named)
{
    struct stat about;

    if (replay->fd >= 0 && named->st_ino == replay->inode && named->st_dev == replay->device)
        return true;
    drop_file(replay);
    replay->fd = open(replay->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (replay->fd < 0 || fstat(replay->fd, &about) != 0) {
        drop_file(replay);
        return false;
    }
    replay->inode = about.st_ino;
    replay->device = about.st_dev;
    return true;
}

/* libkrb5 locks the whole file for writing, by a lock of the open file, which no other open file
 * of this process ends. What a symbolic link leads to is left to libkrb5, which refuses it. */
enum replay_state replay_look(struct replay *replay)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat about;

    if (!replay->path || lstat(replay->path, &about) != 0)
        return REPLAY_FREE;
    if (!S_ISREG(about.st_mode) && !S_ISLNK(about.st_mode))
        return REPLAY_BLOCKED;
    if (!hold_file(replay, &about) || fcntl(replay->fd, F_OFD_GETLK, &lock) != 0)
        return REPLAY_FREE;
    return lock.l_type == F_UNLCK ? REPLAY_FREE : REPLAY_LOCKED;
}
