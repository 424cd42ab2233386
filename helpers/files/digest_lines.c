/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of Digest files. Which of the forms a line has is told by its end first (a hash), then by
 * its second field (a realm of ours), so a password may hold colons.
 */
#include <config.h>

#include "helpers/files/digest_lines.h"

#include <string.h>

#include "helpers/core/hex32.h"

static const char hash_mark[] = "{HHA1}";

enum { MARK_LEN = sizeof hash_mark - 1 };

static struct pxa_span span_between(const char *from, const char *to)
{
    return (struct pxa_span){from, (size_t)(to - from)};
}

/* What is behind {HHA1}; false if that is not there. */
static bool take_mark(struct pxa_span *value)
{
    if (value->len < MARK_LEN || memcmp(value->at, hash_mark, MARK_LEN) != 0)
        return false;
    *value = (struct pxa_span){value->at + MARK_LEN, value->len - MARK_LEN};
    return true;
}

/* user:HASH or user:realm:HASH, with HASH behind the colon LAST. */
static const char *split_hash(struct pxa_span line, const char *last, struct file_record *record)
{
    if (record->value.len != HEX32_LEN || !hex32_is(record->value.at))
        return "the last field is not a hash of 32 hex digits";
    record->key = span_between(line.at, last);
    if (record->user.len < record->key.len)
        record->realm = span_between(line.at + record->user.len + 1, last);
    record->kind = DIGEST_RECORD_HASH;
    return NULL;
}

bool digest_lines_names(const struct option_list *realms, struct pxa_span realm)
{
    for (size_t i = 0; realms && i < realms->count; i++)
        if (strncmp(realms->values[i], realm.at, realm.len) == 0 &&
            realms->values[i][realm.len] == '\0')
            return true;
    return false;
}

/* user:REALM:password or user:password, with the colon FIRST behind the user. */
static const char *split_password(const struct digest_lines *lines, struct pxa_span line,
                                  const char *first, struct file_record *record)
{
    const char *end = line.at + line.len;
    const char *second = memchr(first + 1, ':', (size_t)(end - first) - 1);

    record->key = record->user;
    record->value = span_between(first + 1, end);
    if (second && digest_lines_names(lines->realms, span_between(first + 1, second))) {
        record->key = span_between(line.at, second);
        record->realm = span_between(first + 1, second);
        record->value = span_between(second + 1, end);
    }
    record->kind = DIGEST_RECORD_PASSWORD;
    return record->value.len > 0 ? NULL : "the password is empty";
}

static const char *split(const void *context, struct pxa_span line, struct file_record *record)
{
    const struct digest_lines *lines = context;
    const char *first = memchr(line.at, ':', line.len);
    const char *last;
    bool marked;

    if (!first)
        return "there is no colon behind the user";
    if (first == line.at)
        return "there is no user before the colon";
    last = memrchr(line.at, ':', line.len);
    *record = (struct file_record){
        .user = span_between(line.at, first),
        .value = span_between(last + 1, line.at + line.len),
    };
    marked = take_mark(&record->value);
    if (marked || lines->hashes_only)
        return split_hash(line, last, record);
    return split_password(lines, line, first, record);
}

/* A password whose end looks as if -c was forgotten. */
static bool looks_like_hash(struct pxa_span value)
{
    const char *end = value.at + value.len;

    if (value.len < HEX32_LEN || !hex32_is(end - HEX32_LEN))
        return false;
    return value.len == HEX32_LEN || end[-HEX32_LEN - 1] == ':';
}

static void count(const void *context, const struct file_record *record, void *tally)
{
    const struct digest_lines *lines = context;
    struct digest_tally *digest = tally;
    bool has_realm = record->key.len > record->user.len;

    digest->without_realm += !has_realm;
    if (has_realm && lines->realms && lines->realms->count > 0)
        digest->other_realm += !digest_lines_names(lines->realms, record->realm);
    if (record->kind != DIGEST_RECORD_PASSWORD)
        return;
    digest->passwords++;
    digest->looks_like_hash += looks_like_hash(record->value);
}

struct file_format digest_lines_format(const struct digest_lines *lines)
{
    return (struct file_format){
        .split = split,
        .count = count,
        .tally_size = sizeof(struct digest_tally),
        .context = lines,
    };
}
