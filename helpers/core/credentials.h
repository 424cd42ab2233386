/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * credentials: the user name and password of a Basic request, and the refusal of them.
 *
 * What every Basic helper does before and after its verifier. A line is `user password[ extras]`,
 * each field escaped by Squid (src/auth/basic/UserRequest.cc).
 */
#ifndef PROXYAUTH_CORE_CREDENTIALS_H
#define PROXYAUTH_CORE_CREDENTIALS_H

#include <stdbool.h>

#include "helpers/core/request.h"
#include "helpers/core/secret.h"

struct credentials {
    struct pxa_span user;    /* unescaped, in the request's line: gone when that is answered */
    struct secret *password; /* its own */
};

/*
 * Takes both out of REQUEST's line, which is changed in place and then holds nothing but the user
 * name. KEY_EXTRAS as squid.conf and --key-extras have it: 0 means that nothing may follow the
 * password.
 *
 * False: REQUEST has been answered, and CREDENTIALS holds nothing. BH for a line that Squid does
 * not write, or when memory is out; ERR for an empty user name or password, and for one that is
 * longer than Squid sends: they are nobody's, and there are verifiers that take an empty password
 * for a login without one.
 */
bool credentials_take(struct credentials *credentials, struct request *request,
                      unsigned key_extras);

/* The words of that ERR. */
extern const char credentials_refusal[];

/* Answers ERR: the same words for an unknown user as for a wrong password. */
void credentials_refuse(struct request *request);

/* Wipes and frees the password. */
void credentials_free(struct credentials *credentials);

#endif
