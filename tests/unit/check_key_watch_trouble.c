/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/key_watch.c, key_look.c and key_watch_check.c: what is believed and
 * told of a keytab that is bad, of NTLM, and by --check.
 */
#include <config.h>

#include "helpers/kerberos/key_watch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/kerberos/mechanisms.h"
#include "tests/unit/key_watch_bench.h"
#include "tests/unit/printed.h"

Suite *suite(void);

/* ---- trouble ---- */

START_TEST(the_last_good_ones_stay)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    bench_told();
    file_bench_remove();
    bench_look();
    bench_expect_told("warning: there is no keytab");
    bench_look_for(20000);
    bench_expect_silence();
    ck_assert_int_eq(bench_keys(), 1);
    ck_assert_int_eq(mkdir(file_bench_path, 0700), 0);
    bench_look();
    bench_expect_told("is a folder; it should be a file; the keys that were read before stay");
    bench_look_for(5000);
    bench_expect_silence();
    file_bench_remove();
    file_bench_write("\x05\x02");
    bench_look();
    bench_expect_told("holds no keys");
    ck_assert_int_eq(bench_keys(), 1);
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    bench_replace(2, 2);
    bench_look();
    bench_expect_told("notice: the keytab");
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    bench_look_for(2000);
    bench_expect_silence();
}
END_TEST

START_TEST(no_credentials)
{
    credentials_left = 0;
    bench_write(2, 2);
    bench_begin();
    bench_work();
    ck_assert_int_eq(bench_keys(), -1);
    bench_expect_told("no credential for Kerberos");
    bench_look_for(2000);
    bench_expect_silence();
    credentials_left = -1;
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
    bench_told();
    credentials_left = 0;
    bench_replace(2, 3);
    bench_look();
    bench_expect_told("the keys that were read before stay");
    ck_assert_int_eq(bench_keys(), 1);
    credentials_left = -1;
    bench_look();
    ck_assert_int_eq(bench_keys(), 2);
}
END_TEST

/* It names the keytab, and cannot be read at first; no keytab's stamp tells that it can. Twice:
 * with the keytab's name known. */
START_TEST(a_bad_krb5_conf)
{
    struct key_watch_config config = bench_config(_i == 0 ? NULL : file_bench_path);
    char path[] = "/tmp/check-key-watch-XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_gt(dprintf(fd, "[libdefaults\n"), 0);
    ck_assert_int_eq(setenv("KRB5_CONFIG", path, 1), 0);
    config.finds_path = _i == 0;
    bench_write(2, 2);
    bench_begin_with(&config);
    bench_work();
    ck_assert_int_eq(bench_keys(), -1);
    bench_expect_told("is krb5.conf good?; logins get BH until it is good");
    ck_assert_str_eq(key_watch_trouble(key_watch_bench.watch), "the keytab cannot be used");
    bench_look_for(5000);
    bench_expect_silence();
    ck_assert(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    ck_assert_int_gt(
        dprintf(fd, "[libdefaults]\n  default_keytab_name = FILE:%s\n", file_bench_path), 0);
    bench_look_for(1000);
    ck_assert_int_eq(bench_keys(), 1);
    bench_expect_told(file_bench_path);
    bench_replace(2, 3);
    bench_look_for(2000);
    ck_assert_int_eq(bench_keys(), 2);
    close(fd);
    unlink(path);
}
END_TEST

START_TEST(a_bad_file_is_not_read_again_and_again)
{
    unsigned reads;

    file_bench_write("no keytab");
    bench_begin();
    bench_work();
    reads = file_bench_reads;
    ck_assert_uint_gt(reads, 0);
    bench_look_for(5000);
    ck_assert_uint_eq(file_bench_reads, reads);
    credentials_left = 0;
    bench_write(2, 2);
    bench_look();
    ck_assert_int_eq(bench_keys(), -1);
    credentials_left = -1; /* which no file tells */
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
}
END_TEST

START_TEST(who_can_read_it)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    bench_told();
    ck_assert_int_eq(chmod(file_bench_path, 0644), 0);
    bench_look();
    bench_expect_told("every account");
    bench_look_for(2000);
    bench_expect_silence();
    ck_assert_int_eq(chmod(file_bench_path, 0600), 0);
    bench_look();
    bench_expect_silence();
    ck_assert_int_eq(chmod(file_bench_path, 0604), 0);
    bench_look();
    bench_expect_told("every account");
}
END_TEST

/* ---- no keytab ---- */

START_TEST(ntlm_alone)
{
    struct key_watch_config config = bench_config(NULL);

    config.order.ntlm = false;
    bench_begin_with(&config);
    bench_work();
    ck_assert(key_watch_is_ready(key_watch_bench.watch));
    ck_assert_ptr_nonnull(key_watch_credentials(key_watch_bench.watch));
    ck_assert_ptr_null(key_watch_credentials(key_watch_bench.watch)->keys);
    ck_assert_ptr_null(key_watch_lack(key_watch_bench.watch, false));
    fake_loop_advance(look_bench.loop, 60000);
    ck_assert_uint_eq(look_bench.submitted, 1);
    key_watch_look_now(key_watch_bench.watch);
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 2);
}
END_TEST

static void begin_with_ntlm(void)
{
    struct key_watch_config config = bench_config(file_bench_path);

    config.order.ntlm = true;
    bench_begin_with(&config);
    bench_work();
}

START_TEST(ntlm_without_keys)
{
    struct service_credentials *found;

    if (!mechanism_is_installed(&mechanism_ntlm)) {
        begin_with_ntlm();
        return;
    }
    begin_with_ntlm();
    found = key_watch_credentials(key_watch_bench.watch);
    ck_assert_ptr_nonnull(found);
    ck_assert_ptr_null(found->keys);
    ck_assert_ptr_ne(found->ntlm, GSS_C_NO_CREDENTIAL);
    ck_assert_str_eq(key_watch_lack(key_watch_bench.watch, false), "there is no keytab");
    bench_expect_told("there is no keytab");
    bench_look_for(5000);
    bench_expect_silence();
    ck_assert_ptr_eq(key_watch_credentials(key_watch_bench.watch), found);
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    bench_write(2, 2);
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
    ck_assert_ptr_ne(key_watch_credentials(key_watch_bench.watch)->ntlm, GSS_C_NO_CREDENTIAL);
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    bench_told();
    file_bench_remove();
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
    bench_expect_told("the keys that were read before stay");
}
END_TEST

START_TEST(keys_without_ntlm)
{
    mechanisms_hidden = true;
    bench_write(2, 2);
    begin_with_ntlm();
    ck_assert_int_eq(bench_keys(), 1);
    ck_assert_ptr_eq(key_watch_credentials(key_watch_bench.watch)->ntlm, GSS_C_NO_CREDENTIAL);
    ck_assert_str_eq(key_watch_lack(key_watch_bench.watch, true), "NTLM cannot be accepted");
    ck_assert_ptr_nonnull(strstr(key_watch_told(key_watch_bench.watch, true), "gss-ntlmssp"));
    ck_assert_str_eq(key_watch_told(key_watch_bench.watch, false), "");
    bench_expect_told("install gss-ntlmssp, or do without --ntlm; logins by NTLM get BH");
    bench_replace(2, 3);
    bench_look();
    ck_assert_int_eq(bench_keys(), 2);
    ck_assert_ptr_null(strstr(bench_told(), "ntlmssp"));
}
END_TEST

START_TEST(neither)
{
    mechanisms_hidden = true;
    begin_with_ntlm();
    ck_assert_ptr_null(key_watch_credentials(key_watch_bench.watch));
}
END_TEST

START_TEST(what_is_not_to_be_accepted_is_no_lack)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    ck_assert_ptr_null(key_watch_lack(key_watch_bench.watch, true));
}
END_TEST

/* ---- --check ---- */

static struct printed printed;

static bool check_now(const struct key_watch_config *config)
{
    bool good;

    printed_begin(&printed);
    good = key_watch_check(config);
    printed_end(&printed);
    return good;
}

static void expect_printed(const char *part)
{
    printed_expect(&printed, part);
}

START_TEST(checks)
{
    struct key_watch_config config = bench_config(file_bench_path);
    struct keytab_build build = bench_keytab(2, 3);
    struct replay replay;

    ck_assert(!check_now(&config));
    expect_printed("there is no keytab");
    bench_write(3, 3);
    ck_assert(check_now(&config));
    expect_printed(": 1 key, 1 of them used\n");
    keytab_put_as(&build, "host", "a.test", 1, KEYTAB_AES128);
    file_bench_write_bytes(build.at, build.len);
    ck_assert(check_now(&config));
    expect_printed("3 keys, 2 of them used\n");
    expect_printed("  HTTP/a.test@EXAMPLE.TEST kvno 3 aes256-cts-hmac-sha1-96\n");
    expect_printed("kvno 2 aes256-cts-hmac-sha1-96: an older key");
    expect_printed("host/a.test@EXAMPLE.TEST kvno 1 aes128-cts-hmac-sha1-96: not used");
    expect_printed("replay cache: none");
    expect_printed("mechanisms: SPNEGO, Kerberos, IAKERB\n");
    ck_assert_ptr_null(strstr(printed.text, "warning"));
    ck_assert_int_eq(chmod(file_bench_path, 0644), 0);
    ck_assert(replay_init(&replay, "/nonexistent", NULL));
    config.order.replay = &replay;
    ck_assert_msg(!check_now(&config), "with a replay cache that no login can use");
    expect_printed("warning: ");
    expect_printed("every account");
    expect_printed("/nonexistent: No such file");
    expect_printed("mechanisms: ");
    replay_free(&replay);
    config.order.replay = &key_watch_bench.replay;
    credentials_left = 0;
    ck_assert(!check_now(&config));
    expect_printed("no credential for Kerberos");
}
END_TEST

/* RFC 8429: 23 is arcfour-hmac. */
START_TEST(checks_outdated_types)
{
    const struct key_watch_config config = bench_config(file_bench_path);
    struct keytab_build build;

    keytab_begin(&build);
    keytab_put_as(&build, "HTTP", "a.test", 2, 23);
    keytab_put_as(&build, "host", "a.test", 2, KEYTAB_AES256);
    file_bench_write_bytes(build.at, build.len);
    ck_assert(check_now(&config));
    expect_printed("no key is of AES");
    keytab_put(&build, "a.test", 2);
    file_bench_write_bytes(build.at, build.len);
    ck_assert(check_now(&config));
    ck_assert_ptr_null(strstr(printed.text, "no key is of AES"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("key_watch_trouble");
    TCase *tc = tcase_create("key_watch_trouble");

    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_test(tc, the_last_good_ones_stay);
    tcase_add_test(tc, no_credentials);
    tcase_add_loop_test(tc, a_bad_krb5_conf, 0, 2);
    tcase_add_test(tc, a_bad_file_is_not_read_again_and_again);
    tcase_add_test(tc, who_can_read_it);
    tcase_add_test(tc, ntlm_alone);
    tcase_add_test(tc, ntlm_without_keys);
    tcase_add_test(tc, keys_without_ntlm);
    tcase_add_test(tc, neither);
    tcase_add_test(tc, what_is_not_to_be_accepted_is_no_lack);
    tcase_add_test(tc, checks);
    tcase_add_test(tc, checks_outdated_types);
    suite_add_tcase(s, tc);
    return s;
}
