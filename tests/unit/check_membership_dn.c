/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of names of groups, DNs and filters (helpers/directory/membership_dn.c and
 * membership_terms.c). DNs are the examples of RFC 4514 section 4 and of RFC 4518 section 2.6.1,
 * or written by hand from RFC 4514 section 2.4; what a filter means says libldap (filter_wire.h).
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/membership_dn.h"
#include "helpers/directory/membership_lists.h"
#include "helpers/directory/membership_terms.h"
#include "tests/unit/filter_wire.h"

Suite *suite(void);

/* ---- names that are DNs ---- */

static const struct {
    const char *name;
    size_t len; /* 0: a string */
    bool is_dn;
} names[] = {
    {"UID=jsmith,DC=example,DC=net", 0, true},
    {"OU=Sales+CN=J.  Smith,DC=example,DC=net", 0, true},
    {"CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net", 0, true},
    {"CN=Before\\0dAfter,DC=example,DC=net", 0, true},
    {"1.3.6.1.4.1.1466.0=#04024869,DC=test", 0, true},
    {"CN=Lu\\C4\\8Di\\C4\\87,DC=test", 0, true},
    {"cn=grüppe,dc=test", 0, true},
    {"cn = a , dc = test", 0, true},
    {"CN=\\#hash,DC=test", 0, true},
    {"CN=\\ lead,DC=test", 0, true},
    {"staff", 0, false},
    {"", 0, false},
    {"Web (all), staff", 0, false},
    {"R=D", 0, false},
    {"R=D, Sales", 0, false},
    {"=a,dc=test", 0, false},
    {"cn=a,", 0, false},
    {"a, cn=b", 0, false},
    {"cn=a\\,dc=test", 0, false}, /* one part: the comma is escaped */
    {"cn=\"a,dc=test", 0, false},
    {"2 + 2 = 4, or 5 = 5", 0, false},
    {"<SID=S-1-5-21-1-2-3-513>", 0, false},
    {"<GUID=0,b=1>", 0, false},
    {"cn=a,dc=te\0st", 13, false},
};

START_TEST(dn_or_name)
{
    const struct pxa_span name = {names[_i].name,
                                  names[_i].len ? names[_i].len : strlen(names[_i].name)};

    ck_assert_msg(group_name_is_dn(name) == names[_i].is_dn, "%s", names[_i].name);
}
END_TEST

/* ---- keys ---- */

static const struct {
    const char *one;
    const char *other;
    bool same;
} pairs[] = {
    {"CN=Staff,DC=example,DC=test", "cn=staff,dc=EXAMPLE,dc=test", true},
    {"cn=staff,dc=test", "cn = staff , dc = test", true},
    {"cn=a\\,b,dc=test", "cn=a\\2cb,dc=test", true},
    {"cn=a\\,b,dc=test", "cn=a\\2Cb,dc=test", true},
    {"cn=\\#x,dc=test", "cn=\\23x,dc=test", true},
    {"cn=\\ lead,dc=test", "cn=lead,dc=test", true}, /* the same by caseIgnoreMatch */
    {"cn=two  words,dc=test", "cn=two words,dc=test", true},
    {"cn=gr\\c3\\bcppe,dc=test", "cn=grüppe,dc=test", true},
    {"cn=a+ou=b,dc=test", "OU=b+CN=a,dc=test", true},
    {"cn=a\\+ou\\=b,dc=test", "cn=a+ou=b,dc=test", false},
    {"cn=a\\,dc\\=b,dc=test", "cn=a,dc=b,dc=test", false},
    {"cn=a\\\\,dc=test", "cn=a,dc=test", false},
    {"cn=a\\\\\\,b,dc=test", "cn=a\\\\,b=,dc=test", false},
    {"cn=a,dc=test", "cn=a", false},
    {"cn=a,dc=test", "cn=b,dc=test", false},
    {"cn=a,dc=test", "ou=a,dc=test", false},
    {"cn=twowords,dc=test", "cn=two words,dc=test", false},
    {"cn=Ä,dc=test", "cn=ä,dc=test", false}, /* only ASCII case */
    {"cn=a\\00b,dc=test", "cn=a\\00c,dc=test", false},
    {"cn=a\\00b,dc=test", "cn=a,dc=test", false},
    {"cn=a\\00b,dc=test", "cn=a\\5c00b,dc=test", false},
    {"No Dn", "no dn", true},
    {"no, dn", "no\\, dn", false},
    {"", "cn=a", false},
};

START_TEST(keys)
{
    char *one = dn_key(pairs[_i].one);
    char *other = dn_key(pairs[_i].other);

    ck_assert(one && other);
    ck_assert_msg((strcmp(one, other) == 0) == pairs[_i].same, "%s: %s, %s: %s", pairs[_i].one, one,
                  pairs[_i].other, other);
    free(one);
    free(other);
}
END_TEST

/* ---- below ---- */

static const struct {
    const char *dn;
    const char *base;
    bool below;
} places[] = {
    {"cn=a,ou=groups,dc=test", "ou=groups,dc=test", true},
    {"cn=a,ou=groups,dc=test", "OU=Groups, DC=test", true},
    {"cn=a,cn=b,ou=groups,dc=test", "ou=groups,dc=test", true},
    {"ou=groups,dc=test", "ou=groups,dc=test", true},
    {"cn=a,dc=test", "", true},
    {"cn=a,dc=test", "ou=groups,dc=test", false},
    {"dc=test", "ou=groups,dc=test", false},
    {"cn=a,xou=groups,dc=test", "ou=groups,dc=test", false},
    {"cn=a\\,ou=groups,dc=test", "ou=groups,dc=test", false},
    {"cn=a\\\\,ou=groups,dc=test", "ou=groups,dc=test", true},
    {"cn=a\\\\\\,ou=groups,dc=test", "ou=groups,dc=test", false},
    {"cn=a+ou=groups,dc=test", "ou=groups,dc=test", false},
};

START_TEST(below)
{
    char *key = dn_key(places[_i].dn);
    char *base = dn_key(places[_i].base);

    ck_assert(key && base);
    ck_assert_msg(dn_key_is_below(key, base) == places[_i].below, "%s, %s", places[_i].dn,
                  places[_i].base);
    free(key);
    free(base);
}
END_TEST

/* ---- filters ---- */

/* Every byte, in every place, stands for itself. */
START_TEST(any_value)
{
    char value[9];
    char hex[2 * sizeof value + 1];
    char expected[64];
    struct bytes bytes = {0};
    char *filter;
    char *wire;

    for (size_t i = 0; i < sizeof value; i++) {
        value[i] = (char)(i % 4 == 0 ? _i : i % 4 == 1 ? ' ' : 'a' + (int)i);
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)value[i]);
    }
    terms_put_equal(&bytes, "cn", (struct pxa_span){value, sizeof value});
    filter = terms_finish(&bytes);
    ck_assert_ptr_nonnull(filter);
    snprintf(expected, sizeof expected, "cn = %s", hex);
    wire = filter_on_wire(filter);
    ck_assert_ptr_nonnull(wire);
    ck_assert_str_eq(wire, expected);
    free(wire);
    free(filter);
}
END_TEST

/* Values of group names as people have them. RFC 4515 section 3 names what must be escaped. */
static const struct {
    const char *name;
    const char *filter;
} written[] = {
    {"staff", "(cn=staff)"},
    {"Web (all), staff", "(cn=Web \\28all\\29, staff)"},
    {"*", "(cn=\\2a)"},
    {"a*b\\c", "(cn=a\\2ab\\5cc)"},
    {" lead", "(cn=\\20lead)"},
    {"trail ", "(cn=trail\\20)"},
    {" ", "(cn=\\20)"},
    {"gr\xc3\xbcppe", "(cn=gr\\c3\\bcppe)"},
    {"", "(cn=)"},
};

START_TEST(names_in_filters)
{
    struct bytes bytes = {0};
    char *filter;

    terms_put_text(&bytes, "cn", written[_i].name);
    filter = terms_finish(&bytes);
    ck_assert_str_eq(filter, written[_i].filter);
    free(filter);
}
END_TEST

START_TEST(chain_in_filters)
{
    struct bytes bytes = {0};
    char *filter;
    char *wire;

    terms_put_text(&bytes, "memberOf:" RULE_IN_CHAIN ":", "cn=(a),dc=t");
    filter = terms_finish(&bytes);
    wire = filter_on_wire(filter);
    ck_assert_str_eq(wire, ": type memberOf rule 1.2.840.113556.1.4.1941 value "
                           "636e3d2861292c64633d74");
    free(wire);
    free(filter);
}
END_TEST

/* ---- lists ---- */

START_TEST(sorted_lists)
{
    static const char *const given[] = {"b", "a", "B", "", "a", "ab", "b", "\xc3\xa4"};
    static const char *const sorted[] = {"", "B", "a", "ab", "b", "\xc3\xa4"};
    struct name_list *list = name_list_new();

    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        ck_assert(name_list_add(list, (struct pxa_span){given[i], strlen(given[i])}));
    name_list_sort(list);
    ck_assert_uint_eq(list->count, sizeof sorted / sizeof *sorted);
    for (size_t i = 0; i < list->count; i++)
        ck_assert_str_eq(list->names[i].at, sorted[i]);
    name_list_free(list);
    list = name_list_new();
    name_list_sort(list);
    ck_assert_uint_eq(list->count, 0);
    name_list_free(list);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("membership_dn");
    TCase *tc = tcase_create("dn");

    tcase_add_loop_test(tc, dn_or_name, 0, sizeof names / sizeof *names);
    tcase_add_loop_test(tc, keys, 0, sizeof pairs / sizeof *pairs);
    tcase_add_loop_test(tc, below, 0, sizeof places / sizeof *places);
    tcase_add_loop_test(tc, any_value, 0, 256);
    tcase_add_loop_test(tc, names_in_filters, 0, sizeof written / sizeof *written);
    tcase_add_test(tc, chain_in_filters);
    tcase_add_test(tc, sorted_lists);
    suite_add_tcase(s, tc);
    return s;
}
