/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request, one search for the user's entry. Unknown user, other realm, malformed name and a
 * value that cannot be used get the same words; the log tells the last one apart.
 */
#include <config.h>

#include "helpers/digest-ldap/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/digest_query.h"
#include "helpers/core/digest_reply.h"
#include "helpers/core/visible.h"
#include "helpers/directory/find.h"

struct lookup {
    struct lookup_config config;
    const char *attributes[2]; /* what is asked of an entry; ends with NULL */
};

/* A request that the directory is asked about. */
struct pending {
    struct lookup *lookup;
    struct request *request;
    struct digest_query query; /* in the request's line */
    struct find *find;
};

/* ---- the entry ---- */

/* Why no value of an entry could be used. */
static void log_unusable(const struct pending *pending, enum value_kind kind)
{
    const struct lookup_config *config = &pending->lookup->config;
    const struct visible_excerpt user = visible_excerpt(pending->query.user);

    if (kind == VALUE_NO_HASH)
        log_event(config->log, LOG_WARNING, "value",
                  "%s: the value of %s is no HA1, which is 32 hex digits", user.text,
                  config->attribute);
    else if (kind == VALUE_NO_PASSWORD)
        log_event(config->log, LOG_WARNING, "value",
                  "%s: the value of %s is empty or the hash of a password; Digest needs the "
                  "password in clear, or its HA1 (-e)",
                  user.text, config->attribute);
    else
        log_event(config->log, LOG_NOTICE, "value",
                  "%s: there is no value of %s for this realm (may %s be read by the account that "
                  "searches?)",
                  user.text, config->attribute, config->attribute);
}

/* The first value that can be used decides, as in the stock helper. */
static void answer_entry(const struct pending *pending, const struct entry *entry)
{
    const struct lookup_config *config = &pending->lookup->config;
    enum value_kind worst = VALUE_OTHER;
    struct pxa_span value, found;
    size_t at = 0;

    while (entry_next(entry, config->attribute, &at, &value)) {
        enum value_kind kind = value_read(&config->format, value, pending->query.realm, &found);

        if (kind == VALUE_HASH) {
            digest_reply_hash(pending->request, found);
            return;
        }
        if (kind == VALUE_PASSWORD) {
            digest_reply_password(pending->request, &pending->query, found);
            return;
        }
        if (kind != VALUE_OTHER)
            worst = kind;
    }
    log_unusable(pending, worst);
    digest_reply_denied(pending->request);
}

static void on_found(void *context, struct find_result *result)
{
    struct pending *pending = context;

    switch (result->verdict) {
    case VERDICT_OK:
        answer_entry(pending, result->entry);
        break;
    case VERDICT_DENIED:
        digest_reply_denied(pending->request);
        break;
    case VERDICT_UNAVAILABLE:
        request_answer_text(pending->request, REPLY_BH, result->reason);
        break;
    }
    free(pending);
}

/* ---- requests ---- */

/* The session answers BH because the time is up. */
static void on_cancel(struct request *request)
{
    struct pending *pending = request->holder;

    find_cancel(pending->find);
    free(pending);
}

static void ask_directory(struct lookup *lookup, struct request *request,
                          const struct digest_query *query)
{
    struct pending *pending = malloc(sizeof *pending);
    struct find_query wanted = {
        .user = query->user,
        .attributes = lookup->attributes,
        .done = on_found,
        .context = pending,
    };
    struct find *find;

    if (!pending) {
        request_answer_text(request, REPLY_BH, "out of memory");
        return;
    }
    *pending = (struct pending){.lookup = lookup, .request = request, .query = *query};
    request->holder = pending;
    request->late_text = "the directory did not answer in time";
    find = directory_find(lookup->config.directory, &wanted);
    if (!find)
        return; /* answered, and freed */
    pending->find = find;
    request->cancel = on_cancel;
}

static bool realm_is_served(const struct lookup *lookup, struct pxa_span realm)
{
    const char *only = lookup->config.realm;

    return !only || (strlen(only) == realm.len && memcmp(only, realm.at, realm.len) == 0);
}

void lookup_request(struct lookup *lookup, struct request *request)
{
    const struct lookup_config *config = &lookup->config;
    struct digest_query query;

    if (!digest_reply_takes(request, config->key_extras, config->log, &query))
        return;
    if (realm_is_served(lookup, query.realm))
        ask_directory(lookup, request, &query);
    else
        digest_reply_denied(request);
}

struct lookup *lookup_new(const struct lookup_config *config, struct why *why)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);

    if (!lookup) {
        why_set(why, "out of memory");
        return NULL;
    }
    lookup->config = *config;
    lookup->attributes[0] = config->attribute;
    return lookup;
}

void lookup_free(struct lookup *lookup)
{
    free(lookup);
}
