/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * library: libsasl2 begun, and what its configuration says.
 *
 * It is never ended: that would unload its plug-ins, some of which then lose memory, and the
 * process ends anyway.
 */
#ifndef PROXYAUTH_SASL_LIBRARY_H
#define PROXYAUTH_SASL_LIBRARY_H

#include <limits.h>
#include <stdbool.h>

#include "helpers/core/why.h"
#include "helpers/sasl/remark.h"
#include "helpers/sasl/service.h"

/* Zeroed before; stays where it is while libsasl2 is used, which keeps pointers into it. */
struct sasl_library {
    bool begun;
    struct sasl_remark remark; /* of sasl_library_begin() */
    sasl_callback_t callbacks[3];
    char file[PATH_MAX];     /* the configuration that was found, or "" */
    struct sasl_facts facts; /* libsasl2's, until it ends */
};

/* Gives libsasl2 mutexes, so that threads can use it. Once, before anything else. */
void sasl_library_threads(void);

/* Reads the configuration and loads the plug-ins, unless that is done. False with WHY; it may be
 * tried again. One thread at a time, and no other of libsasl2. */
bool sasl_library_begin(struct sasl_library *library, const struct sasl_service_config *config,
                        struct why *why);

/* Whether users are looked up in sasldb, and only there, and its file is not there: libsasl2 then
 * knows no user, and does not say why. */
bool sasl_library_lacks_sasldb(const struct sasl_library *library);

/* The file of sasldb. */
const char *sasl_library_sasldb(const struct sasl_library *library);

#endif
