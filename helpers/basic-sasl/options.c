/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `basic_sasl_auth` of Squid has no options; all of these are new. Application and service are what
 * it calls itself to libsasl2, so that its configuration and the PAM files of saslauthd fit.
 */
#include <config.h>

#include "helpers/basic-sasl/options.h"

#include <string.h>

enum { THREADS_MAX = 64 }; /* as helpers/core/offload.h */

#define MEMBER(name) .offset = offsetof(struct basic_sasl_options, name)

/* One option a block; the columns are for the reader. */
/* clang-format off */
const struct option basic_sasl_option_list[] = {
    {.heading = "Cyrus SASL",
     .name = "application", .kind = OPTION_TEXT, .argument = "NAME", .preset = "basic_sasl_auth",
     MEMBER(application), .help = "the configuration is in NAME.conf"},
    {.name = "service", .kind = OPTION_TEXT, .argument = "NAME", .preset = "basic_sasl_auth",
     MEMBER(service), .help = "what saslauthd is told, and PAM behind it"},
    {.name = "realm", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(realm),
     .help = "of all users, who are typed without it"},
    {.name = "config-dir", .kind = OPTION_TEXT, .argument = "DIR", MEMBER(config_dir),
     .help = "where the configuration is looked for"},
    {.name = "accept-aliases", .kind = OPTION_FLAG, MEMBER(accept_aliases),
     .help = "also names that libsasl2 takes for another one"},
    {.name = "workers", .kind = OPTION_NUMBER, .argument = "N", .min = 1, .max = THREADS_MAX,
     .preset = "5", MEMBER(workers), .help = "checks at the same time"},
};
/* clang-format on */

const size_t basic_sasl_option_count =
    sizeof basic_sasl_option_list / sizeof *basic_sasl_option_list;

bool basic_sasl_options_init(struct basic_sasl_options *options)
{
    const struct option_table table = {NULL, basic_sasl_option_list, basic_sasl_option_count,
                                       options};

    return option_preset(&table);
}

/* libsasl2 puts .conf behind it, and goes on with its defaults where there is no such file. */
static bool is_application(const char *name)
{
    static const char ending[] = ".conf";
    size_t len = strlen(name);
    size_t end = sizeof ending - 1;

    return len > 0 && !strchr(name, '/') && (len < end || strcmp(name + len - end, ending) != 0);
}

bool basic_sasl_options_check(const struct basic_sasl_options *options, struct why *why)
{
    if (!is_application(options->application))
        return why_set(why,
                       "option --application: \"%s\" is no name of a configuration, which is that "
                       "of a file without its folder and without .conf, such as basic_sasl_auth",
                       why_excerpt(options->application).text);
    if (options->service[0] == '\0')
        return why_set(why, "option --service: the name is empty; basic_sasl_auth would be right");
    if (options->realm && (options->realm[0] == '\0' || strchr(options->realm, '@')))
        return why_set(why, "option --realm: a name without @ would be right, such as example.com");
    if (options->config_dir && (options->config_dir[0] == '\0' || strchr(options->config_dir, ':')))
        return why_set(
            why, "option --config-dir: the name of one folder, without a colon, would be right");
    return true;
}

unsigned basic_sasl_options_threads(const struct basic_sasl_options *options)
{
    unsigned threads = 2 * (unsigned)options->workers;

    return threads < THREADS_MAX ? threads : THREADS_MAX;
}
