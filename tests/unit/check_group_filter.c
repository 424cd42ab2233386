/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/group_filter.c and its parts. Expected filters are worked out by hand
 * from RFC 4515, section 3, and RFC 4514, section 2.4.
 */
#include <config.h>

#include "helpers/directory/group_filter.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static struct group_filter *filter_of(const char *text, bool user_is_dn)
{
    struct why why = {""};
    struct group_filter *filter = group_filter_new(text, user_is_dn, &why);

    ck_assert_msg(filter != NULL, "%s", why.text);
    return filter;
}

static void check_expanded(const char *text, bool user_is_dn, const char *user, const char *group,
                           const char *wanted)
{
    struct group_filter *filter = filter_of(text, user_is_dn);
    const struct group_filter_names names = {span_of(user), span_of(group)};
    char *got = group_filter_expand(filter, &names);

    ck_assert_str_eq(got, wanted);
    free(got);
    group_filter_free(filter);
}

static void check_joined(const char *text, const char *user, const char *wanted)
{
    struct group_filter *filter = filter_of(text, false);
    const struct group_filter_names names[] = {{span_of(user), span_of("a")},
                                               {span_of(user), span_of("b,c")},
                                               {span_of(user), span_of("*)")}};
    char *got = group_filter_expand_joined(filter, names, 3);

    ck_assert_str_eq(got, wanted);
    free(got);
    group_filter_free(filter);
}

/* By the rule of distribution, each of these is the OR of the three filters. */
START_TEST(alternatives)
{
    check_joined("(&(uid=%u)(cn=%g))", "bob", "(&(uid=bob)(|(cn=a)(cn=b,c)(cn=\\2a\\29)))");
    check_joined("(&(cn=%g)(uid=%u)(x=5%%))", "bob",
                 "(&(|(cn=a)(cn=b,c)(cn=\\2a\\29))(uid=bob)(x=5%))");
    check_joined("(&(objectClass=group)(&( cn;x=%g)(|(uid=%u)(mail=%u))))", "%g",
                 "(&(objectClass=group)(&( |(cn;x=a)(cn;x=b,c)(cn;x=\\2a\\29))"
                 "(|(uid=\\25g)(mail=\\25g))))");
    check_joined("(memberOf=cn=%g,ou=%u)", "bob",
                 "(|(memberOf=cn=a,ou=bob)(memberOf=cn=b\\5c,c,ou=bob)"
                 "(memberOf=cn=\\2a\\29,ou=bob))");
}
END_TEST

START_TEST(names_are_put_in)
{
    static const char wanted[] = "(&(uid=bob)(cn=staff))";

    check_expanded("(&(uid=%u)(cn=%g))", false, "bob", "staff", wanted);
    check_expanded("(&(uid=%v)(cn=%a))", false, "bob", "staff", wanted);
    check_expanded("&(uid=%u)(cn=%g)", false, "bob", "staff", wanted);
    check_expanded(" (&(uid=%u)(cn=%g))\t", false, "bob", "staff", wanted);
    check_expanded("(&(uid=%u)(cn=%g)(x=100%%))", false, "bob", "g", "(&(uid=bob)(cn=g)(x=100%))");
    check_expanded("(&(uid=%u-%g)(cn=%g%%))", false, "%g", "%u", "(&(uid=\\25g-\\25u)(cn=\\25u%))");
}
END_TEST

START_TEST(names_are_escaped_as_values)
{
    check_expanded("(&(uid=%u)(cn=%g))", false, "*)(uid=*", "a\\(b",
                   "(&(uid=\\2a\\29\\28uid=\\2a)(cn=a\\5c\\28b))");
    check_expanded("(&(uid=%u)(cn=%g))", false, "j\xc3\xbcrgen", "a,b\x01",
                   "(&(uid=j\\c3\\bcrgen)(cn=a,b\\01))");
}
END_TEST

/* Inside of a DN a comma is part of the name, and so is all else that RFC 4514 gives a meaning. */
START_TEST(names_are_escaped_inside_of_a_dn)
{
    static const char memberof[] = "(&(uid=%u)(memberOf=CN=%g,OU=x,DC=y))";

    check_expanded(memberof, false, "a,b", "c,d", "(&(uid=a,b)(memberOf=CN=c\\5c,d,OU=x,DC=y))");
    check_expanded(memberof, false, "a", "#c+d", "(&(uid=a)(memberOf=CN=\\5c#c\\5c+d,OU=x,DC=y))");
    check_expanded(memberof, false, "a", " c ", "(&(uid=a)(memberOf=CN=\\5c c\\5c ,OU=x,DC=y))");
    check_expanded(memberof, false, "a", "c\\d", "(&(uid=a)(memberOf=CN=c\\5c\\5cd,OU=x,DC=y))");
    check_expanded(memberof, false, "a", "(c)*", "(&(uid=a)(memberOf=CN=\\28c\\29\\2a,OU=x,DC=y))");
    check_expanded("(&(cn=%g)(member=uid=%u,ou=p))", false, "a,ou=q", "c,d",
                   "(&(cn=c,d)(member=uid=a\\5c,ou=q,ou=p))");
}
END_TEST

/* As it had to be written for Squid's helper; a user is always taken as typed. */
START_TEST(a_group_may_be_written_as_in_a_dn)
{
    check_expanded("(&(uid=%u)(memberOf=CN=%g,OU=x))", false, "a", "Smith\\, John",
                   "(&(uid=a)(memberOf=CN=Smith\\5c, John,OU=x))");
    check_expanded("(&(uid=%u)(memberOf=CN=%g,OU=x))", false, "a", "b\\",
                   "(&(uid=a)(memberOf=CN=b\\5c\\5c,OU=x))");
    check_expanded("(&(uid=%u)(memberOf=CN=%g,OU=x))", false, "a", "\\ c\\ d\\ ",
                   "(&(uid=a)(memberOf=CN=\\5c c\\5c\\5c d\\5c ,OU=x))");
    check_expanded("(&(uid=%u)(cn=%g))", false, "a", "Smith\\, John",
                   "(&(uid=a)(cn=Smith\\5c, John))");
    check_expanded("(&(cn=%g)(member=uid=%u,ou=p))", false, "a\\,b", "g",
                   "(&(cn=g)(member=uid=a\\5c\\5c\\5c,b,ou=p))");
}
END_TEST

START_TEST(the_dn_of_a_user_is_a_value)
{
    check_expanded("(&(cn=%g)(member=%u))", true, "uid=a\\,b*,ou=p", "g",
                   "(&(cn=g)(member=uid=a\\5c,b\\2a,ou=p))");
    check_expanded("(&(cn=%g)(member=x=1+%u))", true, "uid=a,ou=p", "g",
                   "(&(cn=g)(member=x=1+uid=a,ou=p))");
}
END_TEST

/* A whole value is no DN template, whatever is put in; nor is one with a wildcard, or one that only
 * looks like an assignment behind the name. */
START_TEST(what_is_no_dn)
{
    check_expanded("(&(uid=%u)(memberOf=%g))", false, "a", "CN=g,OU=x",
                   "(&(uid=a)(memberOf=CN=g,OU=x))");
    check_expanded("(&(uid=%u)(memberOf=CN=*%g,OU=x))", false, "a", "b,c",
                   "(&(uid=a)(memberOf=CN=*b,c,OU=x))");
    check_expanded("(&(uid=%u)(cn=%g=x))", false, "a", "b,c", "(&(uid=a)(cn=b,c=x))");
    check_expanded("(&(uid=%u)(cn=a=b;%g=\\23zz))", false, "a", "b,c",
                   "(&(uid=a)(cn=a=b;b,c=\\23zz))");
}
END_TEST

/* As Squid's helper reads them, but for RFC 4515's own escapes. */
START_TEST(backslashes_in_the_template)
{
    check_expanded("(&(uid=%u)(cn=%g)(x=\\2a))", false, "a", "b", "(&(uid=a)(cn=b)(x=\\2a))");
    check_expanded("(&(uid=%u)(cn=%g)(x=\\\\2a))", false, "a", "b", "(&(uid=a)(cn=b)(x=\\2a))");
    check_expanded("(&(uid=%u)(cn=%g)(x=\\%g))", false, "a", "b", "(&(uid=a)(cn=b)(x=%g))");
    check_expanded("(&(uid=%u)(cn=%g)(x=\\y))", false, "a", "b", "(&(uid=a)(cn=b)(x=y))");
    check_expanded("\\(&(uid=%u)(cn=%g)\\)", false, "a", "b", "(&(uid=a)(cn=b))");
}
END_TEST

static void check_refused(const char *text, const char *words)
{
    struct why why = {""};

    ck_assert_ptr_null(group_filter_new(text, false, &why));
    ck_assert_msg(strstr(why.text, words) != NULL, "%s: %s", text, why.text);
}

START_TEST(templates_that_cannot_be_used)
{
    check_refused("(uid=%u)", "never asks for the group");
    check_refused("(&(uid=%u)(!(cn=%g)))", "never asks for the group");
    check_refused("(&(uid=%u)(cn>=%g))", "never asks for the group");
    check_refused("(&(uid=alice)(cn=%g))", "never asks for the user");
    check_refused("(&(!(uid=%u))(cn=%g))", "never asks for the user");
    check_refused("(&(uid=%s)(cn=%g))", "position 8: after % only u or v");
    check_refused("(&(uid=%u)(cn=%g)%", "after % only");
    check_refused("(&(%u=x)(cn=%g))", "a % may stand in a value only");
    check_refused("(&(uid=%u)(cn=%g)", "closing parenthesis");
    check_refused("", "empty");
}
END_TEST

static void check_attribute(const char *text, const char *wanted)
{
    struct group_filter *filter = filter_of(text, true);
    const char *got = group_filter_group_attribute(filter);

    if (wanted)
        ck_assert_str_eq(got, wanted);
    else
        ck_assert_ptr_null(got);
    group_filter_free(filter);
}

START_TEST(the_attribute_that_tells_groups_apart)
{
    check_attribute("(&(cn=%g)(member=%u))", "cn");
    /* RFC 4512 section 2.5.2: values under other options do not match. */
    check_attribute("(&(uid=%u)(memberOf;x=CN=%g,OU=x))", "memberOf;x");
    check_attribute("(&(cn=*%g*)(member=%u))", "cn");
    check_attribute("(&(|(cn=%g)(ou=x))(member=%u))", NULL);
    check_attribute("(&(cn=%g)(ou=%g)(member=%u))", NULL);
    check_attribute("(&(cn=%g)(!(ou=%g))(member=%u))", NULL);
    check_attribute("(&(cn~=%g)(member=%u))", NULL);
    check_attribute("(&(uid=%u)(memberOf:1.2.840.113556.1.4.1941:=CN=%g,OU=x))", NULL);
    check_attribute("(&(cn=%g)(|(member=%u)(owner=%u)))", "cn");
}
END_TEST

START_TEST(the_attributes_that_name_the_user)
{
    struct group_filter *filter =
        filter_of("(&(|(uid=%u)(mail=%u@x)(UID=%v))(cn=%g)(!(x=%u))(y>=%u))", false);
    const char *const *attributes = group_filter_user_attributes(filter);

    ck_assert_str_eq(attributes[0], "uid");
    ck_assert_str_eq(attributes[1], "mail");
    ck_assert_ptr_null(attributes[2]);
    group_filter_free(filter);
    filter = filter_of("(&(member=%u)(cn=%g))", true);
    ck_assert_ptr_null(group_filter_user_attributes(filter));
    group_filter_free(filter);
}
END_TEST

static bool group_matches(const char *text, const char *group, const char *value)
{
    struct group_filter *filter = filter_of(text, false);
    const struct group_filter_names names = {span_of("alice"), span_of(group)};
    struct group_pattern *pattern = group_pattern_of_group(filter, &names);
    bool matches = group_pattern_matches(pattern, span_of(value));

    group_pattern_free(pattern);
    group_filter_free(filter);
    return matches;
}

START_TEST(values_tell_the_group)
{
    static const char cn[] = "(&(cn=%g)(member=%u))";
    static const char part[] = "(&(cn=proxy-%g-*)(member=%u))";

    ck_assert(group_matches(cn, "staff", "staff"));
    ck_assert(group_matches(cn, "Staff", "sTaff"));
    ck_assert(!group_matches(cn, "staff", "staffs"));
    ck_assert(!group_matches(cn, "staff", ""));
    ck_assert(group_matches(cn, "%s*", "%s*"));
    ck_assert(!group_matches(cn, "*", "staff"));
    ck_assert(group_matches(cn, "gr\xc3\xbcppe", "gr\xc3\xbcppe"));
    ck_assert(!group_matches(cn, "gr\xc3\xbcppe", "gr\xc3\x9cppe"));
    ck_assert(group_matches(part, "a", "PROXY-a-b"));
    ck_assert(!group_matches(part, "a", "proxy-b-a"));
    ck_assert(group_matches("(&(cn=%u-%g)(member=%u))", "g", "alice-g"));
    ck_assert(!group_matches("(&(cn=%u-%g)(member=%u))", "g", "bob-g"));
}
END_TEST

START_TEST(dns_tell_the_group_whichever_way_they_are_written)
{
    static const char memberof[] = "(&(uid=%u)(memberOf=CN=%g, OU=x,DC=y))";
    static const char whole[] = "(&(uid=%u)(memberOf=%g))";

    ck_assert(group_matches(memberof, "staff", "cn=Staff,ou=X,dc=y"));
    ck_assert(group_matches(memberof, "staff", "cn=staff , ou=x,dc=y"));
    ck_assert(group_matches(memberof, "a,b", "CN=a\\,b,OU=x,DC=y"));
    ck_assert(group_matches(memberof, "a,b", "CN=a\\2Cb,OU=x,DC=y"));
    ck_assert(group_matches(memberof, "a\\,b", "CN=a\\2Cb,OU=x,DC=y"));
    ck_assert(group_matches(memberof, "#a", "CN=\\#a,OU=x,DC=y"));
    ck_assert(group_matches(memberof, "gr\xc3\xbcppe", "CN=gr\\C3\\BCppe,OU=x,DC=y"));
    ck_assert(!group_matches(memberof, "staff", "CN=staff,OU=z,DC=y"));
    ck_assert(!group_matches(memberof, "staff", "CN=staff"));
    ck_assert(!group_matches(memberof, "a,OU=x", "CN=a,OU=x,OU=x,DC=y"));
    ck_assert(!group_matches(memberof, "staff", "no DN"));
    ck_assert(group_matches(whole, "CN=a, OU=x", "cn=A,ou=x"));
    ck_assert(!group_matches(whole, "a", "cn=a,ou=x"));
}
END_TEST

static bool user_matches(const char *text, const char *user, const char *value)
{
    struct group_filter *filter = filter_of(text, false);
    const struct group_filter_names names = {span_of(user), span_of("staff")};
    struct group_pattern *pattern = group_pattern_of_user(filter, &names);
    bool matches = group_pattern_matches(pattern, span_of(value));

    group_pattern_free(pattern);
    group_filter_free(filter);
    return matches;
}

/* Law 10: but for ASCII case, the value is the name as typed. */
START_TEST(values_tell_the_user)
{
    static const char member[] = "(&(cn=%g)(member=uid=%u,ou=p))";

    ck_assert(user_matches("(&(uid=%u)(cn=%g))", "Alice", "alice"));
    ck_assert(!user_matches("(&(uid=%u)(cn=%g))", "\xef\xbd\x81lice", "alice"));
    ck_assert(user_matches("(&(mail=%u@x)(cn=%g))", "alice", "alice@X"));
    ck_assert(!user_matches("(&(dn=%u)(cn=%g))", "uid=a, ou=p", "uid=a,ou=p"));
    ck_assert(user_matches(member, "alice", "UID=alice,OU=p"));
    ck_assert(user_matches(member, "a,b", "uid=a\\2Cb,ou=p"));
    ck_assert(!user_matches(member, "\xef\xbd\x81lice", "uid=alice,ou=p"));
    ck_assert(user_matches("(&(|(uid=%u)(cn=%u))(ou=%g))", "alice", "alice"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("group_filter");
    TCase *tc = tcase_create("group_filter");

    tcase_add_test(tc, alternatives);
    tcase_add_test(tc, names_are_put_in);
    tcase_add_test(tc, names_are_escaped_as_values);
    tcase_add_test(tc, names_are_escaped_inside_of_a_dn);
    tcase_add_test(tc, a_group_may_be_written_as_in_a_dn);
    tcase_add_test(tc, the_dn_of_a_user_is_a_value);
    tcase_add_test(tc, what_is_no_dn);
    tcase_add_test(tc, backslashes_in_the_template);
    tcase_add_test(tc, templates_that_cannot_be_used);
    tcase_add_test(tc, the_attribute_that_tells_groups_apart);
    tcase_add_test(tc, the_attributes_that_name_the_user);
    tcase_add_test(tc, values_tell_the_group);
    tcase_add_test(tc, dns_tell_the_group_whichever_way_they_are_written);
    tcase_add_test(tc, values_tell_the_user);
    suite_add_tcase(s, tc);
    return s;
}
