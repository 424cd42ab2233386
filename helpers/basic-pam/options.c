/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of `basic_pam_auth` of Squid, and new long names.
 */
#include <config.h>

#include "helpers/basic-pam/options.h"

#include <string.h>

#include "helpers/pam/service.h"

enum {
    WORKERS_MAX = 64, /* as helpers/core/offload.h */
    STAND_INS = 8,
    TTL_MAX_S = 1000000000,
};

#define MEMBER(name) .offset = offsetof(struct basic_pam_options, name)

/* One option a block; the columns are for the reader. */
/* clang-format off */
const struct option basic_pam_option_list[] = {
    {.heading = "PAM",
     .name = "service", .letter = 'n', .kind = OPTION_TEXT, .argument = "NAME",
     .preset = "squid", MEMBER(service), .help = "the PAM service"},
    {.name = "service-dir", .kind = OPTION_TEXT, .argument = "DIR", MEMBER(service_dir),
     .help = "where its file is, instead of /etc/pam.d"},
    {.name = "no-account", .letter = 'o', .kind = OPTION_FLAG, MEMBER(no_account),
     .help = "do not ask whether the account may be used"},
    {.name = "workers", .kind = OPTION_NUMBER, .argument = "N", .min = 1, .max = WORKERS_MAX,
     .preset = "1", MEMBER(workers), .help = "logins at the same time"},
    {.name = "ttl", .letter = 't', .kind = OPTION_NUMBER, .argument = "SECONDS", .min = 0,
     .max = TTL_MAX_S, .preset = "0", MEMBER(ttl_s), .help = "without effect"},
    {.name = "one-shot", .letter = '1', .kind = OPTION_FLAG, MEMBER(one_shot),
     .help = "without effect: every login has a PAM handle of its own"},

    {.heading = "User names",
     .name = "strip-realm", .letter = 'r', .kind = OPTION_FLAG, MEMBER(strip_realm),
     .help = "alice@REALM and DOMAIN\\alice are alice"},
    {.name = "accept-aliases", .kind = OPTION_FLAG, MEMBER(accept_aliases),
     .help = "any name that PAM makes another one of will do"},
};
/* clang-format on */

const size_t basic_pam_option_count = sizeof basic_pam_option_list / sizeof *basic_pam_option_list;

bool basic_pam_options_init(struct basic_pam_options *options)
{
    const struct option_table table = {NULL, basic_pam_option_list, basic_pam_option_count,
                                       options};

    memset(options, 0, sizeof *options);
    return option_preset(&table);
}

bool basic_pam_options_check(const struct basic_pam_options *options, struct why *why)
{
    if (!service_name_is_good(options->service, why))
        return false;
    if (!options->service_dir)
        return true;
    if (!transaction_has_service_dir())
        return why_set(why, "option --service-dir: this system's PAM reads no folder but its own");
    if (options->service_dir[0] != '/')
        return why_set(why, "option --service-dir: a path that begins with a slash would be right");
    return true;
}

static bool names_a_file(const char *word)
{
    static const char *const names[] = {"--config", "--service-dir"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);

        if (strncmp(word, names[i], len) == 0 && (word[len] == '\0' || word[len] == '='))
            return true;
    }
    return false;
}

bool basic_pam_options_harmless(int argc, char *const *argv, struct why *why)
{
    for (int i = 1; i < argc; i++)
        if (names_a_file(argv[i]))
            return why_set(why,
                           "option %.*s is not for a program that is setuid or has "
                           "capabilities, which anybody may start",
                           (int)strcspn(argv[i], "="), argv[i]);
    return true;
}

struct transaction_config basic_pam_options_config(const struct basic_pam_options *options)
{
    return (struct transaction_config){
        .service = options->service,
        .service_dir = options->service_dir,
        .no_account = options->no_account,
        .strip_realm = options->strip_realm,
        .accept_aliases = options->accept_aliases,
    };
}

unsigned basic_pam_options_threads(const struct basic_pam_options *options)
{
    unsigned threads = (unsigned)options->workers + STAND_INS;

    return threads < WORKERS_MAX ? threads : WORKERS_MAX;
}
