/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service: the file in which a PAM service is described.
 *
 * Where there is none, PAM uses that of the service "other" without a word, which on most systems
 * denies everybody, and on some lets in whom the machine knows. So it is looked for beforehand.
 */
#ifndef PROXYAUTH_PAM_SERVICE_H
#define PROXYAUTH_PAM_SERVICE_H

#include <stdbool.h>

#include "helpers/core/why.h"

enum { SERVICE_PATH_MAX = 300 };

/* Whether NAME can be that of a service. False with WHY. */
bool service_name_is_good(const char *name, struct why *why);

/* Finds the file of the service NAME, which is good, in DIR or, if that is NULL, where PAM looks
 * for it, and whether this process can read it. PATH is a text for people: where the file is or
 * should be. False with WHY. */
bool service_find(const char *name, const char *dir, char path[SERVICE_PATH_MAX], struct why *why);

#endif
