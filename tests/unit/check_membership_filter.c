/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/membership_filter.c: what is asked, and what is made of the answers.
 * Who is in which group follows from the entries below by hand.
 */
#include <config.h>

#include <check.h>

#include "helpers/directory/group_filter.h"
#include "tests/unit/membership_bench.h"

Suite *suite(void);

#define BASE "dc=corp,dc=test"
#define GROUPS "ou=groups," BASE
#define ALICE "uid=alice,ou=people," BASE
#define UMLAUT "gr\xc3\xbcppe"
#define WIDE "\xef\xbd\x81lice" /* alice with a wide a */

static const struct server_entry people = {ALICE,
                                           {{"objectClass", "person", 0},
                                            {"uid", "alice", 0},
                                            {"memberOf", "cn=a," GROUPS, 0},
                                            {"memberOf", "cn=b\\2Cc," GROUPS, 0}}};
/* A server that says the rest of the groups only when it is asked for it. */
static const struct server_entry ranged = {ALICE,
                                           {{"objectClass", "person", 0},
                                            {"uid", "alice", 0},
                                            {"memberOf;range=0-0", "cn=a," GROUPS, 0},
                                            {"memberOf", "cn=z," GROUPS, 0}}};
static const struct server_entry a = {"cn=a," GROUPS, {{"cn", "a", 0}, {"member", ALICE, 0}}};
static const struct server_entry b = {"cn=b," GROUPS, {{"cn", "b", 0}, {"member", ALICE, 0}}};
static const struct server_entry other = {"cn=c," GROUPS, {{"cn", "c", 0}, {"member", BASE, 0}}};
static const struct server_entry umlaut = {"cn=" UMLAUT "," GROUPS,
                                           {{"cn", UMLAUT, 0}, {"member", ALICE, 0}}};

static char filter_text[] = "of the tests";

static void use(const char *text, bool user_is_dn)
{
    struct why why = {""};

    membership_options.filter = filter_text;
    directory.scope = LDAP_SCOPE_SUBTREE;
    directory.group_filter = group_filter_new(text, user_is_dn, &why);
    ck_assert_msg(directory.group_filter != NULL, "%s", why.text);
}

static void open_slapd(void)
{
    const struct server_entry *const all[] = {&people, &a, &b, &other, &umlaut};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add_entry(all[i]);
    open_directory(KIND_OPENLDAP, BASE);
    become(ALICE);
}

static void close_slapd(void)
{
    group_filter_free(directory.group_filter);
    membership_options.filter = NULL;
    close_directory();
}

/* A question about USER as typed; the bench's own asks about an entry. */
static void ask_as(const char *user, const char *extension, const char *const *groups)
{
    struct membership_query query = {
        .user = {user, strlen(user)},
        .groups = asked_groups,
        .base_extension = {extension, strlen(extension)},
        .done = note_end,
        .context = &answer,
    };

    answer = (struct noted_answer){0};
    while (groups[query.group_count]) {
        const char *name = groups[query.group_count];

        asked_groups[query.group_count] = (struct pxa_span){name, strlen(name)};
        answer.members[query.group_count++] = '?';
    }
    directory_membership(&directory, &query);
    bench_settle(&bench);
    ck_assert_uint_eq(answer.ends, 1);
}

#define MEMBER "(&(cn=%g)(member=%u))"
#define MEMBEROF "(&(uid=%u)(memberOf=cn=%g," GROUPS "))"

START_TEST(one_group_needs_no_attribute)
{
    use(MEMBER, true);
    expect_members(ABOUT("a"), "y");
    ck_assert_uint_eq(server.noted, 1);
    ck_assert_str_eq(server.notes[0].attributes, "1.1");
    ck_assert_str_eq(server.notes[0].base, BASE);
    expect_members(ABOUT("c"), "n");
    expect_members(ABOUT("nope"), "n");
}
END_TEST

START_TEST(several_groups_are_one_search)
{
    use(MEMBER, true);
    expect_members(ABOUT("nope", "b", "c", "A", "zz"), "nynyn");
    ck_assert_uint_eq(server.noted, 1);
    ck_assert_str_eq(server.notes[0].attributes, "cn");
    ck_assert_uint_eq(server.notes[0].equals, 6);
    expect_members(ABOUT("nope", "c", UMLAUT "n"), "nnn");
    ck_assert_uint_eq(server.noted, 2);
}
END_TEST

START_TEST(the_users_entry_tells_by_its_dns)
{
    use(MEMBEROF, false);
    ask_as("alice", "", ABOUT("a", "b", "b,c"));
    ck_assert_str_eq(answer.members, "yny");
    ck_assert_uint_eq(server.noted, 1);
    ck_assert_str_eq(server.notes[0].attributes, "memberOf");
}
END_TEST

START_TEST(very_many_groups_are_a_few_searches)
{
    const char *groups[ASKED_MAX + 1];
    char members[ASKED_MAX + 1];

    use(MEMBER, true);
    for (int i = 0; i < ASKED_MAX; i++)
        groups[i] = i == 40 ? "b" : "nope";
    groups[ASKED_MAX] = NULL;
    memset(members, 'n', ASKED_MAX);
    members[ASKED_MAX] = '\0';
    members[40] = 'y';
    expect_members(groups, members);
    ck_assert_uint_eq(server.noted, 1);
}
END_TEST

/* A directory that folds more than ASCII case: the entry that comes has none of the names. */
START_TEST(what_is_not_explained_is_asked_one_by_one)
{
    use(MEMBER, true);
    server.folds = true;
    expect_members(ABOUT("x", "y"), "yy");
    ck_assert_uint_eq(server.noted, 3);
    ck_assert_str_eq(server.notes[1].attributes, "1.1");
}
END_TEST

/* The directory may have another spelling for it. */
START_TEST(a_name_that_is_not_plain_is_asked_again)
{
    use(MEMBER, true);
    expect_members(ABOUT("a", UMLAUT "n"), "yn");
    ck_assert_uint_eq(server.noted, 2);
    expect_members(ABOUT("a", UMLAUT), "yy");
    ck_assert_uint_eq(server.noted, 3);
}
END_TEST

START_TEST(values_that_did_not_come_are_no_answer)
{
    use(MEMBEROF, false);
    server.entries[0] = &ranged;
    server.count = 1;
    ask_as("alice", "", ABOUT("a", "nope"));
    /* The fake evaluates filters by names with their options, so it finds neither. */
    ck_assert_str_eq(answer.members, "nn");
    server.folds = true;
    server.noted = 0;
    ask_as("alice", "", ABOUT("a", "nope"));
    ck_assert_str_eq(answer.members, "yy");
    ck_assert_uint_eq(server.noted, 2);
}
END_TEST

START_TEST(entries_that_cannot_be_read_are_no_answer)
{
    use(MEMBER, true);
    server.garbles = true;
    expect_members(ABOUT("a", "c"), "yn");
    ck_assert_uint_eq(server.noted, 3);
}
END_TEST

/* The group is asked for in two places: which one an entry was found by cannot be told. */
START_TEST(where_values_cannot_tell_groups_are_asked_one_by_one)
{
    use("(&(|(cn=%g)(sn=%g))(member=%u))", true);
    expect_members(ABOUT("a", "c", "b"), "yny");
    ck_assert_uint_eq(server.noted, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(server.notes[i].attributes, "1.1");
}
END_TEST

/* ---- law 10 ---- */

START_TEST(a_user_of_another_name_is_no_member)
{
    use(MEMBEROF, false);
    server.folds = true;
    server.count = 1; /* alice */
    ask_as(WIDE, "", ABOUT("a", "b,c"));
    ck_assert_str_eq(answer.members, "nn");
    ck_assert_uint_eq(server.noted, 2);
    ck_assert_str_eq(server.notes[0].attributes, "uid");
    ask_as("alice", "", ABOUT("a"));
    ck_assert_str_eq(answer.members, "y");
    ck_assert_str_eq(server.notes[2].attributes, "1.1");
    user_options.accept_aliases = true;
    ask_as(WIDE, "", ABOUT("a"));
    ck_assert_str_eq(answer.members, "y");
}
END_TEST

/* Its matching finds accents, too. */
START_TEST(in_an_active_directory_every_name_is_compared)
{
    use(MEMBEROF, false);
    directory_options.kind = KIND_AD;
    server.folds = true;
    server.count = 1;
    ask_as("alise", "", ABOUT("a"));
    ck_assert_str_eq(answer.members, "n");
    ask_as("ALICE", "", ABOUT("a"));
    ck_assert_str_eq(answer.members, "y");
}
END_TEST

START_TEST(a_name_that_did_not_come_is_trouble)
{
    use("(&(memberOf=%u)(cn=%g))", false);
    server.entries[0] = &ranged;
    server.count = 1;
    server.folds = true;
    ask_as("cn=\xef\xbd\x81," GROUPS, "", ABOUT("a"));
    ck_assert_int_eq(answer.verdict, VERDICT_UNAVAILABLE);
}
END_TEST

/* ---- bases and faults ---- */

START_TEST(a_base_extension_stands_before_the_base)
{
    use(MEMBEROF, false);
    ask_as("alice", "ou=people", ABOUT("a"));
    ck_assert_str_eq(answer.members, "y");
    ck_assert_str_eq(server.notes[0].base, "ou=people," BASE);
    ask_as("alice", "ou=groups", ABOUT("a"));
    ck_assert_str_eq(answer.members, "n");
}
END_TEST

START_TEST(a_failed_search_is_trouble)
{
    static const int codes[] = {LDAP_NO_SUCH_OBJECT, LDAP_INSUFFICIENT_ACCESS,
                                LDAP_BUSY,           LDAP_SIZELIMIT_EXCEEDED,
                                LDAP_REFERRAL,       LDAP_OTHER};

    use(MEMBER, true);
    server.fails_with = codes[_i];
    expect_trouble(ABOUT("a"), false, "search for groups failed");
    expect_trouble(ABOUT("a", "b"), false, "search for groups failed");
}
END_TEST

/* The joined search worked and left one open. */
START_TEST(a_failed_second_search_is_trouble)
{
    use(MEMBER, true);
    server.fails_with = LDAP_BUSY;
    server.fails_from = 1;
    expect_trouble(ABOUT("a", UMLAUT "n"), false, "search for groups failed");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("membership_filter");
    TCase *tc = tcase_create("membership_filter");

    tcase_add_checked_fixture(tc, open_slapd, close_slapd);
    tcase_add_test(tc, one_group_needs_no_attribute);
    tcase_add_test(tc, several_groups_are_one_search);
    tcase_add_test(tc, the_users_entry_tells_by_its_dns);
    tcase_add_test(tc, very_many_groups_are_a_few_searches);
    tcase_add_test(tc, what_is_not_explained_is_asked_one_by_one);
    tcase_add_test(tc, a_name_that_is_not_plain_is_asked_again);
    tcase_add_test(tc, values_that_did_not_come_are_no_answer);
    tcase_add_test(tc, entries_that_cannot_be_read_are_no_answer);
    tcase_add_test(tc, where_values_cannot_tell_groups_are_asked_one_by_one);
    tcase_add_test(tc, a_user_of_another_name_is_no_member);
    tcase_add_test(tc, in_an_active_directory_every_name_is_compared);
    tcase_add_test(tc, a_name_that_did_not_come_is_trouble);
    tcase_add_test(tc, a_base_extension_stands_before_the_base);
    tcase_add_loop_test(tc, a_failed_search_is_trouble, 0, 6);
    tcase_add_test(tc, a_failed_second_search_is_trouble);
    suite_add_tcase(s, tc);
    return s;
}
