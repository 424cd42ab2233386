/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dn_template: the DN of a user who is not searched for: ATTRIBUTE=user,BASE (options -u and -b
 * without -f).
 *
 * The user's name is put in once, escaped by RFC 4514, so that it is always one whole value: no
 * name can add a component to the DN. Constant after it has been made: any number of threads may
 * use it.
 */
#ifndef PROXYAUTH_DIRECTORY_DN_TEMPLATE_H
#define PROXYAUTH_DIRECTORY_DN_TEMPLATE_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/why.h"

struct dn_template;

/*
 * ATTR is the name or the OID of an attribute, without options; BASE a DN, which may be empty
 * (then nothing follows the user's part). Neither is kept. NULL with WHY when ATTR cannot be one,
 * when BASE is not a DN as libldap reads it (RFC 4514, or quoted as in RFC 1779), or when memory
 * is out.
 */
struct dn_template *dn_template_new(const char *attr, const char *base, struct why *why);

/* NULL is allowed. */
void dn_template_free(struct dn_template *dn);

/*
 * The DN for USER, any bytes: a string that the caller frees; NULL when memory is out. Bytes that
 * are not printable ASCII become hex pairs, so the result is ASCII where BASE is. USER should not
 * be empty: the result is then a DN with an empty value, which no entry has.
 */
char *dn_template_expand(const struct dn_template *dn, struct pxa_span user);

/* The attribute to ask the entry for when the name has to be compared; owned by the template. */
const char *dn_template_attribute(const struct dn_template *dn);

/*
 * Whether USER is printable ASCII with no blanks but single ones inside, which is what directories
 * that follow RFC 4518 take as it is, but for ASCII case. Any other name may be folded into
 * another one (full-width letters, no-break spaces, doubled blanks) and has to be compared with
 * the entry (law 10).
 *
 * What it does not know: what the entry's own value looks like. Where a directory's matching
 * lets plain ASCII find something else (an Active Directory that ignores accents, an attribute
 * with telephoneNumberMatch), a plain name has to be compared, too.
 */
bool dn_template_plain(struct pxa_span user);

/* Law 10: whether VALUE, a value of the attribute, equals USER but for ASCII case. Never true when
 * one of them is empty. */
bool dn_template_names(struct pxa_span value, struct pxa_span user);

#endif
