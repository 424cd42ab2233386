/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking a request line apart. Extras are cut off from the right by their number. Where a client
 * controls their text, blanks in them move that cut, and so the end of the realm; the client
 * chooses the realm anyway, and never moves the user.
 */
#include <config.h>

#include "helpers/core/digest_query.h"

#include <stdbool.h>
#include <string.h>

/* Cuts COUNT fields off the end of LINE, each with the blank before it. */
static bool cut_extras(struct pxa_span *line, unsigned count)
{
    for (; count > 0; count--) {
        const char *blank = memrchr(line->at, ' ', line->len);

        if (!blank)
            return false;
        line->len = (size_t)(blank - line->at);
    }
    return true;
}

static bool can_be_user(struct pxa_span user)
{
    return user.len > 0 && !memchr(user.at, ':', user.len);
}

/* From `"user":"realm` to `  "user:realm`: the user moves up to the colon before the realm. */
static void make_key(char *line, size_t user_len, size_t realm_len, struct digest_query *query)
{
    char *user = line + 3;

    memmove(user, line + 1, user_len);
    user[user_len] = ':';
    query->user = (struct pxa_span){user, user_len};
    query->realm = (struct pxa_span){user + user_len + 1, realm_len};
    query->key = (struct pxa_span){user, user_len + 1 + realm_len};
}

enum digest_query_verdict digest_query_read(char *line, size_t len, unsigned key_extras,
                                            struct digest_query *query)
{
    enum { BETWEEN = 3 }; /* bytes of `":"` */
    struct pxa_span user = {line + 1, 0};
    struct pxa_span rest = {line, len};
    const char *quote;

    if (len == 0 || line[0] != '"')
        return DIGEST_QUERY_MALFORMED;
    quote = memchr(line + 1, '"', len - 1);
    if (!quote || (size_t)(line + len - quote) < BETWEEN || memcmp(quote, "\":\"", BETWEEN) != 0)
        return DIGEST_QUERY_MALFORMED;
    user.len = (size_t)(quote - user.at);
    rest.at = quote + BETWEEN;
    rest.len = len - (size_t)(rest.at - line);
    if (!cut_extras(&rest, key_extras) || rest.len == 0 || rest.at[rest.len - 1] != '"')
        return key_extras > 0 ? DIGEST_QUERY_EXTRAS : DIGEST_QUERY_MALFORMED;
    if (!can_be_user(user))
        return DIGEST_QUERY_NOBODY;
    make_key(line, user.len, rest.len - 1, query);
    return DIGEST_QUERY_READ;
}
