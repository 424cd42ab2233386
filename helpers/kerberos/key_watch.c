/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop's side of keeping up with the keytab: when to look, what to believe, what holds.
 *
 * Cannot do: tell that a key was taken out of the file for good from a file that is bad for a
 * while: the last good keys stay, which the log says.
 */
#include <config.h>

#include "helpers/kerberos/key_watch.h"

#include <stdlib.h>

#include "helpers/core/file.h"
#include "helpers/kerberos/key_look.h"
#include "helpers/kerberos/key_news.h"

enum {
    AGAIN_MS = 50,     /* to the next look at a file that is being written */
    PATIENCE_MS = 300, /* after this, who writes all the time is not waited for */
    STUCK_MS = 5000    /* after this, a look is not waited for: longer than a disk takes to wake up,
                          shorter than a request has */
};

struct key_watch {
    struct key_watch_config config;
    struct loop *loop;
    struct offload *offload;
    struct timer *timer; /* for the next look, or for one that is under way to be stuck */
    struct service_credentials *credentials;
    struct key_look look;
    struct file_stamp judged; /* of what was last read, good or bad, */
    uint64_t read_ms;         /* and when */
    bool young;               /* which may have changed since without showing it */
    bool retry;               /* what failed may go well although the file does not change */
    bool missing;             /* there was none */
    bool busy;                /* a look is under way, */
    bool stuck;               /* for so long that nobody waits for it */
    bool ready;
    bool asked;                /* somebody waits for `looked` */
    bool late;                 /* who asked when the look that is under way had begun */
    uint64_t waiting_since_ms; /* for a writer; 0: for none */
    struct key_news news;
};

static void look_done(struct job *job);

static void look_run(struct job *job)
{
    key_look_take((struct key_look *)(void *)job);
}

static bool wants_keys(const struct key_watch *watch)
{
    return watch->config.path || watch->config.finds_path;
}

static bool has_keys(const struct key_watch *watch)
{
    return watch->credentials && watch->credentials->keys;
}

/* Nobody is waited for while there is nothing better than what may be there. */
static bool is_patient(const struct key_watch *watch)
{
    uint64_t since_ms = watch->waiting_since_ms;

    return has_keys(watch) && (since_ms == 0 || loop_now_ms(watch->loop) - since_ms < PATIENCE_MS);
}

/* Whoever asks for looks all the time does not have the same file read all the time. */
static bool must_retry(const struct key_watch *watch)
{
    return watch->retry && loop_now_ms(watch->loop) - watch->read_ms >= watch->config.look_ms;
}

static void begin_look(struct key_watch *watch)
{
    struct key_look *look = &watch->look;

    if (watch->busy)
        return;
    loop_timer_at(watch->loop, watch->timer, loop_now_ms(watch->loop) + STUCK_MS);
    watch->busy = true;
    look->judged = watch->judged;
    look->must_read = watch->young || must_retry(watch);
    look->patient = is_patient(watch);
    look->has_nothing = !watch->credentials;
    offload_submit(watch->offload, &look->job);
}

/* ---- what a look found ---- */

static void forget_trouble(struct key_watch *watch)
{
    key_news_good(&watch->news);
    watch->waiting_since_ms = 0;
    watch->retry = false;
}

static void take_made(struct key_watch *watch)
{
    struct service_credentials *before = watch->credentials;

    key_news_keys(&watch->news, watch->config.path, before ? before->keys : NULL,
                  watch->look.made->keys);
    watch->credentials = watch->look.made;
    service_credentials_drop(before);
    forget_trouble(watch);
}

/* The file says so itself, as long as it is what it is. Reading it all the same would not hurt, but
 * that libkrb5 1.20 loses some bytes each time that an entry is malformed. */
static bool is_bad_inside(const struct key_look *look)
{
    return look->has_read && look->file.has_bytes && look->file.outcome == FILE_BAD;
}

/* True when those for NTLM alone hold from now on. */
static bool take_bad(struct key_watch *watch)
{
    watch->waiting_since_ms = 0;
    watch->retry = !is_bad_inside(&watch->look);
    key_news_trouble(&watch->news, watch->look.why.text, has_keys(watch));
    if (!watch->look.made)
        return false;
    watch->credentials = watch->look.made;
    return true;
}

/* True when new credentials hold from now on. */
static bool take_look(struct key_watch *watch)
{
    if (watch->look.found)
        watch->config.path = watch->look.found;
    if (watch->look.has_read) {
        watch->read_ms = loop_now_ms(watch->loop);
        watch->judged = watch->look.file.stamp;
        watch->young = watch->look.file.young;
        watch->missing = watch->look.file.outcome == FILE_MISSING;
        key_news_exposure(&watch->news, &watch->look.file);
        key_news_ntlm(&watch->news, &watch->look.ntlm_why);
    }
    switch (watch->look.outcome) {
    case KEY_LOOK_MADE:
        take_made(watch);
        return true;
    case KEY_LOOK_SAME:
        watch->waiting_since_ms = 0;
        return false;
    case KEY_LOOK_WAIT:
        if (watch->waiting_since_ms == 0)
            watch->waiting_since_ms = loop_now_ms(watch->loop);
        return false;
    case KEY_LOOK_BAD:
        return take_bad(watch);
    }
    return false;
}

static void plan_look(struct key_watch *watch)
{
    bool soon =
        watch->look.outcome == KEY_LOOK_WAIT || (watch->look.has_read && watch->look.file.young);
    uint64_t wait_ms = watch->config.look_ms;

    if (watch->late) {
        watch->late = false;
        begin_look(watch);
        return;
    }
    if (!wants_keys(watch) && watch->credentials)
        return;
    if (soon && wait_ms > AGAIN_MS)
        wait_ms = AGAIN_MS;
    loop_timer_at(watch->loop, watch->timer, loop_now_ms(watch->loop) + wait_ms);
}

static void look_done(struct job *job)
{
    struct key_watch *watch = ((struct key_look *)(void *)job)->watch;
    bool was_ready = watch->ready;
    bool swapped = take_look(watch);
    bool answers = watch->asked && !watch->late && watch->look.outcome != KEY_LOOK_WAIT;

    loop_timer_off(watch->loop, watch->timer);
    watch->busy = false;
    if (watch->stuck)
        key_news_stuck(&watch->news, watch->config.path, 0);
    watch->stuck = false;
    watch->ready = true;
    if (answers)
        watch->asked = false;
    plan_look(watch);
    if (swapped || !was_ready || answers)
        watch->config.looked(watch->config.context);
}

/* ---- a look that takes too long ---- */

/* Who waits for it hears of it, and of nothing else. */
static void get_stuck(struct key_watch *watch)
{
    bool answers = watch->asked || !watch->ready;

    watch->stuck = true;
    watch->asked = false;
    watch->late = false;
    key_news_stuck(&watch->news, watch->config.path, STUCK_MS);
    if (answers)
        watch->config.looked(watch->config.context);
}

static void timer_expired(void *context)
{
    struct key_watch *watch = context;

    if (watch->busy)
        get_stuck(watch);
    else
        begin_look(watch);
}

/* ---- the whole ---- */

struct key_watch *key_watch_open(struct loop *loop, struct offload *offload, struct log *log,
                                 const struct key_watch_config *config, struct why *why)
{
    struct key_watch *watch = calloc(1, sizeof *watch);

    if (watch)
        watch->timer = loop_timer(loop, timer_expired, watch);
    if (!watch || !watch->timer) {
        free(watch);
        why_set(why, "out of memory");
        return NULL;
    }
    watch->config = *config;
    watch->loop = loop;
    watch->offload = offload;
    watch->news.log = log;
    watch->young = true;
    watch->look.job.run = look_run;
    watch->look.job.done = look_done;
    watch->look.watch = watch;
    watch->look.config = &watch->config;
    begin_look(watch);
    return watch;
}

bool key_watch_is_ready(const struct key_watch *watch)
{
    return watch->ready;
}

struct service_credentials *key_watch_credentials(const struct key_watch *watch)
{
    return watch->credentials;
}

const char *key_watch_trouble(const struct key_watch *watch)
{
    if (!wants_keys(watch))
        return "NTLM cannot be accepted";
    if (!watch->ready)
        return "the keytab has not been read yet";
    if (watch->missing)
        return "there is no keytab";
    return "the keytab cannot be used";
}

const char *key_watch_lack(const struct key_watch *watch, bool ntlm)
{
    if (ntlm)
        return watch->config.order.ntlm ? "NTLM cannot be accepted" : NULL;
    return wants_keys(watch) ? key_watch_trouble(watch) : NULL;
}

const char *key_watch_told(const struct key_watch *watch, bool ntlm)
{
    return ntlm && watch->config.path ? watch->news.ntlm.text : watch->news.trouble.text;
}

bool key_watch_is_stuck(const struct key_watch *watch)
{
    return watch->stuck;
}

void key_watch_look_now(struct key_watch *watch)
{
    watch->asked = true;
    if (watch->busy)
        watch->late = true;
    else
        begin_look(watch);
}

bool key_watch_close(struct key_watch *watch)
{
    if (!watch)
        return true;
    if (watch->busy)
        return false;
    loop_timer_free(watch->loop, watch->timer);
    service_credentials_drop(watch->credentials);
    ntlm_credential_free(watch->look.ntlm);
    free(watch->look.found);
    free(watch);
    return true;
}
