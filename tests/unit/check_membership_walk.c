/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of walks through groups (helpers/directory/membership*.c) in a directory that is no Active
 * Directory. Who is in which group follows from the entries below by hand: RFC 4519 sections 2.17
 * and 3.5 (member), 2.40 and 3.6 (uniqueMember), RFC 2307 section 3 (memberUid, gidNumber).
 */
#include <config.h>

#include <check.h>

#include "tests/unit/membership_bench.h"

Suite *suite(void);

#define BASE "dc=example,dc=test"
#define PEOPLE "ou=people," BASE
#define GROUPS "ou=groups," BASE
#define ALICE "uid=alice," PEOPLE
#define GROUP(cn) "cn=" cn "," GROUPS

static const struct server_entry entries[] = {
    {ALICE, {{"uid", "alice", 0}, {"gidNumber", "500", 0}, {"memberOf", GROUP("dynamic"), 0}}},
    {"uid=bob," PEOPLE, {{"uid", "bob", 0}}},
    {"uid=nobody," PEOPLE, {{"uid", "nobody", 0}}},
    /* alice in a, by it in b, by that in c and d */
    {GROUP("a"), {{"cn", "a", 0}, {"member", ALICE, 0}}},
    {GROUP("b"), {{"cn", "b", 0}, {"member", GROUP("a"), 0}}},
    {GROUP("c"), {{"cn", "c", 0}, {"uniqueMember", GROUP("b"), 0}}},
    {GROUP("d"), {{"cn", "d", 0}, {"member", GROUP("c"), 0}}},
    {GROUP("unique"), {{"cn", "unique", 0}, {"uniqueMember", ALICE, 0}}},
    /* bob in a ring */
    {GROUP("r1"), {{"cn", "r1", 0}, {"member", "uid=bob," PEOPLE, 0}, {"member", GROUP("r2"), 0}}},
    {GROUP("r2"), {{"cn", "r2", 0}, {"member", GROUP("r1"), 0}}},
    {GROUP("self"),
     {{"cn", "self", 0}, {"member", GROUP("self"), 0}, {"member", "uid=bob," PEOPLE, 0}}},
    {GROUP("posix"), {{"cn", "posix", 0}, {"memberUid", "alice", 0}}},
    {GROUP("primary"),
     {{"cn", "primary", 0}, {"objectClass", "posixGroup", 0}, {"gidNumber", "500", 0}}},
    {"cn=no group," PEOPLE, {{"cn", "no group", 0}, {"gidNumber", "500", 0}}},
    {GROUP("dynamic"), {{"cn", "dynamic", 0}}},
    {GROUP("above dynamic"), {{"cn", "above dynamic", 0}, {"member", GROUP("dynamic"), 0}}},
    {"cn=far,ou=other,o=elsewhere", {{"cn", "far", 0}, {"member", ALICE, 0}}},
    {"cn=above far,ou=other,o=elsewhere", {{"cn", "above far", 0}, {"member", GROUP("a"), 0}}},
    /* One name twice */
    {GROUP("twice"), {{"cn", "twice", 0}, {"member", "uid=bob," PEOPLE, 0}}},
    {"cn=twice,ou=more," BASE, {{"cn", "twice", 0}, {"member", ALICE, 0}}},
    {GROUP("By account"),
     {{"cn", "By account", 0}, {"sAMAccountName", "account", 0}, {"member", "uid=eve," PEOPLE, 0}}},
    {"uid=eve," PEOPLE, {{"uid", "eve", 0}}},
    {GROUP("web (all)\\, staff"), {{"cn", "web (all), staff", 0}, {"member", ALICE, 0}}},
};

static void open_walk(void)
{
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        add_entry(&entries[i]);
    open_directory(KIND_AUTO, BASE);
}

#define BEGIN(user)                                                                                \
    open_walk();                                                                                   \
    become("uid=" user "," PEOPLE)

START_TEST(members)
{
    BEGIN("alice");
    expect_members(ABOUT("a"), "y");
    expect_members(ABOUT("unique"), "y");
    expect_members(ABOUT("posix"), "y");
    expect_members(ABOUT("primary"), "y");
    expect_members(ABOUT("r1"), "n");
    expect_members(ABOUT("r1", "d", "A", "nothing", "twice", "self"), "nyynyn");
    expect_members(ABOUT("web (all), staff", GROUP("web (all)\\, staff")), "yy");
    close_directory();
}
END_TEST

/* The bench's server has not said what it is: its groups may have names as in an Active Directory,
 * and that none was found would be remembered. */
START_TEST(account_names_where_nothing_is_known)
{
    BEGIN("eve");
    expect_members(ABOUT("account"), "y");
    close_directory();
}
END_TEST

START_TEST(rings_end)
{
    BEGIN("bob");
    expect_members(ABOUT("r1", "r2", "self", "twice", "a"), "yyyyn");
    expect_names("r1|r2|self|twice");
    close_directory();
}
END_TEST

START_TEST(who_is_in_no_group)
{
    BEGIN("nobody");
    expect_members(ABOUT("a", "r1"), "nn");
    expect_names("");
    close_directory();
}
END_TEST

START_TEST(lists)
{
    BEGIN("alice");
    expect_names("a|above dynamic|b|c|d|dynamic|posix|primary|twice|unique|web (all), staff");
    close_directory();
}
END_TEST

/* A name may be asked for beside the list. */
START_TEST(list_and_names)
{
    BEGIN("bob");
    ask_about(ABOUT("r2", "a", "nothing"), true);
    ck_assert_str_eq(answer.members, "ynn");
    ck_assert_str_eq(answer.names, "r1|r2|self|twice");
    close_directory();
}
END_TEST

START_TEST(depth)
{
    BEGIN("alice");
    membership_options.depth = 1;
    expect_members(ABOUT("a", "b", "c", "d", "dynamic", "above dynamic"), "ynnnyn");
    membership_options.depth = 2;
    expect_members(ABOUT("a", "b", "c", "d", "above dynamic"), "yynny");
    membership_options.depth = 3;
    expect_members(ABOUT("a", "b", "c", "d"), "yyyn");
    membership_options.depth = 4;
    expect_members(ABOUT("a", "b", "c", "d"), "yyyy");
    close_directory();
}
END_TEST

/* a: the names, the first level. d: the names, four levels, memberOf beside the second, and what is
 * above the dynamic group beside the third and the fourth. */
START_TEST(stops_when_all_is_known)
{
    BEGIN("alice");
    expect_members(ABOUT("a"), "y");
    ck_assert_uint_eq(server.noted, 2);
    expect_members(ABOUT("a"), "y");
    ck_assert_uint_eq(server.noted, 3);
    server.noted = 0;
    expect_members(ABOUT("d"), "y");
    ck_assert_uint_eq(server.noted, 1 + 4 + 3);
    server.noted = 0;
    expect_members(ABOUT("d", "a"), "yy");
    ck_assert_uint_eq(server.noted, 4 + 3);
    close_directory();
}
END_TEST

/* The first level asks for the user's DN twice, its uid and its number; nothing comes but DNs. */
START_TEST(asks_for_little)
{
    BEGIN("alice");
    expect_members(ABOUT("a"), "y");
    ck_assert_str_eq(server.notes[0].base, BASE);
    ck_assert_str_eq(server.notes[1].base, BASE);
    ck_assert_int_eq(server.notes[1].scope, LDAP_SCOPE_SUBTREE);
    ck_assert_uint_eq(server.notes[1].equals, 5);
    ck_assert_str_eq(server.notes[1].attributes, LDAP_NO_ATTRS);
    close_directory();
}
END_TEST

START_TEST(group_base)
{
    BEGIN("alice");
    membership_options.group_base = strdup("ou=more," BASE);
    expect_members(ABOUT("twice", "a"), "yn");
    expect_members(ABOUT(GROUP("a")), "y");
    expect_members(ABOUT(GROUP("b")), "n"); /* who meets it would have met a before */
    expect_names("twice");
    close_directory();
}
END_TEST

/* A group that is not below the base is found when it is asked for by its DN, also above others. */
START_TEST(outside_of_the_base)
{
    BEGIN("alice");
    expect_members(ABOUT("far"), "n");
    expect_members(ABOUT("cn=far,ou=other,o=elsewhere"), "y");
    expect_members(ABOUT("cn=above far,ou=other,o=elsewhere"), "y");
    become("uid=bob," PEOPLE);
    expect_members(ABOUT("cn=far,ou=other,o=elsewhere"), "n");
    close_directory();
}
END_TEST

/* A group that is only in memberOf, as an overlay calculates it, and one above it. */
START_TEST(dynamic_groups)
{
    BEGIN("alice");
    expect_members(ABOUT("dynamic"), "y");
    expect_members(ABOUT("above dynamic"), "y");
    become("uid=bob," PEOPLE);
    expect_members(ABOUT("dynamic", "above dynamic"), "nn");
    close_directory();
}
END_TEST

/* DNs are the same however they are written. */
START_TEST(spelling_of_member_of)
{
    static const struct server_entry erin = {
        "uid=erin," PEOPLE, {{"memberOf", "CN = R2 , OU=groups,dc=example,dc=TEST", 0}}};
    static const struct server_entry frank = {"uid=frank," PEOPLE,
                                              {{"memberOf", "CN=f\\2cF,ou=groups," BASE, 0}}};
    static const struct server_entry group = {
        GROUP("F\\,f"), {{"cn", "F,f", 0}, {"member", "uid=frank," PEOPLE, 0}}};

    add_entry(&erin);
    add_entry(&frank);
    add_entry(&group);
    BEGIN("erin");
    expect_members(ABOUT("r2", "a"), "yn");
    become("uid=frank," PEOPLE);
    expect_names("F,f");
    ck_assert_uint_eq(server.noted, 1 + 2 + 0); /* it is not looked at twice */
    close_directory();
}
END_TEST

/* What is in memberOf and does not exist has no name. */
START_TEST(dangling_member_of)
{
    static const struct server_entry carol = {
        "uid=carol," PEOPLE, {{"memberOf", GROUP("gone"), 0}, {"memberOf", "no dn", 0}}};

    add_entry(&carol);
    BEGIN("carol");
    expect_names("");
    expect_members(ABOUT("gone"), "n");
    close_directory();
}
END_TEST

START_TEST(forced)
{
    static const struct server_entry dave = {
        "uid=dave," PEOPLE,
        {{"objectSid", "\1\1\0\0\0\0\0\5\7\0\0\0", 12}, {"primaryGroupID", "513", 0}}};

    add_entry(&dave);
    BEGIN("dave");
    directory_options.kind = KIND_AD;
    membership_options.method = METHOD_WALK;
    expect_names("");
    ck_assert_uint_eq(server.notes[0].equals, 2); /* the member and its primary group */
    ck_assert_uint_eq(server.noted, 1);
    close_directory();
}
END_TEST

/* ---- many groups ---- */

enum { CROWD = 1300 };

static struct server_entry crowd[CROWD];
static char crowd_dns[CROWD][64];
static char crowd_names[CROWD][16];

static void make_crowd(void)
{
    for (int i = 0; i < CROWD; i++) {
        snprintf(crowd_names[i], sizeof crowd_names[i], "m%04d", i);
        snprintf(crowd_dns[i], sizeof crowd_dns[i], "cn=m%04d," GROUPS, i);
        crowd[i] = (struct server_entry){
            crowd_dns[i], {{"cn", crowd_names[i], 0}, {"member", "uid=nobody," PEOPLE, 0}}};
        add_entry(&crowd[i]);
    }
}

/* 1,300 groups: 26 filters with 50 of them each, on the second level. */
START_TEST(many_groups)
{
    static const struct server_entry last = {
        GROUP("last"), {{"cn", "last", 0}, {"member", "cn=m1299," GROUPS, 0}}};

    static const struct server_entry first = {
        GROUP("first"), {{"cn", "first", 0}, {"member", "cn=m0000," GROUPS, 0}}};

    make_crowd();
    add_entry(&last);
    add_entry(&first);
    BEGIN("nobody");
    /* What waits when all is known is not sent. */
    expect_members(ABOUT("first"), "y");
    ck_assert_uint_le(server.noted, 1 + 1 + MEMBERSHIP_IN_FLIGHT_MAX);
    server.noted = 0;
    expect_members(ABOUT("m1299", "m0000", "last"), "yyy");
    ck_assert_uint_eq(server.noted, 1 + 1 + 1 + CROWD / 50);
    ask_about(NULL, true);
    ck_assert_uint_eq(strlen(answer.names), (sizeof "m0000" - 1 + 1) * CROWD - 1 + 5 + 6);
    close_directory();
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("membership_walk");
    TCase *tc = tcase_create("walk");

    tcase_add_test(tc, members);
    tcase_add_test(tc, account_names_where_nothing_is_known);
    tcase_add_test(tc, rings_end);
    tcase_add_test(tc, who_is_in_no_group);
    tcase_add_test(tc, lists);
    tcase_add_test(tc, list_and_names);
    tcase_add_test(tc, depth);
    tcase_add_test(tc, stops_when_all_is_known);
    tcase_add_test(tc, asks_for_little);
    tcase_add_test(tc, group_base);
    tcase_add_test(tc, outside_of_the_base);
    tcase_add_test(tc, dynamic_groups);
    tcase_add_test(tc, spelling_of_member_of);
    tcase_add_test(tc, dangling_member_of);
    tcase_add_test(tc, forced);
    tcase_add_test(tc, many_groups);
    suite_add_tcase(s, tc);
    return s;
}
