/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Request lines about groups: the first byte of the input chooses the rules, the rest is the line.
 * Promised: what is read are parts of the line, none of them empty or too long; no more groups than
 * there were said to be; and names that Squid escapes are read back as they were.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/core/field.h"
#include "helpers/group-ldap/line.h"

enum { RAW = 1, EXTENSION = 2, DOMAIN = 4, REALM = 8, COUNT_SHIFT = 4, COUNT_MASK = 7 };

static struct group_line_rules rules_of(uint8_t bits)
{
    return (struct group_line_rules){
        .login = bits & RAW ? LINE_LOGIN_RAW : LINE_LOGIN_URL,
        .groups_count = bits >> COUNT_SHIFT & COUNT_MASK,
        .base_extension = bits & EXTENSION,
        .strip_nt_domain = bits & DOMAIN,
        .strip_kerberos_realm = bits & REALM,
    };
}

static bool within(struct pxa_span part, const char *text, size_t len)
{
    return part.at >= text && part.at + part.len <= text + len;
}

static void check_parts(const struct group_line *line, const struct group_line_rules *rules,
                        const char *text, size_t len)
{
    PROMISE(within(line->user, text, len));
    PROMISE(line->user.len > 0 && line->user.len <= FIELD_USER_MAX);
    PROMISE(line->group_count > 0 && line->group_count <= LINE_GROUPS_MAX);
    PROMISE(rules->groups_count == 0 || line->group_count <= rules->groups_count);
    PROMISE(line->base_extension.len == 0 || rules->base_extension);
    for (size_t i = 0; i < line->group_count; i++) {
        PROMISE(within(line->groups[i], text, len));
        PROMISE(line->groups[i].len > 0);
        PROMISE(line->groups[i].at > line->user.at);
    }
}

/* Appends NAME as Squid writes it. False where that is not how it would come: with a NUL, or taken
 * for no value. */
static bool put(char **to, struct pxa_span name)
{
    struct pxa_written done;

    if (pxa_squid_escape(name, *to, PXA_SQUID_ESCAPED_MAX(name.len), &done) != PXA_OK)
        return false;
    *to += done.len;
    return name.len != 1 || name.at[0] != '-';
}

static void check_again(const struct group_line *line)
{
    static const struct group_line_rules usual;
    size_t cap = PXA_SQUID_ESCAPED_MAX(line->user.len) + 1;
    char *text, *to;
    struct group_line again;
    bool good;

    for (size_t i = 0; i < line->group_count; i++)
        cap += PXA_SQUID_ESCAPED_MAX(line->groups[i].len) + 1;
    text = to = fuzz_block(cap);
    good = put(&to, line->user);
    for (size_t i = 0; i < line->group_count; i++) {
        *to++ = ' ';
        good = put(&to, line->groups[i]) && good;
    }
    if (good) {
        PROMISE(group_line_read(text, (size_t)(to - text), &usual, &again) == LINE_READ);
        PROMISE(fuzz_same(line->user, again.user));
        PROMISE(line->group_count == again.group_count);
        for (size_t i = 0; i < line->group_count; i++)
            PROMISE(fuzz_same(line->groups[i], again.groups[i]));
        free(again.groups);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct group_line_rules rules;
    struct group_line line;
    char *text;

    if (size == 0)
        return 0;
    rules = rules_of(data[0]);
    text = fuzz_block(size - 1);
    memcpy(text, data + 1, size - 1);
    if (group_line_read(text, size - 1, &rules, &line) == LINE_READ) {
        check_parts(&line, &rules, text, size - 1);
        check_again(&line);
        free(line.groups);
    } else {
        PROMISE(line.groups == NULL);
    }
    free(text);
    return 0;
}
