/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/pac_logon.c: PACs that are wrong or cut. The offsets of single numbers in
 * resource-groups.pac were counted by hand in its hex dump, along the structure in [MS-PAC]
 * section 2.5.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/pac_vectors.h"

Suite *suite(void);

static void expect_nothing(const struct pxa_pac_logon *logon, size_t fault_at)
{
    struct pxa_pac_logon nothing;

    memset(&nothing, 0, sizeof nothing);
    ck_assert_uint_eq(logon->fault_at, fault_at);
    ck_assert_uint_eq(logon->group_count + logon->extra_count + logon->resource_count, 0);
    ck_assert_uint_eq(logon->account.len + logon->full_name.len + logon->server.len, 0);
    ck_assert_uint_eq(logon->domain.len + logon->groups.len + logon->extras.len, 0);
    ck_assert_uint_eq(logon->extra_sids.len + logon->resources.len, 0);
    ck_assert_mem_eq(&logon->domain_sid, &nothing.domain_sid, sizeof nothing.domain_sid);
    ck_assert_uint_eq(logon->logon_time | logon->user_rid | logon->user_flags, 0);
}

/* Changes of resource-groups.pac. Its logon info is at 0x48, the fixed part at 0x5c. */
static const struct {
    size_t at, width;
    uint64_t value;
    enum pxa_status status;
    size_t fault_at;
} patches[] = {
    /* the table of buffers */
    {4, 4, 1, PXA_NDR_HEADER, 4},
    {8, 4, 99, PXA_NO_PAC_BUFFER, 0x48},
    {16, 8, 0x1000, PXA_BAD_PAC_BUFFER, 8},

    /* headers */
    {0x48, 1, 2, PXA_NDR_HEADER, 0x48},
    {0x49, 1, 0x00, PXA_NDR_HEADER, 0x49}, /* big-endian */
    {0x4a, 2, 16, PXA_NDR_HEADER, 0x4a},
    {0x4c, 4, 0, PXA_OK, 0},          /* fillers are ignored */
    {0x50, 4, 0x209, PXA_CUT, 0x260}, /* longer than the buffer */
    {0x50, 4, 0xffffffff, PXA_CUT, 0x260},
    {0x50, 4, 0x207, PXA_CUT, 0x25f},
    {0x50, 4, 0, PXA_CUT, 0x58},
    {0x54, 4, 0xffffffff, PXA_OK, 0},
    {0x58, 4, 0, PXA_NDR_POINTER, 0x58},

    /* account: lengths, pointer, counts */
    {0x8c, 2, 9, PXA_NDR_COUNT, 0x8c},   /* half a character */
    {0x8c, 2, 12, PXA_NDR_COUNT, 0x8c},  /* more than MaximumLength */
    {0x8c, 2, 8, PXA_NDR_COUNT, 0x13c},  /* less than ActualCount */
    {0x8e, 2, 12, PXA_NDR_COUNT, 0x134}, /* more than MaximumCount */
    {0x90, 4, 0, PXA_NDR_POINTER, 0x90},
    {0x134, 4, 4, PXA_NDR_COUNT, 0x134},
    {0x134, 4, 0xffffffff, PXA_NDR_COUNT, 0x134},
    {0x138, 4, 1, PXA_NDR_COUNT, 0x138}, /* Offset */
    {0x13c, 4, 6, PXA_NDR_COUNT, 0x13c},
    {0x13c, 4, 0x80000005, PXA_NDR_COUNT, 0x13c},
    {0x14a, 2, 0xffff, PXA_OK, 0}, /* padding */

    /* The home directory's drive is the last name of the first six; the server's name has
     * room for a NUL that is not sent. */
    {0xb4, 2, 2, PXA_NDR_COUNT, 0xb4},
    {0xb8, 4, 0, PXA_NDR_COUNT, 0x190}, /* zeros of a string where the groups should be */
    {0x194, 4, 1, PXA_NDR_COUNT, 0x194},
    {0xe4, 2, 8, PXA_NDR_COUNT, 0x1b0},
    {0xe6, 2, 6, PXA_NDR_COUNT, 0x1a8},
    {0x1ac, 4, 0xffffffff, PXA_NDR_COUNT, 0x1ac},
    {0xec, 2, 6, PXA_NDR_COUNT, 0x1c4},
    {0xf0, 4, 0, PXA_NDR_POINTER, 0xf0},

    /* groups */
    {0xc8, 4, 2, PXA_NDR_COUNT, 0x19c},
    {0xc8, 4, 0, PXA_NDR_COUNT, 0x19c},
    {0xcc, 4, 0, PXA_NDR_POINTER, 0xcc},
    {0x19c, 4, 0x20000001, PXA_NDR_COUNT, 0x19c}, /* times 8 is 8 in 32 bits */
    {0x1a0, 8, 0, PXA_OK, 0},                     /* a RID of 0 is none of our business */

    /* the domain's SID */
    {0xf4, 4, 0, PXA_NDR_POINTER, 0xf4},
    {0x1d0, 4, 5, PXA_NDR_COUNT, 0x1d0},
    {0x1d0, 4, 0, PXA_NDR_COUNT, 0x1d0},
    {0x1d4, 1, 2, PXA_BAD_SID, 0x1d4},
    {0x1d5, 1, 16, PXA_BAD_SID, 0x1d5},
    {0x1d5, 1, 255, PXA_BAD_SID, 0x1d5},
    {0x1d5, 1, 3, PXA_NDR_COUNT, 0x1d0},

    /* extra SIDs */
    {0x120, 4, 1, PXA_NDR_COUNT, 0x1ec},
    {0x120, 4, 3, PXA_NDR_COUNT, 0x1ec},
    {0x124, 4, 0, PXA_NDR_POINTER, 0x124},
    {0x1f0, 4, 0, PXA_NDR_POINTER, 0x1f0},
    {0x1f8, 4, 0, PXA_NDR_POINTER, 0x1f8},
    {0x1f8, 4, 0x20038, PXA_OK, 0}, /* the same mark twice: still two SIDs */
    {0x200, 4, 6, PXA_NDR_COUNT, 0x200},
    {0x204, 1, 0, PXA_BAD_SID, 0x204},
    {0x205, 1, 16, PXA_BAD_SID, 0x205},
    {0x220, 4, 0x80000001, PXA_NDR_COUNT, 0x220},
    {0x225, 1, 15, PXA_CUT, 0x260},

    /* resource groups */
    {0x128, 4, 0, PXA_NDR_POINTER, 0x128},
    {0x12c, 4, 1, PXA_NDR_COUNT, 0x24c},
    {0x12c, 4, 0, PXA_NDR_COUNT, 0x24c},
    {0x130, 4, 0, PXA_NDR_POINTER, 0x130},
    {0x234, 1, 255, PXA_BAD_SID, 0x234},
    {0x24c, 4, 3, PXA_NDR_COUNT, 0x24c},
};
enum { PATCH_COUNT = sizeof patches / sizeof patches[0] };

START_TEST(one_wrong_number)
{
    struct block pac = pac_vector("resource-groups", "pac");
    struct pxa_pac_logon logon;

    vector_patch(pac, patches[_i].at, patches[_i].width, patches[_i].value);
    memset(&logon, BLOCK_FILL, sizeof logon);
    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), patches[_i].status);
    if (patches[_i].status == PXA_OK)
        ck_assert_uint_eq(logon.resource_count, 2);
    else
        expect_nothing(&logon, patches[_i].fault_at);
    block_free(pac);
}
END_TEST

/* Two counts that agree, with far too few elements behind them. */
static const struct {
    size_t count_at, max_count_at;
    uint32_t value;
} agreed[] = {
    {0xc8, 0x19c, 25}, /* one more than there is room for to the end */
    {0xc8, 0x19c, 0x20000001},  {0xc8, 0x19c, 0xffffffff}, {0x120, 0x1ec, 15},
    {0x120, 0x1ec, 0x20000000}, {0x12c, 0x24c, 3},         {0x12c, 0x24c, 0xffffffff},
};
enum { AGREED_COUNT = sizeof agreed / sizeof agreed[0] };

START_TEST(counts_beyond_the_data)
{
    struct block pac = pac_vector("resource-groups", "pac");
    struct pxa_pac_logon logon;

    vector_patch(pac, agreed[_i].count_at, 4, agreed[_i].value);
    vector_patch(pac, agreed[_i].max_count_at, 4, agreed[_i].value);
    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), PXA_CUT);
    expect_nothing(&logon, 0x260);
    block_free(pac);
}
END_TEST

/* The first of a vector's buffers is the logon info. Makes a PAC of its first `len` bytes
 * alone, with lengths that agree; it begins at 24. */
static struct block alone(struct block whole, size_t len)
{
    size_t begin = 72;
    struct block pac = block_filled(24 + len);

    memcpy(pac.at, whole.at, 24);
    memcpy(pac.at + 24, whole.at + begin, len);
    vector_patch(pac, 0, 4, 1);
    vector_patch(pac, 12, 4, len);
    vector_patch(pac, 16, 8, 24);
    if (len >= 16)
        vector_patch(pac, 24 + 8, 4, len - 16);
    return pac;
}

/* Every vector but the largest, cut at every byte: an error that points at the end, or,
 * once all that is used is there and up to seven bytes of padding are cut, the same. */
START_TEST(cut_anywhere)
{
    struct block whole = pac_vector(pac_vectors[_i], "pac");
    size_t len = (unsigned char)whole.at[12] + 256u * (unsigned char)whole.at[13];

    if (strcmp(pac_vectors[_i], "many-groups") == 0)
        len = 0;
    for (size_t cut = 0; cut < len; cut++) {
        struct block pac = alone(whole, cut);
        struct pxa_pac_logon logon;
        enum pxa_status status = pxa_pac_logon_decode(block_span(pac), &logon);

        if (status == PXA_OK) {
            ck_assert_uint_ge(cut, len - 7);
        } else {
            ck_assert_int_eq(status, PXA_CUT);
            expect_nothing(&logon, pac.len);
        }
        block_free(pac);
    }
    block_free(whole);
}
END_TEST

/* The PAC itself, cut: its table cannot be right any more. */
START_TEST(a_cut_pac)
{
    struct block whole = pac_vector("five-groups", "pac");

    for (size_t len = 0; len < whole.len; len++) {
        struct block pac = block_of(whole.at, len);
        struct pxa_pac_logon logon;
        enum pxa_status status = pxa_pac_logon_decode(block_span(pac), &logon);

        if (len < 72) {
            ck_assert_int_eq(status, PXA_CUT);
            expect_nothing(&logon, len);
        } else if (len < 72 + 480) { /* the logon info's end */
            ck_assert_int_eq(status, PXA_BAD_PAC_BUFFER);
            expect_nothing(&logon, 8);
        } else { /* the others end at 572, 592 and 608; their entries are at 24, 40 and 56 */
            size_t entry = 56;

            if (len < 592)
                entry = len < 572 ? 24 : 40;
            ck_assert_int_eq(status, PXA_BAD_PAC_BUFFER);
            expect_nothing(&logon, entry);
        }
        block_free(pac);
    }
    block_free(whole);
}
END_TEST

/* Which one would count? */
START_TEST(two_logon_infos)
{
    struct block pac = pac_vector("five-groups", "pac");
    struct pxa_pac_logon logon;

    pac.at[24] = 1; /* the type in the second entry */
    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), PXA_BAD_PAC_BUFFER);
    expect_nothing(&logon, 24);
    block_free(pac);
}
END_TEST

START_TEST(no_logon_info)
{
    struct block pac = pac_vector("no-logon-info", "pac");
    struct pxa_pac_logon logon;

    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), PXA_NO_PAC_BUFFER);
    expect_nothing(&logon, 56); /* the end of a table of three */
    block_free(pac);
}
END_TEST

/* A domain of 15 sub-authorities can exist, but not have a group. deep-domain.pac has 14
 * and two groups; its domain's SID is at 0x1d8. */
START_TEST(a_domain_too_deep_for_groups)
{
    struct block whole = pac_vector("deep-domain", "pac");
    size_t sid_at = 0x1d8;
    struct block pac = block_filled(whole.len + 4);
    struct pxa_pac_logon logon;

    ck_assert_int_eq(whole.at[sid_at], 14);
    ck_assert_int_eq(whole.at[sid_at + 5], 14);
    memcpy(pac.at, whole.at, sid_at + 12);
    memcpy(pac.at + sid_at + 16, whole.at + sid_at + 12, whole.len - sid_at - 12);
    vector_patch(pac, sid_at, 4, 15);
    vector_patch(pac, sid_at + 5, 1, 15);
    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), PXA_BAD_SID);
    expect_nothing(&logon, sid_at + 5);
    block_free(pac);
    block_free(whole);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pac_logon_faults");
    TCase *tc = tcase_create("pac_logon_faults");

    tcase_add_loop_test(tc, one_wrong_number, 0, PATCH_COUNT);
    tcase_add_loop_test(tc, counts_beyond_the_data, 0, AGREED_COUNT);
    tcase_add_loop_test(tc, cut_anywhere, 0, PAC_VECTOR_COUNT);
    tcase_add_test(tc, a_cut_pac);
    tcase_add_test(tc, two_logon_infos);
    tcase_add_test(tc, no_logon_info);
    tcase_add_test(tc, a_domain_too_deep_for_groups);
    suite_add_tcase(s, tc);
    return s;
}
