/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * charset: what a browser sent in the character set of its own, as UTF-8.
 *
 * Basic credentials do not say which character set they are in (RFC 7617, section 2.1). What is
 * not UTF-8 is taken for what the administrator names, by iconv(3).
 */
#ifndef PROXYAUTH_DIRECTORY_CHARSET_H
#define PROXYAUTH_DIRECTORY_CHARSET_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/secret.h"

enum charset_outcome {
    CHARSET_CONVERTED,
    CHARSET_IMPOSSIBLE, /* these bytes mean nothing there, or a NUL, or more than a secret holds */
    CHARSET_TROUBLE,    /* memory is out, or iconv(3) cannot be had */
};

/* Whether NAME is a character set that iconv(3) converts to UTF-8. */
bool charset_is_known(const char *name);

/* Whether TEXT has to be converted: it is not UTF-8, or Squid has made UTF-8 of it as if it had
 * been Latin-1 ("auth_param basic utf8 on"), and it was not. */
bool charset_is_foreign(struct pxa_span text);

/* Converts TEXT, whatever it looks like, from the character set NAME to UTF-8; of what Squid has
 * made UTF-8 of, the bytes that were before. *CONVERTED is the caller's to free; NULL unless
 * CHARSET_CONVERTED. */
enum charset_outcome charset_to_utf8(const char *name, struct pxa_span text,
                                     struct secret **converted);

#endif
