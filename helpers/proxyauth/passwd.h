/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * passwd: what `proxyauth passwd` is asked to do, as its parts see it.
 */
#ifndef PROXYAUTH_TOOL_PASSWD_H
#define PROXYAUTH_TOOL_PASSWD_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/option.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"
#include "helpers/files/digest_lines.h"
#include "helpers/files/table.h"

enum {
    PASSWD_NAME_MAX = 255,    /* bytes of a user's name, and of a realm: as Apache's tools */
    PASSWD_PASSWORD_MAX = 511 /* bytes: what libxcrypt takes */
};

enum passwd_action { PASSWD_ADD, PASSWD_SET, PASSWD_DELETE, PASSWD_VERIFY, PASSWD_LIST };

enum passwd_kind {
    PASSWD_BASIC,  /* user:hash, for basic-file */
    PASSWD_DIGEST, /* user:realm:HA1, for digest-file -c */
    PASSWD_NT      /* smbpasswd(5), for NTLM */
};

/* Whose record, in a file of which kind. */
struct passwd_target {
    enum passwd_kind kind;
    const char *path;
    struct pxa_span user;  /* empty for PASSWD_LIST */
    struct pxa_span realm; /* of PASSWD_DIGEST alone */
    struct file_format format;
    struct pxa_span key; /* as `format` has it */
    /* Behind the above: */
    struct digest_lines digest;
    struct option_list no_realms;
    char key_text[2 * PASSWD_NAME_MAX + 2];
};

/* Fills in `format` and `key` from what stands before them; TARGET then stays where it is. False
 * with WHY if no record can have this user or realm: too long, or a user with a colon. */
bool passwd_target_open(struct passwd_target *target, struct why *why);

/* Whether a new record may have this user and realm: false with WHY for what would be read as
 * something else, or could never log in. WHY does not quote them. */
bool passwd_target_fits(const struct passwd_target *target, struct why *why);

/* passwd_table.c: prints the records of the file, one a line, and tells standard error what is
 * wrong with other lines. False with WHY, which may be empty, if anything is. */
bool passwd_list(const struct passwd_target *target, struct why *why);

/* Whether the user's record can be found, so that it makes sense to ask for the password. False
 * with WHY if not. */
bool passwd_exists(const struct passwd_target *target, struct why *why);

/* Whether PASSWORD is the user's. False with WHY if not. */
bool passwd_verify(const struct passwd_target *target, const struct secret *password,
                   struct why *why);

#endif
