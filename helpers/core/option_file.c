/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of --config: `name = value`, one a line. It is read whole into memory that is wiped,
 * because it may hold a password. Every line is checked, also those that
 * the command line overrides.
 */
#include <config.h>

#include "helpers/core/option_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/core/secret.h"

_Static_assert((int)OPTION_FILE_MAX == (int)SECRET_MAX, "the file is kept in a struct secret");

/* Reads FD to its end, or to the capacity of TEXT. False with errno. */
static bool read_all(int fd, struct secret *text)
{
    while (text->len < text->cap) {
        ssize_t got = read(fd, text->bytes + text->len, text->cap - text->len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        text->len += (size_t)got;
    }
    text->bytes[text->len] = '\0';
    return true;
}

/* Whether FD has more to read. */
static bool more_behind(int fd)
{
    char byte;

    return read(fd, &byte, 1) == 1;
}

/* Opens PATH, which must be a regular file: a FIFO could keep the helper from starting. */
static int open_file(const char *path, struct stat *about, struct why *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || fstat(fd, about) != 0) {
        why_set(why, "option --config: cannot read %s: %s", why_excerpt(path).text,
                strerror(errno));
    } else if (!S_ISREG(about->st_mode)) {
        why_set(why, "option --config: %s is not a regular file", why_excerpt(path).text);
    } else {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static struct secret *read_file(const char *path, struct stat *about, struct why *why)
{
    struct secret *text = secret_new(OPTION_FILE_MAX);
    int fd = open_file(path, about, why);
    bool good = false;

    if (fd >= 0 && !text)
        why_set(why, "out of memory");
    else if (fd >= 0 && !read_all(fd, text))
        why_set(why, "option --config: cannot read %s: %s", why_excerpt(path).text,
                strerror(errno));
    else if (fd >= 0 && more_behind(fd))
        why_set(why, "option --config: %s is longer than %d bytes", why_excerpt(path).text,
                OPTION_FILE_MAX);
    else
        good = fd >= 0;
    if (fd >= 0)
        close(fd);
    if (!good)
        secret_free(&text);
    return text;
}

/* Without the blanks around it; changes TEXT. */
static char *trim(char *text)
{
    size_t len;

    text += strspn(text, " \t");
    len = strlen(text);
    while (len > 0 && strchr(" \t", text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* Whether the command line has given the option, or another one of the same member. */
static bool overridden(const struct option_parser *parser, const struct option_slot *slot)
{
    size_t i;

    for (i = 0; i < parser->count; i++)
        if (parser->slots[i].on_line && (&parser->slots[i] == slot ||
                                         (slot->member && parser->slots[i].member == slot->member)))
            return true;
    return false;
}

/* VALUE for the option of SLOT, which stands in LINE. */
static bool set_from_file(struct option_parser *parser, struct option_slot *slot, unsigned line,
                          struct why *why)
{
    const struct option *option = slot->option;

    if (option->line_only || slot->member == &parser->own.config)
        return why_set(why, "%s is for the command line alone", option->name);
    if (slot->file_line && option->kind != OPTION_LIST)
        return why_set(why, "%s stands in line %u already", option->name, slot->file_line);
    slot->file_line = line;
    return true;
}

static bool set_value(struct option_parser *parser, struct option_slot *slot, const char *value,
                      struct why *why)
{
    void *member = overridden(parser, slot) ? NULL : slot->member;

    if (option_value_set(slot->option, member, value, why))
        return true;
    return why_set(why, "%s: %s", slot->option->name, why->text);
}

/* `name = value`, a comment or nothing. */
static bool read_line(struct option_parser *parser, char *text, unsigned line, struct why *why)
{
    char *name = trim(text);
    char *equals = strchr(name, '=');
    struct option_slot *slot;

    if (*name == '\0' || *name == '#')
        return true;
    if (!equals)
        return why_set(why, "there is no \"=\"; a line is `name = value`, or begins with #");
    *equals = '\0';
    name = trim(name);
    slot = option_find(parser, name, strlen(name));
    if (!slot)
        return why_set(why, "the name \"%s\" is not known; %s --help lists those that are",
                       why_excerpt(name).text, parser->set->program);
    return set_from_file(parser, slot, line, why) && set_value(parser, slot, trim(equals + 1), why);
}

/* Ends the line at TEXT (LEN bytes) with a NUL and refuses bytes that no line of text holds. */
static bool close_line(char *text, size_t len, struct why *why)
{
    size_t i;

    if (len > 0 && text[len - 1] == '\r')
        len--;
    for (i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return why_set(why, "it holds the control byte 0x%02X", byte);
    }
    text[len] = '\0';
    return true;
}

static bool read_lines(struct option_parser *parser, struct secret *text, struct why *why)
{
    static const char utf8_mark[] = "\xEF\xBB\xBF";
    char *at = text->bytes;
    char *end = at + text->len;
    unsigned line;

    if (strncmp(at, utf8_mark, sizeof utf8_mark - 1) == 0)
        at += sizeof utf8_mark - 1;
    for (line = 1; at < end; line++) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        char *next = newline ? newline + 1 : end;
        size_t len = (size_t)((newline ? newline : end) - at);

        if (!close_line(at, len, why) || !read_line(parser, at, line, why))
            return why_set(why, "%s, line %u: %s", why_excerpt(parser->own.config).text, line,
                           why->text);
        at = next;
    }
    return true;
}

/* Whether accounts that need not can read a file which we can: everybody, or the group although
 * its owner is the account that we run as. (root's file for the helper's group is as it should
 * be: the helper itself reads it through the group.) */
static bool exposed(const struct stat *about)
{
    if (about->st_mode & S_IROTH)
        return true;
    return (about->st_mode & S_IRGRP) && about->st_uid != 0 && about->st_uid == geteuid();
}

static bool holds_secret(const struct option_parser *parser)
{
    size_t i;

    for (i = 0; i < parser->count; i++)
        if (parser->slots[i].file_line && parser->slots[i].option->kind == OPTION_SECRET)
            return true;
    return false;
}

bool option_file_read(struct option_parser *parser, const char *path, struct why *why)
{
    struct stat about = {0};
    struct secret *text = read_file(path, &about, why);
    bool good;

    if (!text)
        return false;
    good = read_lines(parser, text, why);
    parser->set->config_exposed = holds_secret(parser) && exposed(&about);
    secret_free(&text);
    return good;
}
