/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership_terms: search filters that are made of values from outside, RFC 4515.
 *
 * A filter grows in a struct bytes; whether memory was enough is seen at the end.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_TERMS_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_TERMS_H

#include "common/proxyauth.h"
#include "helpers/core/bytes.h"

/* "member:RULE:" instead of "member": matches along the chain of groups, [MS-ADTS] section
 * 3.1.1.3.4.4.3. */
#define RULE_IN_CHAIN "1.2.840.113556.1.4.1941"

/* Adds VALUE, any bytes, so that it stands for itself: letters, digits and a few marks as they
 * are, all else as \HH. */
void terms_put_value(struct bytes *filter, struct pxa_span value);

/* Adds (ATTRIBUTE=VALUE); ATTRIBUTE is ours. */
void terms_put_equal(struct bytes *filter, const char *attribute, struct pxa_span value);

/* The same with a string. */
void terms_put_text(struct bytes *filter, const char *attribute, const char *value);

/* The string that FILTER has become, which the caller frees; NULL when memory was out. FILTER is
 * freed. */
char *terms_finish(struct bytes *filter);

#endif
