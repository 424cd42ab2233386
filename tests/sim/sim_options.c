/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The helper's options, as they would be parsed.
 */
#include <config.h>

#include "tests/sim/sim_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_groups.h"
#include "tests/sim/sim_states.h"

static char *copy(const char *text)
{
    char *made = text ? strdup(text) : NULL;

    if (text && !made)
        abort();
    return made;
}

static void set_group_options(struct sim_options *own, const struct sim_config *config)
{
    int required = config->required;

    if (!membership_options_init(&own->membership))
        abort();
    own->membership.group_base = copy(SIM_GROUP_BASE);
    own->login.expiry_warning_days = SIM_WARNING_DAYS;
    own->login.groups = config->groups;
    if (required < 0)
        return;
    own->required = malloc(SIM_NAME_CAP);
    if (!own->required)
        abort();
    if (required % 2 == 0) /* by either name */
        sim_group_name((unsigned)required, own->required);
    else
        sim_group_dn((unsigned)required, own->required);
    own->login.require_groups = (struct option_list){&own->required, 1};
}

void sim_options_set(struct sim_options *own, const struct sim_config *config)
{
    struct directory_options *options = &own->directory;
    unsigned primaries = config->servers - config->backup;

    if (!directory_options_init(options) || !user_options_init(&own->user) ||
        !login_options_init(&own->login))
        abort();
    options->base = copy(SIM_BASE);
    own->user.filter = copy(config->filter);
    own->login.compare_attr = copy(config->compares ? "pin" : NULL);
    own->user.accept_aliases = config->aliases;
    options->starttls = config->starttls;
    options->connect_timeout_s = (long)config->connect_timeout_s;
    own->login.connections = (long)config->connections;
    set_group_options(own, config);
    if (config->service) {
        options->bind_dn = copy(SIM_SERVICE_DN);
        options->bind_password = secret_copy(SIM_SERVICE_PASSWORD, strlen(SIM_SERVICE_PASSWORD));
    }
    for (unsigned i = 0; i < config->servers; i++) {
        char uri[32];

        snprintf(uri, sizeof(uri), "ldap://s%u", i);
        own->uris[i] = copy(uri);
    }
    options->servers = (struct option_list){own->uris, primaries};
    options->backup_uris = (struct option_list){own->uris + primaries, config->servers - primaries};
}

void sim_options_free(struct sim_options *own)
{
    struct directory_options *options = &own->directory;

    free(options->base);
    free(own->user.filter);
    free(own->user.login_names);
    free(own->login.compare_attr);
    free(own->membership.group_base);
    free(own->required);
    free(options->bind_dn);
    secret_free(&options->bind_password);
    for (unsigned i = 0; i < SIM_SERVERS; i++)
        free(own->uris[i]);
}
