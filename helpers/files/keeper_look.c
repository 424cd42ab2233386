/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One look at the file, in an offload thread: a stat(2), and all the rest only when that shows a
 * change. A file system that hangs holds up this thread alone.
 */
#include <config.h>

#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "helpers/files/keeper_private.h"

enum { MODEST_NICE = 10 };

/* Reading and indexing a large file again may take its time; requests, which do not wait for it,
 * may not. For good, as a thread without privilege cannot go back. */
static void be_modest(void)
{
    const struct sched_param none = {.sched_priority = 0};

    /* On Linux both mean the calling thread alone. */
    if (getpriority(PRIO_PROCESS, 0) < MODEST_NICE)
        (void)setpriority(PRIO_PROCESS, 0, MODEST_NICE);
    (void)sched_setscheduler(0, SCHED_BATCH, &none);
}

static bool is_to_wait(struct look *look, const struct file_stamp *stamp)
{
    bool same_file = stamp->inode == look->seen.inode && stamp->device == look->seen.device;

    if (look->patience == LOOK_AT_ONCE || !file_stamp_is_young(stamp))
        return false;
    look->seen = *stamp;
    return look->patience == LOOK_IF_QUIET || same_file;
}

/* False when stat(2) does not answer the question. */
static bool judge_stamp(struct look *look)
{
    struct file_stamp stamp;

    if (!file_stamp_of(look->config->path, &stamp))
        return false;
    if (!look->must_read && file_stamp_equal(&stamp, &look->judged))
        look->outcome = LOOK_SAME;
    else if (is_to_wait(look, &stamp))
        look->outcome = LOOK_YOUNG;
    else
        return false;
    return true;
}

/* A file that was touched, or rewritten as it was. */
static bool has_same_text(const struct table *table, const struct file_text *text)
{
    return table && table->file.text.len == text->text.len &&
           memcmp(table->file.text.at, text->text.at, text->text.len) == 0;
}

static enum look_outcome judge_text(struct look *look, struct file_text *text)
{
    const struct keeper_config *config = look->config;

    look->has_read = true;
    look->stamp = text->stamp;
    look->young = text->young;
    look->exposed = file_is_exposed(config->path, text, &look->exposure);
    if (has_same_text(look->now, text)) {
        file_text_free(text);
        return LOOK_SAME;
    }
    look->made = table_make(text, config->format, config->seed, &look->why);
    return look->made ? LOOK_MADE : LOOK_BAD;
}

void look_take(struct look *look)
{
    struct file_text text;

    table_free(look->retired);
    look->retired = NULL;
    look->has_read = false;
    look->made = NULL;
    if (judge_stamp(look))
        return;
    if (look->now)
        be_modest();
    switch (file_read(look->config->path, &text, &look->why)) {
    case FILE_READ:
        look->outcome = judge_text(look, &text);
        break;
    case FILE_CHANGING:
        look->outcome = LOOK_CHANGING;
        break;
    case FILE_MISSING:
    case FILE_BAD:
        look->outcome = LOOK_BAD;
        break;
    }
}
