/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/pac_groups.c: a PAC that Samba wrote (tests/vectors/pac), and the same
 * with one group's RID put in the place of another's ([MS-PAC] section 2.2.2: GROUP_MEMBERSHIP is a
 * RID and attributes, four bytes each, the lowest first). Names and RIDs: the vector's text.
 */
#include <config.h>

#include "helpers/kerberos/pac_groups.h"

#include <check.h>

#include "tests/unit/captured.h"
#include "tests/unit/pac_vectors.h"

Suite *suite(void);

enum { GROUPS = 6 }; /* of five-groups: five, and one extra SID */

static struct pac_groups read_good(const struct block *pac)
{
    struct pac_groups groups = {0};

    ck_assert_int_eq(pac_groups_read(&groups, block_span(*pac)), PAC_READ);
    return groups;
}

START_TEST(account_and_groups)
{
    struct block pac = pac_vector("five-groups", "pac");
    struct pac_groups groups = read_good(&pac);

    ck_assert_uint_eq(groups.count, GROUPS);
    ck_assert(span_is((struct pxa_span){groups.account, groups.account_len.len}, "alice", 5));
    pac_groups_free(&groups);
    ck_assert_uint_eq(groups.count, 0);
    ck_assert_ptr_null(groups.account);
    block_free(pac);
}
END_TEST

/* Where RID with ATTRIBUTES stands, which is at one place alone. */
static char *find(struct block pac, const char *rid_and_attributes)
{
    char *found = memmem(pac.at, pac.len, rid_and_attributes, 8);

    ck_assert_ptr_nonnull(found);
    ck_assert_ptr_null(
        memmem(found + 1, pac.len - (size_t)(found + 1 - pac.at), rid_and_attributes, 8));
    return found;
}

/* 1105 is 0x451 and 1106 is 0x452. */
START_TEST(each_group_once)
{
    struct block pac = pac_vector("five-groups", "pac");
    struct pac_groups groups;

    (void)find(pac, "\x51\4\0\0\7\0\0");
    *find(pac, "\x52\4\0\0\7\0\0") = 0x51;
    groups = read_good(&pac);
    ck_assert_uint_eq(groups.count, GROUPS - 1);
    for (size_t i = 0; i < groups.count; i++)
        for (size_t other = i + 1; other < groups.count; other++)
            ck_assert(!span_is(groups.sids[i], groups.sids[other].at, groups.sids[other].len));
    pac_groups_free(&groups);
    block_free(pac);
}
END_TEST

/* Nothing is left of what was read before the fault. */
START_TEST(no_half_of_one)
{
    struct block pac = pac_vector("five-groups", "pac");

    for (size_t len = 0; len < pac.len; len += 7) {
        struct block cut = block_of(pac.at, len);
        struct pac_groups groups = {0};

        if (pac_groups_read(&groups, block_span(cut)) == PAC_MALFORMED) {
            ck_assert_uint_eq(groups.count, 0);
            ck_assert_ptr_null(groups.account);
        }
        pac_groups_free(&groups);
        block_free(cut);
    }
    block_free(pac);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("pac_groups");
    TCase *tests = tcase_create("pac_groups");

    tcase_add_test(tests, account_and_groups);
    tcase_add_test(tests, each_group_once);
    tcase_add_test(tests, no_half_of_one);
    suite_add_tcase(suite, tests);
    return suite;
}
