/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names compared by bytes but for ASCII case, and patterns with a user's name in them.
 *
 * A pattern is a row of tokens. Wildcards cut it into segments: the first must begin the value,
 * the last must end it, and those between are looked for from the left; taking the first place
 * where one fits is right, because it leaves the most for the rest.
 *
 * Cannot do: any folding beyond ASCII case; that is its purpose.
 */
#include <config.h>

#include "helpers/directory/names.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/filter.h"

enum token_kind { TOKEN_BYTE, TOKEN_USER, TOKEN_ANY };

struct token {
    enum token_kind kind;
    char byte; /* of TOKEN_BYTE */
};

struct name_pattern {
    size_t count;
    size_t users; /* tokens of that kind */
    struct token tokens[];
};

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

bool names_equal(struct pxa_span a, struct pxa_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (fold(a.at[i]) != fold(b.at[i]))
            return false;
    return true;
}

/* RFC 4519 and 4524: attributes that hold names of people and have two names. */
static struct pxa_span short_name(struct pxa_span attribute)
{
    static const char *const pairs[][2] = {
        {"uid", "userid"},
        {"cn", "commonName"},
        {"sn", "surname"},
        {"mail", "rfc822Mailbox"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (names_equal(attribute, (struct pxa_span){pairs[i][1], strlen(pairs[i][1])}))
            return (struct pxa_span){pairs[i][0], strlen(pairs[i][0])};
    return attribute;
}

bool attribute_names_equal(struct pxa_span a, struct pxa_span b)
{
    return names_equal(short_name(a), short_name(b));
}

/* Reads one token from the front of VALUE; returns the number of bytes it takes. */
static size_t read_token(struct pxa_span value, struct token *token)
{
    size_t taken = filter_value_byte(value, &token->byte);

    token->kind = TOKEN_BYTE;
    if (taken > 1)
        return taken;
    if (token->byte == '*')
        token->kind = TOKEN_ANY;
    if (token->byte != '%' || value.len < 2)
        return taken;
    if (value.at[1] == 's')
        token->kind = TOKEN_USER;
    return 2;
}

static bool is_blank(const struct token *token)
{
    return token->kind == TOKEN_BYTE && token->byte == ' ';
}

struct name_pattern *name_pattern_new(struct pxa_span value)
{
    struct name_pattern *pattern = malloc(sizeof *pattern + value.len * sizeof(struct token));

    if (!pattern)
        return NULL;
    pattern->count = pattern->users = 0;
    while (value.len > 0) {
        struct token *token = &pattern->tokens[pattern->count];
        size_t taken = read_token(value, token);

        value.at += taken;
        value.len -= taken;
        if (pattern->count > 0 || !is_blank(token))
            pattern->count++;
        if (token->kind == TOKEN_USER)
            pattern->users++;
    }
    while (pattern->count > 0 && is_blank(&pattern->tokens[pattern->count - 1]))
        pattern->count--;
    return pattern;
}

void name_pattern_free(struct name_pattern *pattern)
{
    free(pattern);
}

static char *put_folded(char *to, struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        *to++ = fold(text.at[i]);
    return to;
}

/* Writes the segment that begins at token *AT into BUFFER and moves *AT behind it, to the
 * wildcard that ends it or to the pattern's end. */
static struct pxa_span next_segment(const struct name_pattern *pattern, size_t *at,
                                    struct pxa_span user, char *buffer)
{
    char *to = buffer;

    for (; *at < pattern->count && pattern->tokens[*at].kind != TOKEN_ANY; ++*at) {
        const struct token *token = &pattern->tokens[*at];

        to = put_folded(to, token->kind == TOKEN_USER ? user : (struct pxa_span){&token->byte, 1});
    }
    return (struct pxa_span){buffer, (size_t)(to - buffer)};
}

static bool begins_with(struct pxa_span text, struct pxa_span start)
{
    return start.len <= text.len && memcmp(text.at, start.at, start.len) == 0;
}

static bool ends_with(struct pxa_span text, struct pxa_span end)
{
    return end.len <= text.len && memcmp(text.at + text.len - end.len, end.at, end.len) == 0;
}

/* Drops all of TEXT up to the end of the first FIND in it. */
static bool drop_through(struct pxa_span *text, struct pxa_span find)
{
    const char *found = memmem(text->at, text->len, find.at, find.len);

    if (!found)
        return false;
    found += find.len;
    text->len -= (size_t)(found - text->at);
    text->at = found;
    return true;
}

/* VALUE is folded; BUFFER has room for the whole pattern with USER in it. */
static bool matches(const struct name_pattern *pattern, struct pxa_span value, struct pxa_span user,
                    char *buffer)
{
    size_t at = 0;
    struct pxa_span segment = next_segment(pattern, &at, user, buffer);

    if (!begins_with(value, segment))
        return false;
    if (at == pattern->count)
        return segment.len == value.len;
    value.at += segment.len;
    value.len -= segment.len;
    for (;;) {
        at++; /* the wildcard */
        segment = next_segment(pattern, &at, user, buffer);
        if (at == pattern->count)
            return ends_with(value, segment);
        if (!drop_through(&value, segment))
            return false;
    }
}

bool name_pattern_matches(const struct name_pattern *pattern, struct pxa_span value,
                          struct pxa_span user)
{
    size_t buffer_len;
    char *memory = NULL;
    bool same = false;

    if (value.len == 0 || user.len == 0)
        return false;
    if (!__builtin_mul_overflow(user.len, pattern->users, &buffer_len) &&
        !__builtin_add_overflow(buffer_len, pattern->count, &buffer_len) &&
        !__builtin_add_overflow(buffer_len, value.len, &buffer_len))
        memory = malloc(buffer_len);
    if (memory) {
        put_folded(memory, value);
        same = matches(pattern, (struct pxa_span){memory, value.len}, user, memory + value.len);
    }
    free(memory);
    return same;
}
