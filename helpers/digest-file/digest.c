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

#include "helpers/digest-file/query.h"
#include "helpers/digest-file/remarks.h"
#include "helpers/digest-file/waiting.h"
#include "helpers/files/keeper.h"

enum { HA1_LEN = 32 };

/* A request that is being looked up. */
struct asked {
    struct request *request;
    struct query query;
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

/* ---- replies ---- */

static void answer_denied(struct request *request)
{
    static const struct reply_note note = {
        .key = "message",
        .value = {"Invalid credentials", sizeof "Invalid credentials" - 1},
    };
    static const struct reply reply = {.word = REPLY_ERR, .notes = &note, .note_count = 1};

    request_answer(request, &reply);
}

/* HA1: HA1_LEN lower-case hex digits. */
static void answer_ok(struct request *request, const char *ha1)
{
    const struct reply_note note = {.key = "ha1", .value = {ha1, HA1_LEN}};
    const struct reply reply = {.word = REPLY_OK, .notes = &note, .note_count = 1};

    request_answer(request, &reply);
}

static void answer_hash(struct request *request, struct pxa_span hash)
{
    char ha1[HA1_LEN];

    if (hash.len != HA1_LEN) {
        answer_denied(request);
        return;
    }
    memcpy(ha1, hash.at, HA1_LEN);
    for (size_t i = 0; i < HA1_LEN; i++)
        ha1[i] |= 0x20; /* which makes letters small and which all digits have */
    answer_ok(request, ha1);
    pxa_wipe(ha1, sizeof ha1);
}

static void answer_password(struct request *request, const struct query *query,
                            struct pxa_span password)
{
    struct pxa_digest_hex ha1;

    if (pxa_digest_ha1(PXA_DIGEST_MD5, query->user, query->realm, password, &ha1) == PXA_OK)
        answer_ok(request, ha1.hex);
    else
        request_answer_text(request, REPLY_BH, "MD5 is not available");
    pxa_wipe(&ha1, sizeof ha1);
}

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
        answer_denied(asked->request);
    else if (record.kind == DIGEST_RECORD_HASH)
        answer_hash(asked->request, record.value);
    else
        answer_password(asked->request, &asked->query, record.value);
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

static void ask(struct digest *digest, struct request *request, const struct query *query)
{
    const struct table *table = keeper_table(digest->keeper);
    struct asked *asked;

    if (!table) {
        request_answer_text(request, REPLY_BH, keeper_trouble(digest->keeper));
        return;
    }
    if (!realm_is_served(digest->config.lines.realms, query->realm)) {
        answer_denied(request);
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
    struct query query;

    switch (query_read(request->line, request->len, digest->config.key_extras, &query)) {
    case QUERY_READ:
        ask(digest, request, &query);
        break;
    case QUERY_NOBODY:
        answer_denied(request);
        break;
    case QUERY_EXTRAS:
        log_event(digest->config.log, LOG_WARNING, "line",
                  "denied: the realm does not end before the last %u fields (does --key-extras "
                  "fit squid.conf, and are the values of key_extras without blanks?)",
                  digest->config.key_extras);
        answer_denied(request);
        break;
    case QUERY_MALFORMED:
        log_event(digest->config.log, LOG_WARNING, "line",
                  "a line from Squid was refused: it is not \"user\":\"realm\" (do --concurrency "
                  "and --key-extras fit squid.conf?)");
        request_answer_text(request, REPLY_BH, "malformed request");
        break;
    }
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
