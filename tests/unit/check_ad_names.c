/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/ad_names.c and ad_names_filter.c. What a name may stand for is written
 * down by hand from the rules in the manual page (section on names) and from RFC 4515; which names
 * a real Active Directory finds is tested in tests/e2e/test_ad_names.py.
 */
#include <config.h>

#include "helpers/directory/ad_names.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "helpers/directory/login_options.h"
#include "tests/unit/entry_build.h"

Suite *suite(void);

#define PEOPLE(names) "(&(|" names ")(objectCategory=person)(objectClass=user))"
/* Texts that a struct may hold. */
#define OWN(text) ((char[]){text})
#define ALL (NAME_SAM | NAME_UPN | NAME_DOWN_LEVEL)

static struct ad_domain forest[] = {
    {OWN("corp.example.com"), OWN("CORP"), OWN("DC=corp,DC=example,DC=com")},
    {OWN("emea.corp.example.com"), OWN("EMEA"), OWN("DC=emea,DC=corp,DC=example,DC=com")},
    {OWN("other.example"), OWN("OTHER"), OWN("DC=other,DC=example")},
};

static const struct facts one = {.kind = KIND_AD,
                                 .base = OWN("DC=corp,DC=example,DC=com"),
                                 .domains = forest,
                                 .domain_count = 1};
static const struct facts all = {
    .kind = KIND_AD, .base = OWN(""), .global_catalog = true, .domains = forest, .domain_count = 3};

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

/* ---- which filter, below which base ---- */

struct reading {
    const char *typed;
    const char *filter; /* what stands inside of PEOPLE(), or NULL: nobody's name */
    const char *base;
};

#define CORP "DC=corp,DC=example,DC=com"
#define SAM(name) "(sAMAccountName=" name ")"
#define UPN(name) "(userPrincipalName=" name ")"
#define SAM_WITHOUT_UPN(name) "(&" SAM(name) "(!(userPrincipalName=*)))"

static void check_readings(const struct reading *readings, size_t count,
                           const struct user_options *options, const struct facts *facts)
{
    for (size_t i = 0; i < count; i++) {
        const struct reading *reading = &readings[i];
        struct ad_name name;
        char wanted[512];
        char *filter;
        bool somebody = ad_name_read(&name, span_of(reading->typed), options, facts);

        ck_assert_msg(somebody == (reading->filter != NULL), "%s", reading->typed);
        if (!somebody)
            continue;
        filter = ad_name_filter(&name);
        snprintf(wanted, sizeof wanted, PEOPLE("%s"), reading->filter);
        ck_assert_str_eq(filter, wanted);
        ck_assert_str_eq(ad_name_base(&name, facts), reading->base);
        free(filter);
    }
}

#define CHECK_READINGS(readings, options, facts)                                                   \
    check_readings(readings, sizeof(readings) / sizeof *(readings), options, facts)

START_TEST(one_domain)
{
    static const struct user_options options = {.names = ALL};
    static const struct reading readings[] = {
        {"alice", SAM("alice"), CORP},
        {"CORP\\alice", SAM("alice"), CORP},
        {"corp\\alice", SAM("alice"), CORP},
        {"alice@corp.example.com", SAM("alice") UPN("alice@corp.example.com"), CORP},
        {"alice@CORP.example.COM", SAM("alice") UPN("alice@CORP.example.COM"), CORP},
        {"alice@Corp", SAM("alice") UPN("alice@Corp"), CORP},
        {"robert@alt.example.org", UPN("robert@alt.example.org"), CORP},
        {"a@b@corp", SAM("a@b") UPN("a@b@corp"), CORP},
        {"alice@emea.corp.example.com", UPN("alice@emea.corp.example.com"), CORP},
        /* not ours, or cut short */
        {"EMEA\\alice", NULL, NULL},
        {"NOPE\\alice", NULL, NULL},
        {"corp.example.com\\alice", NULL, NULL},
        {"CORP\\", NULL, NULL},
        {"\\alice", NULL, NULL},
        {"\\", NULL, NULL},
        {"alice@", NULL, NULL},
        {"@corp", NULL, NULL},
        {"@", NULL, NULL},
        {"", NULL, NULL},
        /* nothing else is taken off */
        {"CORP/alice", SAM("CORP/alice"), CORP},
        {"CORP+alice", SAM("CORP+alice"), CORP},
        {"CORP\\\\alice", SAM("\\5calice"), CORP},
        {"CORP\\alice@corp", SAM("alice@corp"), CORP},
        {" alice ", SAM(" alice "), CORP},
        /* RFC 4515 */
        {"a*(b)\\c", NULL, NULL},
        {"a*(b)", SAM("a\\2a\\28b\\29"), CORP},
        {"CORP\\*", SAM("\\2a"), CORP},
        {"*@*", UPN("\\2a@\\2a"), CORP},
        {"j\xc3\xbcrgen", SAM("j\\c3\\bcrgen"), CORP},
    };

    CHECK_READINGS(readings, &options, &one);
}
END_TEST

START_TEST(global_catalog)
{
    static const struct user_options options = {.names = ALL};
    static const struct reading readings[] = {
        {"alice", SAM("alice"), ""},
        {"CORP\\alice", SAM("alice"), CORP},
        {"emea\\alice", SAM("alice"), "DC=emea," CORP},
        {"OTHER\\alice", SAM("alice"), "DC=other,DC=example"},
        {"alice@emea", SAM("alice") UPN("alice@emea"), ""},
        {"alice@alt.example.org", UPN("alice@alt.example.org"), ""},
        {"NOPE\\alice", NULL, NULL},
    };

    CHECK_READINGS(readings, &options, &all);
}
END_TEST

START_TEST(forms)
{
    static const struct user_options sam = {.names = NAME_SAM};
    static const struct user_options upn = {.names = NAME_UPN};
    const struct user_options down_level = {.names = NAME_DOWN_LEVEL};
    static const struct reading sams[] = {
        {"alice", SAM("alice"), CORP}, {"CORP\\alice", NULL, NULL}, {"alice@corp", NULL, NULL}};
    static const struct reading upns[] = {
        {"alice", NULL, NULL},
        {"CORP\\alice", NULL, NULL},
        {"alice@corp.example.com", SAM_WITHOUT_UPN("alice") UPN("alice@corp.example.com"), CORP},
        {"alice@corp", UPN("alice@corp"), CORP}, /* else it would be a second name */
        {"alice@alt", UPN("alice@alt"), CORP}};
    static const struct reading down_levels[] = {
        {"alice", NULL, NULL}, {"CORP\\alice", SAM("alice"), CORP}, {"alice@corp", NULL, NULL}};

    CHECK_READINGS(sams, &sam, &one);
    CHECK_READINGS(upns, &upn, &one);
    CHECK_READINGS(down_levels, &down_level, &one);
    ck_assert_uint_eq(ad_name_form(span_of("alice")), NAME_SAM);
    ck_assert_uint_eq(ad_name_form(span_of("a@b")), NAME_UPN);
    ck_assert_uint_eq(ad_name_form(span_of("a\\b")), NAME_DOWN_LEVEL);
    ck_assert_uint_eq(ad_name_form(span_of("a\\b@c")), NAME_DOWN_LEVEL);
    ck_assert(ad_name_is_let_in(&sam, span_of("alice")));
    ck_assert(!ad_name_is_let_in(&sam, span_of("a@b")));
    ck_assert(!ad_name_is_let_in(&upn, span_of("a\\b")));
}
END_TEST

START_TEST(further_attribute)
{
    const struct user_options mail = {.names = NAME_SAM, .login_attr = OWN("mail")};
    static const struct reading readings[] = {
        {"alice", SAM("alice") "(mail=alice)", ""},
        {"a.able@example.net", "(mail=a.able@example.net)", ""},
        {"CORP\\alice", "(mail=CORP\\5calice)", ""},
        {"@", "(mail=@)", ""},
        {"", NULL, NULL},
    };

    CHECK_READINGS(readings, &mail, &all);
    ck_assert(ad_name_is_let_in(&mail, span_of("a@b")));
}
END_TEST

START_TEST(default_domain)
{
    const struct user_options by_netbios = {.names = ALL, .default_domain = OWN("emea")};
    const struct user_options by_dns = {.names = ALL,
                                        .default_domain = OWN("EMEA.corp.example.com")};
    const struct user_options suffix = {.names = ALL, .default_domain = OWN("alt.example.org")};
    static const struct reading own[] = {
        {"alice", SAM("alice"), "DC=emea," CORP},
        {"CORP\\alice", SAM("alice"), CORP},
        {"alice@alt", UPN("alice@alt"), ""},
    };
    static const struct reading foreign[] = {
        {"alice", UPN("alice@alt.example.org"), ""},
        {"CORP\\alice", SAM("alice"), CORP},
    };

    CHECK_READINGS(own, &by_netbios, &all);
    CHECK_READINGS(own, &by_dns, &all);
    CHECK_READINGS(foreign, &suffix, &all);
}
END_TEST

START_TEST(long_name)
{
    enum { LEN = 1000 * 1000 };
    static const struct user_options options = {.names = ALL};
    struct ad_name name;
    char *typed = malloc(LEN);
    char *filter;

    memset(typed, '*', LEN);
    ck_assert(ad_name_read(&name, (struct pxa_span){typed, LEN}, &options, &one));
    filter = ad_name_filter(&name);
    ck_assert_uint_eq(strlen(filter), 3 * (size_t)LEN + strlen(PEOPLE(SAM(""))));
    free(filter);
    free(typed);
}
END_TEST

/* ---- whose name it is ---- */

struct judging {
    const char *typed;
    const char *dn;
    const char *sam;
    const char *upn; /* or NULL */
    enum ad_match match;
};

static enum ad_match judge(const struct judging *judging, const struct user_options *options,
                           const struct facts *facts)
{
    const struct made_value values[] = {
        {"sAMAccountName", judging->sam},
        {judging->upn ? "userPrincipalName" : "mail", judging->upn ? judging->upn : "m@example"},
        {0}};
    struct entry *entry = entry_build(judging->dn, values);
    struct ad_name name;
    enum ad_match match;

    ck_assert(ad_name_read(&name, span_of(judging->typed), options, facts));
    match = ad_name_match(&name, facts, entry);
    entry_free(entry);
    return match;
}

static void check_judgings(const struct judging *judgings, size_t count,
                           const struct user_options *options, const struct facts *facts)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(judge(&judgings[i], options, facts) == judgings[i].match, "%zu: %s", i,
                      judgings[i].typed);
}

#define CHECK_JUDGINGS(judgings, options, facts)                                                   \
    check_judgings(judgings, sizeof(judgings) / sizeof *(judgings), options, facts)

#define IN_CORP "CN=A,CN=Users," CORP
#define IN_EMEA "CN=A,CN=Users,DC=emea," CORP

START_TEST(names_as_typed)
{
    static const struct user_options options = {.names = ALL};
    static const struct judging judgings[] = {
        {"alice", IN_CORP, "Alice", NULL, AD_MATCH_SAME},
        {"CORP\\ALICE", IN_CORP, "alice", NULL, AD_MATCH_SAME},
        {"alice@CORP", IN_CORP, "alice", NULL, AD_MATCH_SAME},
        {"alice@corp.example.com", IN_CORP, "alice", "alice@corp.example.com", AD_MATCH_SAME},
        {"Robert@ALT", IN_CORP, "bob", "robert@alt", AD_MATCH_SAME},
        /* what the directory folds */
        {"J\xc3\x9cRGEN", IN_CORP, "j\xc3\xbcrgen", NULL, AD_MATCH_ALIAS},
        {"J\xc3\xbcRGEN", IN_CORP, "j\xc3\xbcrgen", NULL, AD_MATCH_SAME},
        {"\xef\xbd\x81lice", IN_CORP, "alice", NULL, AD_MATCH_ALIAS},
        {"CORP\\\xef\xbd\x81lice", IN_CORP, "alice", NULL, AD_MATCH_ALIAS},
        {"\xef\xbd\x81lice@alt", IN_CORP, "bob", "alice@alt", AD_MATCH_ALIAS},
        {"alice@alt", IN_CORP, "alice", "alice@al", AD_MATCH_ALIAS},
        {"alice@alt", IN_CORP, "alice", "alice@alts", AD_MATCH_ALIAS},
        {"alice@alt", IN_CORP, "alice", "alice.alt", AD_MATCH_ALIAS},
        {"alice@alt", IN_CORP, "alice", "alice", AD_MATCH_ALIAS},
        {"alice@alt", IN_CORP, "alice", "", AD_MATCH_ALIAS},
        /* the name before a foreign suffix is nobody's sAMAccountName */
        {"alice@alt", IN_CORP, "alice", NULL, AD_MATCH_ALIAS},
        /* sAMAccountName is no userPrincipalName */
        {"alice@corp", IN_CORP, "alice@corp", NULL, AD_MATCH_ALIAS},
    };

    CHECK_JUDGINGS(judgings, &options, &one);
}
END_TEST

START_TEST(one_name_each)
{
    static const struct user_options options = {.names = NAME_UPN};
    static const struct judging judgings[] = {
        {"alice@corp.example.com", IN_CORP, "alice", NULL, AD_MATCH_SAME},
        {"alice@corp", IN_CORP, "alice", NULL, AD_MATCH_ALIAS},
        {"alice@corp", IN_CORP, "alice", "alice@corp", AD_MATCH_SAME},
        {"alice@alt", IN_CORP, "alice", "alice@alt", AD_MATCH_SAME},
        {"alice@corp.example.com", IN_CORP, "alice", "alice@alt", AD_MATCH_ALIAS},
    };

    CHECK_JUDGINGS(judgings, &options, &one);
}
END_TEST

START_TEST(domains_of_a_forest)
{
    static const struct user_options options = {.names = ALL};
    static const struct judging judgings[] = {
        {"alice", IN_CORP, "alice", NULL, AD_MATCH_SAME},
        {"alice", IN_EMEA, "alice", NULL, AD_MATCH_SAME},
        {"CORP\\alice", IN_CORP, "alice", NULL, AD_MATCH_SAME},
        /* below the base of CORP, and not in it */
        {"CORP\\alice", IN_EMEA, "alice", NULL, AD_MATCH_ELSEWHERE},
        {"EMEA\\alice", IN_EMEA, "alice", NULL, AD_MATCH_SAME},
        {"EMEA\\alice", IN_CORP, "alice", NULL, AD_MATCH_ELSEWHERE},
        {"alice@corp", IN_EMEA, "alice", NULL, AD_MATCH_ELSEWHERE},
        {"alice@corp", IN_EMEA, "bob", "alice@corp", AD_MATCH_SAME},
        /* a comma that is part of a name, and one behind a backslash that is */
        {"EMEA\\alice", "CN=A\\,DC=emea," CORP, "alice", NULL, AD_MATCH_ELSEWHERE},
        {"CORP\\alice", "CN=A\\,DC=emea," CORP, "alice", NULL, AD_MATCH_SAME},
        {"EMEA\\alice", "CN=A\\\\,DC=emea," CORP, "alice", NULL, AD_MATCH_SAME},
        {"EMEA\\alice", "DC=emea," CORP, "alice", NULL, AD_MATCH_ELSEWHERE},
        {"OTHER\\alice", "CN=A,XDC=other,DC=example", "alice", NULL, AD_MATCH_ELSEWHERE},
        {"OTHER\\alice", "cn=a,dc=OTHER,dc=example", "alice", NULL, AD_MATCH_SAME},
    };

    CHECK_JUDGINGS(judgings, &options, &all);
}
END_TEST

START_TEST(values_of_the_further_attribute)
{
    const struct user_options options = {.names = NAME_SAM, .login_attr = OWN("mail")};
    static const struct made_value values[] = {{"sAMAccountName", "alice"},
                                               {"mail", "a.able@example.net"},
                                               {"mail", "alice@example.net"},
                                               {"userPrincipalName", "alice@corp"},
                                               {0}};
    struct entry *entry = entry_build(IN_CORP, values);
    struct ad_name name;

    ck_assert(ad_name_read(&name, span_of("Alice@example.net"), &options, &one));
    ck_assert_int_eq(ad_name_match(&name, &one, entry), AD_MATCH_SAME);
    ck_assert(ad_name_read(&name, span_of("alice@corp"), &options, &one));
    ck_assert_int_eq(ad_name_match(&name, &one, entry), AD_MATCH_ALIAS);
    entry_free(entry);
}
END_TEST

START_TEST(what_is_asked_for)
{
    static const struct user_options plain = {.names = ALL};
    const struct user_options mail = {.names = ALL, .login_attr = OWN("mail")};
    const char *attributes[AD_NAME_ATTRIBUTES + 1];

    ad_name_attributes(&plain, attributes);
    ck_assert_str_eq(attributes[0], "sAMAccountName");
    ck_assert_str_eq(attributes[1], "userPrincipalName");
    ck_assert_ptr_null(attributes[2]);
    ad_name_attributes(&mail, attributes);
    ck_assert_str_eq(attributes[2], "mail");
    ck_assert_ptr_null(attributes[3]);
}
END_TEST

/* ---- the canonical name ---- */

static void check_user_name(int which, const struct entry *entry, const struct facts *facts,
                            const char *wanted)
{
    char *name = ad_user_name(which, span_of("As\\Typed"), entry, facts);

    ck_assert_str_eq(name, wanted);
    free(name);
}

START_TEST(canonical_names)
{
    static const struct made_value with_upn[] = {
        {"sAMAccountName", "bob"}, {"userPrincipalName", "robert@alt"}, {0}};
    static const struct made_value without[] = {{"sAMAccountName", "bob"}, {0}};
    struct entry *both = entry_build(IN_EMEA, with_upn);
    struct entry *sam = entry_build(IN_EMEA, without);
    struct entry *none = entry_of_dn("uid=bob,o=x");

    check_user_name(USER_NAME_SAM, both, &all, "bob");
    check_user_name(USER_NAME_UPN, both, &all, "robert@alt");
    check_user_name(USER_NAME_AS_TYPED, both, &all, "As\\Typed");
    check_user_name(USER_NAME_UPN, sam, &all, "bob@emea.corp.example.com");
    check_user_name(USER_NAME_UPN, sam, &one, "bob@corp.example.com");
    check_user_name(USER_NAME_UPN, sam, NULL, "As\\Typed");
    check_user_name(USER_NAME_SAM, none, &all, "As\\Typed");
    check_user_name(USER_NAME_UPN, none, NULL, "As\\Typed");
    entry_free(both);
    entry_free(sam);
    entry_free(none);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("ad_names");
    TCase *tc = tcase_create("ad_names");

    tcase_add_test(tc, one_domain);
    tcase_add_test(tc, global_catalog);
    tcase_add_test(tc, forms);
    tcase_add_test(tc, further_attribute);
    tcase_add_test(tc, default_domain);
    tcase_add_test(tc, long_name);
    tcase_add_test(tc, names_as_typed);
    tcase_add_test(tc, one_name_each);
    tcase_add_test(tc, domains_of_a_forest);
    tcase_add_test(tc, values_of_the_further_attribute);
    tcase_add_test(tc, what_is_asked_for);
    tcase_add_test(tc, canonical_names);
    suite_add_tcase(s, tc);
    return s;
}
