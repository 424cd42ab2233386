/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service: passwords verified by Cyrus SASL, as its configuration file says (saslauthd, auxprop).
 *
 * libsasl2 has one configuration for a process, so there is one service. Nothing ends for want of
 * a configuration that can be used: every check is trouble until there is one, and the next check
 * tries again. Once it has been read it is not read again.
 */
#ifndef PROXYAUTH_SASL_SERVICE_H
#define PROXYAUTH_SASL_SERVICE_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"

struct sasl_service;

/* All strings outlive the service. */
struct sasl_service_config {
    const char *application; /* names the configuration file, APPLICATION.conf */
    const char *service;     /* what saslauthd and the PAM files behind it are told */
    const char *realm;       /* of users; NULL: the host's name, or as the user's name says */
    const char *config_dir;  /* without a colon; NULL: SASL_CONF_PATH of the environment, or the
                                system's folders */
    bool accept_aliases;     /* also a name that libsasl2 changes */
};

/* REFUSED is about the user, TROUBLE about us. */
enum sasl_outcome { SASL_OUTCOME_FITS, SASL_OUTCOME_REFUSED, SASL_OUTCOME_TROUBLE };

enum { SASL_DETAIL_MAX = 200 };

struct sasl_result {
    enum sasl_outcome outcome;
    char detail[SASL_DETAIL_MAX]; /* for the log alone: it tells whether a user exists */
};

/* NULL with WHY when memory is out. A configuration that cannot be used is no reason: WHY says
 * what is wrong with it, and is empty otherwise. */
struct sasl_service *sasl_service_open(const struct sasl_service_config *config, struct why *why);

/* Whether PASSWORD, which has no NUL, is USER's, behind which there is a NUL and in which there is
 * none. Any thread, any number of them; may block for ever. */
void sasl_service_check(struct sasl_service *service, struct pxa_span user,
                        const struct secret *password, struct sasl_result *result);

/* What the configuration file says, "" where it does not; borrowed. False with WHY when it cannot
 * be used. */
struct sasl_facts {
    const char *file; /* that file itself: "" where libsasl2 found none */
    const char *pwcheck_method;
    const char *auxprop_plugin;
    const char *saslauthd_path;
    const char *sasldb_path;
};
bool sasl_service_facts(struct sasl_service *service, struct sasl_facts *facts, struct why *why);

/* No check is under way. NULL is allowed. */
void sasl_service_free(struct sasl_service *service);

#endif
