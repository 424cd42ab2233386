/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request, one hash. Unknown user, wrong password and unusable record get the same words after
 * the same work: who has no hash that can be used is hashed with the most frequent scheme and cost
 * of the file, and denied whatever comes out. A file in which no record can be used has none; then
 * nobody can log in, and everybody is denied at once.
 *
 * Cannot do: hide the time of a user whose hash has another cost than most.
 */
#include <config.h>

#include "helpers/basic-file/verifier.h"

#include <stdlib.h>

#include "helpers/basic-file/attempt.h"
#include "helpers/basic-file/remarks.h"
#include "helpers/core/session.h"
#include "helpers/files/keeper.h"
#include "helpers/files/waiting.h"
#include "helpers/verify/unsettled.h"

/* More cannot be in flight, and each is remembered for two seconds at most. */
enum { UNSETTLED_CAP = 2 * SESSION_IN_FLIGHT_MAX };

static const char what[] = "the password file";
static const char late_text[] = "too many logins at once";
static const char memory_text[] = "out of memory";

struct verifier {
    struct verifier_config config;
    struct file_format format;
    struct keeper *keeper;
    struct remarks remarks;
    struct turns *turns;
    /* Logins whose deadline has passed: Squid repeats them at once, twice, which would make things
     * worse. */
    struct unsettled *late;
    struct waiting_list waiting; /* for the file */
};

/* ---- the answer ---- */

static void answer(struct attempt *attempt)
{
    struct request *request = attempt->request;

    switch (attempt->verdict) {
    case HASH_FITS:
        request_answer_text(request, REPLY_OK, NULL);
        break;
    case HASH_DIFFERS:
    case HASH_CANNOT:
        credentials_refuse(request);
        break;
    case HASH_TROUBLE:
        request_answer_text(request, REPLY_BH, memory_text);
        break;
    }
}

static void log_attempt(const struct attempt *attempt)
{
    static const char *const words[] = {
        [HASH_FITS] = "the password fits",
        [HASH_DIFFERS] = "the password is wrong",
        [HASH_CANNOT] = "there is no hash for this name that can be used",
        [HASH_TROUBLE] = memory_text,
    };
    const struct pxa_span user = attempt->credentials.user;

    if (log_wants(attempt->verifier->config.log, LOG_DEBUG))
        log_event(attempt->verifier->config.log, LOG_DEBUG, "login", "%.*s: %s", (int)user.len,
                  user.at, words[attempt->verdict]);
}

static void remember_late(const struct attempt *attempt)
{
    struct verifier *verifier = attempt->verifier;

    unsettled_remember(verifier->late, attempt->credentials.user, attempt->credentials.password,
                       loop_now_ms(verifier->config.loop));
}

static void on_done(struct turn *turn)
{
    struct attempt *attempt = (struct attempt *)turn;

    if (attempt->request) {
        log_attempt(attempt);
        answer(attempt);
    }
    attempt_free(attempt);
}

/* There is not enough time left to hash it. */
static void on_late(struct turn *turn)
{
    struct attempt *attempt = (struct attempt *)turn;
    struct verifier *verifier = attempt->verifier;

    log_event(verifier->config.log, LOG_WARNING, "late",
              "a login cannot be hashed before its deadline: answered BH");
    remember_late(attempt);
    request_answer_text(attempt->request, REPLY_BH, late_text);
    attempt_free(attempt);
}

/* ---- to the workers ---- */

/* Chooses what is hashed. False: nobody can log in. */
static bool choose_hashes(struct attempt *attempt, const struct table *table)
{
    bool allow_weak = attempt->verifier->config.allow_weak;
    struct pxa_span typical = tally_typical(remarks_tally(table), allow_weak);
    struct file_record record;
    enum hash_scheme scheme;

    if (typical.len == 0)
        return false;
    attempt_copy_hash(&attempt->stand_in, typical);
    if (table_find(table, attempt->credentials.user, &record)) {
        scheme = hash_scheme_of(record.value);
        if (scheme != HASH_UNKNOWN && (allow_weak || !hash_scheme_is_weak(scheme)))
            attempt_copy_hash(&attempt->own, record.value);
    }
    return true;
}

/* Answers, or gives ATTEMPT to the workers. */
static void verify(struct attempt *attempt)
{
    struct verifier *verifier = attempt->verifier;
    const struct table *table = keeper_table(verifier->keeper);

    if (!table) {
        request_answer_text(attempt->request, REPLY_BH, keeper_trouble(verifier->keeper));
    } else if (!choose_hashes(attempt, table)) {
        credentials_refuse(attempt->request);
    } else {
        attempt->turn.deadline_ms = attempt->request->deadline_ms;
        attempt->turn.run = attempt_run;
        attempt->turn.done = on_done;
        attempt->turn.late = on_late;
        if (turns_add(verifier->turns, &attempt->turn, attempt->credentials.user))
            return; /* and perhaps answered already */
        request_answer_text(attempt->request, REPLY_BH, memory_text);
    }
    attempt_free(attempt);
}

/* ---- requests ---- */

/* The session answers BH because the time is up. */
static void on_cancel(struct request *request)
{
    struct attempt *attempt = request->holder;
    struct verifier *verifier = attempt->verifier;

    remember_late(attempt);
    attempt->request = NULL;
    if (turn_cancel(&attempt->turn))
        attempt_free(attempt);
    else
        log_event(verifier->config.log, LOG_WARNING, "slow",
                  "%.*s: still being hashed at the deadline; if it is so without many logins, "
                  "the cost of this hash is too high",
                  (int)attempt->credentials.user.len, attempt->credentials.user.at);
}

static bool was_late(struct verifier *verifier, const struct credentials *credentials)
{
    return unsettled_holds(verifier->late, credentials->user, credentials->password,
                           loop_now_ms(verifier->config.loop));
}

static void begin(struct verifier *verifier, struct request *request)
{
    struct credentials credentials;
    struct attempt *attempt;

    if (!credentials_take(&credentials, request, verifier->config.key_extras))
        return;
    attempt = was_late(verifier, &credentials) ? NULL : calloc(1, sizeof *attempt);
    if (!attempt) {
        request_answer_text(request, REPLY_BH, late_text);
        credentials_free(&credentials);
        return;
    }
    attempt->verifier = verifier;
    attempt->request = request;
    attempt->credentials = credentials;
    request->holder = attempt;
    request->cancel = on_cancel;
    request->late_text = late_text;
    verify(attempt);
}

void verifier_request(struct verifier *verifier, struct request *request)
{
    if (keeper_is_ready(verifier->keeper))
        begin(verifier, request);
    else
        waiting_add(&verifier->waiting, request, "the password file is still being read");
}

/* ---- the file ---- */

static void begin_late(void *verifier, struct request *request)
{
    begin(verifier, request);
}

static void on_changed(void *context)
{
    struct verifier *verifier = context;
    const struct table *table = keeper_table(verifier->keeper);

    if (table)
        remarks_log(&verifier->remarks, verifier->config.log, verifier->config.path, table);
    waiting_release(&verifier->waiting, begin_late, verifier);
}

/* ---- the whole ---- */

static struct keeper_config keeper_config_of(struct verifier *verifier)
{
    verifier->format = remarks_format(&verifier->config.allow_weak);
    return (struct keeper_config){
        .path = verifier->config.path,
        .what = what,
        .format = &verifier->format,
        .look_ms = KEEPER_LOOK_MS,
        .empty_ms = KEEPER_EMPTY_MS,
        .seed = verifier->config.seed,
        .changed = on_changed,
        .context = verifier,
    };
}

struct verifier *verifier_open(const struct verifier_config *config, struct why *why)
{
    struct verifier *verifier = calloc(1, sizeof *verifier);
    struct keeper_config keeper;

    if (!verifier) {
        why_set(why, memory_text);
        return NULL;
    }
    verifier->config = *config;
    verifier->turns = turns_new(&(struct turns_config){
        .loop = config->loop,
        .offload = config->hashing,
        .workers = config->workers,
        .threads = config->threads,
    });
    if (!verifier->turns)
        why_set(why, memory_text);
    else
        verifier->late = unsettled_new(UNSETTLED_CAP, why);
    keeper = keeper_config_of(verifier);
    if (verifier->late)
        verifier->keeper = keeper_open(config->loop, config->reading, config->log, &keeper, why);
    if (verifier->keeper)
        return verifier;
    turns_free(verifier->turns);
    unsettled_free(verifier->late);
    free(verifier);
    return NULL;
}

bool verifier_check(const struct verifier_config *config)
{
    struct verifier verifier = {.config = *config};
    const struct keeper_config keeper = keeper_config_of(&verifier);

    return keeper_check(&keeper, remarks_print);
}

bool verifier_close(struct verifier *verifier)
{
    if (!verifier)
        return true;
    if (turns_running(verifier->turns) > 0 || !keeper_close(verifier->keeper))
        return false;
    turns_free(verifier->turns);
    unsettled_free(verifier->late);
    free(verifier);
    return true;
}
