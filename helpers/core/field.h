/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * field: a field of a line that Squid writes for helpers of external_acl_type.
 *
 * Arguments of acl lines are escaped (lib/rfc1738), the user only where the format says so (%#ul):
 * %LOGIN, %un and %ul come as they are. So unlike in pxa_squid_unescape() nothing is malformed here.
 * Source: src/external_acl.cc in Squid. Pure.
 */
#ifndef PROXYAUTH_CORE_FIELD_H
#define PROXYAUTH_CORE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

/* No user's name is longer: Squid sends up to 8,191 bytes of one. What is remembered has the name
 * in each of its keys. */
enum { FIELD_USER_MAX = 8192 };

/* Whether Squid has no value for the field: nothing, or a hyphen. */
bool field_is_none(struct pxa_span field);

/* Undoes the escapes of FIELD in place: its bytes are those of a line, which is the caller's to
 * change. An escape that is none, or of NUL, stays as it is. */
void field_unescape(struct pxa_span *field);

#endif
