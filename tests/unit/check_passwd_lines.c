/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/proxyauth/passwd_lines.c and passwd_record.c: what a change leaves as it was.
 * The texts expected are written by hand: htpasswd(1), htdigest(1), smbpasswd(5).
 */
#include <config.h>

#include "helpers/proxyauth/passwd_lines.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

#define HASH "$y$j9T$new"
#define OLD_NT "8846F7EAEE8FB117AD06BDD830B7586C"
#define NEW_NT "0CB6948805F797BF2A82807973B89537"
#define NO_LM "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
#define HA1 "939e7578ed9e3c518a452acee763bce9"

static struct pxa_span span(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

/* One case: ACTION for USER of a file OLD gives NEW, or a sentence that holds SAYS. */
struct edit_case {
    enum passwd_kind kind;
    enum passwd_action action;
    const char *user;
    const char *old;
    const char *new;
    const char *says;
};

static void check_case(const struct edit_case *one, const char *value)
{
    struct passwd_target target = {.kind = one->kind, .path = "FILE", .user = span(one->user)};
    struct passwd_edit edit = {.action = one->action, .target = &target, .now_s = 0x5f5e1000};
    struct passwd_text new;
    struct why why = {{0}};
    bool edited;

    if (one->kind == PASSWD_DIGEST)
        target.realm = span("a realm");
    ck_assert(passwd_target_open(&target, &why));
    if (one->action != PASSWD_DELETE)
        edit.value = span(value);
    edited = passwd_lines_edit(&edit, span(one->old), &new, &why);
    if (one->says) {
        ck_assert(!edited);
        ck_assert_ptr_null(new.at);
        ck_assert_ptr_nonnull(strstr(why.text, one->says));
    } else {
        ck_assert_msg(edited, "%s", why.text);
        ck_assert_uint_le(new.len, new.cap);
        ck_assert_uint_eq(new.len, strlen(one->new));
        ck_assert_msg(memcmp(new.at, one->new, new.len) == 0, "%.*s", (int)new.len, new.at);
    }
    passwd_text_free(&new);
}

static const struct edit_case basic_cases[] = {
    {PASSWD_BASIC, PASSWD_ADD, "bob", "", "bob:" HASH "\n", NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "al:x\n", "al:x\nbob:" HASH "\n", NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "al:x", "al:x\nbob:" HASH "\n", NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "al:x\r\n", "al:x\r\nbob:" HASH "\r\n", NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "al:x\r\nc:y", "al:x\r\nc:y\r\nbob:" HASH "\r\n", NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "\xef\xbb\xbf",
     "\xef\xbb\xbf"
     "bob:" HASH "\n",
     NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "#bob:x\n bob:y\n\n", "#bob:x\n bob:y\n\nbob:" HASH "\n",
     NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "bobby:x\nbo:y\nbob\n:bob\n",
     "bobby:x\nbo:y\nbob\n:bob\nbob:" HASH "\n", NULL},
    {PASSWD_BASIC, PASSWD_ADD, "Bob", "bob:x\n", "bob:x\nBob:" HASH "\n", NULL},
    {PASSWD_BASIC, PASSWD_ADD, "bob", "a:x\nbob:y", NULL, "passwd set changes the password"},
    {PASSWD_BASIC, PASSWD_ADD, "bob",
     "\xef\xbb\xbf"
     "bob:y\n",
     NULL, "already"},
    {PASSWD_BASIC, PASSWD_SET, "bob", "# one\na:x\nbob:y\n\nc:z", "# one\na:x\nbob:" HASH "\n\nc:z",
     NULL},
    {PASSWD_BASIC, PASSWD_SET, "bob", "bob:y", "bob:" HASH, NULL},
    {PASSWD_BASIC, PASSWD_SET, "bob", "bob:y\r\na:x\r\n", "bob:" HASH "\r\na:x\r\n", NULL},
    {PASSWD_BASIC, PASSWD_SET, "bob", "bob:y:19000:0:99999\n", "bob:" HASH ":19000:0:99999\n",
     NULL},
    {PASSWD_BASIC, PASSWD_SET, "bob", "bob:1\nbob:2\na:x\n", "bob:1\nbob:" HASH "\na:x\n", NULL},
    {PASSWD_BASIC, PASSWD_SET, "bob",
     "\xef\xbb\xbf"
     "bob:y\n",
     "\xef\xbb\xbf"
     "bob:" HASH "\n",
     NULL},
    {PASSWD_BASIC, PASSWD_SET, "bob", "a:x\n", NULL, "passwd add adds a user"},
    {PASSWD_BASIC, PASSWD_SET, "bob", "bob:\n#bob:x\n", NULL, "is not in FILE"},
    {PASSWD_BASIC, PASSWD_DELETE, "bob", "a:x\nbob:y\n#\nbob:z", "a:x\n#\n", NULL},
    {PASSWD_BASIC, PASSWD_DELETE, "bob", "bob:y", "", NULL},
    {PASSWD_BASIC, PASSWD_DELETE, "bob",
     "\xef\xbb\xbf"
     "bob:y\r\nc:z",
     "\xef\xbb\xbf"
     "c:z",
     NULL},
    {PASSWD_BASIC, PASSWD_DELETE, "bob", "a:x\n", NULL, "passwd list shows who is"},
};

START_TEST(password_files)
{
    check_case(&basic_cases[_i], HASH);
}
END_TEST

static const struct edit_case digest_cases[] = {
    {PASSWD_DIGEST, PASSWD_ADD, "bob", "", "bob:a realm:" HA1 "\n", NULL},
    {PASSWD_DIGEST, PASSWD_ADD, "bob", "bob:realm:" HA1 "\nbob:a realm2:" HA1 "\n",
     "bob:realm:" HA1 "\nbob:a realm2:" HA1 "\nbob:a realm:" HA1 "\n", NULL},
    {PASSWD_DIGEST, PASSWD_ADD, "bob", "bob:a realm:00000000000000000000000000000000\n", NULL,
     "with this realm"},
    {PASSWD_DIGEST, PASSWD_SET, "bob", "bob:a realm:00000000000000000000000000000000\r\n",
     "bob:a realm:" HA1 "\r\n", NULL},
    {PASSWD_DIGEST, PASSWD_SET, "bob", "bob:a realm:{HHA1}00000000000000000000000000000000\n",
     "bob:a realm:{HHA1}" HA1 "\n", NULL},
    {PASSWD_DIGEST, PASSWD_SET, "bob", "bob:b:00000000000000000000000000000000\n", NULL,
     "with this realm"},
    {PASSWD_DIGEST, PASSWD_SET, "bob", "bob:a realm:cleartext\n", NULL, "with this realm"},
    {PASSWD_DIGEST, PASSWD_DELETE, "bob",
     "bob:a realm:" HA1 "\nbob:b:" HA1 "\nbob:a realm:" HA1 "\n", "bob:b:" HA1 "\n", NULL},
};

START_TEST(digest_files)
{
    check_case(&digest_cases[_i], HA1);
}
END_TEST

static const struct edit_case nt_cases[] = {
    {PASSWD_NT, PASSWD_ADD, "bob", "",
     "bob:65534:" NO_LM ":" NEW_NT ":[U          ]:LCT-5F5E1000:\n", NULL},
    {PASSWD_NT, PASSWD_ADD, "BOB", "bob:1:" NO_LM ":" OLD_NT ":[U          ]:LCT-00000001:\n", NULL,
     "already"},
    {PASSWD_NT, PASSWD_SET, "bob",
     "Bob:1000:AEBD4DE384C7EC43AAD3B435B51404EE:" OLD_NT ":[U          ]:LCT-00000001:\n",
     "Bob:1000:" NO_LM ":" NEW_NT ":[U          ]:LCT-5F5E1000:\n", NULL},
    {PASSWD_NT, PASSWD_SET, "bob",
     "bob:1000:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU         ]:"
     "LCT-00000001:a comment:\n",
     "bob:1000:" NO_LM ":" NEW_NT ":[ U         ]:LCT-5F5E1000:a comment:\n", NULL},
    {PASSWD_NT, PASSWD_SET, "bob", "bob:1:" NO_LM ":" OLD_NT ":[DU         ]",
     "bob:1:" NO_LM ":" NEW_NT ":[DU         ]:LCT-5F5E1000:", NULL},
    {PASSWD_NT, PASSWD_DELETE, "bOb", "bob:1:" NO_LM ":" OLD_NT ":[U          ]:LCT-00000001:\n",
     "", NULL},
};

START_TEST(smbpasswd_files)
{
    check_case(&nt_cases[_i], NEW_NT);
}
END_TEST

START_TEST(what_is_told_of_a_set)
{
    const char *old = "#\nbob:1:" NO_LM ":" OLD_NT ":[U          ]:LCT-00000001:\n"
                      "BOB:1:" NO_LM ":" OLD_NT ":[DU         ]:LCT-00000001:\n";
    struct passwd_target target = {.kind = PASSWD_NT, .path = "FILE", .user = span("bob")};
    struct passwd_edit edit = {PASSWD_SET, &target, span(NEW_NT), 0};
    struct passwd_text new;

    ck_assert(passwd_target_open(&target, NULL));
    ck_assert(passwd_lines_edit(&edit, span(old), &new, NULL));
    ck_assert_uint_eq(new.records, 2);
    ck_assert_uint_eq(new.line, 3);
    ck_assert(new.disabled);
    passwd_text_free(&new);
}
END_TEST

/* A line may grow to 65,536 bytes, as much as helpers read, and no further. */
START_TEST(a_line_does_not_become_too_long)
{
    static char old[TABLE_LINE_MAX + 1];
    struct passwd_target target = {.kind = PASSWD_BASIC, .path = "FILE", .user = span("bob")};
    struct passwd_edit edit = {PASSWD_SET, &target, span("123"), 0};
    struct passwd_text new;
    struct why why = {{0}};

    ck_assert(passwd_target_open(&target, &why));
    memset(old, 'x', TABLE_LINE_MAX);
    memcpy(old, "bob:12:", 7);
    old[TABLE_LINE_MAX - 1] = '\0';
    ck_assert(passwd_lines_edit(&edit, span(old), &new, &why));
    ck_assert_uint_eq(new.len, TABLE_LINE_MAX);
    passwd_text_free(&new);
    old[TABLE_LINE_MAX - 1] = 'x';
    ck_assert(!passwd_lines_edit(&edit, span(old), &new, &why));
    ck_assert_ptr_nonnull(strstr(why.text, "longer than 65536 bytes"));
}
END_TEST

/* A record with a NUL byte is none to the helpers. */
START_TEST(nul_bytes)
{
    static const char old[] = "bob:x\0y\nbob:z\n";
    static const char expected[] = "bob:x\0y\nbob:" HASH "\n";
    struct passwd_target target = {.kind = PASSWD_BASIC, .path = "FILE", .user = span("bob")};
    struct passwd_edit edit = {PASSWD_SET, &target, span(HASH), 0};
    struct passwd_text new;

    ck_assert(passwd_target_open(&target, NULL));
    ck_assert(passwd_lines_edit(&edit, (struct pxa_span){old, sizeof old - 1}, &new, NULL));
    ck_assert_uint_eq(new.len, sizeof expected - 1);
    ck_assert_mem_eq(new.at, expected, new.len);
    ck_assert_uint_eq(new.records, 1);
    passwd_text_free(&new);
}
END_TEST

static const struct {
    enum passwd_kind kind;
    const char *user;
    const char *realm;
    const char *says; /* NULL: it fits */
} names[] = {
    {PASSWD_BASIC, "alice", "", NULL},
    {PASSWD_BASIC, "J\xfcrgen \"x\" \\y", "", NULL},
    {PASSWD_BASIC, "a#", "", NULL},
    {PASSWD_BASIC, "", "", "empty"},
    {PASSWD_BASIC, "a\nb:x", "", "colon"},
    {PASSWD_BASIC, "a\nb", "", "control byte"},
    {PASSWD_BASIC, "a\r", "", "control byte"},
    {PASSWD_BASIC, "\ta", "", "control byte"},
    {PASSWD_BASIC, "a\x7f", "", "control byte"},
    {PASSWD_BASIC, "#a", "", "comment"},
    {PASSWD_BASIC, " a", "", "blank"},
    {PASSWD_BASIC,
     "\xef\xbb\xbf"
     "a",
     "", "byte order mark"},
    {PASSWD_DIGEST, "alice", "a realm: b", NULL},
    {PASSWD_DIGEST, "al\"ice", "r", "quote"},
    {PASSWD_DIGEST, "alice", "", "realm is empty"},
    {PASSWD_DIGEST, "alice", "a\"b", "quote"},
    {PASSWD_DIGEST, "alice", "a\\b", "backslash"},
    {PASSWD_DIGEST, "alice", "a\nb", "control byte"},
    {PASSWD_NT, "J\xc3\xbcrgen", "", NULL},
    {PASSWD_NT, "J\xfcrgen", "", "UTF-8"},
    {PASSWD_NT, "LAB\\alice", "", "domain"},
};

START_TEST(names_of_new_records)
{
    struct passwd_target target = {.kind = names[_i].kind,
                                   .path = "FILE",
                                   .user = span(names[_i].user),
                                   .realm = span(names[_i].realm)};
    struct why why = {{0}};
    bool fits = passwd_target_open(&target, &why) && passwd_target_fits(&target, &why);

    ck_assert_msg(fits == !names[_i].says, "%s", why.text);
    if (names[_i].says)
        ck_assert_msg(strstr(why.text, names[_i].says) != NULL, "%s", why.text);
}
END_TEST

START_TEST(names_have_255_bytes_at_most)
{
    char name[257];
    struct passwd_target target = {.kind = PASSWD_DIGEST, .path = "FILE"};

    memset(name, 'x', sizeof name);
    target.user = (struct pxa_span){name, 255};
    target.realm = (struct pxa_span){name, 255};
    ck_assert(passwd_target_open(&target, NULL));
    ck_assert(passwd_target_fits(&target, NULL));
    ck_assert_uint_eq(target.key.len, 511);
    target.user.len = 256;
    ck_assert(!passwd_target_open(&target, NULL));
    target.user.len = 255;
    target.realm.len = 256;
    ck_assert(!passwd_target_open(&target, NULL));
}
END_TEST

static int count_of(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

Suite *suite(void)
{
    Suite *s = suite_create("passwd_lines");
    TCase *tc = tcase_create("edits");

    tcase_add_loop_test(tc, password_files, 0, count_of(sizeof basic_cases, sizeof *basic_cases));
    tcase_add_loop_test(tc, digest_files, 0, count_of(sizeof digest_cases, sizeof *digest_cases));
    tcase_add_loop_test(tc, smbpasswd_files, 0, count_of(sizeof nt_cases, sizeof *nt_cases));
    tcase_add_test(tc, what_is_told_of_a_set);
    tcase_add_test(tc, a_line_does_not_become_too_long);
    tcase_add_test(tc, nul_bytes);
    suite_add_tcase(s, tc);
    tc = tcase_create("names");
    tcase_add_loop_test(tc, names_of_new_records, 0, count_of(sizeof names, sizeof *names));
    tcase_add_test(tc, names_have_255_bytes_at_most);
    suite_add_tcase(s, tc);
    return s;
}
