/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * transaction: one login through PAM, from pam_start(3) to pam_end(3).
 *
 * Blocks as long as the modules do. Each call has a handle of its own, so that nothing of one user
 * is left for the next; calls may run in several threads as far as the modules allow that.
 */
#ifndef PROXYAUTH_PAM_TRANSACTION_H
#define PROXYAUTH_PAM_TRANSACTION_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"
#include "helpers/pam/outcome.h"
#include "helpers/pam/remarks.h"

/* Shared by all; constant while they run. */
struct transaction_config {
    const char *service;
    const char *service_dir; /* where the services are, or NULL: where PAM has them */
    bool no_account;         /* pam_acct_mgmt(3) is left out */
    bool strip_realm;        /* alice@REALM and DOMAIN\alice are alice to PAM */
    bool accept_aliases;     /* a name that a module has made another one of is let in */
    bool needs_file;         /* without the service's file a login is trouble; else it is what the
                                service "other" makes of it */
};

enum { TRANSACTION_TEXT_MAX = 200 };

struct transaction {
    struct pxa_span user;          /* as typed */
    const struct secret *password; /* both may hold any bytes */
    /* The result: */
    struct outcome outcome;
    bool authenticated;                /* pam_authenticate(3) succeeded */
    char detail[TRANSACTION_TEXT_MAX]; /* for the log: what PAM said; bytes from outside */
    char name[TRANSACTION_TEXT_MAX];   /* OK: what PAM calls the user; "" if that is longer */
};

void transaction_run(const struct transaction_config *config, struct transaction *transaction);

/* Whether PAM can use the service at all: pam_start(3). Nobody is logged in, and no module is
 * asked. False with WHY. In both cases REMARKS has what PAM does not like about it. */
bool transaction_try(const struct transaction_config *config, struct remarks *remarks,
                     struct why *why);

/* Whether this system's PAM can read services from a folder of one's own. */
bool transaction_has_service_dir(void);

/* Programs that modules start get signals as programs expect them: nothing blocked, as it is in
 * offload threads, and nothing ignored. Once, before the first transaction. False: memory is out.
 */
bool transaction_prepare(void);

#endif
