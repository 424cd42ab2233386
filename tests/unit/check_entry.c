/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/entry.c. Answers are made with liblber (RFC 4511, section 4.5.2) and
 * read by libldap; what has to come out is what went in.
 */
#include <config.h>

#include "helpers/directory/entry.h"

#include <check.h>
#include <stdlib.h>

#include "tests/unit/entry_build.h"

Suite *suite(void);

static void assert_span(struct pxa_span span, const char *text)
{
    ck_assert_ptr_nonnull(span.at);
    ck_assert_uint_eq(span.len, strlen(text));
    ck_assert_mem_eq(span.at, text, span.len);
}

START_TEST(values_by_attribute)
{
    static const struct made_value values[] = {
        {"cn", "Alice"}, {"cn", "Alice Able"}, {"mail;lang-en", "a@example.com"}, {"uid", ""}, {0}};
    struct entry *entry = entry_build("cn=Alice,o=x", values);
    struct pxa_span value;
    size_t at = 0;

    ck_assert_str_eq(entry_dn(entry), "cn=Alice,o=x");
    assert_span(entry_value(entry, "CN"), "Alice");
    assert_span(entry_value(entry, "mail"), "a@example.com");
    assert_span(entry_value(entry, "uid"), "");
    ck_assert_ptr_null(entry_value(entry, "sn").at);
    ck_assert_ptr_null(entry_value(entry, "c").at);
    ck_assert(entry_next(entry, "cn", &at, &value));
    assert_span(value, "Alice");
    ck_assert(entry_next(entry, "cn", &at, &value));
    assert_span(value, "Alice Able");
    ck_assert(!entry_next(entry, "cn", &at, &value));
    entry_free(entry);
}
END_TEST

START_TEST(all_values)
{
    static const struct made_value values[] = {{"cn", "a"}, {"mail;x-y", "b"}, {"cn", "c"}, {0}};
    struct entry *entry = entry_build("o=x", values);
    struct pxa_span value;
    size_t at = 0;

    for (const struct made_value *wanted = values; wanted->attribute; wanted++) {
        ck_assert(entry_next(entry, NULL, &at, &value));
        assert_span(value, wanted->value);
        assert_span(entry_attribute_at(entry, at), wanted->value[0] == 'b' ? "mail" : "cn");
    }
    ck_assert(!entry_next(entry, NULL, &at, &value));
    ck_assert(!entry_next(entry, NULL, &at, &value));
    entry_free(entry);
}
END_TEST

START_TEST(dn_alone)
{
    static const struct made_value none[] = {{0}};
    struct entry *entry = entry_of_dn("uid=alice,o=x");
    struct pxa_span value;
    size_t at = 0;

    ck_assert_str_eq(entry_dn(entry), "uid=alice,o=x");
    ck_assert(!entry_next(entry, NULL, &at, &value));
    entry_free(entry);
    entry = entry_build("o=x", none);
    ck_assert_str_eq(entry_dn(entry), "o=x");
    entry_free(entry);
    entry_free(NULL);
}
END_TEST

/* ---- what a hostile server sends ---- */

/* What becomes of an entry whose bytes BER (freed) holds. */
static struct entry *copy_of(struct wired *wired, BerElement *ber)
{
    struct berval flat;
    LDAPMessage *answer;
    struct entry *entry;

    put_done(ber, wired->msgid, LDAP_SUCCESS);
    ck_assert_int_eq(ber_flatten2(ber, &flat, 0), 0);
    answer = wired_answer(wired, flat.bv_val, flat.bv_len);
    ck_assert_ptr_nonnull(answer);
    entry = entry_copy(wired->ld, ldap_first_entry(wired->ld, answer));
    ldap_msgfree(answer);
    ber_free(ber, 1);
    wired_close_all(wired);
    return entry;
}

START_TEST(attribute_without_values)
{
    struct wired wired;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct entry *entry;

    ck_assert(wired_open(&wired));
    ber_printf(ber, "{it{s{{s[]}{s[s]}}}}", wired.msgid, LDAP_RES_SEARCH_ENTRY, "o=x", "cn", "uid",
               "u");
    entry = copy_of(&wired, ber);
    ck_assert_ptr_nonnull(entry);
    ck_assert_ptr_null(entry_value(entry, "cn").at);
    assert_span(entry_value(entry, "uid"), "u");
    entry_free(entry);
}
END_TEST

#define OWN(text) ((char[]){text})

START_TEST(names_that_cannot_be_bound_with)
{
    struct berval names[] = {{0, OWN("")}, {7, OWN("o=x\0o=y")}, {1, OWN("\0")}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct wired wired;
        BerElement *ber = ber_alloc_t(LBER_USE_DER);

        ck_assert(wired_open(&wired));
        ber_printf(ber, "{it{O{{s[s]}}}}", wired.msgid, LDAP_RES_SEARCH_ENTRY, &names[i], "cn",
                   "a");
        ck_assert_ptr_null(copy_of(&wired, ber));
    }
}
END_TEST

/* An integer where a list of values has to be, behind a good attribute. */
START_TEST(garbled_attribute)
{
    struct wired wired;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ck_assert(wired_open(&wired));
    ber_printf(ber, "{it{s{{s[s]}{si}}}}", wired.msgid, LDAP_RES_SEARCH_ENTRY, "o=x", "cn", "a",
               "uid", 7);
    ck_assert_ptr_null(copy_of(&wired, ber));
}
END_TEST

void __lsan_disable(void) __attribute__((weak));

/* libldap 2.5 loses messages whose inside is garbled: what is allocated from now on is not looked
 * for by LeakSanitizer. Where there is none, this does nothing. */
static void libldap_will_leak(void)
{
    if (__lsan_disable)
        __lsan_disable();
}

/* Lengths that say more than there is, at every byte of an entry: never more than what came. */
START_TEST(every_length_is_wrong)
{
    struct berval flat;
    struct wired first;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    static const struct made_value values[] = {{"cn", "a"}, {"uid", "bcd"}, {0}};

    libldap_will_leak();
    ck_assert(wired_open(&first));
    put_entry(ber, first.msgid, "o=x", values);
    put_done(ber, first.msgid, LDAP_SUCCESS);
    ck_assert_int_eq(ber_flatten2(ber, &flat, 0), 0);
    wired_close_all(&first);
    for (size_t i = 2; i < flat.bv_len; i++) {
        struct wired wired;
        LDAPMessage *answer;
        struct entry *entry = NULL;
        char *bytes = malloc(flat.bv_len);

        memcpy(bytes, flat.bv_val, flat.bv_len);
        bytes[i] = (char)0x7f;
        ck_assert(wired_open(&wired));
        answer = wired_answer(&wired, bytes, flat.bv_len);
        if (answer && ldap_first_entry(wired.ld, answer))
            entry = entry_copy(wired.ld, ldap_first_entry(wired.ld, answer));
        if (entry) {
            struct pxa_span value;

            for (size_t at = 0; entry_next(entry, NULL, &at, &value);)
                ck_assert_uint_le(value.len, flat.bv_len);
            ck_assert_uint_gt(strlen(entry_dn(entry)), 0);
        }
        entry_free(entry);
        ldap_msgfree(answer);
        wired_close_all(&wired);
        free(bytes);
    }
    ber_free(ber, 1);
}
END_TEST

/* As much as one message may hold (setup.c), as one value and as many. */
START_TEST(four_mebibytes)
{
    enum { LEN = 4 * 1024 * 1024, COUNT = 60 * 1000 };
    struct wired wired;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    char *big = malloc(LEN);
    struct berval value = {LEN, big};
    struct pxa_span got;
    struct entry *entry;
    size_t count = 0;

    memset(big, 'x', LEN);
    ck_assert(wired_open(&wired));
    ber_printf(ber, "{it{s{{s[O]}{s[", wired.msgid, LDAP_RES_SEARCH_ENTRY, "o=x", "cn", &value,
               "member");
    for (int i = 0; i < COUNT; i++)
        ber_printf(ber, "s", "cn=somebody with a name,dc=example,dc=com");
    ber_printf(ber, "]}}}}");
    entry = copy_of(&wired, ber);
    ck_assert_ptr_nonnull(entry);
    ck_assert_uint_eq(entry_value(entry, "cn").len, LEN);
    ck_assert_mem_eq(entry_value(entry, "cn").at, big, LEN);
    for (size_t at = 0; entry_next(entry, "member", &at, &got); count++)
        assert_span(got, "cn=somebody with a name,dc=example,dc=com");
    ck_assert_uint_eq(count, COUNT);
    entry_free(entry);
    free(big);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("entry");
    TCase *tc = tcase_create("entry");

    tcase_add_test(tc, values_by_attribute);
    tcase_add_test(tc, all_values);
    tcase_add_test(tc, dn_alone);
    tcase_add_test(tc, attribute_without_values);
    tcase_add_test(tc, names_that_cannot_be_bound_with);
    tcase_add_test(tc, garbled_attribute);
    tcase_add_test(tc, every_length_is_wrong);
    tcase_add_test(tc, four_mebibytes);
    suite_add_tcase(s, tc);
    return s;
}
