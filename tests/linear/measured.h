/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * measured: families of inputs that grow, each with the call of the library that is measured
 * on them. A new decoder is a row in one of the tables.
 */
#ifndef TESTS_LINEAR_MEASURED_H
#define TESTS_LINEAR_MEASURED_H

#include "tests/inputs/inputs.h"

/* A buffer for what a call writes: more than any of them needs. */
struct room {
    char *at;
    size_t cap;
};

enum growth {
    LINEAR,  /* twice the input takes twice the instructions */
    CONSTANT /* however long, it is passed over */
};

struct family {
    const char *name; /* without blanks: a comment on it is printed by the test */
    void (*build)(struct input *input, size_t n);
    enum pxa_status (*call)(struct pxa_span input, struct room room);
    enum pxa_status expect; /* so that nothing is fast because it gave up early */
    enum growth growth;
};

/* Tables that end with a null name. */
extern const struct family text_families[];   /* Base64, character sets, escaping */
extern const struct family header_families[]; /* schemes, parameters, challenges */
extern const struct family digest_families[];
extern const struct family token_families[]; /* Negotiate, Kerberos, NTLM, PAC */

#endif
