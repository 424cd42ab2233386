/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is printed to standard output between printed_begin() and printed_end(); tests that print
 * between them by themselves have it in there, too.
 */
#ifndef TESTS_UNIT_PRINTED_H
#define TESTS_UNIT_PRINTED_H

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct printed {
    int before; /* the standard output that there was */
    FILE *pages;
    char text[8192];
};

static inline void printed_begin(struct printed *printed)
{
    printed->before = dup(STDOUT_FILENO);
    printed->pages = tmpfile();
    ck_assert(printed->before >= 0 && printed->pages);
    (void)fflush(stdout);
    ck_assert_int_ge(dup2(fileno(printed->pages), STDOUT_FILENO), 0);
}

static inline void printed_end(struct printed *printed)
{
    size_t len;

    (void)fflush(stdout);
    ck_assert_int_ge(dup2(printed->before, STDOUT_FILENO), 0);
    close(printed->before);
    rewind(printed->pages);
    len = fread(printed->text, 1, sizeof printed->text - 1, printed->pages);
    printed->text[len] = '\0';
    (void)fclose(printed->pages);
}

static inline void printed_expect(const struct printed *printed, const char *part)
{
    ck_assert_msg(strstr(printed->text, part) != NULL, "'%s' is not in: %s", part, printed->text);
}

#endif
