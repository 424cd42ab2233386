/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/keys.c, keys_path.c and keys_text.c. The files are those of
 * keytab_build.h, written as MIT's documentation says; what is in memory is read with libkrb5.
 */
#include <config.h>

#include "helpers/kerberos/keys.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <krb5.h>

#include "tests/unit/file_bench.h"
#include "tests/unit/keytab_build.h"
#include "tests/unit/own_memory.h"

Suite *suite(void);

static struct spn_rule *rule;

static void setup(void)
{
    struct option_list none = {.count = 0};

    ck_assert_int_eq(setenv("KRB5_CONFIG", "/dev/null", 1), 0);
    ck_assert_int_eq(unsetenv("KRB5_KTNAME"), 0);
    file_bench_open();
    rule = spn_rule_new(&none, NULL);
    ck_assert_ptr_nonnull(rule);
}

static void teardown(void)
{
    spn_rule_free(rule);
    file_bench_close();
}

static void write_built(const struct keytab_build *build)
{
    file_bench_write_bytes(build->at, build->len);
}

static struct keys *read_well(void)
{
    struct why why = {""};
    struct keys *keys = keys_read(file_bench_path, rule, &(struct keys_file){0}, &why);

    ck_assert_msg(keys != NULL, "%s", why.text);
    return keys;
}

static void expect_refused(const char *words)
{
    struct why why = {""};
    struct keys *keys = keys_read(file_bench_path, rule, &(struct keys_file){0}, &why);

    ck_assert_ptr_null(keys);
    ck_assert_msg(strstr(why.text, words) != NULL, "'%s' is not in: %s", words, why.text);
    ck_assert_msg(strstr(why.text, file_bench_path) != NULL, "%s", why.text);
}

/* ---- what is in memory ---- */

/* Whether KEYS' keytab in memory has the key of HTTP/HOST and KVNO that keytab_build.h makes. */
static bool has_key(const struct keys *keys, const char *host, uint32_t kvno)
{
    krb5_context context;
    krb5_keytab keytab;
    krb5_principal name;
    krb5_keytab_entry entry;
    bool good = true;
    char text[128];

    (void)snprintf(text, sizeof text, "%s@EXAMPLE.TEST", host);
    ck_assert_int_eq(krb5_init_context(&context), 0);
    ck_assert_int_eq(krb5_kt_resolve(context, keys->memory, &keytab), 0);
    ck_assert_int_eq(krb5_parse_name(context, text, &name), 0);
    if (krb5_kt_get_entry(context, keytab, name, kvno, KEYTAB_AES256, &entry) == 0) {
        ck_assert_uint_eq(entry.key.length, KEYTAB_KEY_LEN);
        for (unsigned i = 0; i < KEYTAB_KEY_LEN; i++)
            ck_assert_uint_eq(entry.key.contents[i], keytab_key_byte(kvno, i));
        krb5_free_keytab_entry_contents(context, &entry);
    } else {
        good = false;
    }
    krb5_free_principal(context, name);
    krb5_kt_close(context, keytab);
    krb5_free_context(context);
    return good;
}

START_TEST(all_entries_and_those_taken)
{
    struct keytab_build build;
    struct keys *keys;

    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    keytab_put(&build, "a.test", 3);
    keytab_put_as(&build, "HTTP", "a.test", 3, KEYTAB_AES128);
    keytab_put_as(&build, "host", "a.test", 7, KEYTAB_AES256);
    keytab_put(&build, "b.test", 70000);
    write_built(&build);
    keys = read_well();
    ck_assert_uint_eq(keys->count, 5);
    ck_assert_uint_eq(keys->taken, 4);
    ck_assert_str_eq(keys->entries[0].principal, "HTTP/a.test@EXAMPLE.TEST");
    ck_assert_uint_eq(keys->entries[0].kvno, 2);
    ck_assert_int_eq(keys->entries[2].etype, KEYTAB_AES128);
    ck_assert_str_eq(keys->entries[3].principal, "host/a.test@EXAMPLE.TEST");
    ck_assert(keys->entries[2].taken && !keys->entries[3].taken && keys->entries[4].taken);
    ck_assert_uint_eq(keys->entries[4].kvno, 70000);
    ck_assert(has_key(keys, "HTTP/a.test", 2));
    ck_assert(has_key(keys, "HTTP/a.test", 3));
    ck_assert(has_key(keys, "HTTP/b.test", 70000));
    ck_assert(!has_key(keys, "HTTP/a.test", 4));
    ck_assert_msg(!has_key(keys, "host/a.test", 7), "a key that --spn does not take");
    keys_free(keys);
}
END_TEST

START_TEST(holes_and_zeros)
{
    struct keytab_build build;
    struct keys *keys;

    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    keytab_put_number(&build, (uint32_t)-10, 4);
    for (int i = 0; i < 10; i++)
        keytab_put_number(&build, 0xff, 1);
    keytab_put(&build, "a.test", 3);
    keytab_put_number(&build, 0, 4);
    keytab_put_number(&build, 0, 4);
    write_built(&build);
    keys = read_well();
    ck_assert_uint_eq(keys->count, 2);
    keys_free(keys);
}
END_TEST

/* Two at once, of the same names: each has its own. */
START_TEST(each_has_its_own)
{
    struct keytab_build build;
    struct keys *old, *new;

    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    write_built(&build);
    old = read_well();
    keytab_begin(&build);
    keytab_put(&build, "a.test", 3);
    write_built(&build);
    new = read_well();
    ck_assert(has_key(old, "HTTP/a.test", 2) && !has_key(old, "HTTP/a.test", 3));
    ck_assert(!has_key(new, "HTTP/a.test", 2) && has_key(new, "HTTP/a.test", 3));
    keys_free(old);
    ck_assert(has_key(new, "HTTP/a.test", 3));
    keys_free(new);
    keys_free(NULL);
}
END_TEST

/* Kvno 9's. */
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

static void write_secret(void)
{
    struct keytab_build build;

    keytab_begin(&build);
    keytab_put(&build, "a.test", 9);
    keytab_put_as(&build, "host", "a.test", 9, KEYTAB_AES256);
    write_built(&build);
    explicit_bzero(&build, sizeof build);
}

START_TEST(wipes_keys)
{
    struct keys *keys;

    write_secret();
    ck_assert_uint_eq(copies_of_key(), 0);
    keys = read_well();
    ck_assert_msg(copies_of_key() == 1, "%u copies", copies_of_key());
    keys_free(keys);
    ck_assert_msg(copies_of_key() == 0, "%u copies are left", copies_of_key());
}
END_TEST

/* ---- what is refused ---- */

START_TEST(no_file)
{
    expect_refused("there is no keytab");
    ck_assert_int_eq(mkdir(file_bench_path, 0700), 0);
    expect_refused("is a folder");
    file_bench_remove();
    ck_assert_int_eq(mkfifo(file_bench_path, 0600), 0);
    expect_refused("is a FIFO");
}
END_TEST

START_TEST(no_keytab)
{
    file_bench_write("");
    expect_refused("is empty");
    file_bench_write("root:x:0:0:\n");
    expect_refused("is no keytab");
    file_bench_write("\x05");
    expect_refused("is no keytab");
    file_bench_write("\x05\x03");
    expect_refused("is no keytab");
    file_bench_write("\x05\x02");
    expect_refused("holds no keys");
    ck_assert_int_eq(truncate(file_bench_path, (off_t)KEYS_FILE_MAX + 1), 0);
    expect_refused("is larger than");
}
END_TEST

/* Wherever it is cut; between two entries it is a keytab of fewer keys. */
START_TEST(cut)
{
    struct keytab_build build;
    struct keys *keys;
    size_t first;

    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    first = build.len;
    keytab_put(&build, "a.test", 3);
    for (size_t len = 3; len < build.len; len++) {
        file_bench_write_bytes(build.at, len);
        if (len != first)
            expect_refused("is cut");
    }
    file_bench_write_bytes(build.at, first);
    keys = read_well();
    ck_assert_uint_eq(keys->count, 1);
    keys_free(keys);
}
END_TEST

/* Lengths that lead out of the file, or of arithmetic. */
START_TEST(wild_lengths)
{
    static const uint32_t lengths[] = {0x7fffffff, 0x80000000, 0x80000001, 0xffffffff - 100,
                                       0x10000000};

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct keytab_build build;

        keytab_begin(&build);
        keytab_put_number(&build, lengths[i], 4);
        keytab_put_number(&build, 1, 4);
        write_built(&build);
        expect_refused("is cut");
    }
}
END_TEST

void __lsan_disable(void) __attribute__((weak));

/* libkrb5 1.20 loses the realm of an entry that is malformed: what is allocated from now on is not
 * looked for by LeakSanitizer. Where there is none, this does nothing. */
static void libkrb5_will_leak(void)
{
    if (__lsan_disable)
        __lsan_disable();
}

/* An entry that is too short for what it says is in it. libkrb5 judges those. */
START_TEST(wild_entries)
{
    struct keytab_build build;
    struct why why = {""};

    libkrb5_will_leak();
    for (size_t at = 6; at < 60; at++) {
        struct keys *keys;

        keytab_begin(&build);
        keytab_put(&build, "a.test", 2);
        build.at[at] = (char)0xff;
        write_built(&build);
        keys = keys_read(file_bench_path, rule, &(struct keys_file){0}, &why);
        ck_assert(keys || why.text[0] != '\0');
        keys_free(keys);
    }
}
END_TEST

START_TEST(none_taken)
{
    struct keytab_build build;

    keytab_begin(&build);
    keytab_put_as(&build, "host", "a.test", 2, KEYTAB_AES256);
    keytab_put_as(&build, "host", "a.test", 3, KEYTAB_AES256);
    keytab_put_as(&build, "ldap", "b.test", 2, KEYTAB_AES256);
    write_built(&build);
    expect_refused("no key of an HTTP/ name (--spn takes others), only of "
                   "host/a.test@EXAMPLE.TEST, ldap/b.test@EXAMPLE.TEST");
    for (int i = 0; i < 5; i++) {
        char host[32];

        (void)snprintf(host, sizeof host, "h%d.test", i);
        keytab_put_as(&build, "host", host, 2, KEYTAB_AES256);
    }
    write_built(&build);
    expect_refused("h1.test@EXAMPLE.TEST and others");
}
END_TEST

/* --spn is not said to refuse what nobody gave it to judge. */
START_TEST(none_taken_by_name)
{
    static char name[] = "HTTP/other.test";
    char *names[] = {name};
    const struct option_list list = {names, 1};
    struct keytab_build build;

    spn_rule_free(rule);
    rule = spn_rule_new(&list, NULL);
    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    write_built(&build);
    expect_refused("no key that --spn takes, only of HTTP/a.test@EXAMPLE.TEST");
}
END_TEST

START_TEST(of_others)
{
    struct keytab_build build;

    if (geteuid() != 0)
        return;
    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    write_built(&build);
    ck_assert_int_eq(chmod(file_bench_path, 0600), 0);
    {
        char *slash = strrchr(file_bench_path, '/');

        *slash = '\0';
        ck_assert_int_eq(chmod(file_bench_path, 0755), 0);
        *slash = '/';
    }
    ck_assert_int_eq(seteuid(65534), 0);
    expect_refused("cannot be read by user 65534");
    expect_refused("chmod g+r would be right");
    ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(in_a_folder_of_others)
{
    struct keytab_build build;
    char *slash = strrchr(file_bench_path, '/');

    if (geteuid() != 0)
        return;
    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    write_built(&build);
    ck_assert_int_eq(chmod(file_bench_path, 0644), 0);
    *slash = '\0';
    ck_assert_int_eq(chmod(file_bench_path, 0700), 0);
    *slash = '/';
    ck_assert_int_eq(seteuid(65534), 0);
    expect_refused("cannot be read by user 65534");
    expect_refused("chmod g+x for the folder");
    ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/* ---- a writer ---- */

/* libkrb5's, which the code under test calls between its two looks. NOLINTBEGIN */
krb5_error_code __real_krb5_kt_start_seq_get(krb5_context context, krb5_keytab keytab,
                                             krb5_kt_cursor *cursor);
krb5_error_code __wrap_krb5_kt_start_seq_get(krb5_context context, krb5_keytab keytab,
                                             krb5_kt_cursor *cursor);
/* NOLINTEND */
static void (*meanwhile)(void);

/* NOLINTNEXTLINE(bugprone-reserved-identifier) */
krb5_error_code __wrap_krb5_kt_start_seq_get(krb5_context context, krb5_keytab keytab,
                                             krb5_kt_cursor *cursor)
{
    if (meanwhile)
        meanwhile();
    return __real_krb5_kt_start_seq_get(context, keytab, cursor);
}

static void cut_file(void)
{
    ck_assert_int_eq(truncate(file_bench_path, 40), 0);
}

START_TEST(changed_meanwhile)
{
    struct keytab_build build;
    struct keys_file about;
    struct why why = {""};

    libkrb5_will_leak();
    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    write_built(&build);
    meanwhile = cut_file;
    ck_assert_ptr_null(keys_read(file_bench_path, rule, &about, &why));
    ck_assert_int_eq(about.outcome, FILE_CHANGING);
    ck_assert_msg(strstr(why.text, "is being written"), "%s", why.text);
    write_built(&build);
    meanwhile = file_bench_remove;
    ck_assert_ptr_null(keys_read(file_bench_path, rule, &about, &why));
    ck_assert_int_eq(about.outcome, FILE_CHANGING);
    meanwhile = NULL;
    ck_assert_ptr_null(keys_read(file_bench_path, rule, &about, &why));
    ck_assert_int_eq(about.outcome, FILE_MISSING);
}
END_TEST

START_TEST(what_is_known_of_the_file)
{
    struct keytab_build build;
    struct keys_file about;
    struct file_stamp stamp;
    struct keys *keys;

    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    write_built(&build);
    ck_assert_int_eq(chmod(file_bench_path, 0604), 0);
    keys = keys_read(file_bench_path, rule, &about, NULL);
    ck_assert_ptr_nonnull(keys);
    keys_free(keys);
    ck_assert_int_eq(about.outcome, FILE_READ);
    ck_assert(file_stamp_of(file_bench_path, &stamp) && file_stamp_equal(&stamp, &about.stamp));
    ck_assert(about.exposed && strstr(about.exposure.text, "every account"));
    ck_assert(!about.young);
    ck_assert_int_eq(chmod(file_bench_path, 0600), 0);
    file_bench_young = true;
    keys_free(keys_read(file_bench_path, rule, &about, NULL));
    ck_assert(about.young && !about.exposed);
}
END_TEST

/* ---- which file ---- */

static void expect_path(const char *option, const char *path)
{
    struct why why = {""};
    bool later = true;
    char *found = keys_path(option, &later, &why);

    ck_assert_msg(found != NULL, "%s", why.text);
    ck_assert_str_eq(found, path);
    ck_assert(!later);
    free(found);
}

static void expect_no_path(const char *option, const char *words)
{
    struct why why = {""};
    bool later = true;

    ck_assert_ptr_null(keys_path(option, &later, &why));
    ck_assert(!later);
    ck_assert_msg(strstr(why.text, words) != NULL, "%s", why.text);
}

START_TEST(paths)
{
    expect_path("/a/b", "/a/b");
    expect_path("a", "a");
    expect_path("/a:b", "/a:b");
    expect_path("FILE:/a", "/a");
    expect_path("WRFILE:/a", "/a");
    expect_path("FILE:a:b", "a:b");
    expect_no_path("MEMORY:x", "--keytab: \"MEMORY:x\" is no keytab in a file");
    expect_no_path("DIR:/x", "--keytab");
    expect_no_path("file:/x", "FILE:PATH");
    expect_no_path("", "--keytab");
    expect_no_path("FILE:", "--keytab");
}
END_TEST

START_TEST(default_paths)
{
    FILE *config;

    setenv("KRB5_KTNAME", "FILE:/x/y", 1);
    expect_path(NULL, "/x/y");
    expect_path("/a", "/a");
    setenv("KRB5_KTNAME", "/x/z", 1);
    expect_path(NULL, "/x/z");
    setenv("KRB5_KTNAME", "MEMORY:x", 1);
    expect_no_path(NULL, "KRB5_KTNAME: \"MEMORY:x\"");
    unsetenv("KRB5_KTNAME");
    config = fopen(file_bench_path, "w");
    ck_assert_ptr_nonnull(config);
    (void)fputs("[libdefaults]\n  default_keytab_name = FILE:/from/conf\n", config);
    (void)fclose(config);
    setenv("KRB5_CONFIG", file_bench_path, 1);
    expect_path(NULL, "/from/conf");
}
END_TEST

/* What is wrong in krb5.conf can be mended, and is no reason to end. */
START_TEST(no_default_path_yet)
{
    static const struct {
        const char *text;
        const char *words;
    } bad[] = {
        {"[libdefaults\n", "is krb5.conf good?"},
        {"[libdefaults]\n  default_keytab_name = FILE:%{x}\n", "default_keytab_name in krb5.conf"},
        {"[libdefaults]\n  default_keytab_name = MEMORY:x\n", "default_keytab_name: \"MEMORY:x\""}};
    struct why why = {""};
    bool later = false;

    unsetenv("KRB5_KTNAME");
    setenv("KRB5_CONFIG", file_bench_path, 1);
    file_bench_write(bad[_i].text);
    ck_assert_ptr_null(keys_path(NULL, &later, &why));
    ck_assert(later);
    ck_assert_msg(strstr(why.text, bad[_i].words) != NULL, "%s", why.text);
    ck_assert_ptr_null(keys_path(NULL, NULL, &why));
    setenv("KRB5_KTNAME", "/x", 1); /* it needs no krb5.conf */
    expect_path(NULL, "/x");
}
END_TEST

/* ---- words ---- */

START_TEST(told)
{
    static char a[] = "HTTP/a@R", b[] = "HTTP/b@R", host[] = "host/a@R";
    struct key_entry entries[] = {
        {a, 3, 18, true}, {a, 3, 17, true},     {b, 1, 18, true},
        {a, 2, 18, true}, {host, 2, 18, false},
    };
    struct keys keys = {.entries = entries, .count = 5, .taken = 4};
    char text[KEYS_TEXT_CAP];

    keys_tell(&keys, text, sizeof text);
    ck_assert_str_eq(text, "HTTP/a@R kvno 3, 2; HTTP/b@R kvno 1; and 1 keys that are not used");
    for (size_t cap = 1; cap < 66; cap++) {
        memset(text, 'x', sizeof text);
        keys_tell(&keys, text, cap);
        ck_assert_uint_eq(strlen(text), cap - 1);
        ck_assert(cap < 4 || strcmp(text + cap - 4, "...") == 0);
        ck_assert_int_eq(text[cap], 'x');
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

/* A leak of 100 bytes each would be 240 pages. Sanitizers keep what was freed for a while. */
START_TEST(ten_thousand_times)
{
    enum { TIMES = 10000, FIRST = 500, PAGES = 200 };
    struct keytab_build build;
    long before = 0;

    keytab_begin(&build);
    keytab_put(&build, "a.test", 2);
    write_built(&build);
    if (__lsan_disable)
        return;
    for (int i = 0; i < TIMES; i++) {
        if (i == FIRST)
            before = resident_pages();
        keys_free(read_well());
    }
    ck_assert_msg(resident_pages() - before < PAGES, "%ld pages more", resident_pages() - before);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("keys");
    TCase *tc = tcase_create("keys");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, all_entries_and_those_taken);
    tcase_add_test(tc, holes_and_zeros);
    tcase_add_test(tc, each_has_its_own);
    tcase_add_test(tc, wipes_keys);
    tcase_add_test(tc, no_file);
    tcase_add_test(tc, no_keytab);
    tcase_add_test(tc, cut);
    tcase_add_test(tc, wild_lengths);
    tcase_add_test(tc, wild_entries);
    tcase_add_test(tc, none_taken);
    tcase_add_test(tc, none_taken_by_name);
    tcase_add_test(tc, of_others);
    tcase_add_test(tc, in_a_folder_of_others);
    tcase_add_test(tc, changed_meanwhile);
    tcase_add_test(tc, what_is_known_of_the_file);
    tcase_add_test(tc, paths);
    tcase_add_test(tc, default_paths);
    tcase_add_loop_test(tc, no_default_path_yet, 0, 3);
    tcase_add_test(tc, told);
    tcase_add_test(tc, ten_thousand_times);
    tcase_set_timeout(tc, 120);
    suite_add_tcase(s, tc);
    return s;
}
