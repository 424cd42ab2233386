/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/kerberos_keytab.c. The files are written here byte by byte as MIT's
 * documentation says ("Keytab file format", version 2), so nothing comes from libkrb5.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/directory/kerberos_keytab.h"

Suite *suite(void);

enum { FILE_CAP = 4096 };

struct bytes {
    size_t len;
    unsigned char at[FILE_CAP];
};

static void put_number(struct bytes *bytes, uint32_t number, unsigned size)
{
    for (unsigned i = size; i-- > 0;)
        bytes->at[bytes->len++] = (unsigned char)(number >> (8 * i));
}

static void put_text(struct bytes *bytes, const char *text)
{
    size_t len = strlen(text);

    put_number(bytes, (uint32_t)len, 2);
    memcpy(bytes->at + bytes->len, text, len);
    bytes->len += len;
}

/* One key of NAME (its parts are separated by slashes) with version KVNO. */
static void put_entry(struct bytes *bytes, const char *realm, const char *name, unsigned kvno)
{
    struct bytes entry = {0};
    char parts[128];
    unsigned count = 1;

    strcpy(parts, name);
    for (const char *at = name; *at; at++)
        count += *at == '/';
    put_number(&entry, count, 2);
    put_text(&entry, realm);
    for (char *part = strtok(parts, "/"); part; part = strtok(NULL, "/"))
        put_text(&entry, part);
    put_number(&entry, 1, 4); /* KRB5_NT_PRINCIPAL */
    put_number(&entry, 0, 4); /* when */
    put_number(&entry, kvno, 1);
    put_number(&entry, 18, 2); /* aes256-cts-hmac-sha1-96 */
    put_text(&entry, "0123456789abcdef0123456789abcdef");
    put_number(bytes, (uint32_t)entry.len, 4);
    memcpy(bytes->at + bytes->len, entry.at, entry.len);
    bytes->len += entry.len;
}

static struct bytes begin_file(void)
{
    return (struct bytes){2, {5, 2}};
}

/* ---- one opening ---- */

static char path[] = "check_kerberos_keytab.XXXXXX"; /* in the build folder */

static void write_file(const struct bytes *bytes)
{
    int fd;

    strcpy(path + strlen(path) - 6, "XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes->at, bytes->len), (ssize_t)bytes->len);
    close(fd);
}

/* The name that was chosen, or NULL with WHY; good until the next call. */
static const char *choose(const char *wanted, struct why *why)
{
    static char chosen[128];
    krb5_context context;
    struct keytab keytab;
    char *name = NULL;
    bool good;

    ck_assert_int_eq(krb5_init_context(&context), 0);
    good = keytab_open(context, path, wanted, &keytab, why);
    if (good) {
        ck_assert_int_eq(krb5_unparse_name(context, keytab.principal, &name), 0);
        snprintf(chosen, sizeof chosen, "%s", name);
        krb5_free_unparsed_name(context, name);
    } else {
        ck_assert_msg(why->text[0], "a sentence says why");
        ck_assert_msg(!keytab.handle && !keytab.principal, "nothing is left open");
    }
    keytab_close(context, &keytab);
    krb5_free_context(context);
    return good ? chosen : NULL;
}

static void expect_refused(const char *wanted, const char *words)
{
    struct why why = {{0}};
    const char *chosen = choose(wanted, &why);

    ck_assert_msg(!chosen, "%s", chosen);
    ck_assert_msg(strstr(why.text, words), "%s", why.text);
    ck_assert_msg(strstr(why.text, path), "%s", why.text);
}

static const char *choose_well(const char *wanted)
{
    struct why why = {{0}};
    const char *chosen = choose(wanted, &why);

    ck_assert_msg(chosen, "%s", why.text);
    return chosen;
}

/* ---- whose keys ---- */

static void write_two(void)
{
    struct bytes file = begin_file();

    put_entry(&file, "EXAMPLE.TEST", "HTTP/proxy.example.test", 2);
    put_entry(&file, "EXAMPLE.TEST", "HTTP/proxy.example.test", 3);
    put_entry(&file, "EXAMPLE.TEST", "svc-ldap", 1);
    put_entry(&file, "OTHER.TEST", "svc-ldap", 1);
    write_file(&file);
}

START_TEST(the_first_unless_told_otherwise)
{
    write_two();
    ck_assert_str_eq(choose_well(NULL), "HTTP/proxy.example.test@EXAMPLE.TEST");
    ck_assert_str_eq(choose_well("svc-ldap"), "svc-ldap@EXAMPLE.TEST");
    ck_assert_str_eq(choose_well("svc-ldap@OTHER.TEST"), "svc-ldap@OTHER.TEST");
    ck_assert_str_eq(choose_well("HTTP/proxy.example.test"),
                     "HTTP/proxy.example.test@EXAMPLE.TEST");
    unlink(path);
}
END_TEST

START_TEST(a_name_that_is_not_there)
{
    static const char *const others[] = {"svc-ldapx", "SVC-LDAP", "svc-ldap@THIRD.TEST",
                                         "svc-ldap/EXAMPLE.TEST", "proxy.example.test"};

    write_two();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect_refused(others[i], "only of HTTP/proxy.example.test@EXAMPLE.TEST, "
                                  "svc-ldap@EXAMPLE.TEST, svc-ldap@OTHER.TEST");
    unlink(path);
}
END_TEST

START_TEST(many_names_are_not_all_listed)
{
    struct bytes file = begin_file();
    char name[32];

    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "HTTP/host%02d", i);
        put_entry(&file, "EXAMPLE.TEST", name, 1);
    }
    write_file(&file);
    expect_refused("svc", "HTTP/host03@EXAMPLE.TEST and others");
    unlink(path);
}
END_TEST

START_TEST(control_bytes_do_not_reach_the_log)
{
    struct bytes file = begin_file();
    struct why why = {{0}};

    put_entry(&file, "EXAMPLE.TEST", "a\nb\x1b[2J", 1);
    write_file(&file);
    ck_assert_ptr_null(choose("svc", &why));
    for (const char *at = why.text; *at; at++)
        ck_assert_msg((unsigned char)*at >= ' ', "%s", why.text);
    unlink(path);
}
END_TEST

/* ---- no keytab ---- */

START_TEST(a_file_that_is_not_there)
{
    write_two();
    unlink(path);
    expect_refused(NULL, strerror(ENOENT));
}
END_TEST

START_TEST(what_is_no_file)
{
    write_two();
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    expect_refused(NULL, "no regular file");
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    expect_refused(NULL, "no regular file");
    rmdir(path);
}
END_TEST

START_TEST(no_keys)
{
    struct bytes file = {0};

    write_file(&file);
    expect_refused(NULL, "is empty");
    unlink(path);
    file = begin_file();
    write_file(&file);
    expect_refused(NULL, "holds no keys");
    unlink(path);
}
END_TEST

START_TEST(other_files)
{
    static const char *const texts[] = {"svc-ldap-password\n", "\x05", "\x05\x07", "\x04\x02keys"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct bytes file = {.len = strlen(texts[i])};

        memcpy(file.at, texts[i], file.len);
        write_file(&file);
        expect_refused(NULL, "the keytab");
        unlink(path);
    }
}
END_TEST

START_TEST(a_file_that_is_cut)
{
    struct bytes whole = begin_file();
    size_t first;

    put_entry(&whole, "EXAMPLE.TEST", "svc-ldap", 1);
    first = whole.len;
    put_entry(&whole, "EXAMPLE.TEST", "other", 1);
    for (size_t len = 3; len < whole.len; len++) {
        struct bytes cut = {.len = len};

        memcpy(cut.at, whole.at, len);
        write_file(&cut);
        if (len == first)
            ck_assert_str_eq(choose_well(NULL), "svc-ldap@EXAMPLE.TEST");
        else
            expect_refused(NULL, "is cut");
        unlink(path);
    }
}
END_TEST

/* Keys that were taken out leave holes, and zeros may follow the last one. */
START_TEST(a_file_with_holes)
{
    struct bytes file = begin_file();

    put_number(&file, (uint32_t)-20, 4);
    file.len += 20;
    put_entry(&file, "EXAMPLE.TEST", "svc-ldap", 1);
    put_number(&file, 0, 4);
    file.len += 7;
    write_file(&file);
    ck_assert_str_eq(choose_well(NULL), "svc-ldap@EXAMPLE.TEST");
    unlink(path);
    file = begin_file();
    put_number(&file, (uint32_t)INT32_MIN, 4);
    write_file(&file);
    expect_refused(NULL, "is cut");
    unlink(path);
}
END_TEST

START_TEST(a_name_that_is_none)
{
    struct why why = {{0}};

    write_two();
    ck_assert_ptr_null(choose("a@b@c", &why));
    ck_assert_msg(strstr(why.text, "--bind-principal"), "%s", why.text);
    unlink(path);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("kerberos_keytab");
    TCase *names = tcase_create("names");
    TCase *faults = tcase_create("faults");

    tcase_add_test(names, the_first_unless_told_otherwise);
    tcase_add_test(names, a_name_that_is_not_there);
    tcase_add_test(names, many_names_are_not_all_listed);
    tcase_add_test(names, control_bytes_do_not_reach_the_log);
    suite_add_tcase(made, names);
    tcase_add_test(faults, a_file_that_is_not_there);
    tcase_add_test(faults, what_is_no_file);
    tcase_add_test(faults, no_keys);
    tcase_add_test(faults, other_files);
    tcase_add_test(faults, a_file_that_is_cut);
    tcase_add_test(faults, a_file_with_holes);
    tcase_add_test(faults, a_name_that_is_none);
    suite_add_tcase(made, faults);
    return made;
}
