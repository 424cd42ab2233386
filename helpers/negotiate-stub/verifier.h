/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verifier: one client's dialogue at a time, answered by NTLM's acceptor with the file's accounts.
 */
#ifndef PROXYAUTH_NEGOTIATE_STUB_VERIFIER_H
#define PROXYAUTH_NEGOTIATE_STUB_VERIFIER_H

#include "helpers/core/log.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/files/keeper.h"
#include "helpers/negotiate-stub/options.h"

struct verifier;

struct verifier_config {
    const struct stub_options *options; /* these outlive the verifier */
    const struct stub_names *names;
    const struct keeper *keeper; /* NULL: there is no file */
    struct log *log;
    unsigned key_extras;
    uint64_t (*now)(void); /* the wall clock as FILETIME: 100 ns since 1601 */
};

/* NULL with WHY. */
struct verifier *verifier_new(const struct verifier_config *config, struct why *why);

/* Answers REQUEST at once. The keeper is ready. */
void verifier_request(struct verifier *verifier, struct request *request);

/* NULL is allowed. */
void verifier_free(struct verifier *verifier);

#endif
