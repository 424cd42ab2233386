/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * password_lines: `user:hash`, as htpasswd writes it; what follows a second colon does not count
 * (/etc/shadow and its like have more fields). Key and user are the same, the value is the hash.
 * Whether the hash is of a known scheme is not looked at here (helpers/passwords).
 */
#ifndef PROXYAUTH_FILES_PASSWORD_LINES_H
#define PROXYAUTH_FILES_PASSWORD_LINES_H

#include "helpers/files/table.h"

/* NULL, or what is wrong with LINE. CONTEXT is not used. For a format that adds its own count. */
const char *password_lines_split(const void *context, struct pxa_span line,
                                 struct file_record *record);

#endif
