/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kerberos_keytab: whose keys are in a keytab.
 */
#ifndef PROXYAUTH_DIRECTORY_KERBEROS_KEYTAB_H
#define PROXYAUTH_DIRECTORY_KERBEROS_KEYTAB_H

#include <stdbool.h>

#include <krb5.h>

#include "helpers/core/why.h"

struct keytab {
    krb5_keytab handle;
    krb5_principal principal; /* the account */
    const char *realm;        /* borrowed: names of other realms do not count; or NULL */
    unsigned number;          /* of `principal` among the names, as they follow one another */
};

/* Opens the file PATH and looks for WANTED (NAME or NAME@REALM; NULL: the first) in it. False with
 * WHY when it cannot be read or holds no such key; the sentence says what it does hold. */
bool keytab_open(krb5_context context, const char *path, const char *wanted, struct keytab *keytab,
                 struct why *why);

/* Where nobody said which account it is: the first name of REALM (borrowed) takes the place of one
 * of another realm, if there is one. */
void keytab_prefer_realm(krb5_context context, struct keytab *keytab, const char *realm);

/* Makes the next other name the account. False at the end, and nothing changes. */
bool keytab_next(krb5_context context, struct keytab *keytab);

/* Zeroed, too. */
void keytab_close(krb5_context context, struct keytab *keytab);

#endif
