/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two halves of pxa_base64_decode(), for decoders that must say where a
 * fault is and that decode only what they have checked. Not installed.
 */
#ifndef COMMON_BASE64_H
#define COMMON_BASE64_H

#include "common/proxyauth.h"

struct base64_check {
    size_t decoded_len; /* bytes, if PXA_OK */
    size_t fault_at;    /* offset in the input of what is wrong, else 0 */
};

/*
 * Whether `in` is Base64 as pxa_base64_decode() wants it, and how long the
 * result will be. Returns any status of that function but PXA_SMALL_BUFFER.
 */
enum pxa_status base64_check(struct pxa_span in, struct base64_check *out);

/*
 * Decodes `in`, which base64_check() has called PXA_OK, into `out`, which has room
 * for the decoded_len bytes that it told.
 */
void base64_decode_checked(struct pxa_span in, char *out);

#endif
