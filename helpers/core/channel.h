/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel: does a line begin with a channel-ID?
 *
 * With concurrency=N in squid.conf each line begins with a number, and Squid aborts when the reply
 * does not; without it, a reply with a number fails that request. Squid does not tell which holds,
 * so in `auto` the shape of the first exact line decides, for the life of the session.
 */
#ifndef PROXYAUTH_CORE_CHANNEL_H
#define PROXYAUTH_CORE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"
#include "helpers/core/request.h"

enum concurrency { CONCURRENCY_AUTO, CONCURRENCY_ON, CONCURRENCY_OFF };

struct channel {
    enum scheme scheme;
    enum concurrency concurrency; /* AUTO until an exact line has decided it */
    unsigned key_extras;
};

enum channel_verdict {
    CHANNEL_REQUEST,   /* well formed as far as ids go */
    CHANNEL_MALFORMED, /* neither with nor without an id; answer it with the id if there is one */
};

/* Sets *ID_LEN to the number of digits that are the line's id, 0 for none; the request proper
 * begins behind the blank that follows them. */
enum channel_verdict channel_judge(struct channel *channel, struct pxa_span line, size_t *id_len);

/* Whether replies can be told apart: false once it is decided that lines have no ids. */
bool channel_has_ids(const struct channel *channel);

/* How many digits LINE begins with that are followed by a blank, or 0 when there are none or more
 * than REQUEST_ID_MAX. */
size_t channel_digits(struct pxa_span line);

/* The digits that are the id of a line that is cut, too long or otherwise not to be judged by its
 * fields; 0 for none. */
size_t channel_fragment_id(const struct channel *channel, struct pxa_span line);

/* Whether LINE, which ends without a line end, may be a piece of an id and nothing else. Such a
 * piece cannot be answered: half an id names another request, and none ends Squid. */
bool channel_is_cut_id(const struct channel *channel, struct pxa_span line);

#endif
