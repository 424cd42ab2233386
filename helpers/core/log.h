/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log: what the administrator reads in Squid's cache.log (our standard error).
 *
 * One line per event, `program: level: text`. Control bytes are made visible, so no name from
 * outside can forge a line. A line that repeats is counted instead: at most a burst of LOG_BURST
 * lines for each kind and level of event in LOG_WINDOW_MS; how many were left out is told in front
 * of the next line of the kind, or at the end. Debug lines, and lines that somebody asked to see
 * one by one, are not limited. Passwords never come here: struct secret has no way to be printed.
 */
#ifndef PROXYAUTH_CORE_LOG_H
#define PROXYAUTH_CORE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR = 0, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

enum { LOG_BURST = 10, LOG_WINDOW_MS = 10000 };

/* Bytes of an event's text, with its NUL; the rest of a longer one is lost. */
enum { LOG_TEXT_MAX = 1024 };

struct log;

/* Writes lines to FD (not owned) up to LEVEL. NOW_MS tells monotonic time for the rate limit and
 * is called with CONTEXT. NULL when memory is out. */
struct log *log_open(int fd, const char *program, enum log_level level,
                     uint64_t (*now_ms)(void *context), void *context);
void log_set_level(struct log *log, enum log_level level);
bool log_wants(const struct log *log, enum log_level level);

/* Tells what was left out, and frees. LOG may be NULL. */
void log_close(struct log *log);

/* One event. KIND is a short constant word that names the kind of event for the rate limit
 * ("connect", "bind", ...); events of different kinds or levels never hide each other. LOG may be
 * NULL: nothing is written. Loop's thread only. */
void log_event(struct log *log, enum log_level level, const char *kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* One line of a record that the administrator asked for, each line of which counts: as
 * log_event(), but not limited. */
void log_record(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "error", "warning", "notice", "info", "debug"; false for any other word. */
bool log_level_parse(const char *word, enum log_level *level);

#endif
