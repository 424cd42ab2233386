/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/kerberos_fault.c. Expected values: the meaning of the error codes in
 * RFC 4120, section 7.5.9, and in krb5.h: what the KDC says about the account must not be asked
 * again with the same key, what it says about a service is that server's.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include <krb5.h>

#include "helpers/directory/kerberos_fault.h"

Suite *suite(void);

static const struct {
    long code;
    enum setup_outcome account;
    enum setup_outcome service;
    const char *words; /* of both, or NULL */
} cases[] = {
    {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "no such account"},
    {KRB5KDC_ERR_PREAUTH_FAILED, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "make the keytab anew"},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "make the keytab anew"},
    {KRB5KDC_ERR_CLIENT_REVOKED, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "disabled, locked"},
    {KRB5KDC_ERR_NAME_EXP, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "account has expired"},
    {KRB5KDC_ERR_KEY_EXP, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "password has expired"},
    {KRB5KDC_ERR_CLIENT_NOTYET, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "not valid yet"},
    {KRB5KDC_ERR_POLICY, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "policy"},
    {KRB5KDC_ERR_ETYPE_NOSUPP, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "no key of a type"},
    {KRB5_KT_NOTFOUND, SETUP_CREDENTIAL, SETUP_CREDENTIAL, "no key of a type"},
    {KRB5_KDC_UNREACH, SETUP_LOCAL, SETUP_LOCAL, "no KDC answers"},
    {KRB5_REALM_UNKNOWN, SETUP_LOCAL, SETUP_LOCAL, "krb5.conf"},
    {KRB5_REALM_CANT_RESOLVE, SETUP_LOCAL, SETUP_LOCAL, "krb5.conf"},
    {KRB5_CONFIG_BADFORMAT, SETUP_LOCAL, SETUP_LOCAL, "krb5.conf"},
    {KRB5KRB_AP_ERR_SKEW, SETUP_LOCAL, SETUP_LOCAL, "clocks"},
    {KRB5_KDCREP_SKEW, SETUP_LOCAL, SETUP_LOCAL, "clocks"},
    {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, SETUP_LOCAL, SETUP_SERVER, NULL},
    {KRB5KDC_ERR_SERVICE_EXP, SETUP_LOCAL, SETUP_SERVER, NULL},
    {KRB5KDC_ERR_SVC_UNAVAILABLE, SETUP_LOCAL, SETUP_SERVER, NULL},
    {4711, SETUP_LOCAL, SETUP_SERVER, NULL},
};
enum { CASES = sizeof cases / sizeof cases[0] };

START_TEST(a_code)
{
    struct why why = {{0}};

    ck_assert_int_eq(kerberos_fault(KERBEROS_ACCOUNT, cases[_i].code, "its words", "svc@R", &why),
                     cases[_i].account);
    ck_assert_msg(strstr(why.text, "svc@R") && strstr(why.text, "its words"), "%s", why.text);
    if (cases[_i].words)
        ck_assert_msg(strstr(why.text, cases[_i].words), "%s", why.text);
    ck_assert_int_eq(
        kerberos_fault(KERBEROS_SERVICE, cases[_i].code, "its words", "ldap/h@R", &why),
        cases[_i].service);
    ck_assert_msg(strstr(why.text, "ldap/h@R") && strstr(why.text, "its words"), "%s", why.text);
    if (cases[_i].words)
        ck_assert_msg(strstr(why.text, cases[_i].words), "%s", why.text);
}
END_TEST

START_TEST(an_unknown_service_is_explained)
{
    struct why why = {{0}};

    kerberos_fault(KERBEROS_SERVICE, KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, "not found", "ldap/h@R",
                   &why);
    ck_assert_msg(strstr(why.text, "URI"), "%s", why.text);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("kerberos_fault");
    TCase *table = tcase_create("table");

    tcase_add_loop_test(table, a_code, 0, CASES);
    tcase_add_test(table, an_unknown_service_is_explained);
    suite_add_tcase(made, table);
    return made;
}
