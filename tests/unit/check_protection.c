/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/protection.c. Expected values: what an Active Directory takes by
 * default (simple binds in TLS alone, SASL with signing outside of TLS alone: MS-ADTS 5.1.1.1.2),
 * and that an ldapi socket and ldaps:// have what they have.
 */
#include <config.h>

#include <check.h>

#include "helpers/directory/protection.h"

Suite *suite(void);

enum { LDAP_ = TRANSPORT_LDAP, LDAPS_ = TRANSPORT_LDAPS, LDAPI_ = TRANSPORT_LDAPI };

static const struct {
    const char *mech;
    bool starttls;
    bool in_tls;
    int transport;
    enum protection service;
    enum protection bind;
} cases[] = {
    {NULL, false, false, LDAP_, PROTECTION_NONE, PROTECTION_NONE},
    {NULL, true, false, LDAP_, PROTECTION_TLS, PROTECTION_TLS},
    {NULL, false, false, LDAPS_, PROTECTION_TLS, PROTECTION_TLS},
    {NULL, true, false, LDAPS_, PROTECTION_TLS, PROTECTION_TLS},
    {NULL, true, false, LDAPI_, PROTECTION_NONE, PROTECTION_NONE},
    {"GSSAPI", false, false, LDAP_, PROTECTION_LAYER, PROTECTION_NONE},
    {"GSSAPI", true, false, LDAP_, PROTECTION_LAYER, PROTECTION_TLS},
    {"gss-spnego", true, false, LDAP_, PROTECTION_LAYER, PROTECTION_TLS},
    {"GSS-SPNEGO", false, true, LDAP_, PROTECTION_TLS, PROTECTION_NONE},
    {"GSSAPI", true, true, LDAP_, PROTECTION_TLS, PROTECTION_TLS},
    {"GSSAPI", true, false, LDAPS_, PROTECTION_TLS, PROTECTION_TLS},
    {"GSSAPI", false, true, LDAPS_, PROTECTION_TLS, PROTECTION_TLS},
    {"SCRAM-SHA-256", false, false, LDAP_, PROTECTION_NONE, PROTECTION_NONE},
    {"SCRAM-SHA-256", true, false, LDAP_, PROTECTION_TLS, PROTECTION_TLS},
    {"EXTERNAL", false, false, LDAPI_, PROTECTION_NONE, PROTECTION_NONE},
    {"EXTERNAL", true, false, LDAP_, PROTECTION_TLS, PROTECTION_TLS},
};
enum { CASES = sizeof cases / sizeof cases[0] };

START_TEST(a_row_of_the_table)
{
    const struct setup_plan plan = {.sasl_mech = cases[_i].mech,
                                    .starttls = cases[_i].starttls,
                                    .sasl_in_tls = cases[_i].in_tls};
    const struct server_address address = {.transport = (enum transport)cases[_i].transport};

    ck_assert_int_eq(protection_of(&plan, &address, PURPOSE_SERVICE), cases[_i].service);
    ck_assert_int_eq(protection_of(&plan, &address, PURPOSE_BIND), cases[_i].bind);
}
END_TEST

START_TEST(kerberos_is_known_by_name)
{
    ck_assert(protection_by_kerberos("GSSAPI"));
    ck_assert(protection_by_kerberos("gssapi"));
    ck_assert(protection_by_kerberos("GSS-SPNEGO"));
    ck_assert(!protection_by_kerberos("GSSAPIX"));
    ck_assert(!protection_by_kerberos("GSS"));
    ck_assert(!protection_by_kerberos("EXTERNAL"));
    ck_assert(!protection_by_kerberos(NULL));
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("protection");
    TCase *table = tcase_create("table");

    tcase_add_loop_test(table, a_row_of_the_table, 0, CASES);
    tcase_add_test(table, kerberos_is_known_by_name);
    suite_add_tcase(made, table);
    return made;
}
