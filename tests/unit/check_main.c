/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The main program of every unit test. Each tests/unit/check_MODULE.c defines
 * suite(); here it is run and reported as TAP on standard output, one line a
 * test case, as "make check" reads it.
 *
 * CK_FORK=no keeps all cases in one process, for a debugger or valgrind;
 * CK_RUN_CASE and CK_RUN_SUITE choose what runs. All three are read by check
 * itself.
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>

Suite *suite(void);

/* Ends a case that hangs; no case takes nearly as long, also under a sanitizer on a busy machine,
 * where the 4 s of check itself are too few. The factor is for the limits of test cases, too
 * (tcase_set_timeout), which were measured on a machine that is not busy. */
#define TIMEOUT_S "60"
#define TIMEOUT_FACTOR "10"

int main(void)
{
    setenv("CK_DEFAULT_TIMEOUT", TIMEOUT_S, 0);
    setenv("CK_TIMEOUT_MULTIPLIER", TIMEOUT_FACTOR, 0);
    SRunner *runner = srunner_create(suite());

    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
