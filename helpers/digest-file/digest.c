/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request, one lookup. The client chooses the realm, so a record with a realm answers that
 * realm alone, and with --realm no other realm is answered at all. Unknown user, other realm and
 * malformed name get the same words.
 */
#include <config.h>

#include "helpers/digest-file/digest.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/digest_query.h"
#include "helpers/core/digest_reply.h"
#include "helpers/digest-file/remarks.h"
#include "helpers/files/keeper.h"
#include "helpers/files/waiting.h"

/* A request that is being looked up. */
struct asked {
    struct request *request;
    struct digest_query query;
    struct table_search search;
};

enum { ASKED_MAX = 32 };

struct digest {
    struct digest_config config;
    struct file_format format;
    struct keeper *keeper;
    struct waiting_list waiting;
    struct remarks remarks;
    struct asked asked[ASKED_MAX]; /* of this turn */
    unsigned asked_count;
};

/* ---- lookups ---- */

static bool realm_is_served(const struct option_list *realms, struct pxa_span realm)
{
    return realms->count == 0 || digest_lines_names(realms, realm);
}

static void answer_asked(const struct table *table, const struct asked *asked)
{
    struct file_record record;

    if (!table_search_end(table, &asked->search, &record) &&
        !table_find(table, asked->query.user, &record))
        digest_reply_denied(asked->request);
    else if (record.kind == DIGEST_RECORD_HASH)
        digest_reply_hash(asked->request, record.value);
    else
        digest_reply_password(asked->request, &asked->query, record.value);
}

/* With many users each search waits for memory: those that came together wait together. */
void digest_handed_up(struct digest *digest)
{
    const struct table *table = keeper_table(digest->keeper);

    for (unsigned i = 0; i < digest->asked_count; i++)
        table_search_go_on(table, &digest->asked[i].search);
    for (unsigned i = 0; i < digest->asked_count; i++)
        answer_asked(table, &digest->asked[i]);
    digest->asked_count = 0;
}

static void ask(struct digest *digest, struct request *request, const struct digest_query *query)
{
    const struct table *table = keeper_table(digest->keeper);
    struct asked *asked;

    if (!table) {
        request_answer_text(request, REPLY_BH, keeper_trouble(digest->keeper));
        return;
    }
    if (!realm_is_served(digest->config.lines.realms, query->realm)) {
        digest_reply_denied(request);
        return;
    }
    asked = &digest->asked[digest->asked_count++];
    asked->request = request;
    asked->query = *query;
    table_search_begin(table, query->key, &asked->search);
    if (digest->asked_count == ASKED_MAX)
        digest_handed_up(digest);
}

static void answer(struct digest *digest, struct request *request)
{
    struct digest_query query;

    if (digest_reply_takes(request, digest->config.key_extras, digest->config.log, &query))
        ask(digest, request, &query);
}

/* ---- the file ---- */

static void answer_late(void *digest, struct request *request)
{
    answer(digest, request);
}

static void on_changed(void *context)
{
    struct digest *digest = context;
    const struct table *table = keeper_table(digest->keeper);

    if (table)
        remarks_log(&digest->remarks, digest->config.log, digest->config.path, table);
    waiting_release(&digest->waiting, answer_late, digest);
    digest_handed_up(digest);
}

void digest_request(struct digest *digest, struct request *request)
{
    if (keeper_is_ready(digest->keeper))
        answer(digest, request);
    else
        waiting_add(&digest->waiting, request, "the file of users is still being read");
}

/* ---- open and close ---- */

static struct keeper_config keeper_config_of(const struct digest_config *config,
                                             const struct file_format *format)
{
    return (struct keeper_config){
        .path = config->path,
        .what = "the digest file",
        .format = format,
        .look_ms = KEEPER_LOOK_MS,
        .empty_ms = KEEPER_EMPTY_MS,
        .seed = config->seed,
    };
}

struct digest *digest_open(const struct digest_config *config, struct why *why)
{
    struct digest *digest = calloc(1, sizeof *digest);
    struct keeper_config keeper;

    if (!digest) {
        why_set(why, "out of memory");
        return NULL;
    }
    digest->config = *config;
    digest->format = digest_lines_format(&digest->config.lines);
    keeper = keeper_config_of(config, &digest->format);
    keeper.changed = on_changed;
    keeper.context = digest;
    digest->keeper = keeper_open(config->loop, config->offload, config->log, &keeper, why);
    if (!digest->keeper) {
        free(digest);
        return NULL;
    }
    return digest;
}

bool digest_close(struct digest *digest)
{
    if (!digest)
        return true;
    if (!keeper_close(digest->keeper))
        return false;
    free(digest);
    return true;
}

bool digest_check(const struct digest_config *config)
{
    const struct file_format format = digest_lines_format(&config->lines);
    const struct keeper_config keeper = keeper_config_of(config, &format);

    return keeper_check(&keeper, remarks_print);
}
