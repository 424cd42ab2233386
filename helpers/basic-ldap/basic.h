/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic: from a Basic request line to its reply, with a directory behind it.
 *
 * Wiring between core, verify and directory, apart from main.c so that the simulator can run the
 * whole path.
 */
#ifndef PROXYAUTH_BASIC_LDAP_BASIC_H
#define PROXYAUTH_BASIC_LDAP_BASIC_H

#include "helpers/core/loop.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/directory/directory.h"

struct basic;

/* DIRECTORY must outlive it. NULL with WHY. */
struct basic *basic_new(struct loop *loop, struct directory *directory, unsigned key_extras,
                        struct why *why);

/* Answers REQUEST, now or later. */
void basic_request(struct basic *basic, struct request *request);

void basic_free(struct basic *basic);

#endif
