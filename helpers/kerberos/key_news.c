/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sentences with the keytab's path, for an administrator who has changed it, or has not.
 */
#include <config.h>

#include "helpers/kerberos/key_news.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void key_news_trouble(struct key_news *news, const char *reason, bool has_keys)
{
    if (strcmp(news->trouble.text, reason) == 0)
        return;
    (void)snprintf(news->trouble.text, sizeof news->trouble.text, "%s", reason);
    log_event(news->log, has_keys ? LOG_WARNING : LOG_ERROR, "keytab", "%s; %s", reason,
              has_keys ? "the keys that were read before stay" : "logins get BH until it is good");
}

void key_news_good(struct key_news *news)
{
    news->trouble.text[0] = '\0';
}

void key_news_ntlm(struct key_news *news, const struct why *why)
{
    if (strcmp(news->ntlm.text, why->text) == 0)
        return;
    news->ntlm = *why;
    if (why->text[0] != '\0')
        log_event(news->log, LOG_ERROR, "ntlm", "%s; logins by NTLM get BH", why->text);
}

void key_news_exposure(struct key_news *news, const struct keys_file *file)
{
    if (!file->exposed) {
        news->exposure.text[0] = '\0';
    } else if (strcmp(news->exposure.text, file->exposure.text) != 0) {
        news->exposure = file->exposure;
        log_event(news->log, LOG_WARNING, "exposed", "%s; whoever can read it can log in as anyone",
                  file->exposure.text);
    }
}

static bool same_entries(const struct keys *a, const struct keys *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (a->entries[i].kvno != b->entries[i].kvno ||
            a->entries[i].etype != b->entries[i].etype ||
            strcmp(a->entries[i].principal, b->entries[i].principal) != 0)
            return false;
    }
    return true;
}

void key_news_keys(struct key_news *news, const char *path, const struct keys *before,
                   const struct keys *now)
{
    bool again = news->trouble.text[0] != '\0';
    char text[KEYS_TEXT_CAP];

    if (!now || (!again && before && same_entries(before, now)))
        return;
    keys_tell(now, text, sizeof text);
    log_event(news->log, again || before ? LOG_NOTICE : LOG_INFO, "keytab",
              "the keytab %s: read%s: %s", path, again || before ? " again" : "", text);
}

void key_news_stuck(struct key_news *news, const char *path, uint64_t ms)
{
    if (path && ms > 0)
        log_event(news->log, LOG_WARNING, "keytab",
                  "the keytab %s: a look at it takes more than %" PRIu64
                  " s: does its file system answer?",
                  path, ms / 1000);
    else if (path)
        log_event(news->log, LOG_NOTICE, "keytab", "the keytab %s: it can be looked at again",
                  path);
}
