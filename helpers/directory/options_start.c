/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the way in which options were given means at the start: law 8, and warnings. The same for
 * every helper that talks to a directory.
 */
#include <config.h>

#include "helpers/directory/options.h"

/* Lines of the stock helper's letters alone keep working. */
bool directory_options_allow_cleartext(const struct directory_options *options,
                                       const struct option_set *set)
{
    return options->allow_cleartext || !set->long_server;
}

void directory_options_warn(const struct directory_options *options, const struct option_set *set,
                            const struct password_options *names, struct log *log)
{
    if (set->secret_in_argv)
        log_event(log, LOG_WARNING, "start",
                  "option %s (--bind-password): a password on the command line can be read by "
                  "others: use %s FILE",
                  names->password, names->file);
    if (set->config_exposed)
        log_event(log, LOG_WARNING, "start",
                  "%s holds a password and can be read by others: chmod 0600", set->config_file);
    if (options->protocol_version == 2)
        log_event(log, LOG_WARNING, "start",
                  "-v 2: LDAP version 2 is obsolete (RFC 3494); version 3 is used");
}
