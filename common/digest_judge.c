/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Judges the parameters of Digest credentials: what is missing, and what a value may be. By
 * RFC 7616 section 3.4, or as Auth::Digest::Config::decode() of Squid's
 * src/auth/digest/Config.cc does.
 * Cannot do: compare them with what the proxy asked for.
 */
#include <config.h>

#include "common/digest.h"

static enum pxa_status missing(struct digest_decoding *d, enum digest_field field)
{
    d->fault_at = d->rest.len;
    d->fault_param = span_of(digest_field_name(field), strlen(digest_field_name(field)));
    return PXA_PARAM_MISSING;
}

static enum pxa_status need(struct digest_decoding *d, enum digest_field field)
{
    if (digest_is_there(d, field))
        return PXA_OK;
    return d->values[field].name.len > 0 ? digest_bad_value(d, field) : missing(d, field);
}

/* Refuses control bytes, also where Squid would not: they have no place in a user name. */
static enum pxa_status check_username(struct digest_decoding *d, struct pxa_digest *out)
{
    struct pxa_span raw = d->values[DIGEST_USERNAME].raw;
    size_t at = 0;
    enum pxa_status status = PXA_OK;
    const char *quote;

    out->username_extended = digest_is_there(d, DIGEST_USERNAME_EXT);
    if (!out->username_extended)
        status = need(d, DIGEST_USERNAME);
    if (status != PXA_OK)
        return status;
    out->username = d->values[out->username_extended ? DIGEST_USERNAME_EXT : DIGEST_USERNAME].text;
    out->charset = pxa_charset_of(out->username);
    status = find_control(raw, &at);
    if (status != PXA_OK)
        return digest_fault_in(d, DIGEST_USERNAME, status, at);
    if (d->dialect != PXA_SQUID)
        return PXA_OK;
    /* A text with a quote is the raw value: what stood in quotes has none. */
    quote = memchr(out->username.at, '"', out->username.len);
    return quote == NULL
               ? PXA_OK
               : digest_fault_in(d, DIGEST_USERNAME, PXA_PARAM_VALUE, (size_t)(quote - raw.at));
}

static enum pxa_status check_places(struct digest_decoding *d, struct pxa_digest *out)
{
    enum pxa_status status = need(d, DIGEST_REALM);

    if (status == PXA_OK)
        status = need(d, DIGEST_NONCE);
    if (status == PXA_OK)
        status = need(d, DIGEST_URI);
    out->realm = d->values[DIGEST_REALM].text;
    out->nonce = d->values[DIGEST_NONCE].text;
    out->uri = d->values[DIGEST_URI].text;
    out->opaque = d->values[DIGEST_OPAQUE].text;
    return status;
}

static void take_algorithm(const struct digest_decoding *d, struct pxa_digest *out)
{
    out->algorithm_name = d->values[DIGEST_ALGORITHM].text;
    out->algorithm = PXA_DIGEST_MD5;
    if (digest_is_there(d, DIGEST_ALGORITHM))
        out->algorithm = digest_algorithm_of(out->algorithm_name);
}

/* To Squid these are names in their exact case, and response any text of that length. */
static enum pxa_status check_hashes(struct digest_decoding *d, struct pxa_digest *out)
{
    enum pxa_status status = need(d, DIGEST_RESPONSE);
    bool squid = d->dialect == PXA_SQUID;
    size_t len = squid ? digest_hex_len(PXA_DIGEST_MD5) : digest_hex_len(out->algorithm);

    if (status != PXA_OK)
        return status;
    out->response = d->values[DIGEST_RESPONSE].text;
    if ((len > 0 && out->response.len != len) || (!squid && !digest_is_hex(out->response)))
        return digest_bad_value(d, DIGEST_RESPONSE);
    if (squid && digest_is_there(d, DIGEST_ALGORITHM) &&
        !span_is_text(out->algorithm_name, "MD5") && !span_is_text(out->algorithm_name, "MD5-sess"))
        return digest_bad_value(d, DIGEST_ALGORITHM);
    return PXA_OK;
}

static enum pxa_status check_nc(struct digest_decoding *d, struct pxa_digest *out)
{
    enum pxa_status status = need(d, DIGEST_NC);

    if (status != PXA_OK)
        return status;
    out->nc = d->values[DIGEST_NC].text;
    if (out->nc.len != DIGEST_NC_LEN || !digest_is_hex(out->nc))
        return digest_bad_value(d, DIGEST_NC);
    for (size_t i = 0; i < DIGEST_NC_LEN; i++)
        out->nonce_count = out->nonce_count << 4 | (uint32_t)hex_value(out->nc.at[i]);
    return PXA_OK;
}

static enum pxa_status check_qop(struct digest_decoding *d, struct pxa_digest *out)
{
    enum pxa_status status;

    if (!digest_is_there(d, DIGEST_QOP)) {
        /* The hash of a session takes in the cnonce. */
        bool wanted = digest_is_there(d, DIGEST_CNONCE) || digest_is_there(d, DIGEST_NC) ||
                      digest_is_session(out->algorithm);

        return wanted ? missing(d, DIGEST_QOP) : PXA_OK;
    }
    out->qop_name = d->values[DIGEST_QOP].text;
    out->qop = PXA_QOP_OTHER;
    if (pxa_name_is(out->qop_name, "auth"))
        out->qop = PXA_QOP_AUTH;
    else if (pxa_name_is(out->qop_name, "auth-int"))
        out->qop = PXA_QOP_AUTH_INT;
    if (d->dialect == PXA_SQUID && !span_is_text(out->qop_name, "auth"))
        return digest_bad_value(d, DIGEST_QOP);
    status = need(d, DIGEST_CNONCE);
    out->cnonce = d->values[DIGEST_CNONCE].text;
    return status == PXA_OK ? check_nc(d, out) : status;
}

static enum pxa_status check_userhash(struct digest_decoding *d, struct pxa_digest *out)
{
    const struct digest_value *value = &d->values[DIGEST_USERHASH];
    size_t len = digest_hex_len(out->algorithm);

    out->userhash = pxa_name_is(value->text, "true");
    if (value->there && !out->userhash && !pxa_name_is(value->text, "false"))
        return digest_bad_value(d, DIGEST_USERHASH);
    if (!out->userhash)
        return PXA_OK;
    if (out->username_extended)
        return digest_bad_value(d, DIGEST_USERHASH);
    if (!digest_is_hex(out->username) || (len > 0 && out->username.len != len))
        return digest_bad_value(d, DIGEST_USERNAME);
    return PXA_OK;
}

/* In the order in which Squid looks at them. */
enum pxa_status digest_judge(struct digest_decoding *d, struct pxa_digest *out)
{
    enum pxa_status status = check_username(d, out);

    take_algorithm(d, out);
    if (status == PXA_OK)
        status = check_places(d, out);
    if (status == PXA_OK)
        status = check_hashes(d, out);
    if (status == PXA_OK)
        status = check_qop(d, out);
    return status == PXA_OK ? check_userhash(d, out) : status;
}
