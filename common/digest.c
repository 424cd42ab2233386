/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The credentials of the scheme Digest, RFC 7616 section 3.4: its parameters are found here and
 * decoded. Squid's way to find them is in digest_squid.c; digest_judge.c judges them.
 * Cannot do: say whether nonce, realm, uri and nc are the ones that were asked for.
 */
#include <config.h>

#include "common/digest.h"
#include "common/param.h"

static const char *const names[DIGEST_FIELD_COUNT] = {
    [DIGEST_USERNAME] = "username", [DIGEST_USERNAME_EXT] = "username*",
    [DIGEST_REALM] = "realm",       [DIGEST_NONCE] = "nonce",
    [DIGEST_URI] = "uri",           [DIGEST_RESPONSE] = "response",
    [DIGEST_QOP] = "qop",           [DIGEST_NC] = "nc",
    [DIGEST_CNONCE] = "cnonce",     [DIGEST_ALGORITHM] = "algorithm",
    [DIGEST_OPAQUE] = "opaque",     [DIGEST_USERHASH] = "userhash",
};

const char *digest_field_name(enum digest_field field)
{
    return names[field];
}

enum pxa_status digest_fault_in(struct digest_decoding *d, enum digest_field field,
                                enum pxa_status status, size_t at)
{
    d->fault_at = (size_t)(d->values[field].raw.at - d->rest.at) + at;
    if (status == PXA_PARAM_VALUE)
        d->fault_param = d->values[field].name;
    return status;
}

enum pxa_status digest_bad_value(struct digest_decoding *d, enum digest_field field)
{
    return digest_fault_in(d, field, PXA_PARAM_VALUE, 0);
}

/* Whether this parameter, or the other one that names the user, was there before. */
static bool was_there(const struct digest_decoding *d, int field)
{
    if (field == DIGEST_USERNAME || field == DIGEST_USERNAME_EXT)
        return d->values[DIGEST_USERNAME].there || d->values[DIGEST_USERNAME_EXT].there;
    return d->values[field].there;
}

/* Takes one parameter, unless it is none of Digest's. */
static enum pxa_status keep(struct digest_decoding *d, const struct pxa_param *param)
{
    int i = 0;

    while (i < DIGEST_FIELD_COUNT && !pxa_name_is(param->name, names[i]))
        i++;
    if (i == DIGEST_FIELD_COUNT)
        return PXA_OK;
    if (was_there(d, i)) {
        d->fault_at = (size_t)(param->name.at - d->rest.at);
        d->fault_param = param->name;
        return PXA_PARAM_TWICE;
    }
    d->values[i] = (struct digest_value){.name = param->name,
                                         .raw = param->value,
                                         .quoted = param->quoted,
                                         .escaped = param->escaped,
                                         .there = true};
    return PXA_OK;
}

static enum pxa_status read_rfc(struct digest_decoding *d)
{
    struct pxa_cursor list = {d->rest, 0};
    struct pxa_param param;
    enum pxa_status status;

    while ((status = pxa_param_next(&list, &param)) == PXA_OK) {
        status = keep(d, &param);
        if (status != PXA_OK)
            return status;
    }
    d->fault_at = list.at;
    return status == PXA_END ? PXA_OK : status;
}

static enum pxa_status read_squid(struct digest_decoding *d)
{
    const char *nul = memchr(d->rest.at, '\0', d->rest.len);

    if (nul != NULL) {
        d->fault_at = (size_t)(nul - d->rest.at);
        return PXA_NUL; /* Squid refuses the whole request */
    }
    digest_read_squid(d->rest, d->values);
    return PXA_OK;
}

static enum pxa_status decode_value(struct digest_decoding *d, enum digest_field field)
{
    struct digest_value *value = &d->values[field];
    struct pxa_span raw = value->raw;
    char *out = d->used > 0 ? d->buf + d->used : d->buf; /* which may be null */
    size_t cap = d->cap - d->used;
    struct pxa_written done;
    enum pxa_status status;

    if (field == DIGEST_USERNAME_EXT && value->quoted)
        return digest_bad_value(d, field);
    if (field == DIGEST_USERNAME_EXT) {
        status = ext_value_decode(raw, out, cap, &done);
    } else if (value->escaped) {
        if (d->dialect == PXA_SQUID)
            raw.len++; /* the quote, so that a backslash before it is dropped as well */
        status = pxa_unquote(raw, d->dialect, out, cap, &done);
    } else {
        value->text = raw;
        return PXA_OK;
    }
    if (status != PXA_OK)
        return digest_fault_in(d, field, status, done.fault_at);
    value->text = span_of(out, done.len);
    d->used += done.len;
    return PXA_OK;
}

static enum pxa_status decode_values(struct digest_decoding *d)
{
    for (int i = 0; i < DIGEST_FIELD_COUNT; i++) {
        enum pxa_status status = digest_is_there(d, i) ? decode_value(d, i) : PXA_OK;

        if (status != PXA_OK)
            return status;
        /* To Squid what is empty is not there, nor is an nc of another length. */
        if (d->dialect == PXA_SQUID && (d->values[i].text.len == 0 ||
                                        (i == DIGEST_NC && d->values[i].text.len != DIGEST_NC_LEN)))
            d->values[i].there = false;
    }
    return PXA_OK;
}

enum pxa_status pxa_digest_decode(struct pxa_span rest, enum pxa_dialect dialect, char *buf,
                                  size_t cap, struct pxa_digest *out)
{
    struct digest_decoding d = {.rest = rest, .dialect = dialect, .buf = buf, .cap = cap};
    enum pxa_status status;

    *out = (struct pxa_digest){.algorithm = PXA_DIGEST_OTHER};
    if (blanks_len(rest, 0) == rest.len)
        return PXA_EMPTY;
    status = dialect == PXA_SQUID ? read_squid(&d) : read_rfc(&d);
    if (status == PXA_OK)
        status = decode_values(&d);
    if (status == PXA_OK)
        status = digest_judge(&d, out);
    if (status == PXA_OK)
        return PXA_OK;
    pxa_wipe(buf, d.used);
    *out = (struct pxa_digest){.fault_at = d.fault_at, .fault_param = d.fault_param};
    return status;
}
