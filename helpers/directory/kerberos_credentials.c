/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two tickets, asked for through libkrb5 because its error codes are exact and GSSAPI's are not:
 * the account's own and the one for the directory server. GSSAPI gets a credential over the cache
 * that holds them, and so asks nobody.
 *
 * Cannot do: bound what libkrb5 waits for. One silent KDC takes it 18 to 27 s (measured with MIT
 * 1.20: packets dropped, or TCP accepted and nothing said); from MIT 1.22 on krb5.conf(5) has
 * request_timeout. Nor does it keep libkrb5 from asking the DNS for the server's other names, which
 * rdns and dns_canonicalize_hostname in krb5.conf do.
 */
#include <config.h>

#include "helpers/directory/kerberos_credentials.h"

#ifdef HAVE_GSSAPI

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include "helpers/directory/kerberos_fault.h"
#include "helpers/directory/kerberos_keytab.h"

/* A connection is not used for the last tenth of its ticket's life, a minute at most: the server's
 * clock differs, and what is sent must be answered before the end. */
enum { SPARED_PARTS = 10, SPARED_MAX_S = 60 };

struct kerberos_credentials {
    krb5_context context;
    struct keytab keytab;
    krb5_ccache cache;
    krb5_timestamp ends; /* the earlier end of both tickets */
    gss_cred_id_t gss;
};

/* libkrb5's words for CODE as a fault of STEP, the ticket being PRINCIPAL's. */
static enum setup_outcome explain(struct kerberos_credentials *self, enum kerberos_step step,
                                  krb5_error_code code, krb5_principal principal, struct why *why)
{
    const char *text = krb5_get_error_message(self->context, code);
    enum setup_outcome outcome;
    char *name = NULL;

    if (krb5_unparse_name(self->context, principal, &name) != 0)
        name = NULL;
    outcome = kerberos_fault(step, code, text, name ? name : "?", why);
    krb5_free_unparsed_name(self->context, name);
    krb5_free_error_message(self->context, text);
    return outcome;
}

/* Seconds; the library counts in 32 bits and means unsigned ones from 2038 on. */
static int32_t time_from(krb5_timestamp from, krb5_timestamp to)
{
    return (int32_t)((uint32_t)to - (uint32_t)from);
}

static void note_end(struct kerberos_credentials *self, krb5_timestamp end)
{
    if (self->ends == 0 || time_from(self->ends, end) < 0)
        self->ends = end;
}

/* The account's own ticket, into a cache in memory that only this process can read. */
static krb5_error_code ask_by_key(struct kerberos_credentials *self)
{
    krb5_creds ticket = {0};
    krb5_error_code code = krb5_get_init_creds_keytab(
        self->context, &ticket, self->keytab.principal, self->keytab.handle, 0, NULL, NULL);

    if (code != 0)
        return code;
    note_end(self, ticket.times.endtime);
    code = krb5_cc_new_unique(self->context, "MEMORY", NULL, &self->cache);
    if (code == 0)
        code = krb5_cc_initialize(self->context, self->cache, ticket.client);
    if (code == 0)
        code = krb5_cc_store_cred(self->context, self->cache, &ticket);
    krb5_free_cred_contents(self->context, &ticket);
    return code;
}

/* The ticket for SERVICE; it stays in the cache. */
static krb5_error_code ask_for(struct kerberos_credentials *self, krb5_principal service)
{
    krb5_creds wanted = {.server = service};
    krb5_creds *ticket = NULL;
    krb5_error_code code = krb5_cc_get_principal(self->context, self->cache, &wanted.client);

    if (code != 0)
        return code;
    code = krb5_get_credentials(self->context, 0, self->cache, &wanted, &ticket);
    krb5_free_principal(self->context, wanted.client);
    if (code != 0)
        return code;
    note_end(self, ticket->times.endtime);
    krb5_free_creds(self->context, ticket);
    return 0;
}

/* Keytabs of machines hold names of services as well, which are no accounts: the KDC knows which.
 * Where nobody said which name it is, the next one has its turn. */
static krb5_error_code ask_by_keys(struct kerberos_credentials *self, bool any)
{
    krb5_error_code code = ask_by_key(self);

    while (any && code == KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN &&
           keytab_next(self->context, &self->keytab))
        code = ask_by_key(self);
    return code;
}

static enum setup_outcome get_tickets(struct kerberos_credentials *self,
                                      const struct setup_plan *plan, const char *host,
                                      struct why *why)
{
    krb5_principal service = NULL;
    krb5_error_code code = ask_by_keys(self, !plan->bind_principal);
    enum setup_outcome outcome = SETUP_READY;

    if (code != 0)
        return explain(self, KERBEROS_ACCOUNT, code, self->keytab.principal, why);
    /* The same name as GSSAPI makes of "ldap@HOST". */
    code = krb5_sname_to_principal(self->context, host, "ldap", KRB5_NT_SRV_HST, &service);
    if (code == 0)
        code = ask_for(self, service);
    if (code != 0 && service) {
        outcome = explain(self, KERBEROS_SERVICE, code, service, why);
    } else if (code != 0) {
        why_set(why, "no Kerberos name for the service ldap of %s", host);
        outcome = SETUP_SERVER;
    }
    krb5_free_principal(self->context, service);
    return outcome;
}

static enum setup_outcome make_gss(struct kerberos_credentials *self, struct why *why)
{
    unsigned char krb5[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}; /* RFC 4121 */
    unsigned char spnego[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};                 /* RFC 4178 */
    gss_OID_desc mechanisms[] = {{sizeof krb5, krb5}, {sizeof spnego, spnego}};
    gss_OID_set_desc both = {2, mechanisms};
    gss_key_value_element_desc element = {.key = "ccache"};
    const gss_key_value_set_desc store = {1, &element};
    OM_uint32 major = GSS_S_FAILURE;
    OM_uint32 minor = 0;
    char *name = NULL;

    if (krb5_cc_get_full_name(self->context, self->cache, &name) == 0) {
        element.value = name;
        major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &both,
                                      GSS_C_INITIATE, &store, &self->gss, NULL, NULL);
    }
    krb5_free_string(self->context, name);
    if (!GSS_ERROR(major))
        return SETUP_READY;
    why_set(why, "GSSAPI takes no credential from the Kerberos tickets (%u, %u)", major, minor);
    return SETUP_LOCAL;
}

/* Certificates and TCP are content with an address, Kerberos knows services by name. */
static bool has_name(const char *host, struct why *why)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, host, bytes) != 1 && inet_pton(AF_INET6, host, bytes) != 1 &&
        strcasecmp(host, "localhost") != 0)
        return true;
    return why_set(why,
                   "Kerberos knows no service by %s: the server's URI must have its name, "
                   "as in ldap://dc1.example.com",
                   host);
}

static enum setup_outcome fill(struct kerberos_credentials *self, const struct setup_plan *plan,
                               const char *host, struct why *why)
{
    krb5_error_code code = krb5_init_context(&self->context);
    enum setup_outcome outcome;

    if (code != 0) {
        const char *text = krb5_get_error_message(NULL, code);

        why_set(why, "libkrb5 cannot begin: %s; see krb5.conf", text);
        krb5_free_error_message(NULL, text);
        return SETUP_LOCAL;
    }
    if (!keytab_open(self->context, plan->bind_keytab, plan->bind_principal, &self->keytab, why))
        return SETUP_LOCAL;
    if (!plan->bind_principal && plan->realm)
        keytab_prefer_realm(self->context, &self->keytab, plan->realm);
    outcome = get_tickets(self, plan, host, why);
    return outcome == SETUP_READY ? make_gss(self, why) : outcome;
}

enum setup_outcome kerberos_credentials_get(const struct setup_plan *plan, const char *host,
                                            struct kerberos_credentials **credentials,
                                            struct why *why)
{
    enum setup_outcome outcome;

    *credentials = NULL;
    if (!has_name(host, why))
        return SETUP_SERVER;
    *credentials = calloc(1, sizeof **credentials);
    if (!*credentials) {
        why_set(why, "out of memory");
        return SETUP_LOCAL;
    }
    outcome = fill(*credentials, plan, host, why);
    if (outcome != SETUP_READY) {
        kerberos_credentials_free(*credentials);
        *credentials = NULL;
    }
    return outcome;
}

void *kerberos_credentials_gss(const struct kerberos_credentials *credentials)
{
    return credentials->gss;
}

uint64_t kerberos_credentials_lifetime_ms(const struct kerberos_credentials *credentials)
{
    krb5_timestamp now = 0;
    uint64_t left_ms;
    uint64_t spared_ms;

    if (krb5_timeofday(credentials->context, &now) != 0 || time_from(now, credentials->ends) <= 0)
        return 1;
    left_ms = (uint64_t)time_from(now, credentials->ends) * 1000;
    spared_ms = left_ms / SPARED_PARTS;
    if (spared_ms > (uint64_t)SPARED_MAX_S * 1000)
        spared_ms = (uint64_t)SPARED_MAX_S * 1000;
    return left_ms - spared_ms;
}

void kerberos_credentials_free(struct kerberos_credentials *credentials)
{
    OM_uint32 minor;

    if (!credentials)
        return;
    gss_release_cred(&minor, &credentials->gss);
    if (credentials->context) {
        keytab_close(credentials->context, &credentials->keytab);
        if (credentials->cache)
            krb5_cc_destroy(credentials->context, credentials->cache);
        krb5_free_context(credentials->context);
    }
    free(credentials);
}

#else

enum setup_outcome kerberos_credentials_get(const struct setup_plan *plan, const char *host,
                                            struct kerberos_credentials **credentials,
                                            struct why *why)
{
    (void)plan;
    (void)host;
    *credentials = NULL;
    why_set(why, "this build has no Kerberos");
    return SETUP_LOCAL;
}

void *kerberos_credentials_gss(const struct kerberos_credentials *credentials)
{
    (void)credentials;
    return NULL;
}

uint64_t kerberos_credentials_lifetime_ms(const struct kerberos_credentials *credentials)
{
    (void)credentials;
    return 0;
}

void kerberos_credentials_free(struct kerberos_credentials *credentials)
{
    (void)credentials;
}

#endif
