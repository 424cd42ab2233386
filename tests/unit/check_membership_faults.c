/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of questions about groups when things go wrong: errors from the server at each search,
 * garbled and hostile answers, lost connections, cancelling at each moment, memory that is out.
 * Law 3: trouble is UNAVAILABLE and never "no"; each question ends once, or never when it was
 * cancelled. Runs of a question without faults say how many searches and allocations it has.
 */
#include <config.h>

#include <check.h>

#include "helpers/directory/membership_lists.h"
#include "helpers/directory/membership_walk.h"
#include "helpers/directory/pool_private.h"
#include "tests/unit/membership_bench.h"

Suite *suite(void);

#define BASE "dc=corp,dc=test"
#define USER "cn=user," BASE
#define GROUP(cn) "cn=" cn "," BASE
#define SID(rid) "\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0" rid "\0\0\0"
enum { SID_LEN = 28 };

#define A_GROUP(name, rid)                                                                         \
    {"objectClass", "group", 0}, {"cn", name, 0}, {"sAMAccountName", name, 0},                     \
    {                                                                                              \
        "objectSid", SID(rid), SID_LEN                                                             \
    }

static const struct server_entry entries[] = {
    {USER,
     {{"uid", "user", 0},
      {"objectSid", SID("\x70"), SID_LEN},
      {"primaryGroupID", "5", 0},
      {"memberOf", GROUP("dynamic"), 0},
      {"tokenGroups", SID("\1"), SID_LEN},
      {"tokenGroups", SID("\2"), SID_LEN},
      {"tokenGroups", SID("\5"), SID_LEN}}},
    {GROUP("a"), {A_GROUP("a", "\1"), {"groupType", "-2147483646", 0}, {"member", USER, 0}}},
    {GROUP("b"), {A_GROUP("b", "\2"), {"groupType", "-2147483646", 0}, {"member", GROUP("a"), 0}}},
    {GROUP("mail"), {A_GROUP("mail", "\3"), {"groupType", "2", 0}, {"member", USER, 0}}},
    {GROUP("empty"), {A_GROUP("empty", "\4"), {"groupType", "-2147483646", 0}}},
    {GROUP("primary"),
     {A_GROUP("primary", "\5"),
      {"groupType", "-2147483646", 0},
      {"sidText", "S-1-5-21-1-2-3-5", 0}}},
    {GROUP("dynamic"), {{"cn", "dynamic", 0}}},
    {"cn=far,o=elsewhere", {{"cn", "far", 0}, {"member", GROUP("b"), 0}}},
};

static const struct pxa_span some_sids[] = {
    {SID("\2"), SID_LEN}, {SID("\x66"), SID_LEN}, {SID("\3"), SID_LEN}, {SID("\2"), SID_LEN}};

/* Questions that go through all of the code, and their right answers. One that asks about nothing
 * is about `some_sids`. */
static const struct {
    const char *what;
    enum directory_kind kind;
    enum membership_method method;
    const char *groups[6];
    bool list;
    const char *members;
    const char *names;
} questions[] = {
    {"in chain", KIND_AD, METHOD_AUTO, {"b"}, false, "y", ""},
    {"in chain, no", KIND_AD, METHOD_AUTO, {GROUP("empty")}, false, "n", ""},
    {"tokens", KIND_AD, METHOD_AUTO, {"b", "empty", "mail", "x"}, false, "ynyn", ""},
    {"list of tokens", KIND_AD, METHOD_AUTO, {"mail"}, true, "y", "a|b|primary"},
    {"list in chain", KIND_AD, METHOD_IN_CHAIN, {"a", "empty"}, true, "yn", "a|b|mail|primary"},
    {"walk", KIND_AUTO, METHOD_AUTO, {"b", "empty", "x", GROUP("a")}, false, "ynny", ""},
    {"walk afar", KIND_AUTO, METHOD_AUTO, {"cn=far,o=elsewhere", "empty"}, false, "yn", ""},
    {"list of a walk", KIND_AUTO, METHOD_AUTO, {NULL}, true, "", "a|b|dynamic|mail|primary"},
    {"sids", KIND_AD, METHOD_AUTO, {NULL}, false, "", "b||mail|b"},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

/* A new directory, in which nothing is known. */
static void open_for(int i)
{
    server = (struct group_server){0};
    membership_options = (struct membership_options){0};
    directory = (struct directory){0};
    for (size_t e = 0; e < sizeof entries / sizeof *entries; e++)
        add_entry(&entries[e]);
    open_directory(questions[i].kind, BASE);
    membership_options.method = (int)questions[i].method;
    become(USER);
}

static void close_all(void)
{
    close_directory();
    asker = NULL;
}

static struct membership *start(int i)
{
    if (!questions[i].groups[0] && !questions[i].list)
        return start_sids(some_sids, sizeof some_sids / sizeof *some_sids);
    return start_question(questions[i].groups, questions[i].list);
}

static void expect_right(int i)
{
    ck_assert_uint_eq(answer.ends, 1);
    ck_assert_msg(answer.verdict == VERDICT_OK, "%s: %s", questions[i].what, answer.reason);
    ck_assert_msg(strcmp(answer.members, questions[i].members) == 0, "%s: %s", questions[i].what,
                  answer.members);
    ck_assert_msg(strcmp(answer.names, questions[i].names) == 0, "%s: %s", questions[i].what,
                  answer.names);
}

static void expect_unavailable(int i)
{
    ck_assert_uint_eq(answer.ends, 1);
    ck_assert_msg(answer.verdict == VERDICT_UNAVAILABLE, "%s: %s %s", questions[i].what,
                  answer.members, answer.names);
}

START_TEST(no_fault)
{
    open_for(_i);
    start(_i);
    bench_settle(&bench);
    expect_right(_i);
    close_all();
}
END_TEST

/* ---- what the server says ---- */

static const int codes[] = {
    LDAP_OPERATIONS_ERROR,
    LDAP_TIMELIMIT_EXCEEDED,
    LDAP_SIZELIMIT_EXCEEDED,
    LDAP_STRONG_AUTH_REQUIRED,
    LDAP_PARTIAL_RESULTS,
    LDAP_REFERRAL,
    LDAP_ADMINLIMIT_EXCEEDED,
    LDAP_INSUFFICIENT_ACCESS,
    LDAP_BUSY,
    LDAP_UNAVAILABLE,
    LDAP_OTHER,
    LDAP_INAPPROPRIATE_MATCHING,
};

/* From each search on, each code: the question ends, and nothing is taken for a no. */
START_TEST(error_codes)
{
    size_t searches;

    open_for(_i);
    start(_i);
    bench_settle(&bench);
    searches = server.noted;
    close_all();
    for (size_t c = 0; c < sizeof codes / sizeof *codes; c++) {
        for (size_t from = 0; from < searches; from++) {
            open_for(_i);
            server.fails_with = codes[c];
            server.fails_from = from;
            start(_i);
            bench_settle(&bench);
            expect_unavailable(_i);
            close_all();
        }
    }
}
END_TEST

/* The base does not exist: that is trouble; that an entry does not exist is none. */
START_TEST(no_such_base)
{
    open_for(_i);
    server.fails_with = LDAP_NO_SUCH_OBJECT;
    start(_i);
    bench_settle(&bench);
    ck_assert_uint_eq(answer.ends, 1);
    for (size_t n = 0; answer.verdict == VERDICT_OK && n < server.noted; n++)
        ck_assert_int_eq(server.notes[n].scope, LDAP_SCOPE_BASE);
    ck_assert_ptr_null(strchr(answer.members, 'y'));
    close_all();
}
END_TEST

START_TEST(references_are_ignored)
{
    open_for(_i);
    server.references = true;
    start(_i);
    bench_settle(&bench);
    expect_right(_i);
    close_all();
}
END_TEST

START_TEST(entries_that_come_twice)
{
    open_for(_i);
    server.repeats = 2;
    start(_i);
    bench_settle(&bench);
    expect_right(_i);
    close_all();
}
END_TEST

/* Where an entry is garbled, its question is not answered. In chain nothing of it is looked at. */
START_TEST(garbled_entries)
{
    open_for(_i);
    server.garbles = true;
    start(_i);
    bench_settle(&bench);
    expect_unavailable(_i);
    close_all();
}
END_TEST

/* Entries that nobody asked for make nobody a member of a group that he is not in. */
START_TEST(too_many_entries)
{
    open_for(_i);
    server.folds = true;
    start(_i);
    bench_settle(&bench);
    ck_assert_uint_eq(answer.ends, 1);
    close_all();
}
END_TEST

START_TEST(no_end_of_groups)
{
    struct walk *walk = walk_new("dc=test", false);
    char dn[32];

    ck_assert_ptr_nonnull(walk);
    for (int i = 0; i < USER_GROUPS_MAX; i++) {
        snprintf(dn, sizeof dn, "cn=%d,dc=test", i);
        ck_assert_int_eq(walk_meet(walk, dn, 1), WALK_NEW);
    }
    ck_assert_int_eq(walk_meet(walk, "cn=one more,dc=test", 1), WALK_TOO_MANY);
    walk_free(walk);
}
END_TEST

/* ---- connections ---- */

/* One turn: what is queued runs, and what has come is read. False at the end. */
static bool turn(void)
{
    fake_loop_settle(bench.loop);
    return bench_read(&bench);
}

static void end_links(void)
{
    for (int i = 0; i < BENCH_LINKS; i++) {
        if (bench.links[i].fake) {
            bench.links[i].fake->ended = true;
            bench.links[i].unread = true;
        }
    }
}

/* The connection ends after each turn: what was under way is asked again on another one. */
START_TEST(lost_connections)
{
    bool over = false;

    for (int turns = 0; !over; turns++) {
        open_for(_i);
        start(_i);
        for (int t = 0; t < turns; t++)
            over = !turn();
        end_links();
        bench_settle(&bench);
        expect_right(_i);
        close_all();
    }
}
END_TEST

START_TEST(server_is_silent)
{
    open_for(_i);
    hold_answers = true;
    start(_i);
    bench_settle(&bench);
    ck_assert_uint_eq(answer.ends, 0);
    bench.servers[0].refuses = true;
    bench_advance(&bench, 3 * BENCH_SILENCE_MS);
    expect_unavailable(_i);
    close_all();
}
END_TEST

/* ---- cancelling ---- */

START_TEST(cancelled)
{
    bool over = false;

    for (int turns = 0; !over; turns++) {
        struct membership *membership;

        open_for(_i);
        membership = start(_i);
        ck_assert_ptr_nonnull(membership);
        for (int t = 0; t < turns; t++)
            turn();
        over = answer.ends > 0;
        if (!over) {
            membership_cancel(membership);
            bench_settle(&bench);
            ck_assert_uint_eq(answer.ends, 0);
        }
        close_all();
    }
}
END_TEST

/* What has ended is not ended again; about SIDs, one turn is enough for that. */
START_TEST(closed_with_questions)
{
    unsigned ends;

    open_for(_i);
    start(_i);
    turn();
    start(_i);
    ends = answer.ends;
    ck_assert_int_eq(ends > 0, strcmp(questions[_i].what, "sids") == 0);
    memberships_end(&directory);
    bench_settle(&bench);
    ck_assert_uint_eq(answer.ends, ends);
    ck_assert_ptr_null(directory.memberships);
    close_all();
}
END_TEST

static struct membership *other;

static void cancel_other(void *context, const struct membership_result *result)
{
    note_end(context, result);
    membership_cancel(other);
}

/* An answer's callback ends another question, whose answer is read next. */
START_TEST(cancelled_by_another)
{
    struct noted_answer first = {0};
    const struct pxa_span group = {"a", 1};
    struct membership_query query = {.user = {"user", 4},
                                     .entry = NULL,
                                     .groups = &group,
                                     .group_count = 1,
                                     .done = cancel_other,
                                     .context = &first};

    open_for(0);
    query.entry = asker;
    directory_membership(&directory, &query);
    first.members[0] = '?';
    other = start(0);
    bench_settle(&bench);
    ck_assert_uint_eq(first.ends, 1);
    ck_assert_uint_eq(answer.ends, 0);
    close_all();
}
END_TEST

/* ---- memory ---- */

static unsigned allocations; /* since counting began */
static unsigned failing;     /* which of them fails, and all after it; 0: none */

static bool fails(void)
{
    allocations++;
    return failing > 0 && allocations >= failing;
}

void *__wrap_emalloc(size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *at, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *at, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);

/* The test library's own, which ends the test when there is none. */
void *__wrap_emalloc(size_t size)
{
    return __real_malloc(size);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *at, size_t count, size_t size)
{
    return fails() ? NULL : __real_reallocarray(at, count, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
    return fails() ? NULL : __real_strndup(text, len);
}

/* From each allocation on there is no memory: the question ends as it must, or, where what failed
 * was not needed, rightly. */
START_TEST(memory_is_out)
{
    unsigned count = 1;
    unsigned unavailable = 0;

    for (unsigned at = 1; at <= count; at++) {
        open_for(_i);
        allocations = 0;
        failing = at;
        start(_i);
        bench_settle(&bench);
        failing = 0;
        if (answer.verdict == VERDICT_OK)
            expect_right(_i);
        else
            expect_unavailable(_i);
        unavailable += answer.verdict != VERDICT_OK;
        count = answer.verdict == VERDICT_OK ? count : at + 1;
        close_all();
    }
    ck_assert_uint_gt(unavailable, 10);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("membership_faults");
    TCase *tc = tcase_create("faults");

    tcase_add_loop_test(tc, no_fault, 0, QUESTIONS);
    tcase_add_loop_test(tc, error_codes, 0, QUESTIONS);
    tcase_add_loop_test(tc, no_such_base, 0, QUESTIONS);
    tcase_add_loop_test(tc, references_are_ignored, 0, QUESTIONS);
    tcase_add_loop_test(tc, entries_that_come_twice, 0, QUESTIONS);
    tcase_add_loop_test(tc, garbled_entries, 0, QUESTIONS);
    tcase_add_loop_test(tc, too_many_entries, 0, QUESTIONS);
    tcase_add_test(tc, no_end_of_groups);
    tcase_add_loop_test(tc, lost_connections, 0, QUESTIONS);
    tcase_add_loop_test(tc, server_is_silent, 0, QUESTIONS);
    tcase_add_loop_test(tc, cancelled, 0, QUESTIONS);
    tcase_add_loop_test(tc, closed_with_questions, 0, QUESTIONS);
    tcase_add_test(tc, cancelled_by_another);
    tcase_add_loop_test(tc, memory_is_out, 0, QUESTIONS);
    suite_add_tcase(s, tc);
    return s;
}
