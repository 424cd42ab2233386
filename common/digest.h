/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest: what the files of the scheme Digest share. Not installed.
 */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include "common/span.h"

/* The parameters that are known. */
enum digest_field {
    DIGEST_USERNAME,
    DIGEST_USERNAME_EXT, /* username* */
    DIGEST_REALM,
    DIGEST_NONCE,
    DIGEST_URI,
    DIGEST_RESPONSE,
    DIGEST_QOP,
    DIGEST_NC,
    DIGEST_CNONCE,
    DIGEST_ALGORITHM,
    DIGEST_OPAQUE,
    DIGEST_USERHASH,
    DIGEST_FIELD_COUNT
};

struct digest_value {
    struct pxa_span name; /* where it stands; length 0 if it does not */
    struct pxa_span raw;  /* as sent, without the quotes around it; never a null pointer */
    struct pxa_span text; /* decoded */
    bool quoted;
    bool escaped; /* `raw` is not `text` already */
    bool there;   /* it stands there, and counts */
};

enum { DIGEST_NC_LEN = 8 };

/* What pxa_digest_decode() knows while it works. */
struct digest_decoding {
    struct pxa_span rest;
    enum pxa_dialect dialect;
    char *buf;
    size_t cap;
    size_t used; /* bytes of `buf` */
    struct digest_value values[DIGEST_FIELD_COUNT];
    size_t fault_at;
    struct pxa_span fault_param;
};

static inline bool digest_is_there(const struct digest_decoding *d, enum digest_field field)
{
    return d->values[field].there;
}

/* Notes a fault in byte `at` of the raw value of a parameter, and returns `status`. */
enum pxa_status digest_fault_in(struct digest_decoding *d, enum digest_field field,
                                enum pxa_status status, size_t at);

/* Notes that a value is not allowed, and returns PXA_PARAM_VALUE. */
enum pxa_status digest_bad_value(struct digest_decoding *d, enum digest_field field);

/* Judges the decoded values, and puts them into `out`. Returns PXA_OK, PXA_PARAM_MISSING,
 * PXA_PARAM_VALUE, PXA_NUL or PXA_CONTROL; then `out` is not worth anything. */
enum pxa_status digest_judge(struct digest_decoding *d, struct pxa_digest *out);

/* The name of a parameter: a constant. */
const char *digest_field_name(enum digest_field field);

/* Finds the values as Squid does (src/auth/digest/Config.cc): it fills the elements of
 * `values`, DIGEST_FIELD_COUNT of them and all zeros before, except `text`. Where a value
 * is `escaped` a quote stands behind `raw`. What cannot be read is passed over. `rest` holds
 * no NUL. */
void digest_read_squid(struct pxa_span rest, struct digest_value *values);

/* The algorithm of that name without regard to case, or PXA_DIGEST_OTHER. */
enum pxa_digest_algorithm digest_algorithm_of(struct pxa_span name);

/* How many hex digits the hashes of an algorithm have; 0 for one that is not computed. */
size_t digest_hex_len(enum pxa_digest_algorithm algorithm);

/* The algorithm itself for its session variant; PXA_DIGEST_OTHER for one not computed. */
enum pxa_digest_algorithm digest_base_of(enum pxa_digest_algorithm algorithm);

/* Whether it is a session variant. */
bool digest_is_session(enum pxa_digest_algorithm algorithm);

/* Whether all bytes are hex digits. */
bool digest_is_hex(struct pxa_span text);

/*
 * Decodes an ext-value of RFC 8187, section 3.2.1, in UTF-8 (UTF-8''J%C3%A4s), without NUL and
 * control bytes. `done->len` is less than raw.len. Returns PXA_OK, PXA_PARAM_VALUE,
 * PXA_PERCENT_CUT, _NOT_HEX or _NUL, PXA_CONTROL, PXA_NOT_UTF8 or PXA_SMALL_BUFFER; after an
 * error nothing is left in `out`.
 */
enum pxa_status ext_value_decode(struct pxa_span raw, char *out, size_t cap,
                                 struct pxa_written *done);

#endif
