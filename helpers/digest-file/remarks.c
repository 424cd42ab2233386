/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What else would happen in silence: a record without a realm answers any realm, one of another
 * realm than --realm's answers none, and a hash is taken for a password where -c is missing.
 */
#include <config.h>

#include "helpers/digest-file/remarks.h"

#include <inttypes.h>
#include <stdio.h>

#include "helpers/files/digest_lines.h"

enum { REMARK_CAP = 300 };

/* Each writes its remark to TEXT and returns true, or returns false. */

static bool remark_any_realm(const struct table *table, char *text)
{
    const struct digest_lines *lines = table->format->context;
    const struct digest_tally *tally = table->tally;

    if (lines->realms->count > 0 || tally->without_realm == 0)
        return false;
    (void)snprintf(text, REMARK_CAP,
                   "records without a realm: %" PRIu64 "; they answer whatever realm a client "
                   "names: give --realm NAME with the realm of auth_param digest in squid.conf",
                   tally->without_realm);
    return true;
}

static bool remark_other_realm(const struct table *table, char *text)
{
    const struct digest_tally *tally = table->tally;

    if (tally->other_realm == 0)
        return false;
    (void)snprintf(text, REMARK_CAP,
                   "records of realms that --realm does not name: %" PRIu64 "; they answer nobody "
                   "(is --realm that of auth_param digest in squid.conf?)",
                   tally->other_realm);
    return true;
}

static bool remark_looks_like_hash(const struct table *table, char *text)
{
    const struct digest_tally *tally = table->tally;

    if (tally->looks_like_hash == 0)
        return false;
    (void)snprintf(text, REMARK_CAP,
                   "records that end in 32 hex digits: %" PRIu64 "; they are taken for passwords: "
                   "give -c (--hashes-only) if they are hashes, as htdigest writes them",
                   tally->looks_like_hash);
    return true;
}

/* Most likely --realm is misspelled. The tally has every line, also the earlier one of two. */
static bool shuts_all_out(const struct table *table)
{
    const struct digest_tally *tally = table->tally;

    return table->records > 0 && tally->other_realm == table->records + table->duplicates;
}

/* Where the remarks go. */
struct telling {
    struct log *log;
    const char *path;
};

static void tell_once(bool *told, bool holds, const struct telling *telling, const char *text)
{
    if (holds && !*told)
        log_event(telling->log, LOG_WARNING, "records", "%s: %s", telling->path, text);
    *told = holds;
}

void remarks_log(struct remarks *told, struct log *log, const char *path, const struct table *table)
{
    const struct telling telling = {.log = log, .path = path};
    char text[REMARK_CAP];

    tell_once(&told->any_realm, remark_any_realm(table, text), &telling, text);
    tell_once(&told->other_realm, remark_other_realm(table, text), &telling, text);
    tell_once(&told->looks_like_hash, remark_looks_like_hash(table, text), &telling, text);
}

bool remarks_print(const struct table *table)
{
    const struct digest_tally *tally = table->tally;
    char text[REMARK_CAP];

    printf("  with a password: %" PRIu64 ", without a realm: %" PRIu64 "\n", tally->passwords,
           tally->without_realm);
    if (remark_any_realm(table, text))
        printf("  warning: %s\n", text);
    if (remark_other_realm(table, text))
        printf("  warning: %s\n", text);
    if (remark_looks_like_hash(table, text))
        printf("  warning: %s\n", text);
    if (!shuts_all_out(table))
        return true;
    printf("  bad: nobody can log in with it\n");
    return false;
}
