/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the question for the names of SIDs (helpers/directory/membership_sids.c, sid_names.c) to
 * the server of group_server.h, in memory. SIDs are laid out by hand as [MS-DTYP] section 2.4.2.2
 * says; which of them no directory has an entry for is from the list in its section 2.4.2.4. What
 * is asked, and how often, is what the server has noted. Faults: check_membership_faults.c.
 */
#include <config.h>

#include <check.h>

#include "helpers/directory/group_names.h"
#include "tests/unit/membership_bench.h"

Suite *suite(void);

#define BASE "dc=corp,dc=test"

/* S-1-5-21-1-2-3-RID; the RID's two lower bytes. */
#define SID(low, high) "\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0" low high "\0\0"
/* S-1-5-32-RID: BUILTIN. */
#define BUILTIN(low, high) "\1\2\0\0\0\0\0\5\x20\0\0\0" low high "\0\0"
enum { SID_LEN = 28, BUILTIN_LEN = 16 };

#define ONE(low, high)                                                                             \
    {                                                                                              \
        SID(low, high), SID_LEN                                                                    \
    }

static const struct server_entry entries[] = {
    {"cn=alpha," BASE, {{"cn", "alpha", 0}, {"objectSid", SID("\1", "\4"), SID_LEN}}},
    {"cn=beta," BASE,
     {{"cn", "beta", 0},
      {"sAMAccountName", "Beta \xc3\xbc", 0},
      {"objectSid", SID("\2", "\4"), SID_LEN}}},
    {"cn=nameless," BASE, {{"objectSid", SID("\3", "\4"), SID_LEN}}},
    {"cn=Users," BASE, {{"cn", "Users", 0}, {"objectSid", BUILTIN("\x21", "\2"), BUILTIN_LEN}}},
};

static void open_ad(void)
{
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        add_entry(&entries[i]);
    open_directory(KIND_AD, BASE);
    server.noted = 0;
}

static void ask_sids(const struct pxa_span *sids, size_t count)
{
    start_sids(sids, count);
    bench_settle(&bench);
    ck_assert_uint_eq(answer.ends, 1);
}

#define ASK(...)                                                                                   \
    ask_sids((const struct pxa_span[]){__VA_ARGS__},                                               \
             sizeof((const struct pxa_span[]){__VA_ARGS__}) / sizeof(struct pxa_span))

static void expect(const char *names, size_t searches)
{
    ck_assert_msg(answer.verdict == VERDICT_OK, "%s", answer.reason);
    ck_assert_str_eq(answer.names, names);
    ck_assert_uint_eq(server.noted, searches);
}

/* Each SID its name, in their order; the sAMAccountName goes before the cn. */
START_TEST(names_in_order)
{
    open_ad();
    ASK(ONE("\2", "\4"), ONE("\1", "\4"), {BUILTIN("\x21", "\2"), BUILTIN_LEN}, ONE("\2", "\4"));
    expect("Beta \xc3\xbc|alpha|Users|Beta \xc3\xbc", 1);
    ck_assert_str_eq(server.notes[0].base, BASE);
    ck_assert_int_eq(server.notes[0].scope, LDAP_SCOPE_SUBTREE);
    close_directory();
}
END_TEST

/* SIDs that no group has, and one whose group shows no name. */
START_TEST(without_a_name)
{
    open_ad();
    ASK(ONE("\x66", "\4"), ONE("\1", "\4"), ONE("\3", "\4"));
    expect("|alpha|", 1);
    close_directory();
}
END_TEST

/* S-1-18-1 and S-1-1-0 have another authority, S-1-5-11 is of no domain, S-1-5-21-0-0-0-497 of none
 * that exists; what is cut is no SID. None is asked for. */
START_TEST(of_no_domain)
{
    static const char claims[] = "\1\5\0\0\0\0\0\5\x15\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf1\1\0\0";

    open_ad();
    ASK({"\1\1\0\0\0\0\0\x12\1\0\0\0", 12}, {"\1\1\0\0\0\0\0\1\0\0\0\0", 12},
        {"\1\1\0\0\0\0\0\5\x0b\0\0\0", 12}, {claims, SID_LEN}, {SID("\1", "\4"), 27}, {"", 0});
    expect("|||||", 0);
    ASK({"\1\1\0\0\0\0\0\x12\1\0\0\0", 12}, ONE("\1", "\4"));
    expect("|alpha", 1);
    ck_assert_uint_eq(server.notes[0].equals, 1);
    close_directory();
}
END_TEST

START_TEST(no_sids)
{
    static const struct pxa_span none = {0};

    open_ad();
    ask_sids(&none, 0);
    expect("", 0);
    close_directory();
}
END_TEST

/* Names for ten minutes; that there is none for one. Only what is not known is asked for. */
START_TEST(remembered)
{
    open_ad();
    ASK(ONE("\1", "\4"), ONE("\x66", "\4"));
    expect("alpha|", 1);
    bench_advance(&bench, GROUP_NAMES_NONE_TTL_MS - 100);
    ASK(ONE("\1", "\4"), ONE("\x66", "\4"));
    expect("alpha|", 1);
    ck_assert_ptr_null(start_sids((const struct pxa_span[]){ONE("\1", "\4")}, 1));
    expect("alpha", 1);
    bench_advance(&bench, 200);
    ASK(ONE("\1", "\4"), ONE("\x66", "\4"), ONE("\2", "\4"));
    expect("alpha||Beta \xc3\xbc", 2);
    ck_assert_uint_eq(server.notes[1].equals, 2);
    bench_advance(&bench, GROUP_NAMES_TTL_MS - GROUP_NAMES_NONE_TTL_MS);
    ASK(ONE("\1", "\4"));
    expect("alpha", 3);
    close_directory();
}
END_TEST

/* What is known is told whatever has become of the server; what is not is trouble. */
START_TEST(server_fails)
{
    open_ad();
    ASK(ONE("\1", "\4"), ONE("\x66", "\4"));
    server.fails_with = LDAP_UNWILLING_TO_PERFORM;
    ASK(ONE("\1", "\4"), ONE("\x66", "\4"));
    expect("alpha|", 1);
    ASK(ONE("\1", "\4"), ONE("\2", "\4"));
    ck_assert_int_eq(answer.verdict, VERDICT_UNAVAILABLE);
    ck_assert_str_eq(answer.reason, "the directory search for groups failed");
    close_directory();
}
END_TEST

/* An entry that was not asked for gives no SID its name. */
START_TEST(entries_not_asked_for)
{
    open_ad();
    server.folds = true;
    ASK(ONE("\x66", "\4"), ONE("\2", "\4"));
    expect("|Beta \xc3\xbc", 1);
    close_directory();
}
END_TEST

/* ---- very many ---- */

enum { MANY = 1200 };

static struct {
    char sid[SID_LEN];
    char name[8];
    char dn[40];
    struct server_entry entry;
} crowd[MANY];
static struct pxa_span crowd_sids[MANY + 1];

static void make_crowd(void)
{
    static const char sid[] = SID("\0", "\0");

    for (size_t i = 0; i < MANY; i++) {
        memcpy(crowd[i].sid, sid, SID_LEN);
        crowd[i].sid[24] = (char)(i & 0xff);
        crowd[i].sid[25] = (char)(0x10 + (i >> 8));
        snprintf(crowd[i].name, sizeof crowd[i].name, "m%04zu", i % 10000);
        snprintf(crowd[i].dn, sizeof crowd[i].dn, "cn=m%04zu," BASE, i);
        crowd[i].entry = (struct server_entry){
            crowd[i].dn, {{"cn", crowd[i].name, 0}, {"objectSid", crowd[i].sid, SID_LEN}}};
        add_entry(&crowd[i].entry);
        crowd_sids[i] = (struct pxa_span){crowd[i].sid, SID_LEN};
    }
    crowd_sids[MANY] = (struct pxa_span)ONE("\1", "\4");
}

static void expect_crowd(void)
{
    const char *at = answer.names;

    ck_assert_msg(answer.verdict == VERDICT_OK, "%s", answer.reason);
    for (size_t i = 0; i < MANY; i++) {
        ck_assert_msg(strncmp(at, crowd[i].name, strlen(crowd[i].name)) == 0, "%zu: %.20s", i, at);
        at += strlen(crowd[i].name) + 1;
    }
    ck_assert_str_eq(at, "alpha");
}

/* 150 in one search: 1,201 are nine; then none; and one for those two that are not known. */
START_TEST(very_many)
{
    make_crowd();
    open_ad();
    ASK(ONE("\2", "\4"));
    ck_assert_uint_eq(server.noted, 1);
    ask_sids(crowd_sids, MANY + 1);
    expect_crowd();
    ck_assert_uint_eq(server.noted, 1 + 9);
    for (size_t i = 1; i <= 9; i++)
        ck_assert_uint_le(server.notes[i].equals, 150);
    ask_sids(crowd_sids, MANY + 1);
    expect_crowd();
    ck_assert_uint_eq(server.noted, 1 + 9);
    close_directory();
}
END_TEST

/* Unknown SIDs that lie far apart go into one search. */
START_TEST(few_among_many)
{
    make_crowd();
    open_ad();
    ask_sids(crowd_sids + 1, MANY - 2);
    server.noted = 0;
    ask_sids(crowd_sids, MANY + 1);
    expect_crowd();
    ck_assert_uint_eq(server.noted, 1);
    ck_assert_uint_eq(server.notes[0].equals, 3);
    close_directory();
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("membership_sids");
    TCase *tc = tcase_create("membership_sids");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, names_in_order);
    tcase_add_test(tc, without_a_name);
    tcase_add_test(tc, of_no_domain);
    tcase_add_test(tc, no_sids);
    tcase_add_test(tc, remembered);
    tcase_add_test(tc, server_fails);
    tcase_add_test(tc, entries_not_asked_for);
    tcase_add_test(tc, very_many);
    tcase_add_test(tc, few_among_many);
    suite_add_tcase(suite, tc);
    return suite;
}
