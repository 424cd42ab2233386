/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nt_hash: MD4 of a password in UTF-16LE, which NTLM calls NTOWFv1 ([MS-NLMP] 3.3.1).
 */
#ifndef PROXYAUTH_NTLM_NT_HASH_H
#define PROXYAUTH_NTLM_NT_HASH_H

#include <stdbool.h>

#include "common/proxyauth.h"

enum { NT_HASH_LEN = 16, NT_HASH_HEX = 32 };

/* The hash of PASSWORD, which must be UTF-8. False, and OUT is zeros, if it is not or memory is
 * out. Any thread. */
bool nt_hash(struct pxa_span password, unsigned char out[NT_HASH_LEN]);

#endif
