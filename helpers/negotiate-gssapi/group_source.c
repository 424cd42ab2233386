/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIDs are an Active Directory's (and Samba's), so the directory is taken for one unless the
 * options say otherwise.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/group_source.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/directory.h"
#include "helpers/directory/facts.h"

enum { OFFLOAD_THREADS = 4 };

static const struct password_options password_options = {"-w", "-W"};

bool group_source_init(struct group_source *source)
{
    return directory_options_init(&source->options);
}

size_t group_source_table(struct group_source *source, struct option_table *table)
{
    *table = (struct option_table){NULL, directory_option_list, directory_option_count,
                                   &source->options};
    return 1;
}

bool group_source_is_wanted(const struct group_source *source)
{
    const struct directory_options *options = &source->options;

    return options->servers.count + options->backup_uris.count > 0 || options->domain;
}

/* Who says how a directory is asked, but not which, has forgotten it. */
static bool check_unasked(struct group_source *source, const struct option_set *set,
                          struct why *why)
{
    struct option_table table;
    struct option_label label;

    (void)group_source_table(source, &table);
    return !option_given(set, &table, &label) ||
           why_set(why,
                   "option %s needs --uri or --domain, the directory that is asked for groups' "
                   "names",
                   label.text);
}

bool group_source_check_options(struct group_source *source, const struct option_set *set,
                                struct why *why)
{
    static const char gssapi[] = "GSSAPI";
    struct directory_options *options = &source->options;

    if (!group_source_is_wanted(source))
        return check_unasked(source, set, why);
    if (options->kind == KIND_AUTO)
        options->kind = KIND_AD;
    if (options->bind_keytab && !options->sasl_mech) {
        options->sasl_mech = strdup(gssapi);
        if (!options->sasl_mech)
            return why_set(why, "out of memory");
    }
    return directory_options_check(options, true, why);
}

void group_source_warn(const struct group_source *source, const struct option_set *set,
                       struct log *log)
{
    if (group_source_is_wanted(source))
        directory_options_warn(&source->options, set, &password_options, log);
}

static struct directory_orders orders_of(const struct group_source *source,
                                         const struct option_set *set)
{
    return (struct directory_orders){
        .options = &source->options,
        .cleartext_allowed = directory_options_allow_cleartext(&source->options, set),
    };
}

static struct directory_ground ground_of(struct group_source *source, const struct helper *helper)
{
    source->chance.state = helper_seed(helper);
    return (struct directory_ground){
        .loop = helper->loop,
        .offload = source->offload,
        .log = helper->log,
        .deadline_ms = helper_deadline_ms(helper),
        .random = chance_next,
        .random_context = &source->chance,
    };
}

bool group_source_open(struct group_source *source, struct helper *helper,
                       const struct option_set *set, struct why *why)
{
    const struct directory_orders orders = orders_of(source, set);
    struct directory_ground ground;

    source->offload = offload_open(helper->loop, OFFLOAD_THREADS, why);
    if (!source->offload)
        return false;
    ground = ground_of(source, helper);
    source->directory = directory_open(&ground, &orders, why);
    return source->directory;
}

bool group_source_test(struct group_source *source, struct helper *helper,
                       const struct option_set *set)
{
    const struct directory_orders orders = orders_of(source, set);
    const struct directory_ground ground = ground_of(source, helper);

    return directory_check(&ground, &orders);
}

bool group_source_close(struct group_source *source)
{
    if (source->directory && !directory_quiet(source->directory))
        return false;
    if (source->directory)
        directory_close(source->directory);
    source->directory = NULL;
    return !source->offload || offload_close(source->offload);
}
