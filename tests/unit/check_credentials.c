/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/credentials.c and mechanisms.c: which mechanisms are in a credential as
 * libgssapi tells, for how long keys stay in memory. Logins with them are in test_gssapi_keytab.py.
 * OIDs are written here in the bytes of their standards: RFC 1964, section 1.1; the draft of
 * IAKERB; RFC 4178, section 3.1; MS-SPNG, section 1.9 for NTLM.
 */
#include <config.h>

#include "helpers/kerberos/credentials.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gssapi/gssapi_ext.h>

#include "helpers/kerberos/mechanisms.h"
#include "tests/unit/file_bench.h"
#include "tests/unit/keytab_build.h"
#include "tests/unit/no_credentials.h"
#include "tests/unit/own_memory.h"

Suite *suite(void);

static struct spn_rule *rule;
static struct replay replay;

/* ---- libgssapi ---- */

/* What SPNEGO was last told to negotiate; libgssapi tells nobody. */
static gss_OID_set inside;

/* The linker's names for what is wrapped. NOLINTBEGIN */
OM_uint32 __real_gss_set_neg_mechs(OM_uint32 *minor, gss_cred_id_t credential,
                                   const gss_OID_set mechanisms);
OM_uint32 __wrap_gss_set_neg_mechs(OM_uint32 *minor, gss_cred_id_t credential,
                                   const gss_OID_set mechanisms);

OM_uint32 __wrap_gss_set_neg_mechs(OM_uint32 *minor, gss_cred_id_t credential,
                                   const gss_OID_set mechanisms)
{
    (void)gss_release_oid_set(minor, &inside);
    ck_assert_uint_eq(gss_create_empty_oid_set(minor, &inside), 0);
    for (size_t i = 0; i < mechanisms->count; i++)
        ck_assert_uint_eq(gss_add_oid_set_member(minor, &mechanisms->elements[i], &inside), 0);
    return __real_gss_set_neg_mechs(minor, credential, mechanisms);
}
/* NOLINTEND */

static void setup(void)
{
    struct option_list none = {.count = 0};

    ck_assert_int_eq(setenv("KRB5_CONFIG", "/dev/null", 1), 0);
    credentials_as_they_are();
    file_bench_open();
    rule = spn_rule_new(&none, NULL);
    ck_assert(rule && replay_init(&replay, "none", NULL));
}

static void teardown(void)
{
    OM_uint32 minor;

    (void)gss_release_oid_set(&minor, &inside);
    replay_free(&replay);
    spn_rule_free(rule);
    file_bench_close();
}

static struct keys *keys_of(uint32_t kvno)
{
    struct keytab_build build;
    struct why why = {""};
    struct keys *keys;

    keytab_begin(&build);
    keytab_put(&build, "a.test", kvno);
    file_bench_write_bytes(build.at, build.len);
    explicit_bzero(&build, sizeof build);
    keys = keys_read(file_bench_path, rule, &(struct keys_file){0}, &why);
    ck_assert_msg(keys != NULL, "%s", why.text);
    return keys;
}

static struct service_credentials *make(struct keys *keys, gss_cred_id_t ntlm)
{
    struct why why = {""};
    struct service_credentials *made = service_credentials_new(keys, &replay, ntlm, &why);

    ck_assert_msg(made != NULL, "%s", why.text);
    return made;
}

/* ---- mechanisms ---- */

static gss_OID_desc oid_of(const char *bytes)
{
    /* Nobody writes to them. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    return (gss_OID_desc){(OM_uint32)strlen(bytes), (void *)(uintptr_t)bytes};
}

static bool is_oid(const gss_OID_desc *oid, const char *bytes)
{
    return oid->length == strlen(bytes) && memcmp(oid->elements, bytes, oid->length) == 0;
}

static const char krb5[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
static const char iakerb[] = "\x2b\x06\x01\x05\x02\x05";
static const char spnego[] = "\x2b\x06\x01\x05\x05\x02";
static const char ntlm_mech[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";

START_TEST(oids)
{
    gss_OID_desc nobody = oid_of("\x2b\x06\x01\x04\x01\x01");

    ck_assert(is_oid(&mechanism_krb5, krb5));
    ck_assert(is_oid(&mechanism_iakerb, iakerb));
    ck_assert(is_oid(&mechanism_spnego, spnego));
    ck_assert(is_oid(&mechanism_ntlm, ntlm_mech));
    ck_assert(mechanism_is_installed(&mechanism_krb5));
    ck_assert(mechanism_is_installed(&mechanism_spnego));
    ck_assert(!mechanism_is_installed(&nobody));
}
END_TEST

/* FOUND has just the mechanisms BYTES, which NULL ends. */
static void expect_set(gss_OID_set found, const char *const *bytes)
{
    OM_uint32 minor;
    size_t count = 0;

    for (; bytes[count]; count++) {
        gss_OID_desc oid = oid_of(bytes[count]);
        int present = 0;

        ck_assert_uint_eq(gss_test_oid_set_member(&minor, &oid, found, &present), 0);
        ck_assert_msg(present, "mechanism %zu is not there", count);
    }
    ck_assert_uint_eq(found->count, count);
}

/* CREDENTIAL accepts by just the mechanisms BYTES. */
static void expect_mechanisms(gss_cred_id_t credential, const char *const *bytes)
{
    gss_cred_usage_t usage;
    gss_OID_set found;
    OM_uint32 minor;

    ck_assert_uint_eq(gss_inquire_cred(&minor, credential, NULL, NULL, &usage, &found), 0);
    ck_assert_int_eq(usage, GSS_C_ACCEPT);
    expect_set(found, bytes);
    (void)gss_release_oid_set(&minor, &found);
}

START_TEST(kerberos_alone)
{
    static const char *const mechanisms[] = {krb5, iakerb, spnego, NULL};
    static const char *const negotiated[] = {krb5, iakerb, NULL};
    struct service_credentials *made = make(keys_of(2), GSS_C_NO_CREDENTIAL);

    expect_set(inside, negotiated);
    expect_mechanisms(made->own, mechanisms);
    expect_mechanisms(made->threads, mechanisms);
    ck_assert_ptr_ne(made->own, made->threads);
    ck_assert_ptr_eq(made->ntlm, GSS_C_NO_CREDENTIAL);
    service_credentials_drop(made);
    service_credentials_drop(NULL);
}
END_TEST

START_TEST(with_ntlm)
{
    static const char *const mechanisms[] = {ntlm_mech, spnego, NULL};
    static const char *const negotiated[] = {ntlm_mech, NULL};
    struct service_credentials *made;
    struct why why = {""};
    gss_cred_id_t ntlm;

    if (!mechanism_is_installed(&mechanism_ntlm))
        return;
    ntlm = ntlm_credential_new(NULL, &why);
    ck_assert_msg(ntlm != GSS_C_NO_CREDENTIAL, "%s", why.text);
    expect_mechanisms(ntlm, mechanisms);
    expect_set(inside, negotiated);
    made = make(keys_of(2), ntlm);
    ck_assert_ptr_ne(made->own, GSS_C_NO_CREDENTIAL);
    ck_assert_ptr_eq(made->ntlm, ntlm);
    service_credentials_drop(made);
    made = make(NULL, ntlm);
    ck_assert_ptr_eq(made->own, GSS_C_NO_CREDENTIAL);
    ck_assert_ptr_eq(made->threads, GSS_C_NO_CREDENTIAL);
    ck_assert_ptr_eq(made->ntlm, ntlm);
    service_credentials_drop(made);
    expect_mechanisms(ntlm, mechanisms);
    ntlm_credential_free(ntlm);
    ntlm_credential_free(GSS_C_NO_CREDENTIAL);
}
END_TEST

START_TEST(ntlm_is_not_installed)
{
    struct why why = {""};

    mechanisms_hidden = true;
    ck_assert_ptr_eq(ntlm_credential_new(NULL, &why), GSS_C_NO_CREDENTIAL);
    ck_assert_msg(strstr(why.text, "install gss-ntlmssp"), "%s", why.text);
}
END_TEST

/* ---- keys ---- */

static bool is_key(const char *at)
{
    for (unsigned i = 0; i < KEYTAB_KEY_LEN; i++) {
        if ((unsigned char)at[i] != keytab_key_byte(9, i))
            return false;
    }
    return true;
}

static unsigned copies_of_key(void)
{
    return own_memory_count(is_key, KEYTAB_KEY_LEN);
}

START_TEST(keys_go_with_the_last_holder)
{
    struct service_credentials *made = make(keys_of(9), GSS_C_NO_CREDENTIAL);

    ck_assert_uint_ge(copies_of_key(), 1);
    ck_assert_ptr_eq(service_credentials_hold(made), made);
    service_credentials_drop(made);
    ck_assert_uint_ge(copies_of_key(), 1);
    service_credentials_drop(made);
    ck_assert_msg(copies_of_key() == 0, "%u copies are left", copies_of_key());
}
END_TEST

/* The first of two credentials, then the second one. */
START_TEST(none_is_left_by_a_failure)
{
    for (int good = 0; good < 2; good++) {
        struct why why = {""};

        credentials_left = good;
        ck_assert_ptr_null(service_credentials_new(keys_of(9), &replay, GSS_C_NO_CREDENTIAL, &why));
        ck_assert_msg(strstr(why.text, "no credential for Kerberos: "), "%s", why.text);
        ck_assert_uint_eq(copies_of_key(), 0);
    }
}
END_TEST

/* ---- many times ---- */

static long resident_pages(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long all, resident;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld %ld", &all, &resident), 2);
    (void)fclose(file);
    return resident;
}

void __lsan_disable(void) __attribute__((weak));

/* A leak of 100 bytes each would be 240 pages. Sanitizers keep what was freed for a while. */
START_TEST(ten_thousand_times)
{
    enum { TIMES = 10000, FIRST = 500, PAGES = 200 };
    long before = 0;

    if (__lsan_disable)
        return;
    for (int i = 0; i < TIMES; i++) {
        if (i == FIRST)
            before = resident_pages();
        service_credentials_drop(make(keys_of(2), GSS_C_NO_CREDENTIAL));
    }
    ck_assert_msg(resident_pages() - before < PAGES, "%ld pages more", resident_pages() - before);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("credentials");
    TCase *tc = tcase_create("credentials");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, oids);
    tcase_add_test(tc, kerberos_alone);
    tcase_add_test(tc, with_ntlm);
    tcase_add_test(tc, ntlm_is_not_installed);
    tcase_add_test(tc, keys_go_with_the_last_holder);
    tcase_add_test(tc, none_is_left_by_a_failure);
    tcase_add_test(tc, ten_thousand_times);
    tcase_set_timeout(tc, 120);
    suite_add_tcase(s, tc);
    return s;
}
