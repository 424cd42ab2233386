/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic: from a Basic request line to its reply, with a directory behind it.
 *
 * Wiring between core, verify and directory, apart from main.c so that the simulator can run the
 * whole path.
 */
#ifndef PROXYAUTH_BASIC_LDAP_BASIC_H
#define PROXYAUTH_BASIC_LDAP_BASIC_H

#include "helpers/basic-ldap/notes.h"
#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/directory/login.h"

struct basic;

/* What it stands on. All must outlive it. */
struct basic_ground {
    struct loop *loop;
    struct log *log;
    struct directory *directory;
};

struct basic_orders {
    unsigned key_extras;
    struct notes_told told;
};

/* Both are copied. NULL with WHY. */
struct basic *basic_new(const struct basic_ground *ground, const struct basic_orders *orders,
                        struct why *why);

/* Answers REQUEST, now or later. */
void basic_request(struct basic *basic, struct request *request);

void basic_free(struct basic *basic);

#endif
