/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/sasl with the real libsasl2, many threads, and the saslauthd of
 * fake_saslauthd.h, for which a password is the name backwards. Whose fault a result code is: its
 * words in sasl/sasl.h.
 */
#include <config.h>

#include "helpers/sasl/service.h"

#include <check.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sasl/sasl.h>
#include <sasl/saslplug.h>

#include "helpers/sasl/connection.h"
#include "helpers/sasl/outcome.h"
#include "helpers/sasl/remark.h"
#include "tests/unit/fake_saslauthd.h"

Suite *suite(void);

enum { THREADS = 8, CHECKS = 60, ALL_CHECKS = THREADS * CHECKS, NOBODY = 65534 };

/* ---- the service ---- */

static struct sasl_service *open_service(const struct daemon *daemon, const char *realm,
                                         bool accept_aliases, struct why *why)
{
    const struct sasl_service_config config = {
        .application = "app",
        .service = "the service",
        .realm = realm,
        .config_dir = daemon->folder,
        .accept_aliases = accept_aliases,
    };
    struct sasl_service *service = sasl_service_open(&config, why);

    ck_assert_ptr_nonnull(service);
    return service;
}

static enum sasl_outcome ask(struct sasl_service *service, const char *user, const char *password)
{
    struct secret *secret = secret_copy(password, strlen(password));
    struct sasl_result result;

    ck_assert_ptr_nonnull(secret);
    sasl_service_check(service, (struct pxa_span){user, strlen(user)}, secret, &result);
    secret_free(&secret);
    return result.outcome;
}

static void expect(struct sasl_service *service, const char *user, const char *password,
                   enum sasl_outcome outcome)
{
    ck_assert_msg(ask(service, user, password) == outcome, "%.20s, %.20s", user, password);
}

/* ---- whose fault ---- */

START_TEST(codes_of_the_user)
{
    static const int codes[] = {SASL_BADAUTH,  SASL_NOUSER,     SASL_NOVERIFY, SASL_DISABLED,
                                SASL_EXPIRED,  SASL_PWLOCK,     SASL_NOAUTHZ,  SASL_TOOWEAK,
                                SASL_WEAKPASS, SASL_NOUSERPASS, SASL_BUFOVER,  SASL_BADPROT};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        ck_assert_int_eq(sasl_outcome_of(codes[i]), SASL_OUTCOME_REFUSED);
    ck_assert_int_eq(sasl_outcome_of(SASL_OK), SASL_OUTCOME_FITS);
}
END_TEST

START_TEST(codes_of_ours)
{
    static const int codes[] = {SASL_FAIL,     SASL_NOMEM,   SASL_NOMECH,   SASL_BADPARAM,
                                SASL_TRYAGAIN, SASL_NOTINIT, SASL_UNAVAIL,  SASL_CONFIGERR,
                                SASL_CONTINUE, SASL_BADVERS, SASL_INTERACT, -77};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        ck_assert_int_eq(sasl_outcome_of(codes[i]), SASL_OUTCOME_TROUBLE);
}
END_TEST

/* ---- what is said ---- */

/* Levels: sasl/sasl.h, where those beyond SASL_LOG_DEBUG trace protocols, and passwords. */
START_TEST(remarks)
{
    struct sasl_remark remark = {""};
    const sasl_callback_t callback = sasl_remark_callback(&remark);
    sasl_log_t *tell = (sasl_log_t *)(void (*)(void))callback.proc;
    char big[2 * sizeof remark.text];

    ck_assert_uint_eq(callback.id, SASL_CB_LOG);
    ck_assert_int_eq(tell(callback.context, SASL_LOG_PASS, "the password"), SASL_OK);
    ck_assert_int_eq(tell(callback.context, SASL_LOG_TRACE, "the password"), SASL_OK);
    ck_assert_str_eq(remark.text, "");
    tell(callback.context, SASL_LOG_ERR, "one");
    tell(callback.context, SASL_LOG_ERR, "one");
    tell(callback.context, SASL_LOG_DEBUG, "two");
    tell(callback.context, SASL_LOG_ERR, NULL);
    ck_assert_str_eq(remark.text, "one; two");
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    tell(callback.context, SASL_LOG_ERR, big);
    ck_assert_uint_eq(strlen(remark.text), sizeof remark.text - 1);
}
END_TEST

/* ---- one thread ---- */

START_TEST(what_is_asked)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;

    start_daemon(&daemon);
    service = open_service(&daemon, "example.org", false, &why);
    ck_assert_str_eq(why.text, "");
    expect(service, "abc", "cba", SASL_OUTCOME_FITS);
    ck_assert_str_eq(daemon.realm, "example.org");
    ck_assert_str_eq(daemon.service, "the service");
    expect(service, "abc", "abc", SASL_OUTCOME_REFUSED);
    expect(service, "abc", "hang up", SASL_OUTCOME_TROUBLE);
    expect(service, "abc", "cba", SASL_OUTCOME_FITS);
    ck_assert_uint_eq(times_asked(&daemon), 4);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

static unsigned connections; /* that were made */

/* While a test has one thread: the host's name as libsasl2 finds it out, or NULL, and as it was
 * given to it last, "" if it was not. */
static const char *found_host;
static char given_host[64];

int __real_sasl_getprop(sasl_conn_t *connection, int what, const void **value);
int __wrap_sasl_getprop(sasl_conn_t *connection, int what, const void **value);

int __wrap_sasl_getprop(sasl_conn_t *connection, int what, const void **value)
{
    int code = __real_sasl_getprop(connection, what, value);

    if (found_host && what == SASL_SERVERFQDN)
        *value = found_host;
    return code;
}

int __real_sasl_server_new(const char *service, const char *server, const char *realm,
                           const char *local, const char *remote, const sasl_callback_t *callbacks,
                           unsigned flags, sasl_conn_t **made);
int __wrap_sasl_server_new(const char *service, const char *server, const char *realm,
                           const char *local, const char *remote, const sasl_callback_t *callbacks,
                           unsigned flags, sasl_conn_t **made);

int __wrap_sasl_server_new(const char *service, const char *server, const char *realm,
                           const char *local, const char *remote, const sasl_callback_t *callbacks,
                           unsigned flags, sasl_conn_t **made)
{
    __atomic_add_fetch(&connections, 1, __ATOMIC_RELAXED);
    if (found_host)
        snprintf(given_host, sizeof given_host, "%s", server ? server : "");
    return __real_sasl_server_new(service, server, realm, local, remote, callbacks, flags, made);
}

/* Used again up to a hundred times, and not after trouble. */
START_TEST(a_connection_serves_for_a_while)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;

    start_daemon(&daemon);
    service = open_service(&daemon, NULL, false, &why);
    for (int i = 0; i < CONNECTION_USES_MAX; i++)
        expect(service, "abc", i % 2 ? "cba" : "no",
               i % 2 ? SASL_OUTCOME_FITS : SASL_OUTCOME_REFUSED);
    ck_assert_uint_eq(connections, 1);
    expect(service, "abc", "cba", SASL_OUTCOME_FITS);
    ck_assert_uint_eq(connections, 2);
    expect(service, "abc", "hang up", SASL_OUTCOME_TROUBLE);
    ck_assert_uint_eq(connections, 2);
    expect(service, "abc", "cba", SASL_OUTCOME_FITS);
    ck_assert_uint_eq(connections, 3);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

static void make_connection(struct sasl_service *service, const char *found, const char *given)
{
    found_host = found;
    expect(service, "abc", "hang up", SASL_OUTCOME_TROUBLE); /* and no more on that connection */
    ck_assert_str_eq(given_host, given);
}

/* It is the realm of users without one. DHCP changes it, and without the DNS the domain is lost. */
START_TEST(the_host_keeps_its_name)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;

    start_daemon(&daemon);
    service = open_service(&daemon, NULL, false, &why);
    make_connection(service, "proxy", "");
    make_connection(service, "proxy.example.org", "");
    make_connection(service, "dhcp-17.example.net", "proxy.example.org");
    make_connection(service, "proxy", "proxy.example.org");
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

static unsigned count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    ck_assert_ptr_nonnull(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* libsasl2 2.1.28 forgets its end of each. The daemon's is closed before the check is answered. */
START_TEST(a_saslauthd_that_hangs_up_takes_no_descriptors)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;
    unsigned before;

    start_daemon(&daemon);
    service = open_service(&daemon, NULL, false, &why);
    expect(service, "abc", "hang up", SASL_OUTCOME_TROUBLE);
    before = count_descriptors();
    for (int i = 0; i < 20; i++)
        expect(service, "abc", "hang up", SASL_OUTCOME_TROUBLE);
    ck_assert_uint_eq(count_descriptors(), before);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

START_TEST(nobodys_names_are_not_asked_about)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;
    char big[8200];

    start_daemon(&daemon);
    service = open_service(&daemon, "example.org", false, &why);
    memset(big, 'b', sizeof big);
    big[sizeof big - 1] = '\0';
    expect(service, " abc", "cba", SASL_OUTCOME_REFUSED);
    expect(service, "abc ", "cba", SASL_OUTCOME_REFUSED);
    expect(service, " ", " ", SASL_OUTCOME_REFUSED);
    expect(service, "abc@example.org", "cba", SASL_OUTCOME_REFUSED);
    expect(service, "user of some length, and this", big, SASL_OUTCOME_REFUSED);
    ck_assert_uint_eq(times_asked(&daemon), 0);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

/* A canon_user_plugin that takes everybody for abc. */
static int take_for_abc(void *context, sasl_server_params_t *params, const char *user, unsigned len,
                        unsigned flags, char *out, unsigned out_max, unsigned *out_len)
{
    (void)context;
    (void)params;
    (void)user;
    (void)len;
    (void)flags;
    ck_assert_uint_gt(out_max, 3);
    memcpy(out, "abc", 4);
    *out_len = 3;
    return SASL_OK;
}

static int make_plugin(const sasl_utils_t *utils, int max_version, int *out_version,
                       sasl_canonuser_plug_t **plug, const char *name)
{
    static char own_name[] = "test";
    static sasl_canonuser_plug_t plugin = {.name = own_name, .canon_user_server = take_for_abc};

    (void)utils;
    (void)max_version;
    (void)name;
    *out_version = SASL_CANONUSER_PLUG_VERSION;
    *plug = &plugin;
    return SASL_OK;
}

static void ask_under_another_name(bool accept_aliases, enum sasl_outcome outcome)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;

    start_daemon(&daemon);
    write_configuration(&daemon, "canon_user_plugin: test\npwcheck_method: saslauthd");
    service = open_service(&daemon, NULL, accept_aliases, &why);
    ck_assert_str_eq(why.text, "");
    ck_assert_int_eq(sasl_canonuser_add_plugin("test", make_plugin), SASL_OK);
    expect(service, "xyz", "cba", outcome);
    expect(service, "abc", "cba", SASL_OUTCOME_FITS);
    expect(service, "ab", "cba", outcome);
    expect(service, "abcd", "cba", outcome);
    expect(service, "abc", "zyx", SASL_OUTCOME_REFUSED);
    sasl_service_free(service);
    stop_daemon(&daemon);
}

START_TEST(a_name_that_becomes_another)
{
    ask_under_another_name(false, SASL_OUTCOME_REFUSED);
}
END_TEST

START_TEST(an_alias_that_is_accepted)
{
    ask_under_another_name(true, SASL_OUTCOME_FITS);
}
END_TEST

START_TEST(a_configuration_that_comes_later)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;
    struct sasl_facts facts;

    start_daemon(&daemon);
    write_configuration(&daemon, "pwcheck_method saslauthd");
    service = open_service(&daemon, NULL, false, &why);
    ck_assert_ptr_nonnull(strstr(why.text, "/app.conf: "));
    expect(service, "abc", "cba", SASL_OUTCOME_TROUBLE);
    write_configuration(&daemon, usual);
    expect(service, "abc", "cba", SASL_OUTCOME_FITS);
    ck_assert(sasl_service_facts(service, &facts, &why));
    ck_assert_str_eq(facts.pwcheck_method, "saslauthd");
    ck_assert_str_eq(facts.auxprop_plugin, "");
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

/* libsasl2 would ask /etc/sasldb2 instead, and let in whom that knows. */
START_TEST(a_configuration_that_cannot_be_read)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;
    char path[TEXT_MAX];

    start_daemon(&daemon);
    snprintf(path, sizeof path, "%s/app.conf", daemon.folder);
    ck_assert_int_eq(chmod(daemon.folder, 0755), 0);
    ck_assert_int_eq(chmod(path, 0), 0);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(NOBODY), 0);
    service = open_service(&daemon, NULL, false, &why);
    ck_assert_msg(strstr(why.text, "/app.conf: ") && strstr(why.text, "Permission denied"), "%s",
                  why.text);
    expect(service, "abc", "cba", SASL_OUTCOME_TROUBLE);
    ck_assert_int_eq(seteuid(getuid()), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
    expect(service, "abc", "cba", SASL_OUTCOME_FITS);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

/* ---- many ---- */

struct caller {
    pthread_t thread;
    struct sasl_service *service;
    unsigned number;
    const char *password; /* NULL: right and wrong ones in turn */
    unsigned good;
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    char user[TEXT_MAX], password[TEXT_MAX];
    unsigned i;

    if (caller->password) {
        caller->good = ask(caller->service, "held", caller->password) == SASL_OUTCOME_FITS;
        return NULL;
    }
    for (i = 0; i < CHECKS; i++) {
        snprintf(user, sizeof user, "%cx%c", 'a' + (int)caller->number, 'a' + (int)(i % 26));
        snprintf(password, sizeof password, "%cx%c%s", user[2], user[0], i % 3 == 0 ? "!" : "");
        caller->good += ask(caller->service, user, password) ==
                        (i % 3 == 0 ? SASL_OUTCOME_REFUSED : SASL_OUTCOME_FITS);
    }
    return NULL;
}

static void start_callers(struct caller *callers, struct sasl_service *service,
                          const char *password)
{
    for (unsigned i = 0; i < THREADS; i++) {
        callers[i] = (struct caller){.service = service, .number = i, .password = password};
        ck_assert_int_eq(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    }
}

static unsigned end_callers(struct caller *callers)
{
    unsigned good = 0;

    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(callers[i].thread, NULL);
        good += callers[i].good;
    }
    return good;
}

START_TEST(threads_get_their_own_verdicts)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;
    struct caller callers[THREADS];

    start_daemon(&daemon);
    service = open_service(&daemon, NULL, false, &why);
    start_callers(callers, service, NULL);
    ck_assert_uint_eq(end_callers(callers), ALL_CHECKS);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

/* All of them begin libsasl2 at once. */
START_TEST(threads_find_the_configuration)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;
    struct caller callers[THREADS];

    start_daemon(&daemon);
    write_configuration(&daemon, "bad");
    service = open_service(&daemon, NULL, false, &why);
    write_configuration(&daemon, usual);
    start_callers(callers, service, NULL);
    ck_assert_uint_eq(end_callers(callers), ALL_CHECKS);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

START_TEST(who_hangs_delays_nobody)
{
    struct daemon daemon;
    struct why why = {{0}};
    struct sasl_service *service;
    struct caller hanging[THREADS], callers[THREADS];

    start_daemon(&daemon);
    service = open_service(&daemon, NULL, false, &why);
    start_callers(hanging, service, "silent");
    await_held(&daemon, THREADS);
    start_callers(callers, service, NULL);
    ck_assert_uint_eq(end_callers(callers), ALL_CHECKS);
    expect(service, "abc", "hang up", SASL_OUTCOME_TROUBLE);
    release(&daemon);
    ck_assert_uint_eq(end_callers(hanging), THREADS);
    sasl_service_free(service);
    stop_daemon(&daemon);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("sasl_service");
    TCase *codes = tcase_create("codes");
    TCase *one = tcase_create("one");
    TCase *many = tcase_create("many");

    tcase_add_test(codes, codes_of_the_user);
    tcase_add_test(codes, codes_of_ours);
    tcase_add_test(codes, remarks);
    suite_add_tcase(suite, codes);
    tcase_add_test(one, what_is_asked);
    tcase_add_test(one, a_connection_serves_for_a_while);
    tcase_add_test(one, the_host_keeps_its_name);
    tcase_add_test(one, a_saslauthd_that_hangs_up_takes_no_descriptors);
    tcase_add_test(one, nobodys_names_are_not_asked_about);
    tcase_add_test(one, a_name_that_becomes_another);
    tcase_add_test(one, an_alias_that_is_accepted);
    tcase_add_test(one, a_configuration_that_comes_later);
    tcase_add_test(one, a_configuration_that_cannot_be_read);
    suite_add_tcase(suite, one);
    tcase_set_timeout(many, 60);
    tcase_add_test(many, threads_get_their_own_verdicts);
    tcase_add_test(many, threads_find_the_configuration);
    tcase_add_test(many, who_hangs_delays_nobody);
    suite_add_tcase(suite, many);
    return suite;
}
