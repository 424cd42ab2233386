/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * key_news: what the log is told of the keytab, each once, however often it is looked at. Of
 * key_watch alone.
 */
#ifndef PROXYAUTH_KERBEROS_KEY_NEWS_H
#define PROXYAUTH_KERBEROS_KEY_NEWS_H

#include <stdint.h>

#include "helpers/core/log.h"
#include "helpers/kerberos/keys.h"

/* Zeros, but for the log. */
struct key_news {
    struct log *log;
    struct why trouble;  /* what was told last; empty: none */
    struct why ntlm;     /* the same for NTLM beside a keytab */
    struct why exposure; /* the same for who can read it */
};

/* HAS_KEYS: there are some from before. */
void key_news_trouble(struct key_news *news, const char *reason, bool has_keys);

/* The trouble has ended. */
void key_news_good(struct key_news *news);

/* WHY NTLM cannot be accepted; empty: it can. */
void key_news_ntlm(struct key_news *news, const struct why *why);

void key_news_exposure(struct key_news *news, const struct keys_file *file);

/* NOW is about to take the place of BEFORE; either may be NULL. Before key_news_good(). */
void key_news_keys(struct key_news *news, const char *path, const struct keys *before,
                   const struct keys *now);

/* A look takes more than MS; 0: it has ended. PATH may be NULL: there is nothing to tell. */
void key_news_stuck(struct key_news *news, const char *path, uint64_t ms);

#endif
