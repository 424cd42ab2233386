/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data files: the first byte of the input chooses a format, the rest is the file. Promised: what a
 * table says of a file is what a list of its lines says that is searched from its end; a format
 * reads nothing beyond its line, and what it finds lies in it.
 */
#include <config.h>

#include <sys/mman.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/files/digest_lines.h"
#include "helpers/files/password_lines.h"
#include "helpers/files/smbpasswd_lines.h"
#include "helpers/files/table.h"

enum { LINES_MAX_SEEN = 2000, FORMATS = 5 };

/* A line that can be a record, in a block of its own length, and what it is. */
struct seen {
    char *block;
    struct pxa_span line;
    struct file_record record;
    uint64_t number;
    const char *fault;
    bool bad;
};

struct list {
    const struct file_format *format;
    struct seen seen[LINES_MAX_SEEN];
    size_t count;
    uint64_t lines;
};

static char lab[] = "lab";
static char *realms[] = {lab};
static const struct option_list realm_list = {realms, 1};
static const struct digest_lines with_c = {.hashes_only = true};
static const struct digest_lines without_c = {.realms = &realm_list};

static struct file_format format_of(uint8_t byte)
{
    switch (byte % FORMATS) {
    case 0:
        return digest_lines_format(&with_c);
    case 1:
        return digest_lines_format(&without_c);
    case 2:
        return smbpasswd_format;
    case 3:
        return (struct file_format){.split = password_lines_split};
    default:
        return (struct file_format){
            .split = password_lines_split, .ignore_case = true, .keep_blanks = true};
    }
}

/* ---- the list ---- */

static bool same_key(const struct list *list, struct pxa_span a, struct pxa_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.at[i], y = b.at[i];

        if (list->format->ignore_case && x >= 'A' && x <= 'Z')
            x = (char)(x - 'A' + 'a');
        if (list->format->ignore_case && y >= 'A' && y <= 'Z')
            y = (char)(y - 'A' + 'a');
        if (x != y)
            return false;
    }
    return true;
}

static void check_record(const struct seen *seen)
{
    PROMISE(seen->record.key.len > 0 && seen->record.user.len > 0);
    PROMISE(fuzz_within(seen->record.key, seen->line));
    PROMISE(fuzz_within(seen->record.user, seen->line));
    PROMISE(fuzz_within(seen->record.realm, seen->line));
    PROMISE(fuzz_within(seen->record.value, seen->line));
    PROMISE(!memchr(seen->record.user.at, ':', seen->record.user.len));
}

static void add_line(struct list *list, struct pxa_span line)
{
    struct seen *seen = &list->seen[list->count];
    bool has_nul = line.len > 0 && memchr(line.at, 0, line.len);

    list->lines++;
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (line.len == 0 || line.at[0] == '#')
        return;
    if (!list->format->keep_blanks && (line.at[0] == ' ' || line.at[0] == '\t'))
        return;
    *seen = (struct seen){.block = fuzz_block(line.len), .number = list->lines};
    memcpy(seen->block, line.at, line.len);
    seen->line = (struct pxa_span){seen->block, line.len};
    seen->bad = has_nul || line.len > TABLE_LINE_MAX;
    if (!seen->bad)
        seen->fault = list->format->split(list->format->context, seen->line, &seen->record);
    seen->bad |= seen->fault != NULL;
    if (!seen->bad)
        check_record(seen);
    list->count++;
}

static void fill_list(struct list *list, struct pxa_span text)
{
    size_t from = text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (from < text.len && list->count < LINES_MAX_SEEN) {
        size_t end = from;

        while (end < text.len && text.at[end] != '\n')
            end++;
        add_line(list, (struct pxa_span){text.at + from, end - from});
        from = end + 1;
    }
}

/* The last good line before BEFORE with KEY, or NULL. */
static const struct seen *find_in_list(const struct list *list, size_t before, struct pxa_span key)
{
    while (before-- > 0)
        if (!list->seen[before].bad && same_key(list, list->seen[before].record.key, key))
            return &list->seen[before];
    return NULL;
}

/* ---- the two against each other ---- */

static void check_find(const struct table *table, const struct list *list, struct pxa_span key)
{
    const struct seen *seen = find_in_list(list, list->count, key);
    struct file_record record;
    bool found = table_find(table, key, &record);

    PROMISE(found == (seen != NULL));
    if (!seen)
        return;
    PROMISE(fuzz_same(record.key, seen->record.key));
    PROMISE(fuzz_same(record.user, seen->record.user));
    PROMISE(fuzz_same(record.realm, seen->record.realm));
    PROMISE(fuzz_same(record.value, seen->record.value));
    PROMISE(record.kind == seen->record.kind);
    PROMISE(fuzz_within(record.key, table->file.text));
}

static void check_fault(const struct table_fault *faults, uint64_t at, uint64_t number,
                        const char *text)
{
    if (at >= TABLE_FAULTS_TOLD)
        return;
    PROMISE(faults[at].line == number);
    PROMISE(faults[at].text && (!text || strcmp(faults[at].text, text) == 0));
}

static void check_counts(const struct table *table, const struct list *list)
{
    uint64_t records = 0, faults = 0, duplicates = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct seen *seen = &list->seen[i];

        if (seen->bad)
            check_fault(table->fault, faults++, seen->number, seen->fault);
        else if (find_in_list(list, i, seen->record.key))
            check_fault(table->duplicate, duplicates++, seen->number, NULL);
        else
            records++;
    }
    PROMISE(table->lines == list->lines);
    PROMISE(table->records == records);
    PROMISE(table->faults == faults);
    PROMISE(table->duplicates == duplicates);
}

struct walk {
    const struct list *list;
    size_t at;
};

/* The next record of a walk is the next good line that no later one replaces. */
static bool check_step(void *context, const struct file_record *record)
{
    struct walk *walk = context;
    const struct list *list = walk->list;
    const struct seen *seen;

    do {
        PROMISE(walk->at < list->count);
        seen = &list->seen[walk->at++];
    } while (seen->bad || find_in_list(list, list->count, seen->record.key) != seen);
    PROMISE(fuzz_same(record->key, seen->record.key));
    PROMISE(fuzz_same(record->value, seen->record.value));
    return true;
}

static void check_walk(const struct table *table, const struct list *list)
{
    struct walk walk = {list, 0};

    table_walk(table, check_step, &walk);
    for (; walk.at < list->count; walk.at++)
        PROMISE(list->seen[walk.at].bad ||
                find_in_list(list, list->count, list->seen[walk.at].record.key) !=
                    &list->seen[walk.at]);
}

static struct table *make_table(struct pxa_span bytes, const struct file_format *format)
{
    char *at =
        mmap(NULL, bytes.len + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct file_text text = {.text = {at, bytes.len}, .mapped = bytes.len + 1};
    struct why why;
    struct table *table;

    PROMISE(at != MAP_FAILED);
    if (bytes.len > 0)
        memcpy(at, bytes.at, bytes.len);
    at[bytes.len] = '\n';
    table = table_make(&text, format, bytes.len, &why);
    PROMISE(table != NULL);
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct list list;
    struct file_format format = format_of(size > 0 ? data[0] : 0);
    struct pxa_span text = fuzz_span(data, size);
    struct table *table;

    if (size > 0)
        text = fuzz_span(data + 1, size - 1);
    list.format = &format;
    list.count = 0;
    list.lines = 0;
    fill_list(&list, text);
    table = make_table(text, &format);
    if (list.count < LINES_MAX_SEEN) {
        check_counts(table, &list);
        check_walk(table, &list);
        for (size_t i = 0; i < list.count; i++) {
            check_find(table, &list, list.seen[i].line);
            if (!list.seen[i].bad)
                check_find(table, &list, list.seen[i].record.key);
        }
    }
    table_free(table);
    for (size_t i = 0; i < list.count; i++)
        free(list.seen[i].block);
    return 0;
}
