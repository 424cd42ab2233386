/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * person: whom a name from Squid means, by the options: a realm, and what each source is asked for.
 */
#ifndef PROXYAUTH_GROUP_AD_PERSON_H
#define PROXYAUTH_GROUP_AD_PERSON_H

#include <stdbool.h>

#include "helpers/group-ad/options.h"
#include "helpers/group-ad/source.h"

struct person {
    struct pxa_span realm;               /* without pointer: none */
    struct pxa_span names[SOURCE_KINDS]; /* empty: this source is not asked */
};

enum person_verdict {
    PERSON_KNOWN,
    PERSON_NOBODY,   /* no name that anybody can have */
    PERSON_STRANGER, /* DOMAIN\user, and no option says which realm DOMAIN is */
};

/* Reads USER; the spans of PERSON point into it and into OPTIONS. */
enum person_verdict person_read(const struct group_ad_options *options, struct pxa_span user,
                                struct person *person);

#endif
