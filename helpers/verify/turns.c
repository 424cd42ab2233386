/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The row: a ring of the names under which somebody waits; the first is next. A name goes to the
 * end of the row when one of its jobs is taken, and again when one of them ends. Without the
 * second, who comes while the only worker serves a flood would have to wait for two jobs of it: the
 * one that runs, and the one whose turn began before.
 *
 * A worker is for who can still be served: a job that lasts beyond its deadline counts as none of
 * the running ones, and who could not be done in time is not begun. Otherwise one hash of an absurd
 * cost would take the workers for ever, and under more logins than can be served each job would be
 * begun at the very end of its time, and be for nothing.
 *
 * A name is kept while somebody waits under it or is running. Names are found in a balanced tree,
 * so that no choice of names makes it slow.
 *
 * Cannot do: tell a flood that comes under many names from many people.
 */
#include <config.h>

#include "helpers/verify/turns.h"

#include <search.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct turn_line {
    struct turn *first;
    struct turn *last;
    struct turn_line *ahead; /* in the row; NULL both: not in it */
    struct turn_line *behind;
    unsigned running;
    unsigned overdue; /* of those that run */
    size_t name_len;
    char name[];
};

struct turns {
    struct turns_config config;
    void *names;             /* of tsearch(3) */
    struct turn_line *front; /* of the row */
    unsigned waiting;
    unsigned running;
    unsigned overdue;        /* of those that run */
    uint64_t mean_scaled_ms; /* how long jobs last, times MEAN_OF */
};

/* Over about so many of the last jobs. */
enum { MEAN_OF = 8 };

static int compare_names(const void *left, const void *right)
{
    const struct turn_line *a = left;
    const struct turn_line *b = right;
    size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
    int order = memcmp(a->name, b->name, len);

    if (order != 0)
        return order;
    return (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

/* ---- the row ---- */

static void leave_row(struct turns *turns, struct turn_line *line)
{
    if (turns->front == line)
        turns->front = line->behind == line ? NULL : line->behind;
    line->ahead->behind = line->behind;
    line->behind->ahead = line->ahead;
    line->ahead = line->behind = NULL;
}

/* To its end. In a ring that is the place ahead of the first. */
static void join_row(struct turns *turns, struct turn_line *line)
{
    if (!turns->front) {
        turns->front = line->ahead = line->behind = line;
        return;
    }
    line->behind = turns->front;
    line->ahead = turns->front->ahead;
    line->ahead->behind = line;
    line->behind->ahead = line;
}

/* Only if somebody waits, and may be begun. */
static void go_to_end(struct turns *turns, struct turn_line *line)
{
    if (line->behind)
        leave_row(turns, line);
    if (line->first && line->overdue == 0)
        join_row(turns, line);
}

/* ---- those who wait under one name ---- */

static struct turn_line *line_for(struct turns *turns, struct pxa_span name)
{
    struct turn_line *line = calloc(1, sizeof *line + name.len);
    struct turn_line **found;

    if (!line)
        return NULL;
    line->name_len = name.len;
    if (name.len > 0)
        memcpy(line->name, name.at, name.len);
    found = tsearch(line, &turns->names, compare_names);
    if (!found || *found != line)
        free(line);
    return found ? *found : NULL;
}

static void forget_if_idle(struct turns *turns, struct turn_line *line)
{
    if (line->first || line->running > 0)
        return;
    tdelete(line, &turns->names, compare_names);
    free(line);
}

static void append(struct turns *turns, struct turn_line *line, struct turn *turn)
{
    turn->next = NULL;
    turn->previous = line->last;
    if (line->last)
        line->last->next = turn;
    else
        line->first = turn;
    line->last = turn;
    turns->waiting++;
    if (!line->behind)
        go_to_end(turns, line);
}

static void take_out(struct turns *turns, struct turn *turn)
{
    struct turn_line *line = turn->line;

    if (turn->previous)
        turn->previous->next = turn->next;
    else
        line->first = turn->next;
    if (turn->next)
        turn->next->previous = turn->previous;
    else
        line->last = turn->previous;
    turns->waiting--;
    if (!line->first && line->behind)
        leave_row(turns, line);
}

/* ---- time ---- */

static void note_duration(struct turns *turns, uint64_t lasted_ms)
{
    turns->mean_scaled_ms += lasted_ms - turns->mean_scaled_ms / MEAN_OF;
}

/* Whether TURN, were it begun now, would end behind its deadline. With half of its time left it is
 * begun in any case: it may be of another cost, and nothing else would tell when jobs last less. */
static bool is_late(const struct turns *turns, const struct turn *turn)
{
    uint64_t mean_ms = turns->mean_scaled_ms / MEAN_OF;
    uint64_t needed_ms = mean_ms + mean_ms / 2;
    uint64_t enough_ms = (turn->deadline_ms - turn->added_ms) / 2;

    if (needed_ms > enough_ms)
        needed_ms = enough_ms;
    return loop_now_ms(turns->config.loop) + needed_ms >= turn->deadline_ms;
}

/* ---- with the offload ---- */

static void start_next(struct turns *turns);

static void on_run(struct job *job)
{
    struct turn *turn = (struct turn *)(void *)((char *)job - offsetof(struct turn, job));

    turn->run(turn);
}

static void on_done(struct job *job)
{
    struct turn *turn = (struct turn *)(void *)((char *)job - offsetof(struct turn, job));
    struct turns *turns = turn->turns;
    struct turn_line *line = turn->line;

    note_duration(turns, loop_now_ms(turns->config.loop) - turn->begun_ms);
    turns->running--;
    line->running--;
    turns->overdue -= turn->overdue;
    line->overdue -= turn->overdue;
    go_to_end(turns, line);
    forget_if_idle(turns, line);
    start_next(turns); /* before `done`, which may take its time */
    turn->done(turn);
}

static void begin(struct turns *turns, struct turn *turn)
{
    go_to_end(turns, turn->line);
    turn->line->running++;
    turns->running++;
    turn->running = true;
    turn->begun_ms = loop_now_ms(turns->config.loop);
    offload_submit(turns->config.offload, &turn->job);
}

static bool has_worker(const struct turns *turns)
{
    return turns->running - turns->overdue < turns->config.workers &&
           turns->running < turns->config.threads;
}

static void start_next(struct turns *turns)
{
    while (turns->front && has_worker(turns)) {
        struct turn_line *line = turns->front;
        struct turn *turn = line->first;

        take_out(turns, turn);
        if (is_late(turns, turn)) {
            forget_if_idle(turns, line);
            turn->late(turn);
        } else {
            begin(turns, turn);
        }
    }
}

/* TURN gets its time, but takes none of others; and its name gets no second thread. */
static void give_up(struct turn *turn)
{
    struct turns *turns = turn->turns;

    if (turn->overdue)
        return;
    turn->overdue = true;
    turns->overdue++;
    turn->line->overdue++;
    go_to_end(turns, turn->line);
    start_next(turns);
}

struct turns *turns_new(const struct turns_config *config)
{
    struct turns *turns = calloc(1, sizeof *turns);

    if (turns)
        turns->config = *config;
    return turns;
}

bool turns_add(struct turns *turns, struct turn *turn, struct pxa_span name)
{
    struct turn_line *line = line_for(turns, name);

    if (!line)
        return false;
    turn->job.run = on_run;
    turn->job.done = on_done;
    turn->line = line;
    turn->turns = turns;
    turn->running = false;
    turn->overdue = false;
    turn->added_ms = loop_now_ms(turns->config.loop);
    append(turns, line, turn);
    start_next(turns);
    return true;
}

bool turn_cancel(struct turn *turn)
{
    if (turn->running) {
        give_up(turn);
        return false;
    }
    take_out(turn->turns, turn);
    forget_if_idle(turn->turns, turn->line);
    return true;
}

unsigned turns_waiting(const struct turns *turns)
{
    return turns->waiting;
}

unsigned turns_running(const struct turns *turns)
{
    return turns->running;
}

void turns_free(struct turns *turns)
{
    free(turns);
}
