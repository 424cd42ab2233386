/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/login*.c: from question to question, and what is told at the end. The
 * finding of entries, the groups and the pool are the test's own; answers to binds go through a
 * real libldap. What must come out is from login.h, basic-ldap(8) and, for account states,
 * check_account_state.c's sources; the FILETIME is calculated in check_expiry.c.
 */
#include <config.h>

#include "helpers/directory/login.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/login_private.h"
#include "tests/unit/entry_build.h"
#include "tests/unit/fake_loop.h"
#include "tests/unit/ldap_peer.h"

Suite *suite(void);

/* ---- who is asked ---- */

static struct {
    struct find_query query;
    bool asked;
    bool at_once; /* it answers before the call returns */
    unsigned cancelled;
    struct find_result result;
} finding;

struct find *directory_find(struct directory *directory, const struct find_query *query)
{
    (void)directory;
    finding.query = *query;
    finding.asked = true;
    if (!finding.at_once)
        return (struct find *)&finding;
    query->done(query->context, &finding.result);
    return NULL;
}

void find_cancel(struct find *find)
{
    ck_assert_ptr_eq(find, &finding);
    finding.cancelled++;
}

static struct {
    struct membership_query query;
    char names[100]; /* of the query, which are gone with the login */
    bool asked;
    bool at_once;
    unsigned cancelled;
    struct membership_result result;
} groups;

const char *const *membership_attributes(void)
{
    static const char *const names[] = {"objectSid", "uid", NULL};

    return names;
}

struct membership *directory_membership(struct directory *directory,
                                        const struct membership_query *query)
{
    (void)directory;
    groups.query = *query;
    groups.asked = true;
    groups.names[0] = '\0';
    for (size_t i = 0; i < query->group_count; i++)
        strcat(strncat(groups.names, query->groups[i].at, query->groups[i].len), ";");
    if (!groups.at_once)
        return (struct membership *)&groups;
    query->done(query->context, &groups.result);
    return NULL;
}

void membership_cancel(struct membership *membership)
{
    ck_assert_ptr_eq(membership, &groups);
    groups.cancelled++;
}

static struct task *submitted;
static bool withdrawn_was_sent;

void pool_submit(struct pool *pool, struct task *task)
{
    (void)pool;
    ck_assert_ptr_null(submitted);
    submitted = task;
}

bool pool_withdraw(struct pool *pool, struct task *task)
{
    (void)pool;
    ck_assert_ptr_eq(task, submitted);
    submitted = NULL;
    return withdrawn_was_sent;
}

static int64_t midnight_s(void)
{
    return 1795651200; /* 2026-11-26 */
}

static uint32_t no_chance(void *context)
{
    (void)context;
    return 0;
}

/* ---- a directory and a login ---- */

static struct directory_options options;
static struct user_options user;
static struct login_options login_options;
static struct directory directory;
static struct facts ad = {.references = 1, .kind = KIND_AD};

static void open_directory(void)
{
    directory.options = &options;
    directory.orders =
        (struct directory_orders){.options = &options, .user = &user, .login = &login_options};
    directory.ground = (struct directory_ground){
        .loop = fake_loop_open(),
        .deadline_ms = 10000,
        .random = no_chance,
        .unix_s = midnight_s,
    };
}

static void close_directory(void)
{
    ck_assert_ptr_null(directory.first);
    ck_assert_ptr_null(submitted);
    ck_assert_uint_eq(ad.references, 1);
    fake_loop_close(directory.ground.loop);
}

/* What became of a login. */
static struct {
    unsigned times;
    struct login_result result;
    char user[100];
    char groups[200];
    char reason[100];
} told;

static void tell(void *context, const struct login_result *result)
{
    ck_assert_ptr_eq(context, &told);
    told.times++;
    told.result = *result;
    snprintf(told.user, sizeof told.user, "%.*s", (int)result->user.len, result->user.at);
    snprintf(told.reason, sizeof told.reason, "%s", result->reason ? result->reason : "");
    for (size_t i = 0; i < result->group_count; i++) {
        strcat(told.groups, i > 0 ? "," : "");
        strncat(told.groups, result->groups[i].at, result->groups[i].len);
    }
}

static struct secret *password;

static struct login *log_in(const char *name, const char *bytes)
{
    struct login_query query = {.user = {name, strlen(name)}, .done = tell, .context = &told};

    secret_free(&password);
    password = secret_copy(bytes, strlen(bytes));
    query.password = password;
    return directory_login(&directory, &query);
}

static void assert_told(enum verdict verdict, enum account_state state, bool bind_sent)
{
    ck_assert_uint_eq(told.times, 1);
    ck_assert_int_eq(told.result.verdict, verdict);
    ck_assert_int_eq(told.result.state, state);
    ck_assert_int_eq(told.result.bind_sent, bind_sent);
    secret_free(&password);
}

static struct entry *alice(const char *expires)
{
    const struct made_value values[] = {{"sAMAccountName", "Alice"},
                                        {"userPrincipalName", "alice@corp.example.com"},
                                        {"msDS-UserPasswordExpiryTimeComputed", expires},
                                        {0}};

    return entry_build("CN=Alice,DC=x", values);
}

/* The entry is found. */
static void found(struct entry *entry, struct facts *facts)
{
    struct find_result result = {.verdict = VERDICT_OK, .entry = entry, .facts = facts};

    ck_assert(finding.asked);
    finding.query.done(finding.query.context, &result);
    ck_assert_ptr_null(result.entry); /* it was taken */
}

/* The answer to the bind: a code, a diagnostic, and a policy's control. */
static void answer_bind(int code, const char *diagnostic, const char *control, size_t len)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval value = {len, (char *)(uintptr_t)control};
    struct task *task = submitted;
    struct wired wired;
    LDAPMessage *message;
    struct berval flat;

    ck_assert_ptr_nonnull(task);
    ck_assert(wired_open(&wired));
    ck_assert_int_eq(task->send(task, wired.ld, NULL, &wired.msgid), LDAP_SUCCESS);
    ber_printf(ber, "{it{ess}", wired.msgid, peer_answer_to(LDAP_REQ_BIND), code, "", diagnostic);
    if (control)
        ber_printf(ber, "t{{sO}}", LDAP_TAG_CONTROLS, LDAP_CONTROL_PASSWORDPOLICYRESPONSE, &value);
    ber_printf(ber, "}");
    ck_assert_int_eq(ber_flatten2(ber, &flat, 0), 0);
    message = wired_answer(&wired, flat.bv_val, flat.bv_len);
    ck_assert_ptr_nonnull(message);
    submitted = NULL;
    ck_assert_int_eq(task->answered(task, wired.ld, message), code);
    ldap_msgfree(message);
    ber_free(ber, 1);
    wired_close_all(&wired);
}

/* A whole login up to the answer to its bind. */
static void bind_as_alice(int code, const char *diagnostic)
{
    ck_assert_ptr_nonnull(log_in("alice", "secret"));
    found(alice("0"), NULL);
    answer_bind(code, diagnostic, NULL, 0);
}

/* ---- the password ---- */

START_TEST(right_and_wrong)
{
    open_directory();
    bind_as_alice(0, "");
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    ck_assert_str_eq(told.user, "alice");
    ck_assert_int_eq(told.result.expires_days, -1);
    ck_assert_int_eq(told.result.grace_logins, -1);
    ck_assert_ptr_null(told.result.groups);
    ck_assert_ptr_null(finding.query.attributes); /* the DN is enough */
    told.times = 0;
    bind_as_alice(49, "");
    assert_told(VERDICT_DENIED, ACCOUNT_UNTOLD, true);
    told.times = 0;
    bind_as_alice(52, "");
    assert_told(VERDICT_UNAVAILABLE, ACCOUNT_UNTOLD, true);
    told.times = 0;
    bind_as_alice(49, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, "
                      "data 701, v1db1");
    assert_told(VERDICT_DENIED, ACCOUNT_ACCOUNT_EXPIRED, true);
    told.times = 0;
    /* a controller that cannot ask the one that knows the password */
    bind_as_alice(49, "80090311: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, "
                      "data 51f, v1db1");
    assert_told(VERDICT_UNAVAILABLE, ACCOUNT_UNTOLD, true);
    close_directory();
}
END_TEST

START_TEST(an_empty_password_asks_nobody)
{
    open_directory();
    ck_assert_ptr_null(log_in("alice", ""));
    assert_told(VERDICT_DENIED, ACCOUNT_UNTOLD, false);
    ck_assert(!finding.asked);
    close_directory();
}
END_TEST

START_TEST(a_policys_remarks)
{
    open_directory();
    login_options.expiry_warning_days = 14;
    user.filter = (char[]){"(uid=%s)"};
    ck_assert_ptr_nonnull(log_in("alice", "secret"));
    found(entry_of_dn("uid=alice,o=x"), NULL);
    /* 86,400 s */
    answer_bind(0, "", "\x30\x07\xa0\x05\x80\x03\x01\x51\x80", 9);
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    ck_assert_int_eq(told.result.expires_days, 1);
    told.times = 0;
    ck_assert_ptr_nonnull(log_in("alice", "secret"));
    found(entry_of_dn("uid=alice,o=x"), NULL);
    answer_bind(0, "", "\x30\x08\xa0\x03\x81\x01\x03\x81\x01\x02", 10);
    assert_told(VERDICT_OK, ACCOUNT_MUST_CHANGE, true);
    ck_assert_int_eq(told.result.grace_logins, 3);
    close_directory();
}
END_TEST

/* The bind that leaves for a server. */
static struct peer_request read_bind(void)
{
    struct task *task = submitted;
    struct peer_request bind;
    LDAP *ld = NULL;
    char bytes[1000];
    int ends[2];
    int msgid;
    ssize_t len;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(ldap_init_fd(ends[1], LDAP_PROTO_TCP, "ldap://192.0.2.1", &ld), 0);
    ck_assert_int_eq(ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &(int){LDAP_VERSION3}), 0);
    ck_assert_int_eq(task->send(task, ld, NULL, &msgid), LDAP_SUCCESS);
    len = read(ends[0], bytes, sizeof bytes);
    ck_assert_int_gt(len, 0);
    bind = peer_parse(bytes, (size_t)len);
    ldap_unbind_ext(ld, NULL, NULL);
    close(ends[0]);
    return bind;
}

START_TEST(passwords_in_other_character_sets)
{
    open_directory();
    /* p, a with diaeresis, EURO SIGN: in CP1252 and in UTF-8 */
    ck_assert_ptr_nonnull(log_in("alice", "p\xe4\x80"));
    found(alice("0"), facts_hold(&ad));
    ck_assert_str_eq(read_bind().password, "p\xc3\xa4\xe2\x82\xac");
    answer_bind(0, "", NULL, 0);
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    told.times = 0;
    /* What is UTF-8 goes as it came, and so does all for a directory that is no AD. */
    ck_assert_ptr_nonnull(log_in("alice", "p\xc3\xa4\xe2\x82\xac"));
    found(alice("0"), facts_hold(&ad));
    ck_assert_str_eq(read_bind().password, "p\xc3\xa4\xe2\x82\xac");
    answer_bind(49, "", NULL, 0);
    told.times = 0;
    ck_assert_ptr_nonnull(log_in("alice", "p\xe4\x80"));
    found(alice("0"), NULL);
    ck_assert_str_eq(read_bind().password, "p\xe4\x80");
    answer_bind(49, "", NULL, 0);
    close_directory();
}
END_TEST

/* As long as nobody has had a wrong password. */
START_TEST(an_unknown_user_takes_as_long_as_a_right_password)
{
    struct find_result nobody = {.verdict = VERDICT_DENIED};

    open_directory();
    ck_assert_ptr_nonnull(log_in("alice", "secret"));
    found(alice("0"), NULL);
    fake_loop_advance(directory.ground.loop, 50);
    answer_bind(0, "", NULL, 0);
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    told.times = 0;
    ck_assert_ptr_nonnull(log_in("nobody", "secret"));
    finding.query.done(finding.query.context, &nobody);
    fake_loop_advance(directory.ground.loop, 49);
    ck_assert_uint_eq(told.times, 0);
    fake_loop_advance(directory.ground.loop, 1);
    assert_told(VERDICT_DENIED, ACCOUNT_UNTOLD, false);
    close_directory();
}
END_TEST

/* 0x81 is nothing in CP1252. Nobody has such a password: it is as wrong as any, and takes as long
 * as the last wrong one took. */
START_TEST(a_password_that_no_charset_has)
{
    open_directory();
    ck_assert_ptr_nonnull(log_in("alice", "secret"));
    found(alice("0"), NULL);
    fake_loop_advance(directory.ground.loop, 70);
    answer_bind(49, "", NULL, 0);
    told.times = 0;
    ck_assert_ptr_nonnull(log_in("alice", "p\x81"));
    found(alice("0"), facts_hold(&ad));
    ck_assert_ptr_null(submitted);
    fake_loop_advance(directory.ground.loop, 69);
    ck_assert_uint_eq(told.times, 0);
    fake_loop_advance(directory.ground.loop, 1);
    assert_told(VERDICT_DENIED, ACCOUNT_UNTOLD, false);
    close_directory();
}
END_TEST

/* A byte order mark of UTF-16 is no character: nothing is left of it, and a bind without a password
 * would succeed. */
START_TEST(a_password_of_which_nothing_is_left)
{
    open_directory();
    user.charset = (char[]){"UTF-16"};
    log_in("alice", "\xff\xfe");
    found(alice("0"), NULL);
    ck_assert_ptr_null(submitted);
    assert_told(VERDICT_DENIED, ACCOUNT_UNTOLD, false);
    close_directory();
}
END_TEST

/* ---- the entry ---- */

START_TEST(nobody_is_found)
{
    struct find_result result = {.verdict = VERDICT_DENIED};

    open_directory();
    ck_assert_ptr_nonnull(log_in("nobody", "secret"));
    finding.query.done(finding.query.context, &result);
    assert_told(VERDICT_DENIED, ACCOUNT_UNTOLD, false);
    told.times = 0;
    result = (struct find_result){.verdict = VERDICT_UNAVAILABLE, .reason = "no server"};
    ck_assert_ptr_nonnull(log_in("nobody", "secret"));
    finding.query.done(finding.query.context, &result);
    assert_told(VERDICT_UNAVAILABLE, ACCOUNT_UNTOLD, false);
    ck_assert_str_eq(told.reason, "no server");
    close_directory();
}
END_TEST

START_TEST(a_find_that_answers_at_once)
{
    open_directory();
    finding.at_once = true;
    finding.result = (struct find_result){.verdict = VERDICT_UNAVAILABLE, .reason = "no memory"};
    ck_assert_ptr_null(log_in("alice", "secret"));
    assert_told(VERDICT_UNAVAILABLE, ACCOUNT_UNTOLD, false);
    told.times = 0;
    finding.result =
        (struct find_result){.verdict = VERDICT_OK, .entry = entry_of_dn("uid=alice,o=x")};
    ck_assert_ptr_nonnull(log_in("alice", "secret"));
    answer_bind(0, "", NULL, 0);
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    close_directory();
}
END_TEST

static void assert_attributes(const char *list)
{
    char text[300] = "";

    for (const char *const *at = finding.query.attributes; at && *at; at++) {
        strcat(text, *text ? " " : "");
        strcat(text, *at);
    }
    ck_assert_str_eq(text, list);
}

START_TEST(active_directory)
{
    open_directory();
    options.kind = KIND_AD;
    login_options.expiry_warning_days = 14;
    ck_assert_ptr_nonnull(log_in("CORP\\alice", "secret"));
    assert_attributes("sAMAccountName msDS-UserPasswordExpiryTimeComputed");
    found(alice("134402976000000000"), facts_hold(&ad)); /* two days later */
    answer_bind(0, "", NULL, 0);
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    ck_assert_str_eq(told.user, "Alice");
    ck_assert_int_eq(told.result.expires_days, 2);
    told.times = 0;
    login_options.user_name = USER_NAME_UPN;
    login_options.expiry_warning_days = 1;
    ck_assert_ptr_nonnull(log_in("CORP\\alice", "secret"));
    assert_attributes("sAMAccountName userPrincipalName msDS-UserPasswordExpiryTimeComputed");
    found(alice("134402976000000000"), facts_hold(&ad));
    answer_bind(0, "", NULL, 0);
    ck_assert_str_eq(told.user, "alice@corp.example.com");
    ck_assert_int_eq(told.result.expires_days, -1);
    login_options.user_name = USER_NAME_AS_TYPED;
    ck_assert_ptr_nonnull(log_in("CORP\\alice", "secret"));
    found(alice("0"), facts_hold(&ad));
    answer_bind(0, "", NULL, 0);
    ck_assert_str_eq(told.user, "CORP\\alice");
    close_directory();
    secret_free(&password);
}
END_TEST

/* ---- groups ---- */

static const struct pxa_span names[] = {
    {"", 0}, {"B2", 2}, {"a\0z", 3}, {"a,x", 3}, {"b", 1},
};

static void ask_for_groups(const struct membership_result *result)
{
    bind_as_alice(0, "");
    ck_assert(groups.asked);
    ck_assert_uint_eq(told.times, 0);
    groups.query.done(groups.query.context, result);
}

START_TEST(groups_are_told)
{
    struct membership_result result = {
        .verdict = VERDICT_OK, .names = names, .name_count = sizeof names / sizeof *names};
    char *patterns[] = {(char[]){"b*"}, (char[]){"nobody"}};
    struct login *login;

    open_directory();
    login_options.groups = true;
    login = log_in("alice", "secret");
    assert_attributes("objectSid uid");
    ck_assert(!login_cancel(login));
    ask_for_groups(&result);
    ck_assert(groups.query.list);
    ck_assert_uint_eq(groups.query.group_count, 0);
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    /* In their order; what can be no name is none. */
    ck_assert_str_eq(told.groups, "B2,a,x,b");
    told.times = 0;
    told.groups[0] = '\0';
    login_options.group_filters = (struct option_list){patterns, 2};
    ask_for_groups(&result);
    ck_assert_str_eq(told.groups, "B2,b");
    told.times = 0;
    told.groups[0] = '\0';
    result.name_count = 0;
    ask_for_groups(&result);
    ck_assert_ptr_nonnull(told.result.groups); /* that there are none is told */
    ck_assert_uint_eq(told.result.group_count, 0);
    close_directory();
    secret_free(&password);
}
END_TEST

START_TEST(a_group_is_required)
{
    char *required[] = {(char[]){"a"}, (char[]){"CN=b,DC=x"}};
    static const bool neither[2], second[2] = {false, true};
    struct membership_result result = {.verdict = VERDICT_OK, .member = neither};

    open_directory();
    login_options.require_groups = (struct option_list){required, 2};
    ask_for_groups(&result);
    ck_assert_uint_eq(groups.query.group_count, 2);
    ck_assert_str_eq(groups.names, "a;CN=b,DC=x;");
    ck_assert(!groups.query.list);
    assert_told(VERDICT_DENIED, ACCOUNT_NO_GROUP, true);
    told.times = 0;
    result.member = second;
    ask_for_groups(&result);
    assert_told(VERDICT_OK, ACCOUNT_UNTOLD, true);
    /* Nobody asks about groups for a wrong password. */
    told.times = 0;
    groups.asked = false;
    bind_as_alice(49, "");
    assert_told(VERDICT_DENIED, ACCOUNT_UNTOLD, true);
    ck_assert(!groups.asked);
    close_directory();
}
END_TEST

/* BH, after the bind: Squid's repeats must not bind again (bind_sent). */
START_TEST(groups_that_cannot_be_had)
{
    const struct membership_result trouble = {.verdict = VERDICT_UNAVAILABLE, .reason = "busy"};

    open_directory();
    login_options.groups = true;
    ask_for_groups(&trouble);
    assert_told(VERDICT_UNAVAILABLE, ACCOUNT_UNTOLD, true);
    told.times = 0;
    groups.at_once = true;
    groups.result = trouble;
    bind_as_alice(0, "");
    assert_told(VERDICT_UNAVAILABLE, ACCOUNT_UNTOLD, true);
    close_directory();
}
END_TEST

/* ---- the end of the time ---- */

START_TEST(cancelled_in_each_stage)
{
    struct login *login;

    open_directory();
    login_options.groups = true;
    ck_assert(!login_cancel(log_in("alice", "secret")));
    ck_assert_uint_eq(finding.cancelled, 1);
    login = log_in("alice", "secret");
    found(alice("0"), facts_hold(&ad));
    ck_assert(!login_cancel(login)); /* it waited for a connection */
    login = log_in("alice", "secret");
    found(alice("0"), facts_hold(&ad));
    withdrawn_was_sent = true;
    ck_assert(login_cancel(login));
    login = log_in("alice", "secret");
    found(alice("0"), facts_hold(&ad));
    answer_bind(0, "", NULL, 0);
    ck_assert(login_cancel(login)); /* it was answered, and the groups were not */
    ck_assert_uint_eq(groups.cancelled, 1);
    ck_assert_uint_eq(told.times, 0);
    close_directory();
    secret_free(&password);
}
END_TEST

START_TEST(a_bind_that_is_lost)
{
    open_directory();
    for (int processed = 0; processed < 2; processed++) {
        struct task *task;

        told.times = 0;
        ck_assert_ptr_nonnull(log_in("alice", "secret"));
        found(alice("0"), NULL);
        ck_assert(submitted->once);
        task = submitted;
        submitted = NULL;
        task->failed(task, "gone", processed);
        assert_told(VERDICT_UNAVAILABLE, ACCOUNT_UNTOLD, processed);
        ck_assert_str_eq(told.reason, "gone");
    }
    close_directory();
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("login");
    TCase *tc = tcase_create("login");

    tcase_add_test(tc, right_and_wrong);
    tcase_add_test(tc, an_empty_password_asks_nobody);
    tcase_add_test(tc, a_policys_remarks);
    tcase_add_test(tc, passwords_in_other_character_sets);
    tcase_add_test(tc, a_password_that_no_charset_has);
    tcase_add_test(tc, an_unknown_user_takes_as_long_as_a_right_password);
    tcase_add_test(tc, a_password_of_which_nothing_is_left);
    tcase_add_test(tc, nobody_is_found);
    tcase_add_test(tc, a_find_that_answers_at_once);
    tcase_add_test(tc, active_directory);
    tcase_add_test(tc, groups_are_told);
    tcase_add_test(tc, a_group_is_required);
    tcase_add_test(tc, groups_that_cannot_be_had);
    tcase_add_test(tc, cancelled_in_each_stage);
    tcase_add_test(tc, a_bind_that_is_lost);
    tcase_set_timeout(tc, 120);
    suite_add_tcase(s, tc);
    return s;
}
