/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One data file, read whole.
 *
 * It is read into memory of its own, not mapped: a mapped file that somebody truncates ends its
 * reader with SIGBUS. A writer is noticed by what changes of size, times and inode between the
 * first look and the last.
 *
 * Cannot do: notice a writer that pauses between two writes for longer than the file is read. Who
 * writes in place takes that chance; who writes beside and renames never does.
 */
#include <config.h>

#include "helpers/core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_MS = 1000000, HUGE_PAGE = 2 * 1024 * 1024 };

static const int64_t ns_per_s = 1000000000;

/* The clock behind the times of a file ticks every 1 to 10 ms, or so coarsely that both of them are
 * of whole seconds. */
enum { YOUNG_MS = 50, YOUNG_SECONDS_MS = 2000 };

/* More than the system ever takes in one read(). */
static const size_t read_max = (size_t)1 << 30;

static struct file_stamp stamp_from(const struct stat *about)
{
    return (struct file_stamp){
        .mtime = about->st_mtim,
        .ctime = about->st_ctim,
        .size = (uint64_t)about->st_size,
        .inode = about->st_ino,
        .device = about->st_dev,
    };
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
    return same_time(&a->mtime, &b->mtime) && same_time(&a->ctime, &b->ctime) &&
           a->size == b->size && a->inode == b->inode && a->device == b->device;
}

bool file_stamp_of(const char *path, struct file_stamp *stamp)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return false;
    *stamp = stamp_from(&about);
    return true;
}

/* Whether a change at NOW could leave the time as THEN is: the clock may not have ticked since. A
 * time further in the future than a tick is none of that clock's. */
static bool is_recent(const struct timespec *then, const struct timespec *now, int64_t margin_ns)
{
    int64_t age_s = (int64_t)now->tv_sec - (int64_t)then->tv_sec;
    int64_t age_ns;

    if (age_s > 3600 || age_s < -3600)
        return false;
    age_ns = age_s * ns_per_s + (now->tv_nsec - then->tv_nsec);
    return age_ns < margin_ns && age_ns > -margin_ns;
}

/* Archives and copies leave an mtime of whole seconds on any file system. A ctime cannot be chosen.
 */
static bool is_young_at(const struct file_stamp *stamp, const struct timespec *now)
{
    bool whole_seconds = stamp->mtime.tv_nsec == 0 && stamp->ctime.tv_nsec == 0;
    int64_t margin_ns = (int64_t)(whole_seconds ? YOUNG_SECONDS_MS : YOUNG_MS) * NS_PER_MS;

    return is_recent(&stamp->mtime, now, margin_ns) || is_recent(&stamp->ctime, now, margin_ns);
}

bool file_stamp_is_young(const struct file_stamp *stamp)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return is_young_at(stamp, &now);
}

static const char *kind_of(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a FIFO";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

/* False, with WHY, for what is not a file of a size that can be read. */
static bool is_readable_kind(const char *path, const struct stat *about, struct why *why)
{
    if (!S_ISREG(about->st_mode))
        return why_set(why, "%s is %s; it should be a file", path, kind_of(about->st_mode));
    if ((uint64_t)about->st_size > FILE_SIZE_MAX)
        return why_set(why, "%s is larger than 4 GB", path);
    return true;
}

/* Room for LEN bytes that no core file shows. NULL when memory is out. */
static char *map_room(size_t len)
{
    void *room = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (room == MAP_FAILED)
        return NULL;
    (void)madvise(room, len, MADV_DONTDUMP);
    /* Fewer page faults now and fewer TLB misses later. The system makes no huge page that reaches
     * beyond the mapping, so it is no larger than it was. */
    if (len >= HUGE_PAGE)
        (void)madvise(room, len, MADV_HUGEPAGE);
    return room;
}

/* Reads up to CAP bytes. False with errno. */
static bool read_whole(int fd, char *to, size_t cap, size_t *len)
{
    *len = 0;
    while (*len < cap) {
        size_t want = cap - *len < read_max ? cap - *len : read_max;
        ssize_t got = read(fd, to + *len, want);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *len += (size_t)got;
    }
    return true;
}

/* Whether PATH still names the file, and it is what it was. */
static bool has_changed(const char *path, const struct file_stamp *stamp)
{
    struct file_stamp now;

    return !file_stamp_of(path, &now) || !file_stamp_equal(stamp, &now);
}

/* The bytes of FD, which is as ABOUT says. */
static enum file_outcome read_text(int fd, const char *path, const struct stat *about,
                                   struct file_text *text, struct why *why)
{
    size_t size = (size_t)about->st_size;
    struct file_stamp stamp = stamp_from(about);
    char *at = map_room(size + 1);
    size_t len;

    if (!at) {
        why_set(why, "cannot read %s: out of memory", path);
        return FILE_BAD;
    }
    text->mapped = size + 1;
    text->text = (struct pxa_span){at, size};
    text->stamp = stamp;
    /* One byte more than there should be, to see a file that grows. */
    if (!read_whole(fd, at, size + 1, &len)) {
        why_set(why, "cannot read %s: %s", path, strerror(errno));
        return FILE_BAD;
    }
    if (len != size || has_changed(path, &stamp)) {
        why_set(why, "%s is being written", path);
        return FILE_CHANGING;
    }
    at[size] = '\n';
    return FILE_READ;
}

static enum file_outcome open_failed(const char *path, struct why *why)
{
    int reason = errno;

    why_set(why, "cannot read %s: %s", path, strerror(reason));
    return reason == ENOENT || reason == ENOTDIR ? FILE_MISSING : FILE_BAD;
}

enum file_outcome file_read(const char *path, struct file_text *text, struct why *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum file_outcome outcome = FILE_BAD;
    struct timespec now;
    struct stat about;

    *text = (struct file_text){.mapped = 0};
    if (fd < 0)
        return open_failed(path, why);
    clock_gettime(CLOCK_REALTIME, &now);
    if (fstat(fd, &about) != 0)
        why_set(why, "cannot read %s: %s", path, strerror(errno));
    else if (is_readable_kind(path, &about, why))
        outcome = read_text(fd, path, &about, text, why);
    close(fd);
    if (outcome != FILE_READ) {
        file_text_free(text);
        return outcome;
    }
    text->young = is_young_at(&text->stamp, &now);
    text->mode = about.st_mode;
    text->uid = about.st_uid;
    text->gid = about.st_gid;
    return FILE_READ;
}

/* The system wipes pages before anybody gets them again. */
void file_text_free(struct file_text *text)
{
    if (text->mapped > 0)
        /* It is const for all but its owner. NOLINTNEXTLINE(performance-no-int-to-ptr) */
        munmap((void *)(uintptr_t)text->text.at, text->mapped);
    *text = (struct file_text){.mapped = 0};
}
