/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows a scheme's name: one token68, or a list of name=value, RFC 9110 sections 5.6
 * and 11.2. And what stands between quotes.
 * Cannot do: judge names and values; each scheme does that.
 */
#include <config.h>

#include "common/param.h"

size_t param_skip_empty(struct pxa_span text, size_t from)
{
    while (from < text.len && (is_blank(text.at[from]) || text.at[from] == ','))
        from++;
    return from;
}

/* The place of the '=' of the parameter at `at`; 0 if there is no parameter. */
static size_t find_equals(struct pxa_span text, size_t at)
{
    size_t name_end = at + token_len(text, at);
    size_t equals = name_end + blanks_len(text, name_end);

    return name_end > at && equals < text.len && text.at[equals] == '=' ? equals : 0;
}

bool param_begins(struct pxa_span text, size_t at)
{
    return find_equals(text, at) > 0;
}

/* Reads the quoted string whose opening quote is at `*at`. */
static enum pxa_status read_quoted(struct pxa_span text, size_t *at, struct pxa_param *out)
{
    size_t from = *at + 1;

    out->quoted = true;
    for (size_t i = from; i < text.len; i++) {
        if (text.at[i] == '"') {
            out->value = span_of(text.at + from, i - from);
            *at = i + 1;
            return PXA_OK;
        }
        if (text.at[i] == '\\') {
            out->escaped = true;
            if (++i == text.len)
                break;
        }
        if (is_control(text.at[i]) && text.at[i] != '\t') {
            *at = i;
            return text.at[i] == '\0' ? PXA_NUL : PXA_CONTROL;
        }
    }
    return PXA_QUOTE_OPEN;
}

/* A value without quotes. Of what is no token, programs send these bytes: padded Base64 in
 * SCRAM, paths and lists in AWS4-HMAC-SHA256, and whatever a careless one leaves without
 * quotes. */
static size_t bare_len(struct pxa_span text, size_t from)
{
    size_t at = from;

    for (; at < text.len; at++) {
        char c = text.at[at];
        bool beyond = c == '/' || c == ':' || c == ';' || c == '@' || (c == '=' && at > from);

        if (!is_token_byte(c) && !beyond)
            break;
    }
    return at - from;
}

/* Reads the value that should stand behind the '=' at `equals`. */
static enum pxa_status read_value(struct pxa_span text, size_t equals, size_t *at,
                                  struct pxa_param *out)
{
    size_t from = equals + 1 + blanks_len(text, equals + 1);
    size_t len = bare_len(text, from);

    if (from < text.len && text.at[from] == '"') {
        *at = from;
        return read_quoted(text, at, out);
    }
    if (len == 0) {
        *at = equals;
        return PXA_NO_VALUE;
    }
    out->value = span_of(text.at + from, len);
    *at = from + len;
    return PXA_OK;
}

enum pxa_status param_read(struct pxa_span text, size_t *at, struct pxa_param *out, size_t *end)
{
    size_t equals = find_equals(text, *at);
    enum pxa_status status;

    *out = (struct pxa_param){.quoted = false};
    if (equals == 0)
        return PXA_NO_PARAM;
    out->name = span_of(text.at + *at, token_len(text, *at));
    status = read_value(text, equals, at, out);
    if (status != PXA_OK)
        return status;
    if (end != NULL)
        *end = *at;
    *at += blanks_len(text, *at);
    return *at == text.len || text.at[*at] == ',' ? PXA_OK : PXA_NO_COMMA;
}

static enum pxa_status next_element(struct pxa_span text, size_t *at, struct pxa_param *out)
{
    enum pxa_status status;

    *at = param_skip_empty(text, *at);
    if (*at >= text.len) {
        *at = text.len;
        return PXA_END;
    }
    status = param_read(text, at, out, NULL);
    if (status != PXA_OK)
        *out = (struct pxa_param){.quoted = false};
    return status;
}

enum pxa_status pxa_param_next(struct pxa_cursor *list, struct pxa_param *out)
{
    bool at_fault = param_stands_at_fault(list->text, list->at);
    size_t at = at_fault ? 0 : list->at;
    enum pxa_status status;

    /* The same fault is found again by reading up to it. */
    do {
        *out = (struct pxa_param){.quoted = false};
        status = next_element(list->text, &at, out);
    } while (at_fault && status == PXA_OK);
    list->at = at;
    return status;
}

static bool begins_with_param(struct pxa_span text)
{
    size_t equals = find_equals(text, param_skip_empty(text, 0));
    size_t value = equals + 1 + blanks_len(text, equals + 1);

    return equals > 0 && value < text.len && (text.at[value] == '"' || bare_len(text, value) > 0);
}

enum pxa_form pxa_form_of(struct pxa_span rest)
{
    size_t from = blanks_len(rest, 0);

    if (from == rest.len)
        return PXA_FORM_NONE;
    while (is_blank(rest.at[rest.len - 1]))
        rest.len--;
    rest = span_cut(rest, from, rest.len);
    if (token68_len(rest, 0) == rest.len)
        return PXA_FORM_TOKEN68;
    return begins_with_param(rest) ? PXA_FORM_PARAMS : PXA_FORM_OTHER;
}

/* Writes what `raw` means to `out`; with a null `out` it only counts. */
static enum pxa_status unquote(struct pxa_span raw, enum pxa_dialect dialect, char *out, size_t cap,
                               struct pxa_written *done)
{
    size_t count = 0;

    for (size_t i = 0; i < raw.len; i++) {
        size_t from = i;

        if (raw.at[i] == '"' && dialect == PXA_SQUID)
            break;
        if (raw.at[i] == '\\' && i + 1 == raw.len) {
            done->fault_at = i;
            return PXA_QUOTE_OPEN;
        }
        if (raw.at[i] == '\\' && dialect == PXA_SQUID)
            continue;
        if (raw.at[i] == '\\')
            i++;
        if (count == cap) {
            done->fault_at = from;
            return PXA_SMALL_BUFFER;
        }
        if (out != NULL)
            out[count] = raw.at[i];
        count++;
    }
    done->len = count;
    return PXA_OK;
}

enum pxa_status pxa_unquote(struct pxa_span raw, enum pxa_dialect dialect, char *out, size_t cap,
                            struct pxa_written *done)
{
    enum pxa_status status;

    *done = (struct pxa_written){0, 0};
    /* Counts first, so that an error leaves the output as it was, also where it is the
     * input; and reading never falls behind writing. */
    status = unquote(raw, dialect, NULL, cap, done);
    return status == PXA_OK && done->len > 0 ? unquote(raw, dialect, out, cap, done) : status;
}
