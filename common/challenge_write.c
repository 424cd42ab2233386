/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a challenge, RFC 9110 section 11.3. It is written while it is checked; after an error
 * what was written is cleared.
 * Cannot do: know which parameters a scheme needs, or join challenges.
 */
#include <config.h>

#include "common/sink.h"

/* Writes a token, or says where it is none. */
static enum pxa_status put_token(struct sink *sink, struct pxa_span token, size_t *fault_at)
{
    size_t len = token_len(token, 0);

    if (len == 0 || len < token.len) {
        *fault_at = len;
        return PXA_NOT_TOKEN;
    }
    sink_span(sink, token);
    return PXA_OK;
}

static enum pxa_status put_quoted(struct sink *sink, struct pxa_span text, size_t *fault_at)
{
    sink_put(sink, '"');
    for (size_t i = 0; i < text.len; i++) {
        *fault_at = i;
        if (is_control(text.at[i]))
            return text.at[i] == '\0' ? PXA_NUL : PXA_CONTROL;
        if ((unsigned char)text.at[i] > 0x7e)
            return PXA_NOT_ASCII;
        if (text.at[i] == '"' || text.at[i] == '\\')
            sink_put(sink, '\\');
        sink_put(sink, text.at[i]);
    }
    sink_put(sink, '"');
    *fault_at = 0;
    return PXA_OK;
}

/* Whether the value stands without quotes. RFC 7616 section 3.3 says so of the first three; of
 * charset only its example does, while RFC 7617 has that of Basic in quotes. */
static bool is_bare(struct pxa_span scheme, struct pxa_span name)
{
    return pxa_name_is(name, "algorithm") || pxa_name_is(name, "stale") ||
           pxa_name_is(name, "userhash") ||
           (pxa_name_is(name, "charset") && pxa_scheme_of(scheme) == PXA_SCHEME_DIGEST);
}

static enum pxa_status put_param(struct sink *sink, struct pxa_span scheme,
                                 const struct pxa_param *param, size_t *fault_at)
{
    enum pxa_status status = put_token(sink, param->name, fault_at);

    if (status != PXA_OK)
        return status;
    sink_put(sink, '=');
    if (is_bare(scheme, param->name))
        return put_token(sink, param->value, fault_at);
    return put_quoted(sink, param->value, fault_at);
}

/* Ends the writing. What did not fit counts only if nothing else is wrong. */
static enum pxa_status finish(struct sink *sink, enum pxa_status status, size_t fault_at,
                              struct pxa_written *done)
{
    return status == PXA_OK ? sink_end(sink, done) : sink_fail(sink, status, fault_at, done);
}

enum pxa_status pxa_challenge_write(struct pxa_span scheme, const struct pxa_param *params,
                                    size_t count, char *out, size_t cap, struct pxa_written *done,
                                    size_t *param)
{
    struct sink sink = {out, cap, 0};
    size_t fault_at = 0;
    enum pxa_status status = put_token(&sink, scheme, &fault_at);
    size_t wrong = count;

    for (size_t i = 0; i < count && status == PXA_OK; i++) {
        sink_span(&sink, i == 0 ? span_of(" ", 1) : span_of(", ", 2));
        status = put_param(&sink, scheme, &params[i], &fault_at);
        if (status != PXA_OK)
            wrong = i;
    }
    if (param != NULL)
        *param = wrong;
    return finish(&sink, status, fault_at, done);
}

enum pxa_status pxa_challenge_write_token68(struct pxa_span scheme, struct pxa_span token68,
                                            char *out, size_t cap, struct pxa_written *done)
{
    struct sink sink = {out, cap, 0};
    size_t fault_at = 0;
    enum pxa_status status = put_token(&sink, scheme, &fault_at);
    size_t at = token68_len(token68, 0);

    if (status != PXA_OK)
        return finish(&sink, status, fault_at, done);
    if (at == 0 || at < token68.len)
        return finish(&sink, PXA_NOT_BASE64, at, done);
    sink_put(&sink, ' ');
    sink_span(&sink, token68);
    return finish(&sink, PXA_OK, 0, done);
}
