/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of directory helpers and of all helpers, parsed together as basic-ldap does: real
 * command lines mean what they meant, and what cannot be right is said in a sentence.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/basic-ldap/options.h"
#include "helpers/core/common_options.h"
#include "helpers/core/session.h"
#include "helpers/directory/options.h"
#include "tests/unit/wild_lines.h"

Suite *suite(void);

/* The words of one command line, parsed. */
struct run {
    struct basic_ldap_options options;
    struct option_table tables[BASIC_LDAP_TABLES];
    struct option_set set;
    char *argv[WILD_WORDS + 2];
    int argc;
    enum option_outcome outcome;
    struct why why;
};

static void parse_words(struct run *run, const char *const *words)
{
    memset(run, 0, sizeof *run);
    ck_assert(common_options_init(&run->options.common));
    ck_assert(basic_ldap_options_init(&run->options));
    basic_ldap_option_tables(&run->options, run->tables);
    run->set = (struct option_set){.program = "helper",
                                   .synopsis = "",
                                   .purpose = "",
                                   .tables = run->tables,
                                   .table_count = BASIC_LDAP_TABLES,
                                   .words_as = "host"};
    run->argv[run->argc++] = strdup("helper");
    for (; *words; words++)
        run->argv[run->argc++] = strdup(*words);
    run->outcome = option_parse(&run->set, run->argc, run->argv, &run->why);
}

#define PARSE(run, ...) parse_words(run, (const char *const[]){__VA_ARGS__, NULL})

static void release(struct run *run)
{
    int i;

    option_free(&run->set);
    for (i = 0; i < run->argc; i++)
        free(run->argv[i]);
}

static void expect_text(const char *origin, const char *found, const char *expected)
{
    ck_assert_msg((!found && !expected) || (found && expected && strcmp(found, expected) == 0),
                  "%s: \"%s\" instead of \"%s\"", origin, found ? found : "(none)",
                  expected ? expected : "(none)");
}

static void expect_servers(const struct wild_line *line, const struct option_list *servers)
{
    char joined[400] = "";
    size_t i;

    for (i = 0; i < servers->count; i++) {
        if (i > 0)
            strcat(joined, "|");
        strcat(joined, servers->values[i]);
    }
    expect_text(line->origin, joined, line->servers ? line->servers : "");
}

/* A password may still stand in argv only as what it was overwritten with. */
static void expect_no_password(const struct wild_line *line, const struct run *run)
{
    int i;

    for (i = 1; i < run->argc; i++)
        ck_assert_msg(!line->password || strcmp(run->argv[i], line->password) != 0 ||
                          strcmp(line->password, "xxxxx") == 0,
                      "%s: the password is still on the command line", line->origin);
}

START_TEST(wild_lines_mean_what_they_meant)
{
    const struct wild_line *line = &wild_lines[_i];
    const struct directory_options *found;
    const struct user_options *user;
    struct run run;

    parse_words(&run, line->words);
    found = &run.options.directory;
    user = &run.options.user;
    ck_assert_msg(run.outcome == OPTION_RUN, "%s: %s", line->origin, run.why.text);
    ck_assert_msg(basic_ldap_options_check(&run.options, &run.why), "%s: %s", line->origin,
                  run.why.text);
    expect_text(line->origin, found->base, line->base);
    expect_text(line->origin, user->filter, line->filter);
    expect_text(line->origin, user->user_attr ? user->user_attr : "uid",
                line->user_attr ? line->user_attr : "uid");
    expect_text(line->origin, run.options.login.compare_attr, NULL);
    expect_text(line->origin, found->bind_dn, line->bind_dn);
    expect_text(line->origin, found->bind_password ? found->bind_password->bytes : NULL,
                line->password);
    expect_text(line->origin, found->bind_password_file, line->password_file);
    expect_servers(line, &found->servers);
    expect_no_password(line, &run);
    ck_assert_int_eq(found->port ? found->port : 389, line->port ? line->port : 389);
    ck_assert_int_eq(found->protocol_version, 3);
    ck_assert_int_eq(found->scope, DIRECTORY_SCOPE_SUB);
    ck_assert_int_eq(found->starttls, line->starttls);
    ck_assert_int_eq(run.options.common.debug, line->debug);
    ck_assert_int_eq(run.set.secret_in_argv, line->password != NULL);
    ck_assert(!run.set.long_server);
    release(&run);
}
END_TEST

START_TEST(defaults)
{
    struct basic_ldap_options options;
    const struct directory_options *directory = &options.directory;

    ck_assert(common_options_init(&options.common));
    ck_assert(basic_ldap_options_init(&options));
    ck_assert_int_eq(directory->scope, DIRECTORY_SCOPE_SUB);
    ck_assert_int_eq(directory->deref, DIRECTORY_DEREF_NEVER);
    ck_assert_int_eq(directory->port, 0); /* not given */
    ck_assert_int_eq(directory->protocol_version, 3);
    ck_assert_int_eq(directory->connect_timeout_s, 3);
    ck_assert_int_eq(directory->search_timeout_s, 0);
    ck_assert_int_eq(directory->tls_min, DIRECTORY_TLS_1_2);
    ck_assert_int_eq(directory->tls_verify, DIRECTORY_TLS_VERIFY_UNSET);
    ck_assert(!directory->base && !directory->bind_dn && !directory->sasl_mech);
    ck_assert(!directory->starttls && !directory->allow_cleartext);
    ck_assert_int_eq(options.login.connections, 64);
    ck_assert(!options.user.filter && !options.user.user_attr && !options.user.accept_aliases);
    free(options.user.login_names);

    ck_assert_int_eq(options.common.concurrency, CONCURRENCY_AUTO);
    ck_assert_int_eq(options.common.key_extras, 0);
    ck_assert_int_eq(options.common.deadline_s, 10);
    ck_assert_int_eq(common_options_log_level(&options.common), LOG_NOTICE);
    ck_assert(!options.common.check);
}
END_TEST

START_TEST(stock_letters)
{
    struct run run;

    PARSE(&run, "-b", "dc=x", "-U", "userPassword", "-s", "one", "-a", "find", "-c", "4", "-t5",
          "-v2", "-P", "-O", "-R", "-p", "390", "-h", "a", "-u", "cn", "b");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.options.login.compare_attr, "userPassword");
    ck_assert_int_eq(run.options.directory.scope, DIRECTORY_SCOPE_ONE);
    ck_assert_int_eq(run.options.directory.deref, DIRECTORY_DEREF_FIND);
    ck_assert_int_eq(run.options.directory.connect_timeout_s, 4);
    ck_assert_int_eq(run.options.directory.search_timeout_s, 5);
    ck_assert_int_eq(run.options.directory.protocol_version, 2);
    ck_assert_int_eq(run.options.directory.port, 390);
    ck_assert_str_eq(run.options.user.user_attr, "cn");
    ck_assert_uint_eq(run.options.directory.servers.count, 2);
    release(&run);
    PARSE(&run, "-sbase", "-aalways", "-b", "x", "-p1", "-p", "2");
    ck_assert_int_eq(run.options.directory.scope, DIRECTORY_SCOPE_BASE);
    ck_assert_int_eq(run.options.directory.deref, DIRECTORY_DEREF_ALWAYS);
    ck_assert_int_eq(run.options.directory.port, 2);
    release(&run);
    PARSE(&run, "-a", "search");
    ck_assert_int_eq(run.options.directory.deref, DIRECTORY_DEREF_SEARCH);
    release(&run);
}
END_TEST

START_TEST(new_names)
{
    struct run run;

    PARSE(&run, "--base=x", "--backup-uri", "ldap://b", "--ca-file=/ca", "--ca-dir=/d",
          "--client-cert=/c", "--client-key=/k", "--tls-min=1.3", "--tls-verify=no",
          "--allow-cleartext", "--accept-aliases", "--connections=1024", "--concurrency=on",
          "--key-extras=16", "--deadline=600", "--log-level=error", "--check");
    ck_assert_str_eq(run.outcome == OPTION_RUN ? "" : run.why.text, "");
    ck_assert_str_eq(run.options.directory.backup_uris.values[0], "ldap://b");
    ck_assert(run.set.long_server);
    ck_assert_str_eq(run.options.directory.ca_file, "/ca");
    ck_assert_str_eq(run.options.directory.ca_dir, "/d");
    ck_assert_str_eq(run.options.directory.client_cert, "/c");
    ck_assert_str_eq(run.options.directory.client_key, "/k");
    ck_assert_int_eq(run.options.directory.tls_min, DIRECTORY_TLS_1_3);
    ck_assert_int_eq(run.options.directory.tls_verify, DIRECTORY_TLS_VERIFY_NO);
    ck_assert(run.options.directory.allow_cleartext && run.options.user.accept_aliases);
    ck_assert_int_eq(run.options.login.connections, 1024);
    ck_assert_int_eq(run.options.common.concurrency, CONCURRENCY_ON);
    ck_assert_int_eq(run.options.common.key_extras, 16);
    ck_assert_int_eq(run.options.common.deadline_s, 600);
    ck_assert_int_eq(common_options_log_level(&run.options.common), LOG_ERROR);
    ck_assert(run.options.common.check);
    release(&run);
}
END_TEST

START_TEST(choices_in_the_order_of_their_enums)
{
    struct run run;

    PARSE(&run, "--concurrency=off", "--log-level=info", "--tls-verify=yes");
    ck_assert_int_eq(run.options.common.concurrency, CONCURRENCY_OFF);
    ck_assert_int_eq(common_options_log_level(&run.options.common), LOG_INFO);
    ck_assert_int_eq(run.options.directory.tls_verify, DIRECTORY_TLS_VERIFY_YES);
    release(&run);
    PARSE(&run, "--log-level=warning");
    ck_assert_int_eq(common_options_log_level(&run.options.common), LOG_WARNING);
    release(&run);
    PARSE(&run, "--log-level=debug");
    ck_assert_int_eq(common_options_log_level(&run.options.common), LOG_DEBUG);
    release(&run);
    PARSE(&run, "--log-level=error", "-d");
    ck_assert_int_eq(common_options_log_level(&run.options.common), LOG_DEBUG);
    release(&run);
}
END_TEST

/* The words cannot be parsed (BY is OPTION_BAD) or do not fit together (OPTION_RUN). */
static void expect_sentence(enum option_outcome by, const char *sentence, const char *const *words)
{
    struct run run;

    parse_words(&run, words);
    ck_assert_int_eq(run.outcome, by);
    if (by == OPTION_RUN)
        ck_assert(!basic_ldap_options_check(&run.options, &run.why));
    ck_assert_str_eq(run.why.text, sentence);
    release(&run);
}

#define UNREADABLE(sentence, ...)                                                                  \
    expect_sentence(OPTION_BAD, sentence, (const char *const[]){__VA_ARGS__, NULL})
#define UNFIT(sentence, ...)                                                                       \
    expect_sentence(OPTION_RUN, sentence, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(values_that_are_none)
{
    UNREADABLE("option -c (--connect-timeout): \"abc\" is not a number of seconds from 1 to 3600",
               "-c", "abc");
    UNREADABLE("option -c (--connect-timeout): \"0\" is not a number of seconds from 1 to 3600",
               "-c0");
    UNREADABLE("option -v (--protocol-version): \"4\" is not a number from 2 to 3", "-v4");
    UNREADABLE("option -s (--scope): \"subtree\" is not one of: base, one, sub", "-s", "subtree");
    UNREADABLE("option --tls-min: \"1.1\" is not one of: 1.2, 1.3", "--tls-min=1.1");
    UNREADABLE("option --connections: \"1025\" is not a number from 1 to 1024",
               "--connections=1025");
    UNREADABLE("option --key-extras: \"17\" is not a number from 0 to 16", "--key-extras=17");
    UNREADABLE("option --deadline: \"0\" is not a number of seconds from 1 to 600", "--deadline=0");
    UNREADABLE("option -E: it cannot be used: "
               "--ca-file names the certificates to trust, --client-cert our own",
               "-E", "/etc");
    UNREADABLE("option -z is not known; helper --help lists those that are", "-z");
}
END_TEST

/* The beginning of the sentence alone. */
static void expect_beginning(const char *beginning, const char *const *words)
{
    struct run run;

    parse_words(&run, words);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert(!basic_ldap_options_check(&run.options, &run.why));
    ck_assert_msg(strncmp(run.why.text, beginning, strlen(beginning)) == 0, "%s", run.why.text);
    release(&run);
}

#define UNFIT_ABOUT(beginning, ...)                                                                \
    expect_beginning(beginning, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(options_that_do_not_fit_together)
{
    UNFIT("option -b (--base) is missing: the DN below which users are found (an Active "
          "Directory's --domain says it, too)",
          "-f", "uid=%s");
    UNFIT("option -U (--compare-attr): \"a=b\" is not the name of an attribute", "-b", "x", "-U",
          "a=b");
    UNFIT("options -w (--bind-password) and -W (--bind-password-file) exclude each other", "-b",
          "x", "-D", "y", "-w", "z", "-W", "/f");
    UNFIT("option -w (--bind-password): the password is empty", "-b", "x", "-D", "y", "-w", "");
    UNFIT("option -D (--bind-dn) needs a password: -W FILE (--bind-password-file)", "-b", "x", "-D",
          "y", "-f", "uid=%s");
    UNFIT("option -D (--bind-dn) needs a password: -W FILE (--bind-password-file)", "-b", "x", "-D",
          "y", "-U", "userPassword");
    UNFIT("option --client-cert needs --client-key FILE", "-b", "x", "--client-cert=/c");
    UNFIT("option --client-key needs --client-cert FILE", "-b", "x", "--client-key=/k");
}
END_TEST

static void expect_fit(const char *const *words)
{
    struct run run;

    parse_words(&run, words);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_msg(basic_ldap_options_check(&run.options, &run.why), "%s", run.why.text);
    release(&run);
}

#define FIT(...) expect_fit((const char *const[]){__VA_ARGS__, NULL})

START_TEST(options_that_fit_together)
{
    FIT("-b", "", "-f", "uid=%s");
    FIT("-b", "x", "-D", "", "-f", "uid=%s");
    FIT("-b", "x", "-D", "y");
    FIT("-b", "x", "-w", "z");
    FIT("-b", "x", "-w", "", "-f", "uid=%s");
    FIT("-b", "x", "-U", "2.5.4.35");
    FIT("-b", "x", "-U", "userPassword;lang-en");
    FIT("-b", "x", "--tls-verify=no");
    FIT("-b", "x", "--client-cert=/c", "--client-key=/k");
}
END_TEST

START_TEST(what_is_told_of_users)
{
    struct run run;

    PARSE(&run, "--user-name=upn", "--password-expiry-warning=14", "--require-group=a",
          "--require-group", "CN=b,DC=x", "--groups", "--group-filter=proxy*");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_int_eq(run.options.login.user_name, USER_NAME_UPN);
    ck_assert_int_eq(run.options.login.expiry_warning_days, 14);
    ck_assert_uint_eq(run.options.login.require_groups.count, 2);
    ck_assert_str_eq(run.options.login.require_groups.values[1], "CN=b,DC=x");
    ck_assert(run.options.login.groups);
    ck_assert_str_eq(run.options.login.group_filters.values[0], "proxy*");
    release(&run);
    UNFIT("option --group-filter: it selects from --groups, which is not given", "-b", "x",
          "--group-filter=a*");
    UNFIT("option --require-group: the name of a group is needed", "-b", "x", "--require-group=");
    UNFIT("option --user-name upn: only an Active Directory has such names: --domain or "
          "--directory ad is needed",
          "-b", "x", "--user-name=upn");
    UNREADABLE("option --user-name: \"mail\" is not one of: sam, upn, as-typed",
               "--user-name=mail");
    UNREADABLE("option --password-expiry-warning: \"3651\" is not a number from 0 to 3650",
               "--password-expiry-warning=3651");
    /* Groups are searched by the account, even where users are not. */
    UNFIT("option -D (--bind-dn) needs a password: -W FILE (--bind-password-file)", "-b", "x", "-D",
          "y", "--groups");
    UNFIT("option -D (--bind-dn) needs a password: -W FILE (--bind-password-file)", "-b", "x", "-D",
          "y", "--require-group=g");
    FIT("-b", "x", "--user-name=as-typed", "--groups");
    FIT("--domain=example.com", "--user-name=upn");
}
END_TEST

/* By basic-ldap(8): what would be without effect. */
START_TEST(options_without_effect)
{
    static const char port[] = "option -p (--port) is for servers that are named (-h): where DNS "
                               "names them (--domain), it names their ports, too";

    UNFIT(port, "--domain=corp.test", "-p", "389");
    UNFIT(port, "--domain=corp.test", "--port=3268", "--directory=openldap", "-b", "x");
    FIT("--domain=corp.test", "-p", "390", "-h", "dc1");
    FIT("--domain=corp.test", "-p", "390", "-H", "ldap://dc1");
    FIT("-b", "x", "-p", "390");
    UNFIT("option --backup-uri stands in for servers that are named (-H), and none is", "-b", "x",
          "--backup-uri=ldap://b");
    UNFIT("option --backup-uri stands in for servers that are named (-H), and none is; with it, "
          "DNS is not asked for those of --domain",
          "--domain=corp.test", "--backup-uri=ldap://b");
    FIT("--domain=corp.test", "--backup-uri=ldap://b", "-h", "a");
    UNFIT("option --group-base is about groups: it needs --groups or --require-group", "-b", "x",
          "--group-base=y");
    UNFIT("option --group-method is about groups: it needs --groups or --require-group", "-b", "x",
          "--group-method=walk");
    UNFIT("option --group-depth is about groups: it needs --groups or --require-group", "-b", "x",
          "--group-depth=2");
    FIT("-b", "x", "--groups", "--group-base=y", "--group-depth=2");
    FIT("-b", "x", "--require-group=g", "--group-method=walk");
    UNFIT("option --login-names needs --directory ad or --domain NAME", "-b", "x",
          "--login-names=sam");
    UNFIT("option --login-names says how names are looked up, and so does the filter: one of them",
          "--domain=corp.test", "--login-names=sam", "-f", "mail=%s");
    FIT("-b", "x", "--login-names=sam,upn,down-level");
}
END_TEST

static struct notes_told told(const char *const *words)
{
    struct run run;
    struct notes_told said;

    parse_words(&run, words);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    said = basic_ldap_options_told(&run.options);
    release(&run);
    return said;
}

#define TOLD(...) told((const char *const[]){__VA_ARGS__, NULL})

/* By basic-ldap(8), REPLIES: what cannot be said by this kind of login has no note. */
START_TEST(which_notes_there_are)
{
    struct notes_told said = TOLD("-b", "x");

    ck_assert(said.reason && said.grace && !said.expiry);
    said = TOLD("-b", "x", "-U", "userPassword");
    ck_assert(!said.reason && !said.grace && !said.expiry);
    said = TOLD("-b", "x", "-U", "userPassword", "--require-group=g");
    ck_assert(said.reason && !said.grace && !said.expiry);
    said = TOLD("--domain=example.com", "--password-expiry-warning=1");
    ck_assert(said.reason && !said.grace && said.expiry);
}
END_TEST

#ifdef HAVE_SASL
START_TEST(sasl)
{
    struct run run;

    PARSE(&run, "--sasl-mech=EXTERNAL");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.options.directory.sasl_mech, "EXTERNAL");
    release(&run);
    FIT("-b", "x", "--sasl-mech=EXTERNAL", "-f", "uid=%s");
    UNREADABLE("option --sasl-mech: \"PLAIN\" is not one of: GSSAPI, GSS-SPNEGO, SCRAM-SHA-1, "
               "SCRAM-SHA-256, SCRAM-SHA-512, EXTERNAL",
               "--sasl-mech", "PLAIN");
    UNFIT("option --sasl-mech takes no DN (-D)", "-b", "x", "--sasl-mech=EXTERNAL", "-D", "y");
    UNFIT("option --sasl-mech EXTERNAL needs --client-cert FILE where DNS names the servers "
          "(--domain)",
          "--sasl-mech=EXTERNAL", "--domain=corp.test");
    FIT("--sasl-mech=EXTERNAL", "--domain=corp.test", "--client-cert=/c", "--client-key=/k");
    UNFIT("option --sasl-mech: EXTERNAL takes no password (-w, -W)", "-b", "x",
          "--sasl-mech=EXTERNAL", "-W", "/f");
    UNFIT("option --sasl-mech: EXTERNAL takes no password (-w, -W)", "-b", "x",
          "--sasl-mech=EXTERNAL", "-w", "z");
}
END_TEST
#else
START_TEST(sasl)
{
    UNREADABLE("option --sasl-mech: it cannot be used: not in this build, which has no SASL",
               "--sasl-mech=EXTERNAL");
}
END_TEST
#endif

/* The list that the options of WORDS make: URIs joined by blanks, a backup marked with `~`. */
static void expect_uris(const char *uris, const char *const *words)
{
    struct server_list list = {0};
    struct run run;
    char joined[400] = "";
    size_t i;

    parse_words(&run, words);
    ck_assert(directory_options_servers(&run.options.directory, &list, &run.why));
    for (i = 0; i < list.count; i++) {
        strcat(joined, i > 0 ? " " : "");
        strcat(joined, list.servers[i].backup ? "~" : "");
        strcat(joined, list.servers[i].uri);
    }
    ck_assert_str_eq(joined, uris);
    server_list_free(&list);
    release(&run);
}

#define URIS(uris, ...) expect_uris(uris, (const char *const[]){__VA_ARGS__, NULL})

/* Lengths are those of RFC 1035 2.3.4: labels of 63, and 253 with "_ldap._tcp.dc._msdcs." before.
 */
START_TEST(domains)
{
    static const char label[] = "123456789012345678901234567890123456789012345678901234567890123";
    static const char *const bad[] = {"",          ".",          "corp.",
                                      ".corp",     "corp..test", "corp test",
                                      "corp/test", "corp\n",     "k\xc3\xb6ln.test",
                                      "a,b"};
    char words[300];
    char sentence[400];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(words, sizeof words, "--domain=%s", bad[i]);
        UNFIT_ABOUT("option --domain: \"", words);
    }
    snprintf(words, sizeof words, "--domain=%s.test", label);
    FIT(words);
    snprintf(words, sizeof words, "--domain=%s4.test", label);
    snprintf(sentence, sizeof sentence,
             "option --domain: \"%s4.test\" is not the DNS name of a domain, such as "
             "corp.example.com",
             label);
    UNFIT(sentence, words);
    snprintf(words, sizeof words, "--domain=%s.%s.%s.%.40s", label, label, label, label);
    FIT(words);
    snprintf(words, sizeof words, "--domain=%s.%s.%s.%.41s", label, label, label, label);
    UNFIT_ABOUT("option --domain: \"", words);
}
END_TEST

START_TEST(an_active_directory)
{
    FIT("--domain=corp.test");
    FIT("--domain=corp.test", "-H", "ldap://dc1");
    FIT("--domain=corp.test", "-D", "svc", "-W", "/f");
    FIT("--domain=corp.test", "--dns=127.0.0.1:53", "--global-catalog");
    FIT("--domain=corp.test", "--dns=[::1]");
    FIT("--directory=ad", "-H", "ldap://dc1", "-D", "svc@corp.test", "-W", "/f");
    FIT("--directory=ad", "-H", "ldap://dc1", "-D", "CORP\\svc", "-W", "/f");
    FIT("--directory=ad", "-H", "ldap://dc1", "-D", "S-1-5-21-1-2-3-1104", "-W", "/f");
    FIT("--directory=openldap", "--domain=corp.test", "-b", "x");
    FIT("-b", "x", "-D", "svc", "-W", "/f", "-f", "uid=%s");
    UNFIT("option --directory ad needs --domain NAME or a server (-H)", "--directory=ad");
    UNFIT("option --global-catalog needs --directory ad or --domain NAME", "-b", "x",
          "--global-catalog");
    UNFIT("option --global-catalog: only an Active Directory has one, which --directory openldap "
          "says this is not",
          "-b", "x", "--global-catalog", "--domain=corp.test", "--directory=openldap");
    UNFIT("option -b (--base) is missing: the DN below which users are found (an Active "
          "Directory's --domain says it, too)",
          "--directory=openldap", "--domain=corp.test");
    UNFIT("option -D (--bind-dn): an Active Directory wants \"svc\" with its domain, as "
          "svc@corp.example.com, CORP\\svc or a DN (or add --domain)",
          "--directory=ad", "-H", "ldap://dc1", "-D", "svc", "-W", "/f");
}
END_TEST

START_TEST(who_is_asked_for_servers)
{
    UNFIT_ABOUT("option --dns says who is asked for servers", "-b", "x", "--dns=127.0.0.1");
    UNFIT_ABOUT("option --dns says who is asked for servers", "--domain=corp.test",
                "--dns=127.0.0.1", "-H", "ldap://dc1");
    UNFIT("option --dns: \"ns1.corp.test\" is not the address of a DNS server; right are "
          "192.0.2.1:53 and [2001:db8::1]:53",
          "--domain=corp.test", "--dns=ns1.corp.test");
    UNFIT_ABOUT("option --dns: \"127.0.0.1:0\"", "--domain=corp.test", "--dns=127.0.0.1:0");
}
END_TEST

/* 389 and 636 are where no global catalog is (MS-ADTS 3.1.1.3.1.10). */
START_TEST(servers_of_a_global_catalog)
{
    URIS("ldap://a:3268 ldaps://b:3269 ldap://c:3268 ldap://d:7 ldap://e:3268 ldaps://f:3269 "
         "~ldap://g:3268",
         "--directory=ad", "--global-catalog", "-H", "ldap://a", "-H", "ldaps://b", "-h", "c d:7",
         "-H", "ldap://e:3268", "-H", "ldaps://f:3269", "--backup-uri", "ldap://g:389");
    URIS("ldap://a:389", "--directory=ad", "-H", "ldap://a");
}
END_TEST

START_TEST(no_catalog_at_a_socket)
{
    struct server_list list = {0};
    struct run run;

    PARSE(&run, "--directory=ad", "--global-catalog", "-H", "ldap://a ldapi://%2Frun%2Fldapi");
    ck_assert(!directory_options_servers(&run.options.directory, &list, &run.why));
    ck_assert_str_eq(run.why.text, "option --global-catalog: catalogs have ports, and "
                                   "ldapi://%2Frun%2Fldapi is none");
    server_list_free(&list);
    release(&run);
}
END_TEST

START_TEST(servers_in_the_stock_order)
{
    URIS("ldap://localhost:389", "-b", "x");
    URIS("ldap://localhost:3268", "-b", "x", "-p", "3268");
    URIS("ldap://a:390 ldaps://b:636 ldap://c:7 ldap://d:390 ldap://e:390", "-h", "a", "-H",
         "ldaps://b", "-p", "390", "-h", "c:7 d", "e");
    URIS("ldap://a:389 ldap://c:389 ~ldaps://b:636", "--backup-uri", "ldaps://b", "-h", "a", "c");
}
END_TEST

START_TEST(a_server_that_cannot_be_one)
{
    struct server_list list = {0};
    struct run run;

    PARSE(&run, "-H", "http://a");
    ck_assert(!directory_options_servers(&run.options.directory, &list, &run.why));
    ck_assert_ptr_nonnull(strstr(run.why.text, "http://a"));
    server_list_free(&list);
    release(&run);
    PARSE(&run, "--backup-uri=http://b");
    ck_assert(!directory_options_servers(&run.options.directory, &list, &run.why));
    ck_assert_ptr_nonnull(strstr(run.why.text, "http://b"));
    server_list_free(&list);
    release(&run);
}
END_TEST

START_TEST(help_fits_a_terminal)
{
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);
    char line[400];
    unsigned lines = 0;
    struct run run;

    ck_assert(file && saved >= 0);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    PARSE(&run, "--help");
    dup2(saved, STDOUT_FILENO);
    close(saved);
    ck_assert_int_eq(run.outcome, OPTION_DONE);
    release(&run);
    rewind(file);
    while (fgets(line, sizeof line, file)) {
        lines++;
        ck_assert_msg(strcspn(line, "\n") <= 80, "more than 80 columns: %s", line);
    }
    fclose(file);
    ck_assert_uint_gt(lines, directory_option_count + common_option_count);
}
END_TEST

Suite *suite(void)
{
    Suite *directory_options = suite_create("directory_options");
    TCase *tc = tcase_create("options");

    tcase_add_loop_test(tc, wild_lines_mean_what_they_meant, 0,
                        sizeof wild_lines / sizeof *wild_lines);
    tcase_add_test(tc, defaults);
    tcase_add_test(tc, stock_letters);
    tcase_add_test(tc, new_names);
    tcase_add_test(tc, choices_in_the_order_of_their_enums);
    tcase_add_test(tc, values_that_are_none);
    tcase_add_test(tc, options_that_do_not_fit_together);
    tcase_add_test(tc, options_that_fit_together);
    tcase_add_test(tc, options_without_effect);
    tcase_add_test(tc, domains);
    tcase_add_test(tc, an_active_directory);
    tcase_add_test(tc, who_is_asked_for_servers);
    tcase_add_test(tc, servers_of_a_global_catalog);
    tcase_add_test(tc, no_catalog_at_a_socket);
    tcase_add_test(tc, what_is_told_of_users);
    tcase_add_test(tc, which_notes_there_are);
    tcase_add_test(tc, sasl);
    tcase_add_test(tc, servers_in_the_stock_order);
    tcase_add_test(tc, a_server_that_cannot_be_one);
    tcase_add_test(tc, help_fits_a_terminal);
    suite_add_tcase(directory_options, tc);
    return directory_options;
}
