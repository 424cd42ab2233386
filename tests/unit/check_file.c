/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/file.c with real files: all of a file or nothing, whoever writes
 * meanwhile.
 */
#include <config.h>

#include "helpers/core/file.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/file_bench.h"

Suite *suite(void);

static struct file_text text;
static struct why why;

static enum file_outcome read_it(void)
{
    why.text[0] = '\0';
    return file_read(file_bench_path, &text, &why);
}

static void expect_bytes(const char *bytes, size_t len)
{
    ck_assert_int_eq(read_it(), FILE_READ);
    ck_assert_uint_eq(text.text.len, len);
    ck_assert(memcmp(text.text.at, bytes, len) == 0);
    ck_assert_int_eq(text.text.at[len], '\n');
    file_text_free(&text);
    ck_assert_uint_eq(text.mapped, 0);
    file_text_free(&text);
}

static void expect_none(enum file_outcome outcome, const char *sentence)
{
    ck_assert_int_eq(read_it(), outcome);
    ck_assert_uint_eq(text.mapped, 0);
    ck_assert_msg(strstr(why.text, sentence) != NULL, "%s", why.text);
    ck_assert_msg(strstr(why.text, file_bench_path) != NULL, "%s", why.text);
}

START_TEST(reads_all_bytes)
{
    static char bytes[3 * 1024 * 1024 + 1];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 + i / 256);
    file_bench_write("");
    expect_bytes("", 0);
    file_bench_write("a:b\n");
    expect_bytes("a:b\n", 4);
    file_bench_write_bytes(bytes, 4096);
    expect_bytes(bytes, 4096);
    file_bench_write_bytes(bytes, sizeof bytes);
    expect_bytes(bytes, sizeof bytes);
}
END_TEST

START_TEST(tells_whose_it_is)
{
    struct file_stamp stamp;
    struct stat about;

    file_bench_write("a:b\n");
    ck_assert_int_eq(chmod(file_bench_path, 0640), 0);
    ck_assert_int_eq(stat(file_bench_path, &about), 0);
    ck_assert_int_eq(read_it(), FILE_READ);
    ck_assert_uint_eq(text.mode & 07777, 0640);
    ck_assert_uint_eq(text.uid, about.st_uid);
    ck_assert_uint_eq(text.gid, about.st_gid);
    ck_assert(file_stamp_of(file_bench_path, &stamp));
    ck_assert(file_stamp_equal(&stamp, &text.stamp));
    ck_assert_uint_eq(stamp.size, 4);
    ck_assert_uint_eq(stamp.inode, about.st_ino);
    file_text_free(&text);
}
END_TEST

START_TEST(no_file)
{
    struct file_stamp stamp;

    expect_none(FILE_MISSING, "No such file");
    ck_assert(!file_stamp_of(file_bench_path, &stamp));
    ck_assert_int_eq(symlink("nowhere", file_bench_path), 0);
    expect_none(FILE_MISSING, "No such file");
    file_bench_remove();
    ck_assert_int_eq(symlink("file", file_bench_path), 0);
    expect_none(FILE_BAD, "symbolic links");
}
END_TEST

START_TEST(no_folder)
{
    char path[64];

    file_bench_write("x");
    snprintf(path, sizeof path, "%s/below", file_bench_path);
    ck_assert_int_eq(file_read(path, &text, &why), FILE_MISSING);
    ck_assert_ptr_nonnull(strstr(why.text, path));
}
END_TEST

START_TEST(no_regular_file)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    ck_assert_int_eq(mkdir(file_bench_path, 0700), 0);
    expect_none(FILE_BAD, "is a folder");
    file_bench_remove();
    ck_assert_int_eq(mkfifo(file_bench_path, 0600), 0);
    expect_none(FILE_BAD, "is a FIFO");
    file_bench_remove();
    ck_assert_int_eq(symlink("/dev/null", file_bench_path), 0);
    expect_none(FILE_BAD, "is a device");
    file_bench_remove();
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", file_bench_path);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    expect_none(FILE_BAD, "cannot read");
    close(fd);
}
END_TEST

START_TEST(symbolic_link)
{
    char target[64];

    snprintf(target, sizeof target, "%s.real", file_bench_path);
    file_bench_write("a:b\n");
    ck_assert_int_eq(rename(file_bench_path, target), 0);
    ck_assert_int_eq(symlink("file.real", file_bench_path), 0);
    expect_bytes("a:b\n", 4);
    ck_assert_int_eq(unlink(target), 0);
}
END_TEST

START_TEST(too_large)
{
    file_bench_write("a:b\n");
    ck_assert_int_eq(truncate(file_bench_path, (off_t)FILE_SIZE_MAX + 1), 0);
    expect_none(FILE_BAD, "larger than 4 GB");
}
END_TEST

START_TEST(not_ours_to_read)
{
    file_bench_write("a:b\n");
    ck_assert_int_eq(chmod(file_bench_path, 0), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    expect_none(FILE_BAD, "Permission denied");
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/* ---- somebody writes between the first look at the file and its reading ---- */

static void truncate_it(void)
{
    file_bench_write("");
}

static void grow_it(void)
{
    file_bench_append("x");
}

static void overwrite_it(void)
{
    int fd = open(file_bench_path, O_WRONLY | O_CLOEXEC);

    ck_assert_int_eq(pwrite(fd, "z", 1, 0), 1);
    close(fd);
}

static void replace_it(void)
{
    file_bench_replace("a:b\nc:d\n");
}

static void touch_it(void)
{
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

    ck_assert_int_eq(utimensat(AT_FDCWD, file_bench_path, times, 0), 0);
}

START_TEST(changed_meanwhile)
{
    static void (*const changes[])(void) = {truncate_it, grow_it,  overwrite_it,
                                            replace_it,  touch_it, file_bench_remove};

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        file_bench_write("a:b\nc:d\n");
        file_bench_tick();
        file_bench_before_read = changes[i];
        ck_assert_msg(read_it() == FILE_CHANGING, "change %zu was not seen", i);
        ck_assert_uint_eq(text.mapped, 0);
        file_bench_before_read = NULL;
    }
    file_bench_write("a:b\n");
    expect_bytes("a:b\n", 4);
}
END_TEST

static void point_elsewhere(void)
{
    ck_assert_int_eq(unlink(file_bench_path), 0);
    ck_assert_int_eq(symlink("/dev/null", file_bench_path), 0);
}

/* What is read stays as it was, but PATH is something else now. */
START_TEST(link_changed_meanwhile)
{
    char target[64];

    snprintf(target, sizeof target, "%s.real", file_bench_path);
    file_bench_write("a:b\n");
    ck_assert_int_eq(rename(file_bench_path, target), 0);
    ck_assert_int_eq(symlink("file.real", file_bench_path), 0);
    file_bench_before_read = point_elsewhere;
    ck_assert_int_eq(read_it(), FILE_CHANGING);
    file_bench_before_read = NULL;
    ck_assert_int_eq(unlink(target), 0);
}
END_TEST

/* Files that the kernel writes as they are read have a size of 0 and more than that in them; on a
 * network file system a size can be out of date. */
START_TEST(longer_than_its_size)
{
    ck_assert_int_eq(file_read("/proc/self/status", &text, &why), FILE_CHANGING);
}
END_TEST

/* ---- young: the numbers are those of file.h and file.c, 50 ms and 2 s ---- */

enum { THEN_S = 1000000000, S = 1000000000 };

#define MS INT64_C(1000000)

/* With the wall clock AHEAD_NS ahead of THEN. */
static bool is_young(struct timespec then, int64_t ahead_ns)
{
    int64_t ns = then.tv_nsec + ahead_ns % S + S;
    bool young;

    file_bench_wall = (struct timespec){then.tv_sec + ahead_ns / S + ns / S - 1, ns % S};
    ck_assert_int_eq(read_it(), FILE_READ);
    young = text.young;
    file_text_free(&text);
    return young;
}

/* The wall clock AHEAD_MS ahead of an mtime with MTIME_NS beyond a second; its ctime, long ago, has
 * CTIME_NS. */
static bool is_young_stamp(int64_t mtime_ns, int64_t ctime_ns, int64_t ahead_ms)
{
    const struct file_stamp stamp = {
        .mtime = {.tv_sec = THEN_S, .tv_nsec = mtime_ns},
        .ctime = {.tv_sec = THEN_S - 100000, .tv_nsec = ctime_ns},
    };
    int64_t ns = THEN_S * INT64_C(1000000000) + mtime_ns + ahead_ms * MS;

    file_bench_wall = (struct timespec){ns / S, ns % S};
    return file_stamp_is_young(&stamp);
}

START_TEST(young_by_mtime)
{
    static const struct {
        int64_t mtime_ns;
        int64_t ctime_ns;
        int64_t ahead_ms;
        bool young;
    } cases[] = {
        {500 * MS, 1, 0, true},
        {500 * MS, 1, 49, true},
        {500 * MS, 1, 51, false},
        {500 * MS, 1, -49, true},
        {500 * MS, 1, -51, false},
        {1, 1, 49, true},
        {1, 1, 51, false},
        {500 * MS, 0, 51, false},
        {0, 0, 51, true},
        {0, 0, 1999, true},
        {0, 0, 2001, false},
        {0, 0, -1999, true},
        {0, 0, -2001, false},
        {0, 0, 7200000, false},
        {0, 0, -7200000, false},
        /* Of whole seconds, but not for want of a finer clock: tar, FAT, touch -d. */
        {0, 1, 49, true},
        {0, 1, 51, false},
        {0, 1, -51, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(is_young_stamp(cases[i].mtime_ns, cases[i].ctime_ns, cases[i].ahead_ms) ==
                          cases[i].young,
                      "case %zu", i);
}
END_TEST

/* A file of that age is told to be young when it is read, too. */
START_TEST(young_when_read)
{
    struct timespec then = {.tv_sec = THEN_S, .tv_nsec = 500 * MS};
    struct timespec times[2] = {then, then};

    file_bench_write("a:b\n");
    ck_assert_int_eq(utimensat(AT_FDCWD, file_bench_path, times, 0), 0);
    ck_assert(is_young(then, 49 * MS));
    ck_assert(!is_young(then, 51 * MS));
}
END_TEST

/* A copy keeps the mtime of what it was copied from; its ctime cannot be set back. */
START_TEST(young_by_ctime)
{
    struct timespec then = {.tv_sec = THEN_S, .tv_nsec = 1};
    struct timespec times[2] = {then, then};
    struct file_stamp stamp;

    file_bench_write("a:b\n");
    ck_assert_int_eq(utimensat(AT_FDCWD, file_bench_path, times, 0), 0);
    ck_assert(file_stamp_of(file_bench_path, &stamp));
    ck_assert(is_young(stamp.ctime, 0));
    ck_assert(is_young(stamp.ctime, 49 * MS));
    ck_assert(!is_young(stamp.ctime, 5000 * MS));
}
END_TEST

/* ---- stamps, and who can read it ---- */

START_TEST(stamps)
{
    const struct file_stamp stamp = {{1, 2}, {3, 4}, 5, 6, 7};
    const struct file_stamp others[] = {
        {{0, 2}, {3, 4}, 5, 6, 7}, {{1, 0}, {3, 4}, 5, 6, 7}, {{1, 2}, {0, 4}, 5, 6, 7},
        {{1, 2}, {3, 0}, 5, 6, 7}, {{1, 2}, {3, 4}, 0, 6, 7}, {{1, 2}, {3, 4}, 5, 0, 7},
        {{1, 2}, {3, 4}, 5, 6, 0},
    };

    ck_assert(file_stamp_equal(&stamp, &stamp));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_msg(!file_stamp_equal(&stamp, &others[i]), "stamp %zu", i);
}
END_TEST

static bool is_exposed(uint32_t mode, gid_t gid)
{
    const struct file_text about = {.mode = S_IFREG | mode, .gid = gid};

    return file_is_exposed("/etc/file", &about, &why);
}

START_TEST(exposed)
{
    gid_t groups[256];
    int count = getgroups(256, groups);
    gid_t foreign = 54321;

    for (int i = 0; i < count; i++)
        ck_assert_uint_ne(groups[i], foreign);
    ck_assert(!is_exposed(0600, getegid()));
    ck_assert(!is_exposed(0600, foreign));
    ck_assert(!is_exposed(0640, getegid()));
    ck_assert(!is_exposed(0610, foreign));
    for (int i = 0; i < count; i++)
        ck_assert(!is_exposed(0640, groups[i]));
    ck_assert(is_exposed(0640, foreign));
    ck_assert_ptr_nonnull(strstr(why.text, "/etc/file"));
    ck_assert_ptr_nonnull(strstr(why.text, "54321"));
    ck_assert(is_exposed(0604, getegid()));
    ck_assert_ptr_nonnull(strstr(why.text, "every account"));
    ck_assert(is_exposed(0644, foreign));
    ck_assert_ptr_nonnull(strstr(why.text, "read by every account"));
    ck_assert(is_exposed(0602, getegid()));
    ck_assert_ptr_nonnull(strstr(why.text, "changed by every account"));
    ck_assert(is_exposed(0620, foreign));
    ck_assert_ptr_nonnull(strstr(why.text, "changed by group 54321"));
    ck_assert(!is_exposed(0660, getegid()));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("file");
    TCase *tc = tcase_create("file");

    tcase_add_checked_fixture(tc, file_bench_open, file_bench_close);
    tcase_add_test(tc, reads_all_bytes);
    tcase_add_test(tc, tells_whose_it_is);
    tcase_add_test(tc, no_file);
    tcase_add_test(tc, no_folder);
    tcase_add_test(tc, no_regular_file);
    tcase_add_test(tc, symbolic_link);
    tcase_add_test(tc, too_large);
    tcase_add_test(tc, not_ours_to_read);
    tcase_add_test(tc, changed_meanwhile);
    tcase_add_test(tc, link_changed_meanwhile);
    tcase_add_test(tc, longer_than_its_size);
    tcase_add_test(tc, young_by_mtime);
    tcase_add_test(tc, young_when_read);
    tcase_add_test(tc, young_by_ctime);
    tcase_add_test(tc, stamps);
    tcase_add_test(tc, exposed);
    suite_add_tcase(s, tc);
    return s;
}
