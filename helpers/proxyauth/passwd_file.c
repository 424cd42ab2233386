/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read, change, write beside, sync, rename, sync the folder; all under the lock.
 *
 * A program that does not know the lock (an editor, htpasswd) can still change the file meanwhile:
 * that is looked for just before the rename, and then nothing is written. In the moment between
 * that look and the rename its change is lost, as it is with every program that replaces files.
 */
#include <config.h>

#include "helpers/proxyauth/passwd_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "helpers/core/file.h"

/* How often, and how long in all, a file that is being written is read anew. */
enum { CHANGING_WAIT_MS = 20, CHANGING_TRIES = 250 };

/* A new file: for the owner, and for the group, that is to be the helper's. */
enum { MODE_CREATED = 0640 };

/* One change under way. */
struct change {
    const struct passwd_edit *edit;
    struct passwd_place place;
    int fd;               /* the new file, locked */
    int old_fd;           /* the file as it was read; -1 if it is missing */
    struct file_text old; /* empty if the file is missing */
    struct passwd_text new;
};

static void pause_ms(long ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* A file that was emptied this moment is read again, too: htpasswd empties it before it writes. */
static bool read_whole(const char *path, struct file_text *text, struct why *why)
{
    for (int i = 0; i < CHANGING_TRIES; i++) {
        enum file_outcome outcome = file_read(path, text, why);
        bool emptied = outcome == FILE_READ && text->text.len == 0 && text->young;

        if (outcome != FILE_CHANGING && !emptied)
            return outcome == FILE_READ;
        file_text_free(text);
        pause_ms(CHANGING_WAIT_MS);
    }
    return why_set(why, "%s is being written by another program all the time",
                   why_excerpt(path).text);
}

static bool refuse_changed(const struct change *change, struct why *why)
{
    return why_set(why,
                   "%s was changed by another program meanwhile; nothing was written: "
                   "try it again",
                   why_excerpt(change->place.path).text);
}

/* Opens what was read by its name in the folder. It is no link now, which can only have come since
 * links were followed: whoever may write to the folder must not choose what is read for them, or
 * whose attributes the new file gets. */
static bool open_old(struct change *change, struct why *why)
{
    const struct file_stamp *stamp = &change->old.stamp;
    struct stat status;

    change->old_fd = openat(change->place.folder_fd, change->place.name,
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (change->old_fd < 0 || fstat(change->old_fd, &status) < 0 || status.st_ino != stamp->inode ||
        status.st_dev != stamp->device)
        return refuse_changed(change, why);
    if (status.st_nlink > 1)
        return why_set(why, "%s has %lu names (hard links), of which only one would get the change",
                       why_excerpt(change->place.path).text, (unsigned long)status.st_nlink);
    return true;
}

static bool read_old(struct change *change, struct why *why)
{
    struct passwd_place *place = &change->place;
    struct stat status;

    place->missing =
        fstatat(place->folder_fd, place->name, &status, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
    if (place->missing && change->edit->action == PASSWD_ADD)
        return true;
    return read_whole(place->path, &change->old, why) && open_old(change, why);
}

static bool write_all(int fd, const char *from, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, from, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        from += done;
        len -= (size_t)done;
    }
    return true;
}

/* The new file, complete and on the disk. */
static bool write_new(const struct change *change, struct why *why)
{
    const char *path = change->place.path;

    if (!write_all(change->fd, change->new.at, change->new.len))
        return why_set(why, "cannot write beside %s: %s; nothing was changed",
                       why_excerpt(path).text, strerror(errno));
    if (change->place.missing && fchmod(change->fd, MODE_CREATED) < 0)
        return why_set(why, "cannot set the mode of %s: %s", why_excerpt(path).text,
                       strerror(errno));
    if (!change->place.missing && !passwd_attributes_copy(change->fd, change->old_fd, path, why))
        return false;
    if (fsync(change->fd) < 0)
        return why_set(why, "cannot write beside %s: %s; nothing was changed",
                       why_excerpt(path).text, strerror(errno));
    return true;
}

/* Whether the file holds what was read. Its stamp may be too coarse to say so. */
static bool is_same_text(const struct change *change)
{
    struct file_text now;
    struct why unseen;
    bool same;

    if (file_read(change->place.path, &now, &unseen) != FILE_READ)
        return false;
    same = now.text.len == change->old.text.len &&
           memcmp(now.text.at, change->old.text.at, now.text.len) == 0;
    file_text_free(&now);
    return same;
}

static bool is_unchanged(const struct change *change)
{
    struct file_stamp stamp;

    if (!file_stamp_of(change->place.path, &stamp))
        return errno == ENOENT && change->place.missing;
    if (change->place.missing || !file_stamp_equal(&stamp, &change->old.stamp))
        return false;
    return !change->old.young || is_same_text(change);
}

static bool put_in_place(const struct change *change, struct why *why)
{
    const struct passwd_place *place = &change->place;

    if (!is_unchanged(change))
        return refuse_changed(change, why);
    if (renameat(place->folder_fd, place->new_name, place->folder_fd, place->name) < 0)
        return why_set(why, "cannot replace %s: %s; nothing was changed",
                       why_excerpt(place->path).text, strerror(errno));
    return true;
}

/* The rename, too, is on the disk after this. */
static bool sync_folder(const struct passwd_place *place, struct why *why)
{
    if (fsync(place->folder_fd) == 0)
        return true;
    return why_set(why, "%s was changed, but its folder cannot be written to the disk: %s",
                   why_excerpt(place->path).text, strerror(errno));
}

/* With the lock held, which ends with the descriptor. */
static bool change_locked(struct change *change, struct why *why)
{
    bool placed = read_old(change, why) &&
                  passwd_lines_edit(change->edit, change->old.text, &change->new, why) &&
                  write_new(change, why) && put_in_place(change, why);

    if (!placed)
        unlinkat(change->place.folder_fd, change->place.new_name, 0);
    return placed && sync_folder(&change->place, why);
}

bool passwd_file_allows(const struct passwd_edit *edit, struct why *why)
{
    struct file_text text;
    bool allows = false;

    switch (file_read(edit->target->path, &text, why)) {
    case FILE_READ:
        allows = passwd_lines_allow(edit, text.text, why);
        file_text_free(&text);
        break;
    case FILE_MISSING:
        allows = edit->action == PASSWD_ADD;
        break;
    case FILE_CHANGING: /* it will be read again */
        allows = true;
        break;
    case FILE_BAD:
        break;
    }
    return allows;
}

bool passwd_file_edit(const struct passwd_edit *edit, struct passwd_done *done, struct why *why)
{
    struct change change = {.edit = edit, .fd = -1, .old_fd = -1};
    bool changed = false;

    if (!passwd_place_open(&change.place, edit->target->path, why))
        goto out;
    if (change.place.missing && edit->action != PASSWD_ADD) {
        why_set(why, "%s does not exist; proxyauth passwd add creates it",
                why_excerpt(edit->target->path).text);
        goto out;
    }
    change.fd = passwd_lock(&change.place, why);
    if (change.fd < 0)
        goto out;
    changed = change_locked(&change, why);
    close(change.fd);
    *done = (struct passwd_done){change.new.records, change.new.line, change.new.disabled,
                                 change.place.missing};
out:
    if (change.old_fd >= 0)
        close(change.old_fd);
    passwd_text_free(&change.new);
    file_text_free(&change.old);
    passwd_place_close(&change.place);
    return changed;
}
