/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of all decoders with what real programs sent (tests/vectors/captured). This file puts the
 * parts together, one a scheme, and sees to it that no captured file is left out.
 */
#include <config.h>

#include "tests/unit/captured.h"

#include <dirent.h>

Suite *suite(void);

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name);
    size_t end_len = strlen(end);

    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

static bool is_tested(const char *name)
{
    return captured_basic_has(name) || captured_digest_has(name) || captured_negotiate_has(name) ||
           captured_ntlm_has(name) || captured_pac_has(name);
}

START_TEST(every_file_is_tested)
{
    char *path = captured_path("");
    DIR *folder = opendir(path);
    const struct dirent *entry;
    size_t count = 0;

    ck_assert_msg(folder != NULL, "%s cannot be read", path);
    while ((entry = readdir(folder)) != NULL) {
        if (!ends_with(entry->d_name, ".header") && !ends_with(entry->d_name, ".pac"))
            continue;
        ck_assert_msg(is_tested(entry->d_name), "nobody tests %s", entry->d_name);
        count++;
    }
    ck_assert_uint_gt(count, 0);
    (void)closedir(folder);
    free(path);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("captured");
    TCase *tc = tcase_create("folder");

    tcase_add_test(tc, every_file_is_tested);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, captured_basic());
    suite_add_tcase(s, captured_digest());
    suite_add_tcase(s, captured_negotiate());
    suite_add_tcase(s, captured_ntlm());
    suite_add_tcase(s, captured_pac());
    return s;
}
