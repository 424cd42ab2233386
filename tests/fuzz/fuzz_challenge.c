/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Challenges; the input is header lines with LF between them. Promised: every challenge lies in
 * its line, in order, and its parameters are read without a fault; what the list ends with, it
 * ends with again; the strongest challenge is one of them, and of an offered scheme; what
 * can be written of a challenge is read back as it was.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

enum { MAX_LINES = 16, MAX_PARAMS = 8 };

static size_t split(const uint8_t *data, size_t size, struct pxa_span *lines)
{
    size_t count = 0;

    while (count < MAX_LINES) {
        const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
        size_t len = end != NULL ? (size_t)(end - data) : size;

        lines[count++] = fuzz_span(data, len);
        if (end == NULL)
            break;
        data += len + 1;
        size -= len + 1;
    }
    return count;
}

/* The parameters of a challenge, at most MAX_PARAMS of them, with plain values. */
struct params {
    struct pxa_param list[MAX_PARAMS];
    char *plain[MAX_PARAMS]; /* where the values are */
    size_t count;
};

static void params_add(struct params *params, struct pxa_param param)
{
    char *plain = fuzz_block(param.value.len);
    struct pxa_written done;

    PROMISE(pxa_unquote(param.value, PXA_RFC, plain, param.value.len, &done) == PXA_OK);
    param.value = (struct pxa_span){plain, done.len};
    params->list[params->count] = param;
    params->plain[params->count++] = plain;
}

static void params_read(struct params *params, const struct pxa_challenge *challenge)
{
    struct pxa_cursor list = {challenge->params, 0};
    struct pxa_param param;
    enum pxa_status status;

    params->count = 0;
    while ((status = pxa_param_next(&list, &param)) == PXA_OK)
        if (params->count < MAX_PARAMS)
            params_add(params, param);
    PROMISE(status == PXA_END);
}

static void params_free(struct params *params)
{
    for (size_t i = 0; i < params->count; i++)
        free(params->plain[i]);
}

static void read_back(struct pxa_span line, struct pxa_span name, const struct params *written)
{
    struct pxa_challenges list = {&line, 1, 0, 0};
    struct pxa_challenge challenge;
    struct params params;

    PROMISE(pxa_challenge_next(&list, &challenge) == PXA_OK);
    PROMISE(fuzz_same(challenge.name, name));
    PROMISE(challenge.form == (written->count > 0 ? PXA_FORM_PARAMS : PXA_FORM_NONE));
    params_read(&params, &challenge);
    PROMISE(params.count == written->count);
    for (size_t i = 0; i < params.count; i++)
        PROMISE(fuzz_same(params.list[i].name, written->list[i].name) &&
                fuzz_same(params.list[i].value, written->list[i].value));
    params_free(&params);
    PROMISE(pxa_challenge_next(&list, &challenge) == PXA_END);
}

static void check_write(const struct pxa_challenge *challenge)
{
    size_t cap = challenge->name.len + 2 * challenge->params.len + (size_t)6 * MAX_PARAMS;
    char *out = fuzz_block(cap);
    struct params params;
    struct pxa_written done, small;
    enum pxa_status status;
    size_t wrong;

    params_read(&params, challenge);
    status =
        pxa_challenge_write(challenge->name, params.list, params.count, out, cap, &done, &wrong);
    PROMISE(status != PXA_SMALL_BUFFER);
    if (status == PXA_OK) {
        read_back((struct pxa_span){out, done.len}, challenge->name, &params);
        PROMISE(pxa_challenge_write(challenge->name, params.list, params.count, out, done.len - 1,
                                    &small, NULL) == PXA_SMALL_BUFFER);
    } else {
        PROMISE(done.len == 0 && wrong < params.count);
        PROMISE(done.fault_at <= params.list[wrong].value.len);
    }
    free(out);
    params_free(&params);
}

static void check_token68(const struct pxa_challenge *challenge)
{
    size_t len = challenge->name.len + 1 + challenge->token68.len;
    char *out = fuzz_block(len);
    struct pxa_span line = {out, len};
    struct pxa_challenges list = {&line, 1, 0, 0};
    struct pxa_challenge again;
    struct pxa_written done;

    PROMISE(pxa_challenge_write_token68(challenge->name, challenge->token68, out, len, &done) ==
            PXA_OK);
    PROMISE(done.len == len && pxa_challenge_next(&list, &again) == PXA_OK);
    PROMISE(fuzz_same(again.token68, challenge->token68));
    free(out);
}

static void check_challenge(const struct pxa_challenge *challenge, struct pxa_span line)
{
    PROMISE(challenge->name.len > 0 && fuzz_within(challenge->name, line));
    PROMISE(challenge->id == pxa_scheme_of(challenge->name));
    PROMISE(fuzz_within(challenge->token68, line) && fuzz_within(challenge->params, line));
    PROMISE((challenge->form == PXA_FORM_TOKEN68) == (challenge->token68.len > 0));
    PROMISE((challenge->form == PXA_FORM_PARAMS) == (challenge->params.len > 0));
    PROMISE(challenge->form != PXA_FORM_OTHER);
    if (challenge->form == PXA_FORM_TOKEN68)
        check_token68(challenge);
    else
        check_write(challenge);
}

static enum pxa_status check_list(struct pxa_challenges list)
{
    struct pxa_challenge challenge;
    enum pxa_status status;
    size_t line, at;

    while ((status = pxa_challenge_next(&list, &challenge)) == PXA_OK) {
        PROMISE(challenge.line < list.line_count);
        check_challenge(&challenge, list.lines[challenge.line]);
    }
    line = list.line;
    at = list.at;
    PROMISE(status == PXA_END ? line == list.line_count
                              : line < list.line_count && at < list.lines[line].len);
    PROMISE(pxa_challenge_next(&list, &challenge) == status && list.line == line && list.at == at);
    PROMISE(challenge.name.len == 0 && challenge.form == PXA_FORM_NONE);
    return status;
}

/* The schemes of all challenges that can be read, those behind a faulty line included. */
static uint32_t schemes_of(struct pxa_challenges list)
{
    struct pxa_challenge challenge;
    enum pxa_status status;
    uint32_t seen = 0;

    while ((status = pxa_challenge_next(&list, &challenge)) != PXA_END) {
        if (status == PXA_OK)
            seen |= PXA_SCHEME_BIT(challenge.id);
        else
            list = (struct pxa_challenges){list.lines, list.line_count, list.line + 1, 0};
    }
    return seen;
}

static void check_strongest(struct pxa_challenges list, enum pxa_status end, uint32_t seen)
{
    for (uint32_t bit = 0; bit < 32; bit++) {
        uint32_t offered = UINT32_C(0xffffffff) >> bit;
        struct pxa_challenges copy = list;
        struct pxa_challenge challenge;
        enum pxa_status status = pxa_challenge_strongest(&copy, offered, &challenge);

        if (status != PXA_OK)
            PROMISE(status == end && challenge.name.len == 0);
        else
            PROMISE((seen & offered & PXA_SCHEME_BIT(challenge.id)) != 0);
        if ((seen & offered & PXA_SCHEME_BIT(PXA_SCHEME_NEGOTIATE)) != 0)
            PROMISE(challenge.id == PXA_SCHEME_NEGOTIATE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span lines[MAX_LINES];
    struct pxa_challenges list = {lines, split(data, size, lines), 0, 0};
    enum pxa_status end = check_list(list);

    check_strongest(list, end, schemes_of(list));
    return 0;
}
