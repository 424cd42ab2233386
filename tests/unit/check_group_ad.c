/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the parsers of group-ad: lists, hexadecimal lists, names, lines, and whom a name means.
 * What they mean is worked out by hand from create_gd(), hex_utf_char(), create_nd() and main() in
 * Squid's src/acl/external/kerberos_ldap_group; where it is meant to differ, the row says so.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/group-ad/hex_list.h"
#include "helpers/group-ad/line.h"
#include "helpers/group-ad/person.h"
#include "helpers/group-ad/realm_list.h"
#include "helpers/group-ad/user_name.h"

Suite *suite(void);

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static void expect_span(struct pxa_span got, const char *wanted)
{
    ck_assert_uint_eq(got.len, strlen(wanted));
    if (got.len > 0)
        ck_assert_int_eq(memcmp(got.at, wanted, got.len), 0);
}

/* ---- lists ---- */

/* `name`, `name@` and `name@realm` again, each in angle brackets. */
static void write_list(const struct realm_list *list, char *to, size_t cap)
{
    *to = '\0';
    for (size_t i = 0; i < list->count; i++) {
        size_t used = strlen(to);

        (void)snprintf(to + used, cap - used, "<%s%s%s>", list->names[i].name,
                       list->names[i].realm ? "@" : "",
                       list->names[i].realm ? list->names[i].realm : "");
    }
}

static struct realm_list list_of(const char *text)
{
    struct realm_list list = {NULL, 0};

    ck_assert(realm_list_add(&list, span_of(text), NULL));
    return list;
}

static const struct list_row {
    const char *text;
    const char *wanted; /* NULL: refused */
} lists[] = {
    {"A", "<A>"},
    {"A@", "<A@>"},
    {"A@R", "<A@R>"},
    {"A@R:B@:C", "<A@R><B@><C>"},
    {"A B:C D@R S", "<A B><C D@R S>"},
    {"A@:B", "<A@><B>"},
    {"", NULL},
    {":", NULL},
    {"A:", NULL},
    {":A", NULL},
    {"A::B", NULL},
    {"@", NULL},
    {"@R", NULL},
    {"A:@R", NULL},
    {"A@R@S", NULL},
    {"A@@", NULL},
    {"Gr\xc3\xbcppe@R", "<Gr\xc3\xbcppe@R>"},
};

START_TEST(lists_of_names)
{
    const struct list_row *row = &lists[_i];
    struct realm_list list = {NULL, 0};
    struct why why = {""};
    char text[200];

    ck_assert_int_eq(realm_list_add(&list, span_of(row->text), &why), row->wanted != NULL);
    if (row->wanted) {
        write_list(&list, text, sizeof text);
        ck_assert_str_eq(text, row->wanted);
    } else {
        ck_assert_uint_gt(strlen(why.text), 0);
    }
    realm_list_free(&list);
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

/* As many names as there may be, and one more; the text is not NUL-terminated. */
START_TEST(long_lists)
{
    size_t len = 2 * REALM_LIST_MAX - 1;
    char *text = malloc(len + 2);
    struct realm_list list = {NULL, 0};
    struct why why = {""};

    for (size_t i = 0; i < len + 2; i++)
        text[i] = i % 2 == 0 ? 'x' : ':';
    ck_assert(realm_list_add(&list, (struct pxa_span){text, len}, &why));
    ck_assert_uint_eq(list.count, REALM_LIST_MAX);
    realm_list_free(&list);
    ck_assert(!realm_list_add(&list, (struct pxa_span){text, len + 2}, &why));
    ck_assert_str_eq(why.text, "there are more than 4096 names");
    realm_list_free(&list);
    free(text);
}
END_TEST

/* check_memberof(): names of the realm, names with `@` alone for who has a realm, and bare ones. */
START_TEST(whom_a_name_is_for)
{
    struct realm_list list = list_of("A:A@:A@Corp.Test");
    const struct realm_name *bare = &list.names[0];
    const struct realm_name *any = &list.names[1];
    const struct realm_name *one = &list.names[2];
    const struct pxa_span none = {NULL, 0};

    ck_assert(realm_name_is_for(bare, none) && realm_name_is_for(bare, span_of("X")));
    ck_assert(!realm_name_is_for(any, none) && realm_name_is_for(any, span_of("X")));
    ck_assert(!realm_name_is_for(one, none) && !realm_name_is_for(one, span_of("X")));
    ck_assert(realm_name_is_for(one, span_of("CORP.TEST")));
    ck_assert(realm_name_is_for(one, span_of("corp.test")));
    ck_assert(!realm_name_is_for(one, span_of("corp.tes")));
    ck_assert(!realm_name_is_for(one, span_of("corp.testx")));
    realm_list_free(&list);
}
END_TEST

/* ---- the names that count ---- */

static void expect_names(const char *text, const char *realm, const char *wanted)
{
    struct realm_list list = list_of(text);
    size_t count;
    struct pxa_span *names =
        realm_list_names(&list, realm ? span_of(realm) : (struct pxa_span){NULL, 0}, &count);
    char got[200] = "";

    ck_assert_ptr_nonnull(names);
    for (size_t i = 0; i < count; i++)
        (void)snprintf(got + strlen(got), sizeof got - strlen(got), "<%.*s>", (int)names[i].len,
                       names[i].at);
    ck_assert_str_eq(got, wanted);
    free(names);
    realm_list_free(&list);
}

/* In the order of the list, each where it stands first; case counts, as in the reply. */
START_TEST(names_of_a_realm)
{
    expect_names("B:A:C", NULL, "<B><A><C>");
    expect_names("B:A:B:C:A", NULL, "<B><A><C>");
    expect_names("b:B:b", NULL, "<b><B>");
    expect_names("B@S:A@R:B@R:A:B", "R", "<A><B>");
    expect_names("B@S:A@R:B@R:A:B", "S", "<B><A>");
    expect_names("A:AA:AAA:AA", "R", "<A><AA><AAA>");
    expect_names("A@R", "S", "");
    expect_names("A@R:A@", NULL, "");
}
END_TEST

/* ---- hexadecimal lists ---- */

static const struct hex_row {
    enum hex_form form;
    const char *text;
    const char *wanted; /* NULL: refused */
} hexes[] = {
    {HEX_NAMES, "6d61726b7573", "markus"}, /* as the manual page of the stock helper has it */
    {HEX_NAMES, "6D61726B7573@R", "markus@R"},
    {HEX_NAMES_AND_REALMS, "6d61726b7573@57494e3230303352322e484f4d45", "markus@WIN2003R2.HOME"},
    {HEX_NAMES, "41@5252", "A@5252"},
    {HEX_NAMES_AND_REALMS, "41@", "A@"},
    {HEX_NAMES, "41@", "A@"},
    {HEX_NAMES, "413a42@R", "A:B@R"},
    {HEX_NAMES_AND_REALMS, "4140523a42", "A@R:B"},
    /* Differs: a colon, and letters of Latin-1, are given up there. */
    {HEX_NAMES, "41:42@R:43@", "A:B@R:C@"},
    {HEX_NAMES, "4772c3bc707065", "Gr\xc3\xbcppe"},
    {HEX_NAMES, "e282ac", "\xe2\x82\xac"},
    {HEX_NAMES, "f09f9880", "\xf0\x9f\x98\x80"},
    {HEX_NAMES, "", ""}, /* which is no list of names */
    {HEX_NAMES, "4", NULL},
    {HEX_NAMES, "414", NULL},
    {HEX_NAMES, "4g", NULL},
    {HEX_NAMES, "g4", NULL},
    {HEX_NAMES, "4 ", NULL},
    {HEX_NAMES, "41 42", NULL},
    {HEX_NAMES, "00", NULL},
    {HEX_NAMES, "41@R@S", NULL},
    {HEX_NAMES, "fc", NULL},
    {HEX_NAMES, "c3", NULL},
    {HEX_NAMES, "eda080", NULL},
    {HEX_NAMES_AND_REALMS, "41@R", NULL},
    {HEX_NAMES_AND_REALMS, "41@5", NULL},
};

START_TEST(hexadecimal_lists)
{
    const struct hex_row *row = &hexes[_i];
    struct why why = {""};
    char *list = hex_list_decode(row->text, row->form, &why);

    if (row->wanted)
        ck_assert_str_eq(list, row->wanted);
    else
        ck_assert_ptr_null(list);
    ck_assert_int_eq(*why.text != '\0', row->wanted == NULL);
    free(list);
}
END_TEST

/* ---- names ---- */

static const struct name_row {
    const char *whole;
    bool read;
    enum user_form form;
    const char *account;
    const char *qualifier;
} names[] = {
    {"alice", true, USER_BARE, "alice", ""},
    {"al ice", true, USER_BARE, "al ice", ""},
    {"alice@R", true, USER_REALM, "alice", "R"},
    {"alice@a@R", true, USER_REALM, "alice@a", "R"},
    {"D\\alice", true, USER_NETBIOS, "alice", "D"},
    {"D\\alice@R", true, USER_NETBIOS, "alice@R", "D"},
    {"D\\a\\b", true, USER_NETBIOS, "a\\b", "D"},
    /* Differs: an empty part goes on there. */
    {"", false, USER_BARE, "", ""},
    {"@R", false, USER_BARE, "", ""},
    {"alice@", false, USER_BARE, "", ""},
    {"@", false, USER_BARE, "", ""},
    {"\\alice", false, USER_BARE, "", ""},
    {"D\\", false, USER_BARE, "", ""},
};

START_TEST(parts_of_names)
{
    const struct name_row *row = &names[_i];
    struct user_name name;

    ck_assert_int_eq(user_name_read(span_of(row->whole), &name), row->read);
    if (!row->read)
        return;
    ck_assert_int_eq(name.form, row->form);
    expect_span(name.account, row->account);
    expect_span(name.qualifier, row->qualifier);
}
END_TEST

/* RFC 1035 2.3.1 with digits in front and underscores; 255 bytes at most (2.3.4). */
START_TEST(names_of_realms)
{
    static const char *const good[] = {"R", "CORP.EXAMPLE.COM", "a-b.c_d", "1.2"};
    static const char *const bad[] = {"",    ".",    "a.",  ".a",       "a..b", "a b", "a,b",
                                      "a@b", "a\\b", "a=b", "\xc3\xa4", "a/b",  "a+b"};
    char longest[257];

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(user_name_is_realm(span_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!user_name_is_realm(span_of(bad[i])), "%s", bad[i]);
    memset(longest, 'a', sizeof longest);
    ck_assert(user_name_is_realm((struct pxa_span){longest, 255}));
    ck_assert(!user_name_is_realm((struct pxa_span){longest, 256}));
}
END_TEST

/* ---- lines ---- */

static const struct line_rules user_alone = {.groups_in_line = false};
static const struct line_rules with_groups = {.groups_in_line = true};
static const struct line_rules with_extra = {.extras = 1};
static const struct line_rules groups_and_extra = {.groups_in_line = true, .extras = 1};
static const struct line_rules raw = {.raw = true};

static const struct line_row {
    const struct line_rules *rules;
    const char *text;
    enum line_verdict verdict;
    const char *user;
    const char *groups;
} rows[] = {
    {&user_alone, "alice", LINE_READ, "alice", ""},
    {&user_alone, "alice -", LINE_READ, "alice", ""},
    {&user_alone, " alice  - ", LINE_READ, "alice", ""},
    {&user_alone, "al ice", LINE_READ, "al ice", ""},
    {&user_alone, "al  ice -", LINE_READ, "al  ice", ""},
    {&user_alone, "al%20ice -", LINE_READ, "al ice", ""},
    {&user_alone, "dom%5Calice", LINE_READ, "dom\\alice", ""},
    {&user_alone, "a%4", LINE_READ, "a%4", ""},
    {&user_alone, "a%", LINE_READ, "a%", ""},
    {&user_alone, "a%00b", LINE_READ, "a%00b", ""},
    {&user_alone, "a%zz%41", LINE_READ, "a%zzA", ""},
    {&user_alone, "%2541", LINE_READ, "%41", ""},
    {&user_alone, "", LINE_NOBODY, "", ""},
    {&user_alone, " ", LINE_NOBODY, "", ""},
    {&user_alone, "-", LINE_NOBODY, "", ""},
    {&user_alone, "- -", LINE_NOBODY, "", ""},
    {&user_alone, "%2D -", LINE_READ, "-", ""},
    {&raw, "a%41 -", LINE_READ, "a%41", ""},
    {&with_groups, "alice A", LINE_READ, "alice", "A"},
    {&with_groups, "al ice A%20B@R ", LINE_READ, "al ice", "A B@R"},
    {&with_groups, "alice", LINE_NO_GROUP, "", ""},
    {&with_groups, "alice -", LINE_NO_GROUP, "", ""},
    {&with_groups, "", LINE_NO_GROUP, "", ""},
    {&with_groups, "- A", LINE_NOBODY, "", ""},
    {&with_extra, "alice 10.0.0.1 -", LINE_READ, "alice", ""},
    {&with_extra, "alice 10.0.0.1", LINE_READ, "alice", ""},
    {&with_extra, "al ice - -", LINE_READ, "al ice", ""},
    {&with_extra, "alice", LINE_NOBODY, "", ""},
    {&groups_and_extra, "alice 10.0.0.1 A", LINE_READ, "alice", "A"},
};

START_TEST(lines_of_squid)
{
    const struct line_row *row = &rows[_i];
    size_t len = strlen(row->text);
    char *memory = malloc(len > 0 ? len : 1);
    struct line line;

    memcpy(memory, row->text, len);
    ck_assert_int_eq(line_read(memory, len, row->rules, &line), row->verdict);
    if (row->verdict == LINE_READ) {
        expect_span(line.user, row->user);
        expect_span(line.groups, row->groups);
    }
    free(memory);
}
END_TEST

/* No longer than Squid sends it: its bytes are needed once for each group. */
START_TEST(the_longest_user)
{
    enum { LONGEST = 8192 };
    static const struct line_rules *const rules[] = {&user_alone, &raw};
    char memory[LONGEST + 1];
    struct line line;

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        memset(memory, 'a', sizeof memory);
        ck_assert_int_eq(line_read(memory, LONGEST, rules[i], &line), LINE_READ);
        ck_assert_uint_eq(line.user.len, LONGEST);
        ck_assert_int_eq(line_read(memory, LONGEST + 1, rules[i], &line), LINE_NOBODY);
    }
}
END_TEST

/* ---- persons ---- */

struct person_row {
    const char *user;
    enum person_verdict verdict;
    const char *realm;
    const char *by_kerberos;
    const char *by_account;
};

static void check_person(const struct group_ad_options *options, const struct person_row *row)
{
    struct person person;

    ck_assert_int_eq(person_read(options, span_of(row->user), &person), row->verdict);
    if (row->verdict != PERSON_KNOWN)
        return;
    expect_span(person.realm, row->realm);
    expect_span(person.names[SOURCE_KERBEROS], row->by_kerberos);
    expect_span(person.names[SOURCE_ACCOUNT], row->by_account);
}

START_TEST(whom_names_mean)
{
    static char default_realm[] = "CORP.TEST";
    static const struct person_row people[] = {
        {"alice", PERSON_KNOWN, "CORP.TEST", "alice", "alice"},
        {"alice@x.test", PERSON_KNOWN, "x.test", "alice@x.test", "alice"},
        {"sales\\alice", PERSON_KNOWN, "SALES.TEST", "alice", "alice"},
        {"CORP\\a@b", PERSON_KNOWN, "CORP.TEST", "a@b", "a@b"},
        {"OTHER\\alice", PERSON_KNOWN, "CORP.TEST", "OTHER\\alice", ""},
        {"alice@a b", PERSON_NOBODY, "", "", ""},
        {"alice@", PERSON_NOBODY, "", "", ""},
    };
    struct group_ad_options options = {
        .kerberos = true,
        .default_realm = default_realm,
        .netbios_names = list_of("SALES@SALES.TEST:Corp@CORP.TEST"),
    };

    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        check_person(&options, &people[i]);
    /* Only the servers of an Active Directory can say whose NetBIOS name it is. */
    options.kerberos = false;
    check_person(&options, &(struct person_row){"OTHER\\alice", PERSON_STRANGER, "", "", ""});
    options.kerberos = true;
    options.default_realm = NULL;
    check_person(&options, &(struct person_row){"OTHER\\alice", PERSON_STRANGER, "", "", ""});
    check_person(&options, &(struct person_row){"alice", PERSON_KNOWN, "", "alice", "alice"});
    realm_list_free(&options.netbios_names);
}
END_TEST

Suite *suite(void)
{
    Suite *group_ad = suite_create("group_ad");
    TCase *tc = tcase_create("parsers");

    tcase_add_loop_test(tc, lists_of_names, 0, sizeof lists / sizeof *lists);
    tcase_add_test(tc, long_lists);
    tcase_add_test(tc, whom_a_name_is_for);
    tcase_add_test(tc, names_of_a_realm);
    tcase_add_loop_test(tc, hexadecimal_lists, 0, sizeof hexes / sizeof *hexes);
    tcase_add_loop_test(tc, parts_of_names, 0, sizeof names / sizeof *names);
    tcase_add_test(tc, names_of_realms);
    tcase_add_loop_test(tc, lines_of_squid, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tc, the_longest_user);
    tcase_add_test(tc, whom_names_mean);
    suite_add_tcase(group_ad, tc);
    return group_ad;
}
