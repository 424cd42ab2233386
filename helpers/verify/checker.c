/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An attempt is one call of `verify`; whoever asks the same while it is under way waits for it,
 * too. An attempt that nobody waits for any more is taken back, or, when its thread is at work,
 * joined by nobody: what it finds is true of a time that may be long past.
 *
 * Every BH but for want of memory is remembered, also for a login that was never begun: Squid's
 * repeats would only make a queue longer that is too long.
 *
 * Cannot do: end a thread that hangs.
 */
#include <config.h>

#include "helpers/verify/checker.h"

#include <stdio.h>
#include <stdlib.h>

#include "helpers/core/credentials.h"
#include "helpers/core/session.h"
#include "helpers/verify/check_attempt.h"
#include "helpers/verify/check_reply.h"
#include "helpers/verify/flights.h"
#include "helpers/verify/turns.h"
#include "helpers/verify/unsettled.h"

/* More cannot be in flight, and each is remembered for two seconds at most. */
enum { UNSETTLED_CAP = 2 * SESSION_IN_FLIGHT_MAX };

static const char memory_text[] = "out of memory";

struct checker {
    struct checker_config config;
    struct turns *turns;
    struct flights *flights;
    struct unsettled *unsettled;
    /* What BH says; they name the backend. */
    char late_text[CHECK_TEXT_MAX];
    char unusable_text[CHECK_TEXT_MAX];
    char again_text[CHECK_TEXT_MAX];
    bool doubt_told;
};

/* ---- the answer ---- */

/* Before Squid can repeat what is being answered BH. */
static void remember(const struct attempt *attempt)
{
    struct checker *checker = attempt->checker;

    unsettled_remember(checker->unsettled, attempt->check.user, attempt->password,
                       loop_now_ms(checker->config.loop));
}

/* To all who wait. An answer may hand up the next request, so the flight is over before. */
static void land(struct attempt *attempt)
{
    if (attempt->check.verdict == CHECK_UNAVAILABLE)
        remember(attempt);
    flights_end(attempt->checker->flights, &attempt->flight);
    while (attempt->flight.first)
        check_answer(attempt_leave((struct waiter *)attempt->flight.first), &attempt->check);
}

/* ---- turns ---- */

static void on_run(struct turn *turn)
{
    struct attempt *attempt = (struct attempt *)turn;
    const struct checker_config *config = &attempt->checker->config;

    config->verify(config->context, &attempt->check);
}

static void tell_doubt(struct checker *checker, const struct check *check)
{
    bool doubtful = check->setup == CHECK_SETUP_DOUBTFUL;

    if (doubtful && !checker->doubt_told)
        check_log_doubt(checker->config.log, check, checker->config.doubt);
    if (check->setup != CHECK_SETUP_UNKNOWN)
        checker->doubt_told = doubtful;
}

static void on_done(struct turn *turn)
{
    struct attempt *attempt = (struct attempt *)turn;

    if (attempt->check.verdict == CHECK_UNAVAILABLE && !attempt->check.reason)
        attempt->check.reason = attempt->checker->unusable_text;
    check_log(attempt->checker->config.log, &attempt->check);
    tell_doubt(attempt->checker, &attempt->check);
    if (attempt->flight.first)
        land(attempt);
    attempt_free(attempt);
}

/* As long as the last ones took there is not enough time left for it. */
static void on_late(struct turn *turn)
{
    struct attempt *attempt = (struct attempt *)turn;

    attempt->check.reason = "too many logins at once";
    check_log(attempt->checker->config.log, &attempt->check);
    land(attempt);
    attempt_free(attempt);
}

/* The attempt's own check may be written by its thread meanwhile. */
static void log_slow(const struct attempt *attempt)
{
    const struct check slow = {
        .user = attempt->check.user,
        .verdict = CHECK_UNAVAILABLE,
        .reason = attempt->checker->late_text,
    };

    check_log(attempt->checker->config.log, &slow);
}

/* The session answers BH because the time is up. */
static void on_cancel(struct request *request)
{
    struct waiter *waiter = request->holder;
    struct attempt *attempt = waiter->attempt;

    attempt_leave(waiter);
    remember(attempt);
    if (attempt->flight.first)
        return;
    log_slow(attempt);
    flights_end(attempt->checker->flights, &attempt->flight);
    if (turn_cancel(&attempt->turn))
        attempt_free(attempt);
}

/* ---- requests ---- */

static bool join(struct attempt *attempt, struct request *request)
{
    if (!attempt_join(attempt, request))
        return false;
    request->cancel = on_cancel;
    request->late_text = attempt->checker->late_text;
    attempt->turn.deadline_ms = request->deadline_ms; /* later than those before */
    return true;
}

/* False when memory is out: ATTEMPT is freed. */
static bool begin(struct attempt *attempt, struct request *request)
{
    struct checker *checker = attempt->checker;

    attempt->turn.run = on_run;
    attempt->turn.done = on_done;
    attempt->turn.late = on_late;
    flights_begin(checker->flights, &attempt->flight, attempt_key_span(attempt->key));
    if (join(attempt, request)) {
        if (turns_add(checker->turns, &attempt->turn, attempt->check.user))
            return true; /* and perhaps answered already */
        attempt_leave(request->holder);
        request->cancel = NULL;
    }
    flights_end(checker->flights, &attempt->flight);
    attempt_free(attempt);
    return false;
}

/* False when memory is out. */
static bool verify(struct checker *checker, struct request *request,
                   struct credentials *credentials)
{
    struct secret *key = attempt_key(credentials);
    struct attempt *attempt;
    struct flight *flight;

    if (!key)
        return false;
    flight = flights_find(checker->flights, attempt_key_span(key));
    attempt = flight ? NULL : attempt_new(checker, credentials, key);
    if (attempt)
        return begin(attempt, request);
    secret_free(&key);
    return flight && join(attempt_of_flight(flight), request);
}

void checker_request(struct checker *checker, struct request *request)
{
    struct credentials credentials;

    if (!credentials_take(&credentials, request, checker->config.key_extras))
        return;
    if (unsettled_holds(checker->unsettled, credentials.user, credentials.password,
                        loop_now_ms(checker->config.loop)))
        request_answer_text(request, REPLY_BH, checker->again_text);
    else if (!verify(checker, request, &credentials))
        request_answer_text(request, REPLY_BH, memory_text);
    credentials_free(&credentials);
}

/* ---- the whole ---- */

static void set_texts(struct checker *checker)
{
    const char *backend = checker->config.backend;

    snprintf(checker->late_text, CHECK_TEXT_MAX, "%s gave no answer in time", backend);
    snprintf(checker->unusable_text, CHECK_TEXT_MAX, "%s gave no usable answer", backend);
    snprintf(checker->again_text, CHECK_TEXT_MAX, "%s gave no usable answer a moment ago", backend);
}

static void free_all(struct checker *checker)
{
    turns_free(checker->turns);
    flights_free(checker->flights);
    unsettled_free(checker->unsettled);
    free(checker);
}

struct checker *checker_open(const struct checker_config *config, struct why *why)
{
    struct checker *checker = calloc(1, sizeof *checker);

    if (!checker) {
        why_set(why, memory_text);
        return NULL;
    }
    checker->config = *config;
    set_texts(checker);
    checker->flights = flights_new(config->seed);
    checker->turns = turns_new(&(struct turns_config){
        .loop = config->loop,
        .offload = config->offload,
        .workers = config->workers,
        .threads = config->threads,
    });
    if (!checker->flights || !checker->turns)
        why_set(why, memory_text);
    else
        checker->unsettled = unsettled_new(UNSETTLED_CAP, why);
    if (checker->unsettled)
        return checker;
    free_all(checker);
    return NULL;
}

bool checker_close(struct checker *checker)
{
    if (!checker)
        return true;
    if (turns_running(checker->turns) > 0)
        return false;
    free_all(checker);
    return true;
}
