/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of questions about groups (helpers/directory/membership*.c, group_names.c, sid_names.c) to
 * an Active Directory, and of what is remembered. Who is in which group follows from the entries
 * below by hand; SIDs as [MS-DTYP] section 2.4.2.2 lays them out; tokenGroups holds what [MS-ADTS]
 * section 3.1.1.4.5.19 says.
 */
#include <config.h>

#include <check.h>

#include "helpers/directory/conn.h"
#include "helpers/directory/pool_private.h"
#include "tests/unit/membership_bench.h"

Suite *suite(void);

#define BASE "DC=corp,DC=test"
#define USERS "CN=Users," BASE
#define ALICE "CN=alice," USERS
#define PRIM "CN=prim," USERS
#define GROUP(cn) "CN=" cn "," USERS

/* S-1-5-21-1-2-3-RID; the RID's two lower bytes. */
#define SID(low, high) "\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0" low high "\0\0"
enum { SID_LEN = 28 };

#define SECURITY                                                                                   \
    {                                                                                              \
        "groupType", "-2147483646", 0                                                              \
    }
#define MAIL_ONLY                                                                                  \
    {                                                                                              \
        "groupType", "2", 0                                                                        \
    }
#define A_GROUP(name)                                                                              \
    {"objectClass", "group", 0}, {"cn", name, 0},                                                  \
    {                                                                                              \
        "sAMAccountName", name, 0                                                                  \
    }
#define OWN_SID(low, high)                                                                         \
    {                                                                                              \
        "objectSid", SID(low, high), SID_LEN                                                       \
    }
#define TOKEN(low, high)                                                                           \
    {                                                                                              \
        "tokenGroups", SID(low, high), SID_LEN                                                     \
    }

static const struct server_entry entries[] = {
    /* In A, by it in B; in "mail"; the primary group is Domain Users. */
    {ALICE,
     {OWN_SID("\x50", "\4"),
      {"primaryGroupID", "513", 0},
      TOKEN("\1", "\2"),
      TOKEN("\2", "\4"),
      TOKEN("\1", "\4"),
      TOKEN("\x77", "\7"), /* of no group below the base */
      {"uid", "alice", 0}}},
    {PRIM,
     {OWN_SID("\x51", "\4"), {"primaryGroupID", "1280", 0}, TOKEN("\0", "\5"), TOKEN("\4", "\4")}},
    {GROUP("A"), {A_GROUP("A"), SECURITY, OWN_SID("\1", "\4"), {"member", ALICE, 0}}},
    {GROUP("B"), {A_GROUP("B"), SECURITY, OWN_SID("\2", "\4"), {"member", GROUP("A"), 0}}},
    {GROUP("Empty"), {A_GROUP("Empty"), SECURITY, OWN_SID("\3", "\4")}},
    {GROUP("mail"), {A_GROUP("mail"), MAIL_ONLY, OWN_SID("\5", "\4"), {"member", ALICE, 0}}},
    {GROUP("Domain Users"),
     {A_GROUP("Domain Users"),
      SECURITY,
      OWN_SID("\1", "\2"),
      {"sidText", "S-1-5-21-1-2-3-513", 0}}},
    {GROUP("Primary"),
     {A_GROUP("Primary"), SECURITY, OWN_SID("\0", "\5"), {"sidText", "S-1-5-21-1-2-3-1280", 0}}},
    {GROUP("Above"),
     {A_GROUP("Above"), SECURITY, OWN_SID("\4", "\4"), {"member", GROUP("Primary"), 0}}},
    /* One cn in two places, each with a name of its own; alice is in the second. */
    {"CN=Staff,OU=Ops," BASE,
     {{"objectClass", "group", 0},
      {"cn", "Staff", 0},
      {"sAMAccountName", "Staff of Ops", 0},
      SECURITY,
      OWN_SID("\6", "\4")}},
    {"CN=Staff,OU=Sales," BASE,
     {{"objectClass", "group", 0},
      {"cn", "Staff", 0},
      {"sAMAccountName", "Staff of Sales", 0},
      SECURITY,
      OWN_SID("\7", "\4"),
      {"member", ALICE, 0}}},
};

static void open_ad(const char *user)
{
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        add_entry(&entries[i]);
    open_directory(KIND_AD, BASE);
    become(user);
}

/* The connection, whose facts a test may set. */
static struct conn *connection(void)
{
    return bench.pool->servers[0]->conns[PURPOSE_SERVICE];
}

/* ---- one group: in chain ---- */

START_TEST(one_group)
{
    open_ad(ALICE);
    expect_members(ABOUT("A"), "y");
    expect_members(ABOUT("b"), "y");
    expect_members(ABOUT("Empty"), "n");
    expect_members(ABOUT("mail"), "y");
    expect_members(ABOUT("nothing"), "n");
    expect_members(ABOUT(GROUP("B")), "y");
    close_directory();
}
END_TEST

/* A read of the user's entry, and of its primary group's where it is not known. */
START_TEST(in_chain_is_a_base_search)
{
    open_ad(ALICE);
    expect_members(ABOUT("Empty"), "n");
    ck_assert_uint_eq(server.noted, 3);
    ck_assert_uint_eq(server.notes[0].equals, 3); /* group, cn, sAMAccountName */
    for (size_t i = 1; i < 3; i++) {
        ck_assert_int_eq(server.notes[i].scope, LDAP_SCOPE_BASE);
        ck_assert_uint_eq(server.notes[i].chains, 1);
        ck_assert_str_eq(server.notes[i].attributes, LDAP_NO_ATTRS);
    }
    ck_assert_msg((strcmp(server.notes[1].base, ALICE) == 0) !=
                      (strcmp(server.notes[2].base, ALICE) == 0),
                  "one of them is the user's");
    expect_members(ABOUT("Empty"), "n");
    ck_assert_uint_eq(server.noted, 4);
    close_directory();
}
END_TEST

START_TEST(primary_group)
{
    open_ad(ALICE);
    expect_members(ABOUT("Domain Users"), "y");
    ck_assert_uint_eq(server.noted, 1); /* the entry alone says it */
    become(PRIM);
    expect_members(ABOUT("Primary"), "y");
    expect_members(ABOUT("Above"), "y");
    expect_members(ABOUT("Domain Users"), "n");
    expect_members(ABOUT("A"), "n");
    close_directory();
}
END_TEST

/* That the primary group is in another one is known for a minute. */
START_TEST(primary_group_is_remembered)
{
    open_ad(PRIM);
    expect_members(ABOUT("Above"), "y");
    server.noted = 0;
    expect_members(ABOUT("Above"), "y");
    ck_assert_uint_eq(server.noted, 0);
    bench_advance(&bench, 59 * 1000);
    expect_members(ABOUT("Above"), "y");
    ck_assert_uint_eq(server.noted, 0);
    bench_advance(&bench, 2 * 1000);
    expect_members(ABOUT("Above"), "y");
    ck_assert_uint_ge(server.noted, 1);
    close_directory();
}
END_TEST

/* An entry without a SID, or with one that is none, has no primary group. */
START_TEST(no_primary_group)
{
    static const struct server_entry odd[] = {
        {"CN=1," USERS, {{"primaryGroupID", "513", 0}}},
        {"CN=2," USERS, {OWN_SID("\x52", "\4")}},
        {"CN=3," USERS, {OWN_SID("\x52", "\4"), {"primaryGroupID", "-513", 0}}},
        {"CN=4," USERS, {OWN_SID("\x52", "\4"), {"primaryGroupID", "4294967809", 0}}},
        {"CN=5," USERS, {OWN_SID("\x52", "\4"), {"primaryGroupID", "513x", 0}}},
        {"CN=6," USERS, {OWN_SID("\x52", "\4"), {"primaryGroupID", "18446744073709552129", 0}}},
        {"CN=7," USERS, {{"objectSid", "\1\0\0\0\0\0\0\5", 8}, {"primaryGroupID", "513", 0}}},
        {"CN=8," USERS, {{"objectSid", SID("\1", "\2"), 27}, {"primaryGroupID", "513", 0}}},
        {"CN=9," USERS, {{"objectSid", "\1", 1}, {"primaryGroupID", "513", 0}}},
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        add_entry(&odd[i]);
    open_ad(ALICE);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        become(odd[i].dn);
        expect_members(ABOUT("Domain Users"), "n");
    }
    close_directory();
}
END_TEST

START_TEST(one_name_twice)
{
    open_ad(ALICE);
    expect_members(ABOUT("Staff"), "y");
    ck_assert_uint_eq(server.notes[1].chains, 2);
    expect_members(ABOUT("Staff of Ops"), "n");
    expect_members(ABOUT("Staff of Sales"), "y");
    close_directory();
}
END_TEST

/* ---- several: tokenGroups ---- */

START_TEST(several_groups)
{
    open_ad(ALICE);
    expect_members(ABOUT("A", "Empty", "B", "Domain Users", "nothing", GROUP("B")), "ynyyny");
    server.noted = 0;
    expect_members(ABOUT("B", "Empty", "A", "Domain Users"), "ynyy");
    ck_assert_uint_eq(server.noted, 1);
    ck_assert_str_eq(server.notes[0].base, ALICE);
    ck_assert_int_eq(server.notes[0].scope, LDAP_SCOPE_BASE);
    ck_assert_str_eq(server.notes[0].attributes, "tokenGroups");
    expect_members(ABOUT("b", "EMPTY", "a", "domain users"), "ynyy");
    ck_assert_uint_eq(server.noted, 2); /* their names are known */
    become(PRIM);
    expect_members(ABOUT("Primary", "Above", "A"), "yyn");
    close_directory();
}
END_TEST

/* A group for mail is in no token. */
START_TEST(groups_for_mail)
{
    open_ad(ALICE);
    expect_members(ABOUT("A", "mail", "Empty"), "yyn");
    become(PRIM);
    expect_members(ABOUT("A", "mail", "Above"), "nny");
    close_directory();
}
END_TEST

START_TEST(lists)
{
    open_ad(ALICE);
    expect_names("A|B|Domain Users");
    ck_assert_uint_eq(server.noted, 2);
    ck_assert_uint_eq(server.notes[1].equals, 4);
    expect_names("A|B|Domain Users"); /* names and that one has none are remembered */
    ck_assert_uint_eq(server.noted, 3);
    bench_advance(&bench, 61 * 1000);
    expect_names("A|B|Domain Users");
    ck_assert_uint_eq(server.noted, 5);
    ck_assert_uint_eq(server.notes[4].equals, 1);
    bench_advance(&bench, 10 * 60 * 1000);
    expect_names("A|B|Domain Users");
    ck_assert_uint_eq(server.notes[6].equals, 4);
    close_directory();
}
END_TEST

/* An entry that nobody asked for is in no list. */
START_TEST(unasked_entries)
{
    open_ad(ALICE);
    server.folds = true;
    expect_names("A|B|Domain Users");
    close_directory();
}
END_TEST

START_TEST(list_and_names)
{
    open_ad(ALICE);
    ask_about(ABOUT("B", "mail", "Empty"), true);
    ck_assert_str_eq(answer.members, "yyn");
    ck_assert_str_eq(answer.names, "A|B|Domain Users");
    close_directory();
}
END_TEST

enum { MANY = 1200 };

static struct {
    char sid[SID_LEN];
    char name[16];
    char dn[64];
    struct server_entry group;
} crowd[MANY];

static struct server_value crowd_tokens[MANY + 1];

static void make_crowd(void)
{
    static const char sid[] = SID("\0", "\0");

    for (int i = 0; i < MANY; i++) {
        memcpy(crowd[i].sid, sid, SID_LEN);
        crowd[i].sid[24] = (char)(i & 0xff);
        crowd[i].sid[25] = (char)(0x10 + (i >> 8));
        snprintf(crowd[i].name, sizeof crowd[i].name, "m%04d", i);
        snprintf(crowd[i].dn, sizeof crowd[i].dn, "CN=m%04d," USERS, i);
        crowd[i].group = (struct server_entry){crowd[i].dn,
                                               {{"objectClass", "group", 0},
                                                {"objectSid", crowd[i].sid, SID_LEN},
                                                SECURITY,
                                                {"sAMAccountName", crowd[i].name, 0}}};
        add_entry(&crowd[i].group);
        crowd_tokens[i] = (struct server_value){"tokenGroups", crowd[i].sid, SID_LEN};
    }
}

/* 1,200 SIDs: eight searches with 150 each. */
START_TEST(many_tokens)
{
    static const struct server_entry many = {"CN=many," USERS, {{0}}};

    make_crowd();
    server_long_list = crowd_tokens;
    add_entry(&many);
    open_ad("CN=many," USERS);
    expect_members(ABOUT("m0000", "m1199", "A"), "yyn");
    server.noted = 0;
    ask_about(NULL, true);
    ck_assert_uint_eq(strlen(answer.names), MANY * (sizeof "m0000" - 1 + 1) - 1);
    ck_assert_uint_eq(server.noted, 1 + 8);
    ask_about(NULL, true);
    ck_assert_uint_eq(strlen(answer.names), MANY * (sizeof "m0000" - 1 + 1) - 1);
    ck_assert_uint_eq(server.noted, 1 + 8 + 1);
    close_directory();
}
END_TEST

START_TEST(no_tokens)
{
    static const struct server_entry hidden = {"CN=hidden," USERS, {{"cn", "hidden", 0}}};
    static const struct server_entry garbled = {"CN=garbled," USERS,
                                                {TOKEN("\1", "\4"), {"tokenGroups", "\1\5\0", 3}}};

    add_entry(&hidden);
    add_entry(&garbled);
    open_ad("CN=hidden," USERS);
    expect_trouble(ABOUT("A", "B"), false, "does not show");
    expect_trouble(NULL, true, "does not show");
    become("CN=garbled," USERS);
    expect_trouble(ABOUT("A", "B"), false, "cannot be used");
    close_directory();
}
END_TEST

/* The user's entry went between the two reads. */
START_TEST(user_has_gone)
{
    static const struct server_entry gone = {"CN=gone," USERS, {{"cn", "gone", 0}}};

    add_entry(&gone);
    open_ad("CN=gone," USERS);
    server.entries[0] = &entries[0];
    expect_members(ABOUT("A"), "n");
    expect_members(ABOUT("A", "B"), "nn");
    expect_names("");
    close_directory();
}
END_TEST

/* ---- which method ---- */

START_TEST(forced_chain)
{
    open_ad(ALICE);
    membership_options.method = METHOD_IN_CHAIN;
    expect_members(ABOUT("A", "mail", "Empty", "Domain Users", "B"), "yynyy");
    expect_names("A|B|Domain Users|Staff of Sales|mail");
    become(PRIM);
    expect_names("Above|Primary");
    close_directory();
}
END_TEST

START_TEST(forced_tokens)
{
    open_ad(ALICE);
    membership_options.method = METHOD_TOKEN_GROUPS;
    expect_members(ABOUT("A"), "y");
    ck_assert_str_eq(server.notes[1].attributes, "tokenGroups");
    expect_members(ABOUT("mail"), "y");
    close_directory();
}
END_TEST

/* What the server says counts more than what we are told. */
START_TEST(by_facts)
{
    struct facts without_chain = {.kind = KIND_AD};
    struct facts with_chain = {.kind = KIND_AD, .in_chain = true};
    struct facts other = {.kind = KIND_OPENLDAP};

    open_ad(ALICE);
    expect_members(ABOUT("A"), "y"); /* now the names are known */
    connection()->facts = &without_chain;
    server.noted = 0;
    expect_members(ABOUT("A"), "y");
    ck_assert_str_eq(server.notes[0].attributes, "tokenGroups");
    connection()->facts = &with_chain;
    server.noted = 0;
    expect_members(ABOUT("A"), "y");
    ck_assert_uint_eq(server.notes[0].chains, 1);
    connection()->facts = &other;
    server.noted = 0;
    expect_members(ABOUT("A"), "y");
    ck_assert_int_eq(server.notes[0].scope, LDAP_SCOPE_SUBTREE);
    ck_assert_uint_eq(server.notes[0].equals, 4);
    connection()->facts = NULL;
    close_directory();
}
END_TEST

START_TEST(base_by_facts)
{
    char base[] = "CN=Users,DC=corp,DC=test";
    struct facts facts = {.kind = KIND_AD, .in_chain = true, .base = base};

    open_ad(ALICE);
    free(directory_options.base);
    directory_options.base = NULL;
    expect_members(ABOUT("A"), "y");
    ck_assert_str_eq(server.notes[0].base, "");
    connection()->facts = &facts;
    server.noted = 0;
    expect_members(ABOUT("Staff"), "n");
    ck_assert_str_eq(server.notes[0].base, base);
    connection()->facts = NULL;
    close_directory();
}
END_TEST

/* ---- names ---- */

/* What the directory's matching folds into the asked name is another name (law 10). */
START_TEST(folded_names)
{
    open_ad(ALICE);
    server.folds = true;
    expect_members(ABOUT("\xef\xbc\xa1"), "n"); /* a full-width A */
    expect_members(ABOUT("A "), "n");
    ck_assert_uint_eq(server.noted, 2); /* there is nothing to ask about the user */
    close_directory();
}
END_TEST

START_TEST(names_are_remembered)
{
    static const struct server_entry late = {
        GROUP("late"), {A_GROUP("late"), MAIL_ONLY, OWN_SID("\x9", "\4"), {"member", ALICE, 0}}};

    open_ad(ALICE);
    expect_members(ABOUT("A", "late", GROUP("late")), "ynn");
    server.noted = 0;
    add_entry(&late);
    bench_advance(&bench, 59 * 1000);
    expect_members(ABOUT("late", GROUP("late")), "nn");
    ck_assert_uint_eq(server.noted, 0);
    bench_advance(&bench, 2 * 1000);
    expect_members(ABOUT("LATE", "cn=late,cn=users,dc=corp,dc=test"), "yy");
    ck_assert_uint_ge(server.noted, 2);
    close_directory();
}
END_TEST

START_TEST(names_by_the_dozen)
{
    const char *names[ASKED_MAX] = {0};
    char texts[ASKED_MAX][16];

    for (int i = 0; i < ASKED_MAX - 1; i++) {
        snprintf(texts[i], sizeof texts[i], "x%d", i);
        names[i] = texts[i];
    }
    names[3] = "A";
    names[60] = "B";
    names[61] = GROUP("B");
    open_ad(ALICE);
    ask_about(names, false);
    for (int i = 0; i < ASKED_MAX - 1; i++)
        ck_assert_int_eq(answer.members[i], i == 3 || i == 60 || i == 61 ? 'y' : 'n');
    ck_assert_uint_eq(server.noted, 1 + 2 + 1); /* a DN, 50 names and 12, the token */
    close_directory();
}
END_TEST

START_TEST(nothing_is_asked)
{
    open_ad(ALICE);
    ck_assert_ptr_null(start_question(NULL, false));
    ck_assert_uint_eq(answer.ends, 1);
    ck_assert_int_eq(answer.verdict, VERDICT_OK);
    ck_assert_uint_eq(server.noted, 0);
    close_directory();
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("membership");
    TCase *one = tcase_create("one");
    TCase *several = tcase_create("several");
    TCase *method = tcase_create("method");
    TCase *names = tcase_create("names");

    tcase_add_test(one, one_group);
    tcase_add_test(one, in_chain_is_a_base_search);
    tcase_add_test(one, primary_group);
    tcase_add_test(one, primary_group_is_remembered);
    tcase_add_test(one, no_primary_group);
    tcase_add_test(one, one_name_twice);
    suite_add_tcase(s, one);
    tcase_add_test(several, several_groups);
    tcase_add_test(several, groups_for_mail);
    tcase_add_test(several, lists);
    tcase_add_test(several, unasked_entries);
    tcase_add_test(several, list_and_names);
    tcase_add_test(several, many_tokens);
    tcase_add_test(several, no_tokens);
    tcase_add_test(several, user_has_gone);
    suite_add_tcase(s, several);
    tcase_add_test(method, forced_chain);
    tcase_add_test(method, forced_tokens);
    tcase_add_test(method, by_facts);
    tcase_add_test(method, base_by_facts);
    suite_add_tcase(s, method);
    tcase_add_test(names, folded_names);
    tcase_add_test(names, names_are_remembered);
    tcase_add_test(names, names_by_the_dozen);
    tcase_add_test(names, nothing_is_asked);
    suite_add_tcase(s, names);
    return s;
}
