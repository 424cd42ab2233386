/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/ntlm_form.c.
 *
 * Messages are put together by hand from [MS-NLMP], sections 2.2.1.1 and 2.2.1.3; the first one is
 * what curl 7.88 sends.
 */
#include <config.h>

#include "helpers/kerberos/ntlm_form.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

/* Signature, type 1, flags 0x00088206, no domain and no workstation. */
static const char curls_negotiate[32] = "NTLMSSP\0\1\0\0\0\x06\x82\x08\0";

enum { HEADER = 64, VERSION_END = 72, FLAGS_AT = 60 };

/* An AUTHENTICATE with FLAGS, whose first field, an LM response of one byte, is at OFFSET; the
 * other fields are empty and point to 0. */
static struct pxa_span authenticate(char room[static 128], unsigned char flags,
                                    unsigned char offset)
{
    memset(room, 0, 128);
    memcpy(room, "NTLMSSP\0\3\0\0\0\1\0\1\0", 16);
    room[16] = (char)offset;
    room[FLAGS_AT] = 0x05;
    room[FLAGS_AT + 3] = (char)flags;
    return (struct pxa_span){room, 128};
}

static void expect_itself(struct pxa_span token)
{
    struct pxa_span copy = {"x", 1};

    ck_assert(ntlm_form_mend(token, &copy));
    ck_assert_ptr_null(copy.at);
}

START_TEST(a_negotiate_gets_room_for_its_version)
{
    static const char whole[40] = "NTLMSSP\0\1\0\0\0\x06\x82\x08\0";
    struct pxa_span copy;

    for (size_t len = 32; len < 40; len++) {
        char token[40] = {0};

        memcpy(token, curls_negotiate, sizeof curls_negotiate);
        memset(token + 32, 0xff, 8);
        memset(token + len, '#', 40 - len); /* not the token's */
        ck_assert(ntlm_form_mend((struct pxa_span){token, len}, &copy));
        ck_assert_uint_eq(copy.len, 40);
        ck_assert_mem_eq(copy.at, token, len);
        ck_assert_mem_eq(copy.at + len, whole + len, 40 - len);
        free((void *)(uintptr_t)copy.at);
    }
}
END_TEST

START_TEST(a_negotiate_with_a_version_stays)
{
    char token[48] = {0};

    memcpy(token, curls_negotiate, sizeof curls_negotiate);
    expect_itself((struct pxa_span){token, 40});
    expect_itself((struct pxa_span){token, 48});
}
END_TEST

START_TEST(what_is_no_negotiate_stays)
{
    char token[40];

    expect_itself((struct pxa_span){NULL, 0});
    for (size_t len = 0; len < 32; len++)
        expect_itself((struct pxa_span){curls_negotiate, len});
    for (size_t at = 0; at < 12; at++) {
        memcpy(token, curls_negotiate, sizeof curls_negotiate);
        token[at] ^= 0x40;
        expect_itself((struct pxa_span){token, 32});
    }
    memcpy(token, curls_negotiate, sizeof curls_negotiate);
    token[8] = 2; /* a CHALLENGE */
    expect_itself((struct pxa_span){token, 32});
}
END_TEST

START_TEST(an_authenticate_without_version_loses_the_flag_of_one)
{
    char room[128];
    char wanted[128];

    for (unsigned char offset = HEADER; offset < VERSION_END; offset++) {
        struct pxa_span token = authenticate(room, 0xa2, offset);
        struct pxa_span copy;

        ck_assert(ntlm_form_mend(token, &copy));
        ck_assert_ptr_nonnull(copy.at);
        (void)authenticate(wanted, 0xa0, offset);
        ck_assert_uint_eq(copy.len, token.len);
        ck_assert_mem_eq(copy.at, wanted, token.len);
        free((void *)(uintptr_t)copy.at);
    }
}
END_TEST

START_TEST(each_field_of_an_authenticate_counts)
{
    char room[128];
    struct pxa_span copy;

    for (size_t field = 0; field < 6; field++) {
        struct pxa_span token = authenticate(room, 0x02, VERSION_END);

        expect_itself(token);
        room[12 + 8 * field] = 4;
        room[16 + 8 * field] = HEADER;
        ck_assert(ntlm_form_mend(token, &copy));
        ck_assert_ptr_nonnull(copy.at);
        free((void *)(uintptr_t)copy.at);
    }
}
END_TEST

START_TEST(other_authenticates_stay)
{
    char room[128];
    struct pxa_span token = authenticate(room, 0xa0, HEADER); /* says that there is none */

    expect_itself(token);
    token = authenticate(room, 0xa2, VERSION_END); /* has one */
    expect_itself(token);
    token = authenticate(room, 0xa2, HEADER);
    for (size_t len = 0; len < HEADER; len++) /* cut before the flags end */
        expect_itself((struct pxa_span){token.at, len});
}
END_TEST

Suite *suite(void)
{
    Suite *whole = suite_create("ntlm_form");
    TCase *tests = tcase_create("mend");

    suite_add_tcase(whole, tests);
    tcase_add_test(tests, a_negotiate_gets_room_for_its_version);
    tcase_add_test(tests, a_negotiate_with_a_version_stays);
    tcase_add_test(tests, what_is_no_negotiate_stays);
    tcase_add_test(tests, an_authenticate_without_version_loses_the_flag_of_one);
    tcase_add_test(tests, each_field_of_an_authenticate_counts);
    tcase_add_test(tests, other_authenticates_stay);
    return whole;
}
