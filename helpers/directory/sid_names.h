/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sid_names: the names of groups by their SIDs, as far as they are remembered.
 */
#ifndef PROXYAUTH_DIRECTORY_SID_NAMES_H
#define PROXYAUTH_DIRECTORY_SID_NAMES_H

#include <stdbool.h>

#include "common/proxyauth.h"

struct directory;

/* Whether the name for the binary SID is known. NAME is empty when no group has that SID, or none
 * can have it; it lives until the next call of anything that remembers. */
bool sid_names_recall(struct directory *directory, struct pxa_span sid, struct pxa_span *name);

/* Keeps NAME, or that there is none. */
void sid_names_remember(struct directory *directory, struct pxa_span sid, struct pxa_span name);

#endif
