/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines to a descriptor, written whole with one write(2). A log that is not being read must not
 * stop the helper, so what cannot be written at once is lost.
 */
#include <config.h>

#include "helpers/core/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/core/why.h"

enum { LOG_KINDS = 64, LOG_LINE = 2 * LOG_TEXT_MAX };

/* Events of one kind and level. */
struct kind {
    const char *name;
    enum log_level level;
    uint64_t window_start_ms;
    unsigned in_window;
    unsigned left_out;
};

struct log {
    int fd;
    enum log_level level;
    const char *program;
    uint64_t (*now_ms)(void *context);
    void *context;
    struct kind kinds[LOG_KINDS];
};

static const char *const level_names[] = {"error", "warning", "notice", "info", "debug"};

struct log *log_open(int fd, const char *program, enum log_level level,
                     uint64_t (*now_ms)(void *context), void *context)
{
    struct log *log = calloc(1, sizeof *log);

    if (!log)
        return NULL;
    log->fd = fd;
    log->level = level;
    log->program = program;
    log->now_ms = now_ms;
    log->context = context;
    return log;
}

void log_set_level(struct log *log, enum log_level level)
{
    log->level = level;
}

bool log_wants(const struct log *log, enum log_level level)
{
    return log && level <= log->level;
}

static void write_line(struct log *log, enum log_level level, const char *text)
{
    struct pollfd room = {.fd = log->fd, .events = POLLOUT};
    char line[LOG_LINE];
    int len = snprintf(line, sizeof line, "%s: %s: %s\n", log->program, level_names[level], text);

    if (len < 0)
        return;
    if ((size_t)len >= sizeof line) {
        len = sizeof line - 1;
        line[len - 1] = '\n';
    }
    if (poll(&room, 1, 0) == 1 && (room.revents & POLLOUT)) {
        ssize_t ignored = write(log->fd, line, (size_t)len);

        (void)ignored;
    }
}

/* Finds or makes the counter of a kind of event, of each level its own, so that chatter never hides
 * an error; the last slot is shared when all are taken. */
static struct kind *kind_of(struct log *log, enum log_level level, const char *name)
{
    unsigned i;

    for (i = 0; i < LOG_KINDS - 1 && log->kinds[i].name; i++)
        if (log->kinds[i].level == level && strcmp(log->kinds[i].name, name) == 0)
            break;
    if (!log->kinds[i].name) {
        log->kinds[i].name = name;
        log->kinds[i].level = level;
    }
    return &log->kinds[i];
}

static void tell_left_out(struct log *log, struct kind *kind)
{
    char text[128];

    if (kind->left_out == 0)
        return;
    snprintf(text, sizeof text, "%u more lines about %s were left out", kind->left_out, kind->name);
    kind->left_out = 0;
    write_line(log, kind->level, text);
}

/* Whether one more line of this kind may be written now. */
static bool admit(struct log *log, enum log_level level, const char *name)
{
    struct kind *kind;
    uint64_t now_ms;

    if (level >= LOG_DEBUG)
        return true;
    kind = kind_of(log, level, name);
    now_ms = log->now_ms(log->context);
    if (now_ms - kind->window_start_ms >= LOG_WINDOW_MS || kind->window_start_ms == 0) {
        kind->window_start_ms = now_ms;
        kind->in_window = 0;
        tell_left_out(log, kind);
    }
    if (kind->in_window >= LOG_BURST) {
        kind->left_out++;
        return false;
    }
    kind->in_window++;
    return true;
}

/* Makes control bytes visible; bytes above 0x7f pass, so names stay readable. */
static void make_visible(const char *from, char *to, size_t cap)
{
    size_t at = 0;

    for (; *from && at + 5 < cap; from++) {
        unsigned char byte = (unsigned char)*from;

        if (byte < 0x20 || byte == 0x7f)
            at += (size_t)snprintf(to + at, cap - at, "\\x%02x", byte);
        else
            to[at++] = *from;
    }
    to[at] = '\0';
}

static void put_event(struct log *log, enum log_level level, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void put_event(struct log *log, enum log_level level, const char *format, va_list arguments)
{
    char text[LOG_TEXT_MAX];
    char visible[LOG_LINE];

    vsnprintf(text, sizeof text, format, arguments);
    make_visible(text, visible, sizeof visible - 64);
    write_line(log, level, visible);
}

void log_event(struct log *log, enum log_level level, const char *kind, const char *format, ...)
{
    va_list arguments;

    if (!log_wants(log, level) || !admit(log, level, kind))
        return;
    va_start(arguments, format);
    put_event(log, level, format, arguments);
    va_end(arguments);
}

void log_record(struct log *log, enum log_level level, const char *format, ...)
{
    va_list arguments;

    if (!log_wants(log, level))
        return;
    va_start(arguments, format);
    put_event(log, level, format, arguments);
    va_end(arguments);
}

void log_close(struct log *log)
{
    if (!log)
        return;
    for (unsigned i = 0; i < LOG_KINDS; i++)
        tell_left_out(log, &log->kinds[i]);
    free(log);
}

bool log_level_parse(const char *word, enum log_level *level)
{
    unsigned i;

    for (i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (strcmp(word, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}
