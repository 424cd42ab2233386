/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the challenges of a response, RFC 9110 sections 11.3 and 11.6.1. The comma separates
 * challenges as well as parameters; what tells them apart is the '=' behind a name.
 * Cannot do: say whether a challenge has the parameters that its scheme needs.
 */
#include <config.h>

#include "common/digest.h"
#include "common/param.h"

/* Whether one token68 stands at `from`, up to a comma or the end. Then `*end` is its end, and
 * `*at` that comma or end. */
static bool find_token68(struct pxa_span line, size_t from, size_t *end, size_t *at)
{
    *end = from + token68_len(line, from);
    if (*end == from)
        return false;
    *at = *end + blanks_len(line, *end);
    return *at == line.len || line.at[*at] == ',';
}

/* Reads parameters from `*at` on as long as there are any. */
static enum pxa_status read_params(struct pxa_span line, size_t *at, struct pxa_challenge *out)
{
    size_t from = param_skip_empty(line, *at);
    size_t next = from;
    size_t end = from;

    do {
        struct pxa_param param;
        enum pxa_status status;

        *at = next;
        status = param_read(line, at, &param, &end);
        if (status != PXA_OK)
            return status;
        next = param_skip_empty(line, *at);
    } while (param_begins(line, next));
    out->form = PXA_FORM_PARAMS;
    out->params = span_cut(line, from, end);
    return PXA_OK;
}

/* Reads what follows a scheme's name. Only the first parameter may be missing. */
static enum pxa_status read_body(struct pxa_span line, size_t *at, struct pxa_challenge *out)
{
    size_t from = *at;
    size_t end;
    bool name_only = from == line.len || line.at[from] == ',';

    if (name_only && !param_begins(line, param_skip_empty(line, from)))
        return PXA_OK;
    if (!find_token68(line, from, &end, at)) {
        *at = from;
        return read_params(line, at, out);
    }
    out->form = PXA_FORM_TOKEN68;
    out->token68 = span_cut(line, from, end);
    return PXA_OK;
}

/* Reads the challenge that comes next in a line. Like param_read(), it leaves `*at` at a comma
 * or the end, or at a fault, which is at neither. */
static enum pxa_status read_challenge(struct pxa_span line, size_t *at, struct pxa_challenge *out)
{
    size_t from = param_skip_empty(line, *at);
    size_t name_end = from + token_len(line, from);
    size_t body = name_end + blanks_len(line, name_end);
    bool name_only = body >= line.len || line.at[body] == ',';

    *at = from;
    if (from >= line.len)
        return PXA_END;
    if (name_end == from || (!name_only && line.at[body] == '='))
        return PXA_NO_SCHEME;
    *at = name_end;
    if (!name_only && line.at[name_end] != ' ')
        return PXA_NO_SPACE;
    out->name = span_cut(line, from, name_end);
    out->id = pxa_scheme_of(out->name);
    *at = body;
    return read_body(line, at, out);
}

static enum pxa_status next_in_line(struct pxa_span line, size_t *at, struct pxa_challenge *out)
{
    bool at_fault = param_stands_at_fault(line, *at);
    enum pxa_status status;

    if (at_fault)
        *at = 0;
    /* The same fault is found again by reading up to it. */
    do {
        *out = (struct pxa_challenge){.form = PXA_FORM_NONE};
        status = read_challenge(line, at, out);
    } while (at_fault && status == PXA_OK);
    if (status != PXA_OK)
        *out = (struct pxa_challenge){.form = PXA_FORM_NONE};
    return status;
}

enum pxa_status pxa_challenge_next(struct pxa_challenges *list, struct pxa_challenge *out)
{
    *out = (struct pxa_challenge){.form = PXA_FORM_NONE};
    for (; list->line < list->line_count; list->line++, list->at = 0) {
        enum pxa_status status = next_in_line(list->lines[list->line], &list->at, out);

        if (status == PXA_OK)
            out->line = list->line;
        if (status != PXA_END)
            return status;
    }
    return PXA_END;
}

enum pxa_status pxa_challenge_param(const struct pxa_challenge *challenge, const char *name,
                                    struct pxa_param *out)
{
    struct pxa_cursor list = {challenge->params, 0};

    while (pxa_param_next(&list, out) == PXA_OK)
        if (pxa_name_is(out->name, name))
            return PXA_OK;
    *out = (struct pxa_param){.quoted = false};
    return PXA_END;
}

/* The algorithm that a Digest challenge asks for. */
static enum pxa_digest_algorithm algorithm_of(const struct pxa_challenge *challenge)
{
    char text[sizeof "SHA-512-256-sess"]; /* the longest name that is known */
    struct pxa_written done;
    struct pxa_param param;

    if (pxa_challenge_param(challenge, "algorithm", &param) != PXA_OK)
        return PXA_DIGEST_MD5;
    if (!param.escaped)
        return digest_algorithm_of(param.value);
    if (pxa_unquote(param.value, PXA_RFC, text, sizeof text, &done) != PXA_OK)
        return PXA_DIGEST_OTHER;
    return digest_algorithm_of(span_of(text, done.len));
}

/* How strong a challenge is among the others; 0 for one that is never chosen. */
static int strength(const struct pxa_challenge *challenge)
{
    static const int of_scheme[32] = {
        [PXA_SCHEME_NEGOTIATE] = 8, [PXA_SCHEME_SCRAM_SHA_256] = 7, [PXA_SCHEME_SCRAM_SHA_1] = 4,
        [PXA_SCHEME_NTLM] = 2,      [PXA_SCHEME_BASIC] = 1,
    };
    static const int of_digest[] = {
        [PXA_DIGEST_SHA512_256] = 6, [PXA_DIGEST_SHA512_256_SESS] = 6,
        [PXA_DIGEST_SHA256] = 5,     [PXA_DIGEST_SHA256_SESS] = 5,
        [PXA_DIGEST_MD5] = 3,        [PXA_DIGEST_MD5_SESS] = 3,
    };

    if (challenge->id == PXA_SCHEME_DIGEST)
        return of_digest[algorithm_of(challenge)];
    return of_scheme[challenge->id];
}

enum pxa_status pxa_challenge_strongest(struct pxa_challenges *list, uint32_t offered,
                                        struct pxa_challenge *out)
{
    struct pxa_challenges fault = {.lines = NULL};
    enum pxa_status fault_status = PXA_END;
    struct pxa_challenge challenge;
    enum pxa_status status;
    int best = 0;

    *out = (struct pxa_challenge){.form = PXA_FORM_NONE};
    while ((status = pxa_challenge_next(list, &challenge)) != PXA_END) {
        int its = (offered & PXA_SCHEME_BIT(challenge.id)) != 0 ? strength(&challenge) : 0;

        if (status != PXA_OK && fault_status == PXA_END) {
            fault_status = status;
            fault = *list;
        }
        if (status != PXA_OK) {
            list->line++; /* the rest of the line is lost */
            list->at = 0;
        } else if (its > best) {
            best = its;
            *out = challenge;
        }
    }
    if (best > 0)
        return PXA_OK;
    if (fault_status != PXA_END)
        *list = fault;
    return fault_status;
}
