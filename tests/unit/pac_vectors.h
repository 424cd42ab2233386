/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PACs of tests/vectors/pac. They were encoded by Samba from values that stand beside
 * each, or are from [MS-PAC] section 3; see make.py there.
 */
#ifndef TESTS_UNIT_PAC_VECTORS_H
#define TESTS_UNIT_PAC_VECTORS_H

#include "tests/unit/vector.h"

static const char *const pac_vectors[] = {
    "nothing",         "no-groups",     "empty-names", "one-letter-names",
    "five-groups",     "unicode-names", "extra-sids",  "deep-domain",
    "resource-groups", "many-groups",   "ms-pac-3",
};
enum { PAC_VECTOR_COUNT = sizeof pac_vectors / sizeof pac_vectors[0] };

/* The file NAME.SUFFIX. Freed with block_free(). */
static inline struct block pac_vector(const char *name, const char *suffix)
{
    char path[100];

    ck_assert_int_lt(snprintf(path, sizeof path, "pac/%s.%s", name, suffix), (int)sizeof path);
    return vector_file(path);
}

#endif
