/* SPDX-License-Identifier: BSD-2-Clause */
/* Real files and two wrapped system calls. */
#include <config.h>

#include "tests/unit/file_bench.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HOUR_S = 3600 };

static char folder[] = "file-bench-XXXXXX";
char file_bench_path[sizeof folder + 8];
static char beside[sizeof folder + 8];

struct timespec file_bench_wall;
atomic_bool file_bench_young;
atomic_int file_bench_mappings = -1;
atomic_uint file_bench_reads;
void (*_Atomic file_bench_before_read)(void);

/* The linker's names for what is wrapped. NOLINTBEGIN(bugprone-reserved-identifier) */
ssize_t __real_read(int fd, void *to, size_t cap);
ssize_t __wrap_read(int fd, void *to, size_t cap);
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
void *__real_mmap(void *at, size_t len, int access, int flags, int fd, off_t from);
void *__wrap_mmap(void *at, size_t len, int access, int flags, int fd, off_t from);
/* NOLINTEND(bugprone-reserved-identifier) */

ssize_t __wrap_read(int fd, void *to, size_t cap)
{
    void (*before)(void) = file_bench_before_read;

    file_bench_reads++;
    if (before)
        before();
    return __real_read(fd, to, cap);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = __real_clock_gettime(clock, now);
    struct stat file;

    if (clock != CLOCK_REALTIME)
        return result;
    if (file_bench_young && stat(file_bench_path, &file) == 0)
        *now = file.st_ctim;
    else if (file_bench_wall.tv_sec != 0)
        *now = file_bench_wall;
    else
        now->tv_sec += HOUR_S;
    return result;
}

void *__wrap_mmap(void *at, size_t len, int access, int flags, int fd, off_t from)
{
    if (file_bench_mappings == 0) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    if (file_bench_mappings > 0)
        file_bench_mappings--;
    return __real_mmap(at, len, access, flags, fd, from);
}

void file_bench_open(void)
{
    snprintf(folder, sizeof folder, "file-bench-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file_bench_path, sizeof file_bench_path, "%s/file", folder);
    snprintf(beside, sizeof beside, "%s/new", folder);
}

void file_bench_close(void)
{
    file_bench_remove();
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_to(const char *path, int flags, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

    ck_assert_int_ge(fd, 0);
    if (len > 0)
        ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

void file_bench_write_bytes(const char *bytes, size_t len)
{
    write_to(file_bench_path, O_TRUNC, bytes, len);
}

void file_bench_write(const char *text)
{
    file_bench_write_bytes(text, strlen(text));
}

void file_bench_append(const char *text)
{
    write_to(file_bench_path, O_APPEND, text, strlen(text));
}

void file_bench_replace_bytes(const char *bytes, size_t len)
{
    write_to(beside, O_TRUNC, bytes, len);
    ck_assert_int_eq(rename(beside, file_bench_path), 0);
}

void file_bench_replace(const char *text)
{
    file_bench_replace_bytes(text, strlen(text));
}

void file_bench_remove(void)
{
    (void)remove(file_bench_path);
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

void file_bench_tick(void)
{
    struct stat file, other;

    ck_assert_int_eq(stat(file_bench_path, &file), 0);
    do {
        write_to(beside, O_TRUNC, "x", 1);
        ck_assert_int_eq(stat(beside, &other), 0);
    } while (!is_later(&other.st_ctim, &file.st_ctim));
    ck_assert_int_eq(unlink(beside), 0);
}
