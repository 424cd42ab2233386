/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules for each scheme. Squid never sends ids to stateful helpers (src/helper.cc), and a digest
 * request begins with a quote, so only Basic has to be decided by its number of fields.
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

/* Whether ids may come at all. */
static bool may_have_ids(const struct channel *channel)
{
    switch (channel->scheme) {
    case SCHEME_NEGOTIATE:
    case SCHEME_NTLM:
        return false;
    case SCHEME_GROUP: /* off unless on: a group's line has no shape to tell it by */
        return channel->concurrency == CONCURRENCY_ON;
    case SCHEME_BASIC:
    case SCHEME_DIGEST:
        break;
    }
    return channel->concurrency != CONCURRENCY_OFF;
}

size_t channel_fragment_id(const struct channel *channel, struct pxa_span line)
{
    return may_have_ids(channel) ? channel_digits(line) : 0;
}

bool channel_is_cut_id(const struct channel *channel, struct pxa_span line)
{
    size_t digits = leading_digits(line);

    return may_have_ids(channel) && digits == line.len && digits <= REQUEST_ID_MAX;
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

bool channel_has_ids(const struct channel *channel)
{
    switch (channel->scheme) {
    case SCHEME_NEGOTIATE:
    case SCHEME_NTLM:
        return false;
    case SCHEME_BASIC: /* nothing is handed up before it is decided */
    case SCHEME_DIGEST:
        return channel->concurrency != CONCURRENCY_OFF;
    case SCHEME_GROUP:
        break;
    }
    return channel->concurrency == CONCURRENCY_ON;
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
            return CHANNEL_REQUEST;
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
