/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the engine's own files share: directory.c opens and closes, login.c runs logins, check.c is
 * --check.
 */
#ifndef PROXYAUTH_DIRECTORY_ENGINE_H
#define PROXYAUTH_DIRECTORY_ENGINE_H

#include "helpers/directory/directory.h"
#include "helpers/directory/dn_template.h"
#include "helpers/directory/filter_template.h"
#include "helpers/directory/pool.h"
#include "helpers/directory/setup.h"

/* How long recent binds with a wrong password took; see login.c. */
enum { DENIED_SAMPLES = 32 };

struct denied_times {
    uint32_t ms[DENIED_SAMPLES];
    unsigned count; /* ever taken */
};

struct directory {
    struct directory_ground ground;
    const struct directory_options *options; /* outlives the engine */
    struct server_list servers;
    struct setup_plan plan;
    struct filter_template *filter; /* of -f; or NULL, then: */
    struct dn_template *dn;         /* of -u */
    int scope;                      /* LDAP_SCOPE_* */
    struct pool *pool;
    struct denied_times denied;
    struct login *first; /* all logins under way */
};

/* Everything but the pool, for directory_open() and directory_check(). False with WHY. */
bool engine_prepare(struct directory *directory, const struct directory_ground *ground,
                    const struct directory_options *options, bool cleartext_allowed,
                    struct why *why);

/* Frees what engine_prepare() made. */
void engine_release(struct directory *directory);

#endif
