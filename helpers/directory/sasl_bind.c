/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mechanism is always named: asked for any, libldap would read the root entry by itself and
 * wait for it. What ldap.conf says about SASL is overridden, or a line there could switch the layer
 * off.
 * Cannot do: bound what a mechanism's plug-in waits for. Those of Kerberos find their tickets
 * already there (kerberos.c) and wait for nothing.
 */
#include <config.h>

#include "helpers/directory/sasl_bind.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#ifdef HAVE_SASL
#include <sasl/sasl.h>

bool sasl_bind_possible(const char *mech, struct why *why)
{
    char **known = NULL;

    ldap_get_option(NULL, LDAP_OPT_X_SASL_MECHLIST, (void *)&known);
    for (char **one = known; one && *one; one++)
        if (strcasecmp(*one, mech) == 0)
            return true;
    if (protection_by_kerberos(mech))
        return why_set(why,
                       "this machine's SASL library has no plug-in for %s: install "
                       "libsasl2-modules-gssapi-mit (Debian) or cyrus-sasl-gssapi (Fedora)",
                       mech);
    return why_set(why,
                   "this machine's SASL library has no plug-in for %s: install "
                   "libsasl2-modules (Debian) or cyrus-sasl-scram (Fedora)",
                   mech);
}

/* The plug-ins of Kerberos ask for a name to act as, and libldap takes credentials only then. */
static int interact(LDAP *ld, unsigned flags, void *defaults, void *questions)
{
    const struct sasl_account *account = defaults;

    (void)flags;
    if (account->gss_credential &&
        ldap_set_option(ld, LDAP_OPT_X_SASL_GSS_CREDS, account->gss_credential) != 0)
        return LDAP_PARAM_ERROR;
    for (sasl_interact_t *question = questions; question->id != SASL_CB_LIST_END; question++) {
        question->result = "";
        question->len = 0;
        if (question->id == SASL_CB_AUTHNAME && account->user) {
            question->result = account->user;
            question->len = (unsigned)strlen(account->user);
        } else if (question->id == SASL_CB_PASS && account->password) {
            question->result = account->password->bytes;
            question->len = (unsigned)account->password->len;
        }
    }
    return LDAP_SUCCESS;
}

static bool set_policy(LDAP *ld, enum protection protection)
{
    char properties[80];
    int binding = protection == PROTECTION_TLS ? LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT
                                               : LDAP_OPT_X_SASL_CBINDING_NONE;

    if (protection == PROTECTION_LAYER)
        snprintf(properties, sizeof properties, "noanonymous,noplain,minssf=%d,maxssf=%d",
                 PROTECTION_LAYER_MIN, INT16_MAX);
    else
        snprintf(properties, sizeof properties, "noanonymous,noplain,minssf=0,maxssf=0");
    return ldap_set_option(ld, LDAP_OPT_X_SASL_SECPROPS, properties) == 0 &&
           ldap_set_option(ld, LDAP_OPT_X_SASL_CBINDING, &binding) == 0;
}

/* The server's last word came, and it was yes. MECHANISM: libldap forgets it when the plug-in, too,
 * is content. */
static int judge(LDAP *ld, enum protection protection, const char *mechanism, struct why *why)
{
    unsigned strength = sasl_bind_strength(ld);

    if (mechanism) {
        why_set(why, "the server ended the exchange before it had proved who it is");
        return LDAP_LOCAL_ERROR;
    }
    if (protection == PROTECTION_LAYER && strength < PROTECTION_LAYER_MIN) {
        why_set(why, "the layer that was agreed on has a strength of %u, which is less than %d",
                strength, PROTECTION_LAYER_MIN);
        return LDAP_LOCAL_ERROR;
    }
    return LDAP_SUCCESS;
}

/* The library keeps the password as long as its context of the exchange, and libldap that one as
 * long as the connection. A bind by a mechanism that nobody has fails before anything is sent, and
 * puts another context in its place. */
static void drop_context(LDAP *ld, struct sasl_account *account)
{
    const char *mechanism = NULL;
    int msgid;

    ldap_sasl_interactive_bind(ld, NULL, "X-PROXYAUTH-NONE", NULL, NULL, LDAP_SASL_QUIET, interact,
                               account, NULL, &mechanism, &msgid);
}

int sasl_bind(LDAP *ld, struct sasl_account *account, enum protection protection,
              uint64_t timeout_ms, struct why *why)
{
    const char *mechanism = NULL;
    LDAPMessage *answer = NULL;
    int msgid = 0;
    int code;

    if (!set_policy(ld, protection))
        return LDAP_PARAM_ERROR;
    do {
        code = ldap_sasl_interactive_bind(ld, NULL, account->mech, NULL, NULL, LDAP_SASL_QUIET,
                                          interact, account, answer, &mechanism, &msgid);
        ldap_msgfree(answer);
        answer = NULL;
        if (code == LDAP_SASL_BIND_IN_PROGRESS) {
            struct timeval ample = {.tv_sec = (time_t)(timeout_ms / 1000) + 1};

            if (ldap_result(ld, msgid, LDAP_MSG_ALL, &ample, &answer) <= 0)
                return LDAP_SERVER_DOWN;
        }
    } while (code == LDAP_SASL_BIND_IN_PROGRESS);
    if (code == LDAP_SUCCESS)
        code = judge(ld, protection, mechanism, why);
    if (code == LDAP_SUCCESS && account->password)
        drop_context(ld, account);
    return code;
}

unsigned sasl_bind_strength(LDAP *ld)
{
    ber_len_t strength = 0;

    return ldap_get_option(ld, LDAP_OPT_X_SASL_SSF, &strength) == 0 ? (unsigned)strength : 0;
}

#else

bool sasl_bind_possible(const char *mech, struct why *why)
{
    return why_set(why, "this build has no SASL, and so no %s", mech);
}

int sasl_bind(LDAP *ld, struct sasl_account *account, enum protection protection,
              uint64_t timeout_ms, struct why *why)
{
    (void)ld;
    (void)account;
    (void)protection;
    (void)timeout_ms;
    (void)why;
    return LDAP_NOT_SUPPORTED;
}

unsigned sasl_bind_strength(LDAP *ld)
{
    (void)ld;
    return 0;
}

#endif
