/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the lines of one user and writes the text anew around them. It walks lines as
 * helpers/files/table does, which a test compares.
 */
#include <config.h>

#include "helpers/proxyauth/passwd_lines.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/files/smbpasswd_lines.h"

struct line {
    struct pxa_span text;  /* without its end */
    struct pxa_span whole; /* with it */
    uint64_t number;
};

/* A walk over the lines of a text. */
struct walk {
    struct pxa_span text;
    size_t at;
    uint64_t number;
};

static struct walk walk_of(struct pxa_span text)
{
    bool marked = text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0;

    return (struct walk){.text = text, .at = marked ? 3 : 0};
}

static bool walk_next(struct walk *walk, struct line *line)
{
    const char *from = walk->text.at + walk->at;
    size_t left = walk->text.len - walk->at;
    const char *end;

    if (left == 0)
        return false;
    end = memchr(from, '\n', left);
    line->whole = (struct pxa_span){from, end ? (size_t)(end - from) + 1 : left};
    line->text = (struct pxa_span){from, end ? (size_t)(end - from) : left};
    if (line->text.len > 0 && from[line->text.len - 1] == '\r')
        line->text.len--;
    line->number = ++walk->number;
    walk->at += line->whole.len;
    return true;
}

static bool can_be_record(const struct file_format *format, struct pxa_span line)
{
    bool blank = line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t');

    return line.len > 0 && line.len <= TABLE_LINE_MAX && line.at[0] != '#' &&
           (!blank || format->keep_blanks) && !memchr(line.at, '\0', line.len);
}

static char lower(char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return (char)(byte - 'A' + 'a');
    return byte;
}

static bool same_key(const struct file_format *format, struct pxa_span a, struct pxa_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (a.at[i] != b.at[i] && (!format->ignore_case || lower(a.at[i]) != lower(b.at[i])))
            return false;
    return true;
}

/* Whether LINE is a record of TARGET's user. */
static bool is_hit(const struct passwd_target *target, const struct line *line,
                   struct file_record *record)
{
    const struct file_format *format = &target->format;

    return can_be_record(format, line->text) &&
           format->split(format->context, line->text, record) == NULL &&
           same_key(format, record->key, target->key);
}

/* What a walk over the old text found. */
struct found {
    uint64_t records;
    struct line last; /* of the user's records: the one that counts */
    struct file_record record;
    struct passwd_kinds kinds;
    bool crlf; /* how the last line with an end ends */
    bool open; /* the last line has none */
};

static struct found find(const struct passwd_target *target, struct pxa_span old)
{
    struct walk walk = walk_of(old);
    struct found found = {0};
    struct file_record record;
    struct line line;

    while (walk_next(&walk, &line)) {
        found.open = line.whole.at[line.whole.len - 1] != '\n';
        if (!found.open)
            found.crlf = line.whole.len - line.text.len == 2;
        if (can_be_record(&target->format, line.text))
            passwd_kind_count(&found.kinds, target, line.text);
        if (!is_hit(target, &line, &record))
            continue;
        found.records++;
        found.last = line;
        found.record = record;
    }
    return found;
}

static void put(struct passwd_text *new, const char *from, size_t len)
{
    if (from && len > 0)
        memcpy(new->at + new->len, from, len);
    new->len += len;
}

/* False if the line became one that no helper reads. */
static bool put_record(const struct passwd_edit *edit, const struct found *found,
                       struct passwd_text *new)
{
    size_t len = passwd_record_write(edit, found->last.text, &found->record, new->at + new->len);

    new->len += len;
    return len <= TABLE_LINE_MAX;
}

static bool add(const struct passwd_edit *edit, struct pxa_span old, const struct found *found,
                struct passwd_text *new)
{
    const char *end = found->crlf ? "\r\n" : "\n";
    bool fits;

    put(new, old.at, old.len);
    if (found->open)
        put(new, end, strlen(end));
    fits = put_record(edit, found, new);
    put(new, end, strlen(end));
    return fits;
}

static bool set(const struct passwd_edit *edit, struct pxa_span old, const struct found *found,
                struct passwd_text *new)
{
    const struct pxa_span *line = &found->last.text;
    size_t before = (size_t)(line->at - old.at);
    bool fits;

    put(new, old.at, before);
    fits = put_record(edit, found, new);
    put(new, line->at + line->len, old.len - before - line->len);
    new->line = found->last.number;
    new->disabled = edit->target->kind == PASSWD_NT && found->record.kind == SMBPASSWD_DISABLED;
    return fits;
}

static bool delete (const struct passwd_edit *edit, struct pxa_span old, struct passwd_text *new)
{
    struct walk walk = walk_of(old);
    struct file_record record;
    struct line line;

    put(new, old.at, walk.at);
    while (walk_next(&walk, &line))
        if (!is_hit(edit->target, &line, &record))
            put(new, line.whole.at, line.whole.len);
    return true;
}

static bool write_text(const struct passwd_edit *edit, struct pxa_span old,
                       const struct found *found, struct passwd_text *new)
{
    if (edit->action == PASSWD_ADD)
        return add(edit, old, found, new);
    if (edit->action == PASSWD_SET)
        return set(edit, old, found, new);
    return delete (edit, old, new);
}

/* Whether what was found allows what is to be done. */
static bool allows(const struct passwd_edit *edit, const struct found *found, struct why *why)
{
    const char *path = edit->target->path;
    const char *where = edit->target->kind == PASSWD_DIGEST ? " with this realm" : "";

    if (!passwd_kind_fits(&found->kinds, edit->target, why))
        return false;
    if (edit->action == PASSWD_ADD && found->records > 0)
        return why_set(why,
                       "the user is in %s already%s; proxyauth passwd set changes the password",
                       why_excerpt(path).text, where);
    if (edit->action == PASSWD_SET && found->records == 0)
        return why_set(why, "the user is not in %s%s; proxyauth passwd add adds a user",
                       why_excerpt(path).text, where);
    if (edit->action == PASSWD_DELETE && found->records == 0)
        return why_set(why, "the user is not in %s%s; proxyauth passwd list shows who is",
                       why_excerpt(path).text, where);
    return true;
}

void passwd_text_free(struct passwd_text *text)
{
    if (text->at)
        pxa_wipe(text->at, text->cap);
    free(text->at);
    *text = (struct passwd_text){0};
}

bool passwd_lines_allow(const struct passwd_edit *edit, struct pxa_span old, struct why *why)
{
    struct found found = find(edit->target, old);

    return allows(edit, &found, why);
}

bool passwd_lines_edit(const struct passwd_edit *edit, struct pxa_span old, struct passwd_text *new,
                       struct why *why)
{
    struct found found = find(edit->target, old);

    *new = (struct passwd_text){.records = found.records};
    if (!allows(edit, &found, why))
        return false;
    /* Nothing is longer than the old text, one line and two line ends. */
    new->cap = old.len + passwd_record_cap(edit, found.last.text) + 4;
    new->at = malloc(new->cap);
    if (!new->at)
        return why_set(why, "out of memory");
    if (write_text(edit, old, &found, new))
        return true;
    passwd_text_free(new);
    return why_set(why, "the user's line in %s would become longer than %d bytes",
                   why_excerpt(edit->target->path).text, TABLE_LINE_MAX);
}
