/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The row: a ring of the names under which somebody waits; the first is next. A name goes to the
 * end of the row when one of its jobs is taken, and again when one of them ends. Without the
 * second, who comes while the only worker serves a flood would have to wait for two jobs of it: the
 * one that runs, and the one whose turn began before.
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
    size_t name_len;
    char name[];
};

struct turns {
    struct offload *offload;
    void *names;             /* of tsearch(3) */
    struct turn_line *front; /* of the row */
    unsigned workers;
    unsigned waiting;
    unsigned running;
};

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

static void go_to_end(struct turns *turns, struct turn_line *line)
{
    if (!line->behind)
        return;
    leave_row(turns, line);
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
        join_row(turns, line);
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
    if (!line->first)
        leave_row(turns, line);
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

    turns->running--;
    line->running--;
    go_to_end(turns, line);
    forget_if_idle(turns, line);
    start_next(turns); /* before `done`, which may take its time */
    turn->done(turn);
}

static void start_next(struct turns *turns)
{
    while (turns->front && turns->running < turns->workers) {
        struct turn_line *line = turns->front;
        struct turn *turn = line->first;

        take_out(turns, turn);
        go_to_end(turns, line);
        line->running++;
        turns->running++;
        turn->running = true;
        offload_submit(turns->offload, &turn->job);
    }
}

struct turns *turns_new(struct offload *offload, unsigned workers)
{
    struct turns *turns = calloc(1, sizeof *turns);

    if (turns) {
        turns->offload = offload;
        turns->workers = workers;
    }
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
    append(turns, line, turn);
    start_next(turns);
    return true;
}

bool turn_cancel(struct turn *turn)
{
    if (turn->running)
        return false;
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
