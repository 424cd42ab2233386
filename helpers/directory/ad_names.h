/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ad_names: what people type where they log in to an Active Directory (MS-ADTS 5.1.1.1.1).
 *
 *   alice                    sAMAccountName, in any of our domains; with --default-domain in that
 *                            one, or, where it is none of ours, alice@it as a userPrincipalName
 *   CORP\alice               sAMAccountName in the domain of ours with this NetBIOS name
 *   alice@corp.example.com   userPrincipalName; also sAMAccountName alice in the domain of ours
 *                            with this DNS or NetBIOS name. Where no other form is let in, the
 *                            latter only by the DNS name, and for people without a
 *                            userPrincipalName, so that everybody has one name
 *   anything                 a value of --login-attr
 *
 * Our domains are the server's own, and all of the forest with a global catalog. Pure: what the
 * server and the administrator say is given.
 */
#ifndef PROXYAUTH_DIRECTORY_AD_NAMES_H
#define PROXYAUTH_DIRECTORY_AD_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/facts.h"
#include "helpers/directory/user_options.h"

/* Which form TYPED has: NAME_SAM, NAME_UPN or NAME_DOWN_LEVEL. */
unsigned ad_name_form(struct pxa_span typed);

/* Whether TYPED can be anybody's name as far as --login-names and --login-attr say. */
bool ad_name_is_let_in(const struct user_options *options, struct pxa_span typed);

/* What a typed name may stand for. Borrows from what it was read from. */
struct ad_name {
    struct pxa_span typed;
    struct pxa_span sam;            /* of sAMAccountName; or empty */
    const struct ad_domain *domain; /* in which; NULL: any of ours */
    bool without_upn;               /* sAMAccountName of people without a userPrincipalName only */
    struct pxa_span upn;            /* of userPrincipalName, up to its last `@`; or empty */
    struct pxa_span suffix;         /* what follows that `@` */
    const char *attribute;          /* --login-attr, which has the whole of it; or NULL */
};

/* Reads TYPED for a server of FACTS. False when it is nobody's name: not let in, of a domain that
 * is none of ours, or cut short. */
bool ad_name_read(struct ad_name *name, struct pxa_span typed, const struct user_options *options,
                  const struct facts *facts);

/* The filter that finds people by it; the caller frees it. NULL when memory is out. */
char *ad_name_filter(const struct ad_name *name);

/* Where they are: borrowed from FACTS, for a base that nobody has set. */
const char *ad_name_base(const struct ad_name *name, const struct facts *facts);

/* What must be asked of entries, with --login-attr; ends with NULL. */
enum { AD_NAME_ATTRIBUTES = 3 };
void ad_name_attributes(const struct user_options *options,
                        const char *attributes[AD_NAME_ATTRIBUTES + 1]);

enum ad_match {
    AD_MATCH_ELSEWHERE, /* somebody else: of another domain of the forest */
    AD_MATCH_ALIAS,     /* law 10: the directory takes it for this name, and it is another one */
    AD_MATCH_SAME,      /* it is this entry's name, but for ASCII case */
};

/* Judges an entry that the filter found on a server of FACTS. */
enum ad_match ad_name_match(const struct ad_name *name, const struct facts *facts,
                            const struct entry *entry);

/*
 * The canonical name of who is in ENTRY, for --user-name WHICH (login_options.h): sAMAccountName;
 * userPrincipalName, or for people without one sAMAccountName@DNS-domain; or as TYPED. TYPED, too,
 * where the entry does not tell. FACTS may be NULL. The caller frees it; NULL when memory is out.
 */
char *ad_user_name(int which, struct pxa_span typed, const struct entry *entry,
                   const struct facts *facts);

#endif
