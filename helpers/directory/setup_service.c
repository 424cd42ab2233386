/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The service bind, by password or by SASL, and what its result codes mean:
 *
 * | code                        | simple, SCRAM, EXTERNAL | GSSAPI, GSS-SPNEGO |
 * |-----------------------------|-------------------------|--------------------|
 * | 0                           | READY                   | READY              |
 * | 49 invalidCredentials       | CREDENTIAL              | SERVER             |
 * | any other, and libldap's    | SERVER                  | SERVER             |
 *
 * A server that refuses a ticket with 49 has other keys than the KDC or another clock: the KDC has
 * accepted the account, asking again cannot lock it, and another server may take the ticket. What
 * is refused before the server is asked is in kerberos_fault.c.
 */
#include <config.h>

#include <stdio.h>
#include <strings.h>

#include "helpers/directory/kerberos_credentials.h"
#include "helpers/directory/sasl_bind.h"
#include "helpers/directory/setup_private.h"
#include "helpers/directory/verdict.h"

const char *setup_secret_file(const struct setup_plan *plan)
{
    return protection_by_kerberos(plan->sasl_mech) ? plan->bind_keytab : plan->bind_password_file;
}

const char *setup_account(const struct setup_plan *plan)
{
    if (protection_by_kerberos(plan->sasl_mech))
        return plan->bind_principal ? plan->bind_principal : plan->bind_keytab;
    if (plan->sasl_mech)
        return plan->sasl_user ? plan->sasl_user : plan->sasl_mech;
    return plan->bind_dn ? plan->bind_dn : "anonymous";
}

/* ---- the proof ---- */

static bool get_tickets(struct setup *setup, struct service_proof *proof)
{
    enum setup_outcome outcome;

    if (setup->address->transport == TRANSPORT_LDAPI) {
        why_set(&setup->why,
                "--sasl-mech %s needs an ldap:// or ldaps:// server; for ldapi:// "
                "there is EXTERNAL",
                setup->plan->sasl_mech);
        return setup_fail(setup, SETUP_SERVER, "Kerberos");
    }
    outcome =
        kerberos_credentials_get(setup->plan, setup->address->host, &proof->tickets, &setup->why);
    return outcome == SETUP_READY || setup_fail(setup, outcome, "Kerberos");
}

/* A password alone is nobody's, and servers refuse it with an empty name (RFC 4513 5.1.1). */
static bool is_anonymous(const struct setup_plan *plan)
{
    return !plan->bind_dn || !*plan->bind_dn;
}

static bool read_password(struct setup *setup, struct service_proof *proof)
{
    proof->password = setup->plan->bind_password;
    if (!setup->plan->bind_password_file)
        return true;
    proof->from_file = secret_read_file(setup->plan->bind_password_file, &setup->why);
    proof->password = proof->from_file;
    return proof->from_file || setup_fail(setup, SETUP_LOCAL, "password file");
}

bool setup_prove(struct setup *setup, struct service_proof *proof)
{
    const char *mech = setup->plan->sasl_mech;

    if (mech && !sasl_bind_possible(mech, &setup->why))
        return setup_fail(setup, SETUP_LOCAL, "SASL");
    if (protection_by_kerberos(mech))
        return get_tickets(setup, proof);
    if (mech ? !setup->plan->sasl_user : is_anonymous(setup->plan))
        return true;
    return read_password(setup, proof);
}

void setup_forget(struct service_proof *proof)
{
    secret_free(&proof->from_file);
    kerberos_credentials_free(proof->tickets);
    proof->tickets = NULL;
    proof->password = NULL;
}

/* ---- the bind ---- */

/* A name without a password would be an unauthenticated bind, which servers refuse or log
 * (RFC 4513 5.1.2): without a password it is an anonymous one. */
static int bind_simple(struct setup *setup, const struct secret *secret)
{
    struct berval password = {0};
    int msgid;
    int code;

    if (secret) {
        password.bv_len = secret->len;
        password.bv_val = (char *)(uintptr_t)secret->bytes; /* libldap only reads it */
    }
    code = ldap_sasl_bind(setup->ld, secret && setup->plan->bind_dn ? setup->plan->bind_dn : "",
                          LDAP_SASL_SIMPLE, &password, NULL, NULL, &msgid);
    return code == LDAP_SUCCESS ? setup_await(setup, msgid, LDAP_RES_BIND) : code;
}

static int bind_by_sasl(struct setup *setup, const struct service_proof *proof)
{
    struct sasl_account account = {
        .mech = setup->plan->sasl_mech,
        .user = setup->plan->sasl_user,
        .password = proof->password,
        .gss_credential = proof->tickets ? kerberos_credentials_gss(proof->tickets) : NULL,
    };

    return sasl_bind(setup->ld, &account, setup_protection(setup), setup->plan->timeout_ms,
                     &setup->why);
}

/* What the server wants instead, where Active Directory and others differ in what they take. */
static const char *advice(const struct setup *setup, int code)
{
    bool kerberos = protection_by_kerberos(setup->plan->sasl_mech);
    bool tls = setup_protection(setup) == PROTECTION_TLS;

    switch (code) {
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
    case LDAP_UNWILLING_TO_PERFORM:
        if (kerberos && tls)
            return "it does not take Kerberos inside TLS: use an ldap:// URI without "
                   "--sasl-in-tls, where Kerberos encrypts the connection itself";
        if (kerberos)
            return "it does not take a connection that Kerberos encrypts: try --sasl-in-tls";
        return code == LDAP_UNWILLING_TO_PERFORM
                   ? NULL
                   : "the server wants the service account to bind inside TLS (use an ldaps:// "
                     "URI or --starttls) or with --sasl-mech GSSAPI and a keytab";
    case LDAP_INVALID_CREDENTIALS:
        if (kerberos)
            return "it does not take the ticket: its own keytab or its clock may be wrong, or it "
                   "wants channel binding";
        return NULL;
    case LDAP_AUTH_METHOD_NOT_SUPPORTED:
    case LDAP_INAPPROPRIATE_AUTH:
        return setup->plan->sasl_mech
                   ? "it does not offer the mechanism of --sasl-mech, or not for this account"
                   : "it takes no simple bind, or not for this account";
    case LDAP_AUTH_UNKNOWN:
        return setup->plan->sasl_mech && strcasecmp(setup->plan->sasl_mech, "EXTERNAL") == 0
                   ? "EXTERNAL needs ldapi:// or a client certificate (--client-cert)"
                   : NULL;
    default:
        return NULL;
    }
}

static bool fail_bind(struct setup *setup, int code)
{
    if (setup->why.text[0] && setup->wire->broken == 0)
        return setup_fail(setup, SETUP_SERVER, "service bind");
    setup_fail_operation(setup, "service bind", code, advice(setup, code));
    if (code == LDAP_INVALID_CREDENTIALS && !protection_by_kerberos(setup->plan->sasl_mech))
        setup->outcome = SETUP_CREDENTIAL;
    return false;
}

bool setup_bind_service(struct setup *setup, const struct service_proof *proof)
{
    int code;

    setup->why.text[0] = '\0';
    code =
        setup->plan->sasl_mech ? bind_by_sasl(setup, proof) : bind_simple(setup, proof->password);
    if (code != LDAP_SUCCESS)
        return fail_bind(setup, code);
    setup->layer = sasl_bind_strength(setup->ld);
    if (proof->tickets)
        setup->lifetime_ms = kerberos_credentials_lifetime_ms(proof->tickets);
    return true;
}
