/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_notes: from the SIDs of a login to the values of group= in its reply.
 *
 * Base64 of the SID as Squid's helper writes it, S-1-..., or, with a directory, the group's name
 * (its SID as text where no group has it: nothing is left out but by --group-filter). Loop's thread
 * only.
 */
#ifndef PROXYAUTH_NEGOTIATE_GSSAPI_GROUP_NOTES_H
#define PROXYAUTH_NEGOTIATE_GSSAPI_GROUP_NOTES_H

#include "helpers/core/request.h"
#include "helpers/negotiate-gssapi/options.h"

struct directory;
struct group_notes;

struct group_notes_config {
    const struct gssapi_options *options; /* outlives the notes */
    struct directory *directory;          /* NULL: names are not asked for */
    /* Exactly once for each group_notes_ask(), perhaps before it returns, unless dropped. NOTES are
     * the groups', until the next call. TROUBLE: a sentence for BH; NULL: all went well. */
    void (*answer)(void *context, const struct reply_note *notes, unsigned count,
                   const char *trouble);
    void *context;
};

/* The client that has logged in. */
struct group_notes_query {
    struct pxa_span user; /* for the log */
    const struct pxa_span *sids;
    size_t count;
};

/* NULL when memory is out. CONFIG is copied. */
struct group_notes *group_notes_new(const struct group_notes_config *config);

/* QUERY is copied. One at a time: what was asked before is dropped. */
void group_notes_ask(struct group_notes *notes, const struct group_notes_query *query);

/* No answer any more, and what is known of the last client is forgotten. */
void group_notes_drop(struct group_notes *notes);

void group_notes_free(struct group_notes *notes); /* NULL is allowed */

#endif
