/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of helpers/files share: a private folder with one file in it, and system calls of our
 * own. Programs with it are linked with file_wrap_flags (tests/Makefile.am.inc), so that read() and
 * the wall clock of the code under test come here.
 */
#ifndef TESTS_UNIT_FILE_BENCH_H
#define TESTS_UNIT_FILE_BENCH_H

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

/* The file; it is not there at first. */
extern char file_bench_path[];

/* A new folder in the current one, and its end with all that a test left in it. */
void file_bench_open(void);
void file_bench_close(void);

/* In place, as a writer does that neither renames nor waits. */
void file_bench_write(const char *text);
void file_bench_write_bytes(const char *bytes, size_t len);
void file_bench_append(const char *text);

/* Written beside and renamed. */
void file_bench_replace(const char *text);
void file_bench_replace_bytes(const char *bytes, size_t len);

/* Removes what is there, file or folder. */
void file_bench_remove(void);

/* The wall clock of the code under test, which stands still. With tv_sec 0 it goes, an hour ahead
 * of the system's: then nothing was written a moment ago. */
extern struct timespec file_bench_wall;

/* The wall clock of the code under test is the time of the file's last change, as if there were no
 * pause between two changes. */
extern atomic_bool file_bench_young;

/* So many mmap() of the code under test succeed, and no more; below 0: all. */
extern atomic_int file_bench_mappings;

/* Awaits that a change of the file shows in its times: the clock behind them ticks. */
void file_bench_tick(void);

/* How often the code under test has called read(). */
extern atomic_uint file_bench_reads;

/* Called before each read() of the code under test, if not NULL. */
extern void (*_Atomic file_bench_before_read)(void);

#endif
