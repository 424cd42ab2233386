/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/sid.c. Well-known SIDs of [MS-DTYP] section 2.4.2.4 and others, in binary
 * as Samba's Python module packs them; authorities of 2^32 and above, which that module
 * writes without leading zeros, by hand from the grammar in section 2.4.2.1.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/vector.h"

Suite *suite(void);

static const struct {
    const char *hex;
    const char *text;
} good[] = {
    {"0101 000000000000 00000000", "S-1-0-0"},
    {"0101 000000000005 12000000", "S-1-5-18"},
    {"0101 000000000012 01000000", "S-1-18-1"},
    {"0102 000000000005 20000000 20020000", "S-1-5-32-544"},
    {"0105 000000000005 15000000 47ddaa12 be71ccae dea86021 01020000",
     "S-1-5-21-313187655-2932634046-559982814-513"},
    {"0104 000000000005 15000000 5951b817 6672 5d25 64633b0b",
     "S-1-5-21-397955417-626881126-188441444"}, /* [MS-PAC] section 3.1 */
    {"0100 000000000005", "S-1-5"},
    {"0100 0000ffffffff", "S-1-4294967295"},
    {"0101 000100000000 01000000", "S-1-0x000100000000-1"},
    {"0101 abcdef012345 ffffffff", "S-1-0xabcdef012345-4294967295"},
    {"0103 00000000000a 00000000 09000000 0a000000", "S-1-10-0-9-10"},
    {"010f ffffffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff"
     " ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff",
     "S-1-0xffffffffffff-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295"
     "-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295"
     "-4294967295"},
};
enum { GOOD_COUNT = sizeof good / sizeof good[0] };

static const struct {
    const char *hex;
    enum pxa_status status;
    size_t fault_at;
} bad[] = {
    {"", PXA_CUT, 0},
    {"01", PXA_CUT, 1},
    {"00", PXA_BAD_SID, 0},
    {"0201 000000000005 12000000", PXA_BAD_SID, 0},
    {"8101 000000000005 12000000", PXA_BAD_SID, 0},
    {"0110", PXA_BAD_SID, 1},
    {"01ff 000000000005", PXA_BAD_SID, 1},
    {"0101 000000000005 12000000 00", PXA_TRAILING, 12},
    {"0100 000000000005 12000000", PXA_TRAILING, 8},
    {"0102 000000000005 12000000", PXA_CUT, 12},
    {"010f 000000000005 12000000", PXA_CUT, 12},
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

static struct pxa_sid decoded(const char *hex)
{
    struct block binary = vector_hex(hex);
    struct pxa_sid sid;
    size_t fault_at = 99;

    memset(&sid, BLOCK_FILL, sizeof sid);
    ck_assert_int_eq(pxa_sid_decode(block_span(binary), &sid, &fault_at), PXA_OK);
    ck_assert_uint_eq(fault_at, 0);
    ck_assert_int_eq(pxa_sid_decode(block_span(binary), &sid, NULL), PXA_OK);
    block_free(binary);
    return sid;
}

static void expect_nothing(const struct pxa_sid *sid)
{
    struct pxa_sid nothing;

    memset(&nothing, 0, sizeof nothing);
    ck_assert_mem_eq(sid, &nothing, sizeof nothing);
}

START_TEST(decodes_and_writes)
{
    struct pxa_sid sid = decoded(good[_i].hex);
    size_t len = strlen(good[_i].text);

    ck_assert_uint_le(len, PXA_SID_TEXT_MAX);
    for (size_t cap = 0; cap <= len + 1; cap++) {
        struct block out = block_filled(cap);
        struct pxa_written done = {77, 77};
        enum pxa_status status = pxa_sid_text(&sid, out.at, cap, &done);

        ck_assert_int_eq(status, cap < len ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.len, cap < len ? 0 : len);
        ck_assert_uint_eq(done.fault_at, 0);
        for (size_t i = done.len; i < cap; i++) /* untouched, or wiped after an error */
            ck_assert(out.at[i] == BLOCK_FILL || (out.at[i] == 0 && done.len == 0));
        if (status == PXA_OK)
            ck_assert_mem_eq(out.at, good[_i].text, len);
        block_free(out);
    }
}
END_TEST

START_TEST(every_part)
{
    struct pxa_sid sid = decoded("0102 010203040506 04030201 ffffffff");

    ck_assert_mem_eq(sid.authority, "\1\2\3\4\5\6", 6);
    ck_assert_uint_eq(sid.sub_count, 2);
    ck_assert_uint_eq(sid.sub[0], 0x01020304);
    ck_assert_uint_eq(sid.sub[1], 0xffffffff);
    for (int i = 2; i < 15; i++)
        ck_assert_uint_eq(sid.sub[i], 0);
}
END_TEST

START_TEST(cut_anywhere)
{
    struct block whole = vector_hex(good[_i].hex);

    for (size_t len = 0; len < whole.len; len++) {
        struct block binary = block_of(whole.at, len);
        struct pxa_sid sid;
        size_t fault_at;

        ck_assert_int_eq(pxa_sid_decode(block_span(binary), &sid, &fault_at), PXA_CUT);
        ck_assert_uint_eq(fault_at, len);
        expect_nothing(&sid);
        block_free(binary);
    }
    block_free(whole);
}
END_TEST

START_TEST(refuses)
{
    struct block binary = vector_hex(bad[_i].hex);
    struct pxa_sid sid;
    size_t fault_at;

    memset(&sid, BLOCK_FILL, sizeof sid);
    ck_assert_int_eq(pxa_sid_decode(block_span(binary), &sid, &fault_at), bad[_i].status);
    ck_assert_uint_eq(fault_at, bad[_i].fault_at);
    expect_nothing(&sid);
    ck_assert_int_eq(pxa_sid_decode(block_span(binary), &sid, NULL), bad[_i].status);
    block_free(binary);
}
END_TEST

START_TEST(nothing_is_cut)
{
    struct pxa_sid sid;

    ck_assert_int_eq(pxa_sid_decode((struct pxa_span){NULL, 0}, &sid, NULL), PXA_CUT);
}
END_TEST

START_TEST(a_count_that_cannot_be)
{
    struct pxa_sid sid = decoded("0100 000000000005");
    char out[PXA_SID_TEXT_MAX];
    struct pxa_written done = {77, 77};

    for (unsigned count = 16; count < 256; count++) {
        sid.sub_count = (uint8_t)count;
        memset(out, BLOCK_FILL, sizeof out);
        ck_assert_int_eq(pxa_sid_text(&sid, out, sizeof out, &done), PXA_BAD_SID);
        ck_assert_uint_eq(done.len, 0);
        ck_assert(block_is_all((struct block){out, sizeof out}, 0, BLOCK_FILL));
        ck_assert(!pxa_sid_append(&sid, 1));
        ck_assert_uint_eq(sid.sub_count, count);
    }
}
END_TEST

START_TEST(appends_up_to_15)
{
    struct pxa_sid sid = decoded("0100 000000000005");
    struct pxa_sid full;

    for (uint32_t i = 0; i < 15; i++) {
        ck_assert(pxa_sid_append(&sid, i + 100));
        ck_assert_uint_eq(sid.sub_count, i + 1);
        ck_assert_uint_eq(sid.sub[i], i + 100);
    }
    full = sid;
    ck_assert(!pxa_sid_append(&sid, 1));
    ck_assert_mem_eq(&sid, &full, sizeof sid);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("sid");
    TCase *tc = tcase_create("sid");

    tcase_add_loop_test(tc, decodes_and_writes, 0, GOOD_COUNT);
    tcase_add_test(tc, every_part);
    tcase_add_loop_test(tc, cut_anywhere, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    tcase_add_test(tc, nothing_is_cut);
    tcase_add_test(tc, a_count_that_cannot_be);
    tcase_add_test(tc, appends_up_to_15);
    suite_add_tcase(s, tc);
    return s;
}
