/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/winbind.c with the library of fake_wbclient.h. Expected: the promises
 * of winbind.h. tests/e2e/test_ad_gssapi_ntlm.py has the real one.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include "helpers/kerberos/winbind.h"
#include "tests/unit/fake_wbclient.h"
#include "tests/unit/printed.h"

Suite *suite(void);

static void begin(void)
{
    fake_wbclient = (struct fake_wbclient){.user = "Alice"};
}

static void nothing_is_left(void)
{
    ck_assert_int_eq(fake_wbclient.open, 0);
}

static const char *const functions[] = {
    "wbcCtxCreate",           "wbcCtxFree",       "wbcFreeMemory",    "wbcCtxPingDc",
    "wbcCtxInterfaceDetails", "wbcCtxDomainInfo", "wbcCtxLookupName", "wbcCtxLookupSid"};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* ---- after a failure ---- */

START_TEST(reaches_its_domain)
{
    ck_assert(winbind_reaches_domain());
    fake_wbclient.alone = true;
    ck_assert(!winbind_reaches_domain());
    fake_wbclient.silent = true;
    ck_assert(!winbind_reaches_domain());
}
END_TEST

START_TEST(cannot_be_asked)
{
    fake_wbclient.alone = true;
    fake_wbclient.missing = true;
    ck_assert(winbind_reaches_domain());
    fake_wbclient.missing = false;
    for (size_t i = 0; i < FUNCTIONS; i++) {
        fake_wbclient.lacks = functions[i];
        ck_assert(winbind_reaches_domain());
    }
}
END_TEST

/* ---- names ---- */

static void expect_name(const char *typed, const char *expected)
{
    struct bytes name = {0};
    bool good = winbind_name((struct pxa_span){typed, strlen(typed)}, &name);

    ck_assert_msg(good == (expected != NULL), "%s", typed);
    if (expected) {
        ck_assert_uint_eq(bytes_len(&name), strlen(expected));
        ck_assert_mem_eq(name.at + name.start, expected, strlen(expected));
    }
    bytes_free(&name);
}

START_TEST(one_name)
{
    static const char *const typed[] = {"alice", "\\ALICE", "corp\\alice",
                                        "corp.example.test\\Alice", "CORP\\Alice"};

    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        expect_name(typed[i], "CORP\\Alice");
}
END_TEST

START_TEST(no_name)
{
    struct bytes name = {0};

    expect_name("bob", NULL);
    expect_name("other\\alice", NULL);
    expect_name("", NULL);
    ck_assert(!winbind_name((struct pxa_span){"alice\0x", 7}, &name));
    ck_assert(!winbind_name((struct pxa_span){NULL, 0}, &name));
    fake_wbclient.user = "";
    expect_name("", NULL);
    fake_wbclient.user = "Alice";
    fake_wbclient.silent = true;
    expect_name("alice", NULL);
    fake_wbclient.silent = false;
    fake_wbclient.missing = true;
    expect_name("alice", NULL);
    bytes_free(&name);
}
END_TEST

/* ---- --check ---- */

static void expect_check(bool good, const char *part)
{
    static struct printed printed;

    printed_begin(&printed);
    ck_assert_int_eq(winbind_check(), good);
    printed_end(&printed);
    printed_expect(&printed, part);
    ck_assert_ptr_eq(strchr(printed.text, '\n'), printed.text + strlen(printed.text) - 1);
}

/* One line, with what to do. */
START_TEST(checks)
{
    expect_check(true, "winbind: it reaches its domain CORP;");
    fake_wbclient.alone = true;
    expect_check(false, "reaches no controller of its domain CORP: see wbinfo --ping-dc");
    fake_wbclient.silent = true;
    expect_check(false, "winbindd has to run");
    fake_wbclient.silent = false;
    fake_wbclient.alone = false;
    fake_wbclient.missing = true;
    expect_check(false, "there is no good libwbclient.so.0; install it");
    fake_wbclient.missing = false;
    fake_wbclient.lacks = "wbcCtxPingDc";
    expect_check(false, "there is no good libwbclient.so.0; install it");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("winbind");
    TCase *tc = tcase_create("winbind");

    tcase_add_checked_fixture(tc, begin, nothing_is_left);
    tcase_add_test(tc, reaches_its_domain);
    tcase_add_test(tc, cannot_be_asked);
    tcase_add_test(tc, one_name);
    tcase_add_test(tc, no_name);
    tcase_add_test(tc, checks);
    suite_add_tcase(s, tc);
    return s;
}
