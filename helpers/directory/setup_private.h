/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of a setup share: setup.c goes through the phases, setup_service.c is the service
 * account's proof.
 */
#ifndef PROXYAUTH_DIRECTORY_SETUP_PRIVATE_H
#define PROXYAUTH_DIRECTORY_SETUP_PRIVATE_H

#include "helpers/directory/protection.h"
#include "helpers/directory/setup.h"

/* Notes how it ended, setup->why being set. Returns false. */
bool setup_fail(struct setup *setup, enum setup_outcome outcome, const char *phase);

/* The same for a request that ended with CODE, which SETUP_SERVER stands for; the wire knows more
 * about some. ADVICE is half a sentence; NULL: verdict.h knows. */
bool setup_fail_operation(struct setup *setup, const char *phase, int code, const char *advice);

/* The result code of the answer of TYPE to MSGID, or libldap's error. */
int setup_await(struct setup *setup, int msgid, int type);

static inline enum protection setup_protection(const struct setup *setup)
{
    return protection_of(setup->plan, setup->address, setup->purpose);
}

/* ---- setup_service.c ---- */

struct kerberos_credentials;

/* What the service account proves itself with. Zeroed, it is nothing. */
struct service_proof {
    struct secret *from_file;
    const struct secret *password; /* from the file or the plan's own, or NULL */
    struct kerberos_credentials *tickets;
};

/* Gets the proof, before anything is sent to the server: without it there is nothing to connect
 * for. May wait for a KDC. False when there is none. */
bool setup_prove(struct setup *setup, struct service_proof *proof);

/* The service bind. */
bool setup_bind_service(struct setup *setup, const struct service_proof *proof);

/* Wipes and frees. */
void setup_forget(struct service_proof *proof);

#endif
