/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of common/status.c and common/wipe.c. */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

Suite *suite(void);

START_TEST(each_status_has_its_own_sentence)
{
    const char *unknown = pxa_status_text((enum pxa_status)(PXA_BAD_SID + 1));

    ck_assert_str_eq(unknown, pxa_status_text((enum pxa_status)10000));
    for (int a = PXA_OK; a <= PXA_BAD_SID; a++) {
        const char *text = pxa_status_text((enum pxa_status)a);

        ck_assert_ptr_nonnull(text);
        ck_assert_str_ne(text, unknown);
        ck_assert_int_eq(text[strlen(text) - 1], '.');
        ck_assert_ptr_null(strchr(text, '\n'));
        for (int b = PXA_OK; b < a; b++)
            ck_assert_str_ne(text, pxa_status_text((enum pxa_status)b));
    }
}
END_TEST

START_TEST(wipe_clears_what_it_was_given)
{
    struct block block = block_of("secret and the rest", 19);

    pxa_wipe(block.at, 6);
    ck_assert_mem_eq(block.at, "\0\0\0\0\0\0 and the rest", 19);
    pxa_wipe(block.at, 0);
    ck_assert_mem_eq(block.at, "\0\0\0\0\0\0 and the rest", 19);
    pxa_wipe(block.at, 19);
    ck_assert(block_is_all(block, 0, 0));
    pxa_wipe(NULL, 0);
    block_free(block);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("status");
    TCase *tc = tcase_create("status");

    tcase_add_test(tc, each_status_has_its_own_sentence);
    tcase_add_test(tc, wipe_clears_what_it_was_given);
    suite_add_tcase(s, tc);
    return s;
}
