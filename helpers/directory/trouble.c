/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words for answers that mean trouble. The user is told nothing of this.
 */
#include <config.h>

#include "helpers/directory/trouble.h"

#include "helpers/directory/verdict.h"

/* The server that a referral names, which is not followed. */
static void log_referral(struct log *log, LDAP *ld, LDAPMessage *answer)
{
    char **urls = NULL;

    if (ldap_parse_result(ld, answer, NULL, NULL, NULL, &urls, NULL, 0) == LDAP_SUCCESS && urls &&
        urls[0])
        log_event(log, LOG_WARNING, "referral", "the server refers to %.300s", urls[0]);
    ldap_memvfree((void **)urls);
}

void trouble_log(struct log *log, const struct trouble *trouble, LDAP *ld, LDAPMessage *answer)
{
    const char *advice;
    char *diagnostic = NULL;

    if (trouble->code == LDAP_REFERRAL)
        log_referral(log, ld, answer);
    ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    advice = verdict_advice(trouble->code, diagnostic);
    log_event(log, LOG_WARNING, trouble->operation, "%s for %.*s: %s (%d)%s%s%s%s",
              trouble->operation, trouble_shown_len(trouble->user), trouble->user.at,
              ldap_err2string(trouble->code), trouble->code, diagnostic && *diagnostic ? ": " : "",
              diagnostic ? diagnostic : "", advice ? "; " : "", advice ? advice : "");
    ldap_memfree(diagnostic);
}
