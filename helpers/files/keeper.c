/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop's side of keeping a file: when to look, what to believe, which table holds.
 *
 * One look is under way at a time. A table that was replaced is freed by the thread of the next
 * look, so the loop never waits for that. Cannot do: tell a file that was emptied on purpose from
 * one that is about to be written; time tells.
 */
#include <config.h>

#include "helpers/files/keeper.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/files/keeper_private.h"

enum {
    AGAIN_MS = 50,     /* to the next look at a file that is being written */
    REPLACED_MS = 300, /* after this, who replaces it all the time is not waited for */
    MS_PER_S = 1000,
    CHANGING_MS = 10 * 1000 /* after this, nobody is; it is worth a line */
};

struct keeper {
    struct keeper_config config;
    struct loop *loop;
    struct offload *offload;
    struct log *log;
    struct timer *timer;
    struct table *table;
    struct look look;
    bool busy;       /* a look is under way */
    bool look_again; /* as soon as that is back */
    bool ready;
    uint64_t again_ms;          /* to the next look while the file is being written */
    uint64_t changing_since_ms; /* 0: it is not */
    uint64_t empty_since_ms;    /* 0: it is not, or that is believed */
    struct why told;            /* the trouble that was logged last; empty: none */
    struct why exposure;        /* the same for who can read it */
    char trouble[120];          /* for requests */
};

static void look_done(struct job *job);

static void look_run(struct job *job)
{
    look_take((struct look *)(void *)job);
}

/* Nobody is waited for while there is nothing better than what may be there. */
static enum look_patience patience_of(const struct keeper *keeper)
{
    uint64_t since_ms = keeper->changing_since_ms;
    uint64_t passed_ms = since_ms == 0 ? 0 : loop_now_ms(keeper->loop) - since_ms;

    if (!keeper->table || passed_ms >= CHANGING_MS)
        return LOOK_AT_ONCE;
    return passed_ms >= REPLACED_MS ? LOOK_IF_REPLACED : LOOK_IF_QUIET;
}

static void begin_look(struct keeper *keeper)
{
    if (keeper->busy) {
        keeper->look_again = true;
        return;
    }
    loop_timer_off(keeper->loop, keeper->timer);
    keeper->look_again = false;
    keeper->busy = true;
    keeper->look.now = keeper->table;
    keeper->look.patience = patience_of(keeper);
    offload_submit(keeper->offload, &keeper->look.job);
}

static void timer_expired(void *context)
{
    begin_look(context);
}

static void set_trouble(struct keeper *keeper, const char *text)
{
    (void)snprintf(keeper->trouble, sizeof keeper->trouble, "%s %s", keeper->config.what, text);
}

/* Logs a trouble that is not the one logged last. */
static void tell_trouble(struct keeper *keeper, const char *reason)
{
    if (strcmp(keeper->told.text, reason) == 0)
        return;
    (void)snprintf(keeper->told.text, sizeof keeper->told.text, "%s", reason);
    log_event(keeper->log, keeper->table ? LOG_WARNING : LOG_ERROR, "file", "%s: %s; %s",
              keeper->config.what, reason,
              keeper->table ? "what was read before stays" : "requests get BH until it is good");
}

static void tell_exposure(struct keeper *keeper)
{
    const struct look *look = &keeper->look;

    if (!look->exposed)
        keeper->exposure.text[0] = '\0';
    else if (strcmp(keeper->exposure.text, look->exposure.text) != 0) {
        keeper->exposure = look->exposure;
        log_event(keeper->log, LOG_WARNING, "exposed", "%s", look->exposure.text);
    }
}

static void forget_trouble(struct keeper *keeper)
{
    keeper->told.text[0] = '\0';
    keeper->changing_since_ms = 0;
    keeper->empty_since_ms = 0;
    keeper->again_ms = AGAIN_MS;
}

static void take_same(struct keeper *keeper)
{
    if (keeper->told.text[0] != '\0')
        log_event(keeper->log, LOG_NOTICE, "file", "%s %s: as it was again: %" PRIu64 " users",
                  keeper->config.what, keeper->config.path, keeper->table->records);
    forget_trouble(keeper);
}

static void take_changing(struct keeper *keeper)
{
    uint64_t now_ms = loop_now_ms(keeper->loop);
    char reason[sizeof keeper->told.text];

    keeper->empty_since_ms = 0;
    if (keeper->changing_since_ms == 0)
        keeper->changing_since_ms = now_ms;
    set_trouble(keeper, "is being written");
    if (now_ms - keeper->changing_since_ms < CHANGING_MS)
        return;
    (void)snprintf(reason, sizeof reason, "%.300s has been changing for %d seconds",
                   keeper->config.path, CHANGING_MS / MS_PER_S);
    tell_trouble(keeper, reason);
}

/*
 * Whether a file without a record is to be believed. A writer in place (htpasswd and editors that
 * do not rename) truncates first: for a moment, or for as long as it hangs or its disk is full, the
 * file is empty, or holds only its comments. Covered: any such state up to `empty_ms`, also at
 * start-up. Not covered: a writer that stops for longer, or that stops behind some of the records.
 */
static bool believe_empty(struct keeper *keeper)
{
    uint64_t now_ms = loop_now_ms(keeper->loop);
    char reason[sizeof keeper->told.text];

    if (keeper->table && keeper->table->records == 0)
        return true;
    if (keeper->empty_since_ms == 0)
        keeper->empty_since_ms = now_ms;
    if (now_ms - keeper->empty_since_ms >= keeper->config.empty_ms)
        return true;
    set_trouble(keeper, "holds no users");
    (void)snprintf(reason, sizeof reason,
                   "%.300s holds no users, which is believed when it stays so for %g seconds",
                   keeper->config.path, (double)keeper->config.empty_ms / MS_PER_S);
    tell_trouble(keeper, reason);
    return false;
}

/* True when the new table holds from now on. */
static bool take_table(struct keeper *keeper)
{
    struct look *look = &keeper->look;

    if (look->made->records == 0 && !believe_empty(keeper)) {
        look->retired = look->made;
        keeper->changing_since_ms = 0;
        return false;
    }
    look->retired = keeper->table;
    keeper->table = look->made;
    keeper_tell_table(keeper->log, &keeper->config, keeper->table, keeper->told.text[0] != '\0');
    forget_trouble(keeper);
    return true;
}

static void take_bad(struct keeper *keeper)
{
    keeper->changing_since_ms = 0;
    keeper->empty_since_ms = 0;
    set_trouble(keeper, "cannot be read");
    tell_trouble(keeper, keeper->look.why.text);
}

/* When to look next, and what for. */
static void plan_look(struct keeper *keeper)
{
    struct look *look = &keeper->look;
    uint64_t wait_ms = keeper->config.look_ms;

    /* The stamp tells nothing new only where what it was of has been taken. */
    if (look->has_read) {
        look->judged = look->stamp;
        look->must_read = look->young || keeper->empty_since_ms != 0;
    }
    if (look->outcome == LOOK_BAD || look->outcome == LOOK_YOUNG || look->outcome == LOOK_CHANGING)
        look->must_read = true;
    if (look->outcome == LOOK_YOUNG && wait_ms > AGAIN_MS)
        wait_ms = AGAIN_MS;
    if (look->outcome == LOOK_CHANGING && wait_ms > keeper->again_ms) {
        wait_ms = keeper->again_ms;
        keeper->again_ms *= 2;
    }
    loop_timer_at(keeper->loop, keeper->timer, loop_now_ms(keeper->loop) + wait_ms);
}

static bool take_look(struct keeper *keeper)
{
    switch (keeper->look.outcome) {
    case LOOK_SAME:
        take_same(keeper);
        return false;
    case LOOK_MADE:
        return take_table(keeper);
    case LOOK_YOUNG:
    case LOOK_CHANGING:
        take_changing(keeper);
        return false;
    case LOOK_BAD:
        take_bad(keeper);
        return false;
    }
    return false;
}

static void look_done(struct job *job)
{
    struct keeper *keeper = ((struct look *)(void *)job)->keeper;
    bool was_ready = keeper->ready;
    bool swapped = take_look(keeper);

    keeper->busy = false;
    keeper->ready = true;
    if (keeper->look.has_read)
        tell_exposure(keeper);
    plan_look(keeper);
    if (keeper->look_again)
        begin_look(keeper);
    if (swapped || !was_ready)
        keeper->config.changed(keeper->config.context);
}

struct keeper *keeper_open(struct loop *loop, struct offload *offload, struct log *log,
                           const struct keeper_config *config, struct why *why)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);

    if (keeper)
        keeper->timer = loop_timer(loop, timer_expired, keeper);
    if (!keeper || !keeper->timer) {
        free(keeper);
        why_set(why, "out of memory");
        return NULL;
    }
    keeper->config = *config;
    keeper->loop = loop;
    keeper->offload = offload;
    keeper->log = log;
    keeper->again_ms = AGAIN_MS;
    keeper->look.job.run = look_run;
    keeper->look.job.done = look_done;
    keeper->look.keeper = keeper;
    keeper->look.config = &keeper->config;
    keeper->look.must_read = true;
    set_trouble(keeper, "has not been read yet");
    begin_look(keeper);
    return keeper;
}

bool keeper_is_ready(const struct keeper *keeper)
{
    return keeper->ready;
}

const struct table *keeper_table(const struct keeper *keeper)
{
    return keeper->table;
}

const char *keeper_trouble(const struct keeper *keeper)
{
    return keeper->trouble;
}

void keeper_look(struct keeper *keeper)
{
    begin_look(keeper);
}

bool keeper_close(struct keeper *keeper)
{
    if (keeper->busy)
        return false;
    loop_timer_free(keeper->loop, keeper->timer);
    table_free(keeper->look.retired);
    table_free(keeper->table);
    free(keeper);
    return true;
}
