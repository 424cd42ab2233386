/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialogue: from the lines of one client's login to their replies.
 *
 * Squid reserves the process for a client from YR to the verdict, so there is one dialogue at a
 * time; a new YR begins anew, whatever became of the last.
 */
#ifndef PROXYAUTH_NEGOTIATE_STUB_DIALOGUE_H
#define PROXYAUTH_NEGOTIATE_STUB_DIALOGUE_H

#include "helpers/core/log.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/files/keeper.h"
#include "helpers/negotiate-stub/options.h"

struct dialogue;

struct dialogue_config {
    const struct stub_options *options; /* these outlive the dialogue */
    const struct stub_names *names;
    const struct keeper *keeper; /* NULL: there is no file */
    struct log *log;
    unsigned key_extras;
    uint64_t (*now)(void); /* the wall clock as FILETIME: 100 ns since 1601 */
};

/* NULL with WHY. */
struct dialogue *dialogue_new(const struct dialogue_config *config, struct why *why);

/* Answers REQUEST at once. The keeper is ready. */
void dialogue_request(struct dialogue *dialogue, struct request *request);

void dialogue_free(struct dialogue *dialogue);

#endif
