/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Request lines for Digest: the first byte of the input chooses how many extras there are, the rest
 * is the line. Promised: a line that is read is what Squid's format string makes of the user and
 * the realm that were found, with that many fields behind it; a user is never empty and has neither
 * quote nor colon; and a line of that form is read.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/core/digest_query.h"

enum { EXTRAS = 4 };

/* Takes WORDS off the front of LINE, or returns false. */
static bool take(struct pxa_span *line, struct pxa_span words)
{
    if (words.len > line->len || !fuzz_same(words, (struct pxa_span){line->at, words.len}))
        return false;
    *line = (struct pxa_span){line->at + words.len, line->len - words.len};
    return true;
}

static bool take_text(struct pxa_span *line, const char *text)
{
    return take(line, (struct pxa_span){text, strlen(text)});
}

static unsigned count(struct pxa_span span, char byte)
{
    unsigned times = 0;

    for (size_t i = 0; i < span.len; i++)
        times += span.at[i] == byte;
    return times;
}

static void check_read(struct pxa_span line, unsigned extras, const struct digest_query *query)
{
    PROMISE(query->user.len > 0 && count(query->user, '"') == 0 && count(query->user, ':') == 0);
    PROMISE(query->key.at == query->user.at && query->user.at[query->user.len] == ':');
    PROMISE(query->realm.at == query->user.at + query->user.len + 1);
    PROMISE(query->key.len == query->user.len + 1 + query->realm.len);
    PROMISE(take_text(&line, "\"") && take(&line, query->user) && take_text(&line, "\":\""));
    PROMISE(take(&line, query->realm) && take_text(&line, "\""));
    PROMISE(count(line, ' ') == extras && (line.len == 0 || line.at[0] == ' '));
}

/* Whether LINE, which has no extras, is of the form that is read. */
static bool is_query(struct pxa_span line)
{
    size_t user_len = 0;

    if (!take_text(&line, "\""))
        return false;
    while (user_len < line.len && line.at[user_len] != '"' && line.at[user_len] != ':')
        user_len++;
    line = (struct pxa_span){line.at + user_len, line.len - user_len};
    return user_len > 0 && take_text(&line, "\":\"") && line.len > 0 &&
           line.at[line.len - 1] == '"';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct digest_query query;
    struct pxa_span line;
    unsigned extras;
    char *block;

    if (size == 0)
        return 0;
    extras = data[0] % EXTRAS;
    line = fuzz_span(data + 1, size - 1);
    block = fuzz_block(line.len);
    memcpy(block, line.at, line.len);
    switch (digest_query_read(block, line.len, extras, &query)) {
    case DIGEST_QUERY_READ:
        PROMISE(fuzz_within(query.key, (struct pxa_span){block, line.len}));
        check_read(line, extras, &query);
        break;
    case DIGEST_QUERY_NOBODY:
    case DIGEST_QUERY_MALFORMED:
        PROMISE(extras > 0 || !is_query(line));
        break;
    case DIGEST_QUERY_EXTRAS:
        PROMISE(extras > 0);
        break;
    }
    free(block);
    return 0;
}
