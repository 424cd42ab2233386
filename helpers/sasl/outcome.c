/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The codes are those of sasl/sasl.h. Only what is said of the user, the password or the account is
 * a refusal; everything else, also a code of a later libsasl2, is trouble.
 */
#include <config.h>

#include "helpers/sasl/outcome.h"

#include <sasl/sasl.h>

enum sasl_outcome sasl_outcome_of(int code)
{
    switch (code) {
    case SASL_OK:
        return SASL_OUTCOME_FITS;
    case SASL_BADAUTH:
    case SASL_NOUSER:
    case SASL_NOVERIFY: /* an entry without a password */
    case SASL_BUFOVER:  /* a longer name than libsasl2 takes */
    case SASL_BADPROT:  /* a name with characters that may not be in one */
    case SASL_NOAUTHZ:
    case SASL_DISABLED:
    case SASL_EXPIRED:
    case SASL_PWLOCK:
    case SASL_TOOWEAK:
    case SASL_WEAKPASS:
    case SASL_NOUSERPASS:
        return SASL_OUTCOME_REFUSED;
    default:
        return SASL_OUTCOME_TROUBLE;
    }
}
