/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no_credentials: a libgssapi that refuses. Programs with it are linked with
 * no_credentials_wrap_flags (tests/Makefile.am.inc).
 */
#ifndef TESTS_UNIT_NO_CREDENTIALS_H
#define TESTS_UNIT_NO_CREDENTIALS_H

#include <stdbool.h>

/* So many credentials are acquired, and no more; below 0: all. */
extern int credentials_left;

/* There is no mechanism for NTLM, nor any other. */
extern bool mechanisms_hidden;

/* Neither of these, which a setup calls. */
void credentials_as_they_are(void);

#endif
