/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libldap has one trace level for the whole process, so it is raised while any thread is inside
 * tls_fault_begin() and tls_fault_end(), and lines of other threads are dropped. Where a thread
 * collects is the only state here: it cannot be passed through libldap.
 */
#include <config.h>

#include "helpers/directory/tls_fault.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local struct tls_fault *collecting;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned collectors; /* guarded by the lock, as libldap's level is */

/* LDAP_DEBUG_TRACE: function calls and TLS results. Higher bits would show packets. */
enum { TRACE_OFF = 0, TRACE_CALLS = 1 };

/* Bits of gnutls_certificate_status_t (gnutls/gnutls.h), which the trace prints as a number. */
enum {
    GNUTLS_REVOKED = 1 << 5,
    GNUTLS_SIGNER_NOT_FOUND = 1 << 6,
    GNUTLS_SIGNER_NOT_CA = 1 << 7,
    GNUTLS_WEAK_ALGORITHM = 1 << 8,
    GNUTLS_NOT_ACTIVATED = 1 << 9,
    GNUTLS_EXPIRED = 1 << 10,
};

static void collect(const char *line)
{
    size_t used, len;

    if (!collecting || strncmp(line, "TLS", 3) != 0)
        return;
    used = strlen(collecting->text);
    len = strcspn(line, "\r\n");
    if (used + len + 3 > sizeof collecting->text)
        return;
    if (used > 0) {
        memcpy(collecting->text + used, "; ", 2);
        used += 2;
    }
    memcpy(collecting->text + used, line, len);
    collecting->text[used + len] = '\0';
}

void tls_fault_prepare(void)
{
    ber_set_option(NULL, LBER_OPT_LOG_PRINT_FN, (void *)collect);
}

static void set_level(int level)
{
    ldap_set_option(NULL, LDAP_OPT_DEBUG_LEVEL, &level);
}

void tls_fault_begin(struct tls_fault *fault)
{
    fault->text[0] = '\0';
    collecting = fault;
    pthread_mutex_lock(&lock);
    if (collectors++ == 0)
        set_level(TRACE_CALLS);
    pthread_mutex_unlock(&lock);
}

void tls_fault_end(struct tls_fault *fault)
{
    (void)fault;
    pthread_mutex_lock(&lock);
    if (--collectors == 0)
        set_level(TRACE_OFF);
    pthread_mutex_unlock(&lock);
    collecting = NULL;
}

static bool says(const char *text, const char *words)
{
    return text && strstr(text, words);
}

static const char *gnutls_fault(const char *trace)
{
    static const char words[] = "untrusted or revoked (";
    const char *flags = strstr(trace, words);
    unsigned long status;

    if (!flags)
        return NULL;
    status = strtoul(flags + sizeof words - 1, NULL, 16);
    if (status & GNUTLS_EXPIRED)
        return "the certificate has expired";
    if (status & GNUTLS_NOT_ACTIVATED)
        return "the certificate is not valid yet";
    if (status & GNUTLS_REVOKED)
        return "the certificate has been revoked";
    if (status & (GNUTLS_SIGNER_NOT_FOUND | GNUTLS_SIGNER_NOT_CA))
        return "the certificate's issuer is not among the trusted CAs";
    if (status & GNUTLS_WEAK_ALGORITHM)
        return "the certificate is signed with an algorithm that is too weak";
    return "the certificate is not trusted";
}

/* A certificate whose alternative names do not fit is asked for its common name, which it may not
 * have. */
static const char *name_fault(const char *text)
{
    if (says(text, "does not match") || says(text, "unable to get common name") ||
        says(text, "unable to get CN"))
        return "the certificate is for another name";
    return NULL;
}

/* The words of X509_verify_cert_error_string(3ssl), which the diagnostic ends with. */
static const char *openssl_fault(const char *diagnostic)
{
    if (says(diagnostic, "has expired"))
        return "the certificate has expired";
    if (says(diagnostic, "not yet valid"))
        return "the certificate is not valid yet";
    if (says(diagnostic, "revoked"))
        return "the certificate has been revoked";
    if (says(diagnostic, "self-signed") || says(diagnostic, "self signed") ||
        says(diagnostic, "unable to get local issuer") || says(diagnostic, "unable to verify"))
        return "the certificate's issuer is not among the trusted CAs";
    if (says(diagnostic, "too weak"))
        return "the certificate is signed with an algorithm that is too weak";
    return NULL;
}

/* GnuTLS does not tell which alert a server sent when nothing in common could be found. */
static const char *version_hint(const char *diagnostic)
{
    if (says(diagnostic, "alert") || says(diagnostic, "version") || says(diagnostic, "protocol"))
        return "; perhaps there is no common TLS version (see --tls-min)";
    return "";
}

void tls_fault_explain(const struct tls_fault *fault, LDAP *ld, const char *host, const char *ca,
                       struct why *why)
{
    char *diagnostic = NULL;
    const char *cause = name_fault(fault->text);

    ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    if (!cause)
        cause = name_fault(diagnostic);
    if (!cause)
        cause = gnutls_fault(fault->text);
    if (!cause)
        cause = openssl_fault(diagnostic);
    if (cause)
        why_set(why, "%s (expected name %s, %s)", cause, host, ca);
    else
        why_set(why, "the handshake failed: %s%s (expected name %s, %s)",
                diagnostic && *diagnostic ? diagnostic
                : fault->text[0]          ? fault->text
                                          : "no reason given",
                version_hint(diagnostic), host, ca);
    ldap_memfree(diagnostic);
}
