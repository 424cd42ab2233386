/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In place of group_source.c where LDAP is not built in.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/group_source.h"

bool group_source_init(struct group_source *source)
{
    (void)source;
    return true;
}

size_t group_source_table(struct group_source *source, struct option_table *table)
{
    (void)source;
    (void)table;
    return 0;
}

bool group_source_is_wanted(const struct group_source *source)
{
    (void)source;
    return false;
}

bool group_source_check_options(struct group_source *source, const struct option_set *set,
                                struct why *why)
{
    (void)source;
    (void)set;
    (void)why;
    return true;
}

void group_source_warn(const struct group_source *source, const struct option_set *set,
                       struct log *log)
{
    (void)source;
    (void)set;
    (void)log;
}

bool group_source_open(struct group_source *source, struct helper *helper,
                       const struct option_set *set, struct why *why)
{
    (void)source;
    (void)helper;
    (void)set;
    return why_set(why, "this build has no LDAP");
}

bool group_source_test(struct group_source *source, struct helper *helper,
                       const struct option_set *set)
{
    (void)source;
    (void)helper;
    (void)set;
    return true;
}

bool group_source_close(struct group_source *source)
{
    (void)source;
    return true;
}
