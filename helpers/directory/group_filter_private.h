/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of group_filter share: group_filter.c reads templates and puts names in,
 * group_pattern.c compares values.
 */
#ifndef PROXYAUTH_DIRECTORY_GROUP_FILTER_PRIVATE_H
#define PROXYAUTH_DIRECTORY_GROUP_FILTER_PRIVATE_H

#include "helpers/core/bytes.h"
#include "helpers/directory/filter.h"
#include "helpers/directory/group_filter.h"
#include "helpers/directory/names.h"

/* An assertion that has a letter in its value. */
struct group_test {
    struct pxa_span value;     /* in the template's text */
    struct pxa_span attribute; /* with its options: values under others are not meant; or empty */
    enum filter_match match;
    unsigned nots;
    unsigned ors;
    bool has_user;
    bool has_group;
    bool is_dn; /* the value is a DN that letters stand in */
};

struct group_filter {
    char *text; /* `%u`, `%g` and `%%` alone are left; in parentheses */
    size_t len;
    bool user_is_dn;
    struct group_test *tests; /* from the left */
    size_t test_count;
    char *group_attribute;
    struct name_pattern
        *group_text;        /* of the group's test, where it is the same for all; or NULL */
    char **user_attributes; /* ends with NULL */
    size_t user_attribute_count;
};

/* The test that the group's attribute comes from. */
const struct group_test *group_filter_group_test(const struct group_filter *filter);

/* Makes filter->group_text. False when memory is out. */
bool group_pattern_prepare(struct group_filter *filter);

/* Whether the values of its attribute say something about the user's name. */
bool group_filter_tests_user(const struct group_test *test);

/* VALUE, of a filter, with its escapes undone. False for one with wildcards. */
bool group_filter_unescape(struct pxa_span value, struct bytes *to);

/* NAME as a value of RFC 4515, without a percent sign. */
void group_filter_put_value(struct bytes *to, struct pxa_span name);

/* What NAMES have for LETTER, `u` or `g`, as it stands in the value of TEST. */
void group_filter_put_letter(struct bytes *to, const struct group_filter *filter,
                             const struct group_test *test, char letter,
                             const struct group_filter_names *names);

/* The value of TEST with NAMES put in, as it stands in the filter. */
void group_filter_put_test(struct bytes *to, const struct group_filter *filter,
                           const struct group_test *test, const struct group_filter_names *names);

#endif
