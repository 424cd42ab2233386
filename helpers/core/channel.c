/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules for each scheme. Squid never sends ids to stateful helpers (src/helper.cc), a digest
 * request begins with a quote, and Basic has to be decided by its number of fields.
 */
#include <config.h>

#include "helpers/core/channel.h"

static size_t leading_digits(struct pxa_span line)
{
    size_t n = 0;

    while (n < line.len && line.at[n] >= '0' && line.at[n] <= '9')
        n++;
    return n;
}

size_t channel_digits(struct pxa_span line)
{
    size_t n = leading_digits(line);

    return n > 0 && n <= REQUEST_ID_MAX && n < line.len && line.at[n] == ' ' ? n : 0;
}

bool channel_has_ids(const struct channel *channel)
{
    switch (channel->scheme) {
    case SCHEME_NEGOTIATE:
    case SCHEME_NTLM:
        return false;
    case SCHEME_GROUP: /* off unless on: its lines have no shape to tell it by */
        return channel->concurrency == CONCURRENCY_ON;
    case SCHEME_BASIC:
    case SCHEME_DIGEST: /* nothing is handed up before it is decided */
        break;
    }
    return channel->concurrency != CONCURRENCY_OFF;
}

size_t channel_fragment_id(const struct channel *channel, struct pxa_span line)
{
    return channel_has_ids(channel) ? channel_digits(line) : 0;
}

bool channel_is_cut_id(const struct channel *channel, struct pxa_span line)
{
    size_t digits = leading_digits(line);

    return channel_has_ids(channel) && digits == line.len && digits <= REQUEST_ID_MAX;
}

/* Fields are split at single blanks: an empty user is an empty field. */
static unsigned count_fields(struct pxa_span line)
{
    unsigned fields = 1;

    for (size_t i = 0; i < line.len; i++)
        fields += line.at[i] == ' ';
    return fields;
}

/* Squid escapes blanks in user and password, so the count of fields is exact. */
static enum channel_verdict decide_basic(struct channel *channel, struct pxa_span line,
                                         size_t *id_len)
{
    const unsigned own = 2 + channel->key_extras;
    unsigned fields = count_fields(line);

    if (fields == own) {
        channel->concurrency = CONCURRENCY_OFF;
        *id_len = 0;
        return CHANNEL_REQUEST;
    }
    if (fields == own + 1 && *id_len > 0) {
        channel->concurrency = CONCURRENCY_ON;
        return CHANNEL_REQUEST;
    }
    /* A needless number costs this one request; a missing one would end Squid. */
    return CHANNEL_MALFORMED;
}

static enum channel_verdict decide_digest(struct channel *channel, struct pxa_span line,
                                          size_t id_len)
{
    size_t skip = id_len > 0 ? id_len + 1 : 0;

    if (line.len == skip || line.at[skip] != '"')
        return CHANNEL_MALFORMED;
    channel->concurrency = skip > 0 ? CONCURRENCY_ON : CONCURRENCY_OFF;
    return CHANNEL_REQUEST;
}

enum channel_verdict channel_judge(struct channel *channel, struct pxa_span line, size_t *id_len)
{
    *id_len = channel_digits(line);
    switch (channel->scheme) {
    case SCHEME_NEGOTIATE:
    case SCHEME_NTLM:
        *id_len = 0;
        return CHANNEL_REQUEST;
    case SCHEME_DIGEST:
        if (channel->concurrency == CONCURRENCY_AUTO)
            return decide_digest(channel, line, *id_len);
        break;
    case SCHEME_BASIC:
        if (channel->concurrency == CONCURRENCY_AUTO)
            return decide_basic(channel, line, id_len);
        break;
    case SCHEME_GROUP:
        break;
    }
    if (channel->concurrency == CONCURRENCY_ON)
        return *id_len > 0 ? CHANNEL_REQUEST : CHANNEL_MALFORMED;
    *id_len = 0;
    return CHANNEL_REQUEST;
}
