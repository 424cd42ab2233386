/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_options: the options of a world's helper.
 */
#ifndef PROXYAUTH_TESTS_SIM_OPTIONS_H
#define PROXYAUTH_TESTS_SIM_OPTIONS_H

#include "helpers/directory/directory.h"
#include "tests/sim/sim_config.h"

struct sim_options {
    struct directory_options directory;
    struct user_options user;
    struct login_options login;
    struct membership_options membership;
    char *uris[SIM_SERVERS];
    char *required; /* --require-group */
};

/* OWN is zeroed. */
void sim_options_set(struct sim_options *own, const struct sim_config *config);
void sim_options_free(struct sim_options *own);

#endif
