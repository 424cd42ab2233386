/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mechanism is always named: asked for any, libldap would read the root entry by itself and
 * wait for it.
 */
#include <config.h>

#include "helpers/directory/sasl_external.h"

#ifdef HAVE_SASL
#include <sasl/sasl.h>

int sasl_external_supported(void)
{
    return 1;
}

/* EXTERNAL needs no answers, but libldap insists on being able to ask. */
static int interact(LDAP *ld, unsigned flags, void *defaults, void *questions)
{
    (void)ld;
    (void)flags;
    (void)defaults;
    for (sasl_interact_t *question = questions; question->id != SASL_CB_LIST_END; question++) {
        question->result = "";
        question->len = 0;
    }
    return LDAP_SUCCESS;
}

int sasl_external_bind(LDAP *ld, uint64_t timeout_ms)
{
    const struct timeval ample = {.tv_sec = (time_t)(timeout_ms / 1000) + 1};
    const char *mechanism = NULL;
    LDAPMessage *answer = NULL;
    int msgid = 0;
    int code;

    do {
        code = ldap_sasl_interactive_bind(ld, NULL, "EXTERNAL", NULL, NULL, LDAP_SASL_QUIET,
                                          interact, NULL, answer, &mechanism, &msgid);
        ldap_msgfree(answer);
        answer = NULL;
        if (code == LDAP_SASL_BIND_IN_PROGRESS) {
            struct timeval rest = ample;

            if (ldap_result(ld, msgid, LDAP_MSG_ALL, &rest, &answer) <= 0)
                return LDAP_SERVER_DOWN;
        }
    } while (code == LDAP_SASL_BIND_IN_PROGRESS);
    return code;
}

#else

int sasl_external_supported(void)
{
    return 0;
}

int sasl_external_bind(LDAP *ld, uint64_t timeout_ms)
{
    (void)ld;
    (void)timeout_ms;
    return LDAP_NOT_SUPPORTED;
}

#endif
