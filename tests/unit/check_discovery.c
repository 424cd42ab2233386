/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/discovery.c: which names are asked for (MS-ADTS 6.3.2.3, the list in
 * discovery.h), when it is asked again, and what becomes of the list while DNS says nothing. DNS is
 * a script, time is the test's.
 */
#include <config.h>

#include <arpa/nameser.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/discovery.h"
#include "tests/unit/fake_loop.h"

Suite *suite(void);

/* ---- DNS by script ---- */

struct known {
    const char *name;
    enum dns_outcome outcome;
    const char *hosts; /* "HOST:PORT:PRIORITY ..." */
    unsigned ttl_s;
};

static struct known zone[4];
static char asked[1024]; /* all names, with a blank behind each */

static void put_name(unsigned char **to, const char *name, size_t len)
{
    while (len > 0) {
        size_t label = strcspn(name, ".");

        if (label > len)
            label = len;
        *(*to)++ = (unsigned char)label;
        memcpy(*to, name, label);
        *to += label;
        name += label + 1;
        len -= label < len ? label + 1 : label;
    }
    *(*to)++ = 0;
}

static void put16(unsigned char **to, unsigned value)
{
    *(*to)++ = (unsigned char)(value >> 8);
    *(*to)++ = (unsigned char)value;
}

/* One record; HOST ends at its colon. */
static void put_record(unsigned char **to, const char *host, unsigned ttl_s)
{
    size_t len = strcspn(host, ":");
    unsigned port = 0;
    unsigned priority = 0;
    unsigned char *length;

    sscanf(host + len, ":%u:%u", &port, &priority);
    put16(to, 0xc00c);
    put16(to, ns_t_srv);
    put16(to, ns_c_in);
    put16(to, ttl_s >> 16);
    put16(to, ttl_s & 0xffff);
    length = *to;
    put16(to, 0);
    put16(to, priority);
    put16(to, 1);
    put16(to, port);
    put_name(to, host, len);
    length[1] = (unsigned char)(*to - length - 2);
}

static void make_answer(const struct known *known, struct dns_answer *answer)
{
    unsigned char *bytes = calloc(1, 65536);
    unsigned char *to = bytes;
    unsigned count = 0;

    ck_assert_ptr_nonnull(bytes);
    put16(&to, 1);
    put16(&to, 0x8180);
    put16(&to, 1);
    to += 6;
    put_name(&to, known->name, strlen(known->name));
    put16(&to, ns_t_srv);
    put16(&to, ns_c_in);
    for (const char *host = known->hosts; *host; count++) {
        put_record(&to, host, known->ttl_s);
        host += strcspn(host, " ");
        host += strspn(host, " ");
    }
    bytes[6] = (unsigned char)(count >> 8);
    bytes[7] = (unsigned char)count;
    *answer = (struct dns_answer){bytes, (size_t)(to - bytes)};
}

static enum dns_outcome ask_script(const struct dns_question *question, struct dns_answer *answer,
                                   struct why *why)
{
    ck_assert_int_eq(question->type, ns_t_srv);
    ck_assert_uint_gt(question->timeout_ms, 0);
    *answer = (struct dns_answer){NULL, 0};
    strcat(asked, question->name);
    strcat(asked, " ");
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
        if (!zone[i].name || strcmp(zone[i].name, question->name) != 0)
            continue;
        if (zone[i].outcome == DNS_ANSWER)
            make_answer(&zone[i], answer);
        else
            why_set(why, "the script says so");
        return zone[i].outcome;
    }
    return DNS_NO_NAME;
}

#define CONTROLLERS "_ldap._tcp.dc._msdcs.corp.test"
#define ANY_SERVER "_ldap._tcp.corp.test"
#define CATALOGS "_ldap._tcp.gc._msdcs.corp.test"
#define CATALOGS_TOO "_gc._tcp.corp.test"

/* ---- an owner ---- */

static struct loop *loop;
static struct job *job;    /* that was submitted */
static char servers[4096]; /* the URIs of the last list, with a blank behind each */
static unsigned lists;
static unsigned failures;
static const char *reason;
static bool full; /* the owner cannot take a list */
static struct discovery *discovery;

static void submit(struct offload *offload, struct job *submitted)
{
    (void)offload;
    ck_assert_msg(!job, "two jobs at once");
    job = submitted;
}

static const struct offload_ops offload_ops = {.submit = submit};
static struct offload offload = {&offload_ops};

static void run_job(void)
{
    struct job *now = job;

    ck_assert_msg(now, "nothing is asked");
    job = NULL;
    asked[0] = '\0';
    now->run(now);
    now->done(now);
    fake_loop_settle(loop);
}

static bool on_found(void *context, const struct server_list *list)
{
    ck_assert_ptr_eq(context, &lists);
    if (full)
        return false;
    lists++;
    servers[0] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        strcat(servers, list->servers[i].uri);
        strcat(servers, " ");
    }
    return true;
}

static void on_failed(void *context, const char *why)
{
    ck_assert_ptr_eq(context, &lists);
    failures++;
    reason = why;
}

static uint32_t no_chance(void *context)
{
    (void)context;
    return 0;
}

static struct discovery_config config = {
    .plan = {.domain = "corp.test", .controllers = true, .timeout_ms = 3000, .ask = ask_script},
    .offload = &offload,
    .random = no_chance,
    .found = on_found,
    .failed = on_failed,
    .context = &lists,
};

static void start(void)
{
    loop = fake_loop_open();
    config.loop = loop;
    discovery = discovery_new(&config);
    ck_assert_ptr_nonnull(discovery);
}

static void stop(void)
{
    ck_assert(discovery_quiet(discovery));
    discovery_free(discovery);
    fake_loop_close(loop);
}

static void say(const char *hosts, unsigned ttl_s)
{
    zone[0] = (struct known){CONTROLLERS, DNS_ANSWER, hosts, ttl_s};
}

static void trouble(void)
{
    zone[0] = (struct known){CONTROLLERS, DNS_TROUBLE, NULL, 0};
}

/* Asked again after S seconds, and not before. */
static void expect_again_after(uint64_t s)
{
    ck_assert_ptr_null(job);
    fake_loop_advance(loop, s * 1000 - 1);
    ck_assert_msg(!job, "asked again too early");
    fake_loop_advance(loop, 1);
    ck_assert_msg(job, "not asked again in time");
}

/* ---- names ---- */

START_TEST(domain_controllers)
{
    say("dc2.corp.test:10389:1 dc1.corp.test:389:0", 600);
    start();
    run_job();
    ck_assert_str_eq(servers, "ldap://dc1.corp.test:389 ldap://dc2.corp.test:10389 ");
    ck_assert_str_eq(asked, CONTROLLERS " ");
    ck_assert_uint_eq(failures, 0);
    stop();
}
END_TEST

START_TEST(any_server_of_the_domain)
{
    zone[0] = (struct known){ANY_SERVER, DNS_ANSWER, "dc1.corp.test:389:0", 600};
    start();
    run_job();
    ck_assert_str_eq(servers, "ldap://dc1.corp.test:389 ");
    ck_assert_str_eq(asked, CONTROLLERS " " ANY_SERVER " ");
    stop();
}
END_TEST

START_TEST(a_domain_that_is_no_active_directory)
{
    zone[0] = (struct known){ANY_SERVER, DNS_ANSWER, "dc1.corp.test:389:0", 600};
    config.plan.controllers = false;
    start();
    run_job();
    ck_assert_str_eq(servers, "ldap://dc1.corp.test:389 ");
    ck_assert_str_eq(asked, ANY_SERVER " ");
    stop();
}
END_TEST

/* The last resort is at the port of catalogs, whatever the record says. */
START_TEST(global_catalogs)
{
    static const struct known known[] = {
        {CATALOGS, DNS_ANSWER, "gc.corp.test:3268:0", 600},
        {CATALOGS_TOO, DNS_ANSWER, "gc.corp.test:3268:0", 600},
        {CONTROLLERS, DNS_ANSWER, "gc.corp.test:389:0 gc.corp.test:10389:1", 600},
    };
    static const char *const names[] = {CATALOGS " ", CATALOGS " " CATALOGS_TOO " ",
                                        CATALOGS " " CATALOGS_TOO " " CONTROLLERS " "};

    zone[0] = known[_i];
    config.plan.global_catalog = true;
    start();
    run_job();
    ck_assert_str_eq(servers, "ldap://gc.corp.test:3268 ");
    ck_assert_str_eq(asked, names[_i]);
    stop();
}
END_TEST

START_TEST(trouble_with_one_name_is_not_taken_for_its_absence)
{
    trouble();
    zone[1] = (struct known){ANY_SERVER, DNS_ANSWER, "dc1.corp.test:389:0", 600};
    start();
    run_job();
    ck_assert_str_eq(asked, CONTROLLERS " ");
    ck_assert_uint_eq(lists, 0);
    ck_assert_uint_eq(failures, 1);
    stop();
}
END_TEST

START_TEST(ports_of_ldap_over_tls)
{
    say("dc1.corp.test:636:0 dc2.corp.test:3269:1", 600);
    start();
    run_job();
    ck_assert_str_eq(servers, "ldaps://dc1.corp.test:636 ldaps://dc2.corp.test:3269 ");
    stop();
}
END_TEST

START_TEST(many_servers)
{
    static char hosts[100 * 20];
    size_t len = 0;
    unsigned count = 0;

    for (int i = 0; i < 100; i++)
        len += (size_t)sprintf(hosts + len, "%sd%d.t:389:%d", i ? " " : "", i, i);
    say(hosts, 600);
    start();
    run_job();
    for (const char *at = servers; *at; at = strchr(at, ' ') + 1)
        count++;
    ck_assert_uint_eq(count, DISCOVERY_SERVERS_MAX);
    ck_assert_msg(strstr(servers, "ldap://d63.t:389 ") && !strstr(servers, "ldap://d64.t"),
                  "the first are kept: %s", servers);
    stop();
}
END_TEST

/* ---- time ---- */

struct age {
    unsigned ttl_s;
    unsigned again_s;
};

/* At least 30 s and at most an hour, as discovery.h says; RFC 2181 8 for the last two. */
static const struct age ages[] = {
    {0, 30},      {29, 30},     {30, 30},           {31, 31},         {600, 600},
    {3600, 3600}, {3601, 3600}, {0x7fffffff, 3600}, {0x80000000, 30}, {0xffffffff, 30}};

START_TEST(it_is_asked_again_when_the_answer_is_old)
{
    say("dc1.corp.test:389:0", ages[_i].ttl_s);
    start();
    run_job();
    expect_again_after(ages[_i].again_s);
    run_job();
    expect_again_after(ages[_i].again_s);
    run_job();
    ck_assert_uint_eq(lists, 1); /* the same records are no news */
    stop();
}
END_TEST

START_TEST(another_list)
{
    say("dc1.corp.test:389:0", 60);
    start();
    run_job();
    say("dc2.corp.test:389:0 dc1.corp.test:389:1", 60);
    expect_again_after(60);
    run_job();
    ck_assert_uint_eq(lists, 2);
    ck_assert_str_eq(servers, "ldap://dc2.corp.test:389 ldap://dc1.corp.test:389 ");
    stop();
}
END_TEST

START_TEST(an_owner_who_cannot_take_it)
{
    full = true;
    say("dc1.corp.test:389:0", 60);
    start();
    run_job();
    ck_assert_uint_eq(failures, 1);
    full = false;
    expect_again_after(1);
    run_job();
    ck_assert_uint_eq(lists, 1);
    stop();
}
END_TEST

/* ---- trouble ---- */

/* 1 s, doubled to 30 s, as discovery.h says. */
START_TEST(while_nothing_is_known)
{
    static const unsigned pauses_s[] = {1, 2, 4, 8, 16, 30, 30};

    trouble();
    start();
    for (unsigned i = 0; i < sizeof pauses_s / sizeof *pauses_s; i++) {
        run_job();
        ck_assert_uint_eq(failures, i + 1);
        ck_assert_msg(strstr(reason, "corp.test") && strstr(reason, CONTROLLERS) &&
                          strstr(reason, "the script says so"),
                      "%s", reason);
        expect_again_after(pauses_s[i]);
    }
    say("dc1.corp.test:389:0", 60);
    run_job();
    ck_assert_uint_eq(lists, 1);
    expect_again_after(60);
    trouble();
    run_job();
    expect_again_after(1);
    run_job();
    stop();
}
END_TEST

START_TEST(nobody_has_such_records)
{
    start();
    run_job();
    ck_assert_uint_eq(failures, 1);
    ck_assert_msg(strstr(reason, "there are no such records"), "%s", reason);
    expect_again_after(1);
    run_job();
    stop();
}
END_TEST

START_TEST(the_domain_says_that_nobody_offers_this)
{
    zone[0] = (struct known){CONTROLLERS, DNS_ANSWER, ":389:0", 600};
    zone[1] = (struct known){ANY_SERVER, DNS_ANSWER, ":389:0", 600};
    start();
    run_job();
    ck_assert_uint_eq(failures, 1);
    ck_assert_msg(strstr(reason, "nobody offers this"), "%s", reason);
    stop();
}
END_TEST

/* Law 5: what was true a while ago is better than nothing. */
START_TEST(an_older_list_stays_in_use)
{
    static const struct known answers[] = {
        {CONTROLLERS, DNS_TROUBLE, NULL, 0},
        {CONTROLLERS, DNS_NO_NAME, NULL, 0},
        {CONTROLLERS, DNS_ANSWER, "", 0},
        {CONTROLLERS, DNS_ANSWER, ":389:0", 0},
    };

    say("dc1.corp.test:389:0", 60);
    start();
    run_job();
    expect_again_after(60);
    zone[0] = answers[_i];
    run_job();
    expect_again_after(1);
    run_job();
    expect_again_after(2);
    ck_assert_uint_eq(failures, 0);
    ck_assert_uint_eq(lists, 1);
    say("dc1.corp.test:389:0", 60);
    run_job();
    expect_again_after(60);
    run_job();
    ck_assert_uint_eq(lists, 1);
    stop();
}
END_TEST

/* ---- an end ---- */

START_TEST(it_waits_for_its_job)
{
    say("dc1.corp.test:389:0", 60);
    start();
    ck_assert(!discovery_quiet(discovery));
    run_job();
    ck_assert(discovery_quiet(discovery));
    ck_assert_uint_eq(lists + failures, 0);
    fake_loop_advance(loop, 4000 * 1000);
    ck_assert_ptr_null(job);
    stop();
}
END_TEST

static TCase *names_case(void)
{
    TCase *names = tcase_create("names");

    tcase_add_test(names, domain_controllers);
    tcase_add_test(names, any_server_of_the_domain);
    tcase_add_test(names, a_domain_that_is_no_active_directory);
    tcase_add_loop_test(names, global_catalogs, 0, 3);
    tcase_add_test(names, trouble_with_one_name_is_not_taken_for_its_absence);
    tcase_add_test(names, ports_of_ldap_over_tls);
    tcase_add_test(names, many_servers);
    return names;
}

static TCase *time_case(void)
{
    TCase *time = tcase_create("time");

    tcase_add_loop_test(time, it_is_asked_again_when_the_answer_is_old, 0,
                        sizeof ages / sizeof *ages);
    tcase_add_test(time, another_list);
    tcase_add_test(time, an_owner_who_cannot_take_it);
    tcase_add_test(time, while_nothing_is_known);
    tcase_add_test(time, nobody_has_such_records);
    tcase_add_test(time, the_domain_says_that_nobody_offers_this);
    tcase_add_loop_test(time, an_older_list_stays_in_use, 0, 4);
    tcase_add_test(time, it_waits_for_its_job);
    return time;
}

Suite *suite(void)
{
    Suite *made = suite_create("discovery");

    suite_add_tcase(made, names_case());
    suite_add_tcase(made, time_case());
    return made;
}
