/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the log says about a file that was read. No line of it is quoted: it may be a password.
 */
#include <config.h>

#include <inttypes.h>

#include "helpers/files/keeper_private.h"

static void tell_faults(struct log *log, const struct keeper_config *config,
                        const struct table *table)
{
    uint64_t i;

    for (i = 0; i < table->faults && i < TABLE_FAULTS_TOLD; i++)
        log_event(log, LOG_WARNING, "line", "%s %s: line %" PRIu64 " is skipped: %s", config->what,
                  config->path, table->fault[i].line, table->fault[i].text);
    if (table->faults > i)
        log_event(log, LOG_WARNING, "line", "%s %s: and %" PRIu64 " more bad lines", config->what,
                  config->path, table->faults - i);
}

static void tell_duplicates(struct log *log, const struct keeper_config *config,
                            const struct table *table)
{
    uint64_t i;

    for (i = 0; i < table->duplicates && i < TABLE_FAULTS_TOLD; i++)
        log_event(log, LOG_WARNING, "duplicate", "%s %s: line %" PRIu64 ": %s", config->what,
                  config->path, table->duplicate[i].line, table->duplicate[i].text);
    if (table->duplicates > i)
        log_event(log, LOG_WARNING, "duplicate", "%s %s: and %" PRIu64 " more duplicates",
                  config->what, config->path, table->duplicates - i);
}

void keeper_tell_table(struct log *log, const struct keeper_config *config,
                       const struct table *table, bool again)
{
    log_event(log, again ? LOG_NOTICE : LOG_INFO, "file",
              "%s %s: read%s: %" PRIu64 " users, %" PRIu64 " bad lines, %" PRIu64 " duplicates",
              config->what, config->path, again ? " again" : "", table->records, table->faults,
              table->duplicates);
    if (table->records == 0)
        log_event(log, LOG_WARNING, "empty", "%s %s holds no users: nobody can log in",
                  config->what, config->path);
    tell_faults(log, config, table);
    tell_duplicates(log, config, table);
}
