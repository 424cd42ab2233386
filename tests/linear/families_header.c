/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Families for schemes, parameters and challenges. Lists are read to their end, as callers do:
 * what is looked at again for each element shows as a square.
 */
#include <config.h>

#include "tests/linear/measured.h"

/* ---- Schemes and forms ---- */

static void build_long_name(struct input *input, size_t n)
{
    input_repeat(input, "Negotiate", n);
}

static void build_blanks(struct input *input, size_t n)
{
    input_repeat(input, " \t", n);
}

static void build_blanks_between(struct input *input, size_t n)
{
    input_text(input, "Basic");
    input_repeat(input, "    ", n);
    input_text(input, "QQ==");
    input_repeat(input, " \t", n);
}

static enum pxa_status call_scheme(struct pxa_span input, struct room room)
{
    struct pxa_scheme scheme;

    (void)room;
    if (pxa_scheme_of(input) != PXA_SCHEME_OTHER || pxa_name_is(input, "Basic"))
        return PXA_NO_SCHEME;
    return pxa_scheme_split(input, &scheme);
}

static void build_paddings(struct input *input, size_t n)
{
    input_repeat(input, "a", n);
    input_repeat(input, "=", n);
}

static void build_quoted(struct input *input, size_t n)
{
    input_repeat(input, "a", n);
    input_text(input, "=\"");
    input_repeat(input, "\\\"", n);
    input_text(input, "\"");
}

static enum pxa_status call_form(struct pxa_span input, struct room room)
{
    (void)room;
    return pxa_form_of(input) == PXA_FORM_TOKEN68 ? PXA_OK : PXA_NO_PARAM;
}

/* ---- Parameters ---- */

static void build_params(struct input *input, size_t n)
{
    input_repeat(input, "name = \"a \\\" b\" , ", n);
}

static void build_empty_elements(struct input *input, size_t n)
{
    input_repeat(input, " ,", n);
}

static void build_quote_open(struct input *input, size_t n)
{
    input_text(input, "a=\"");
    input_repeat(input, "\\\"", n);
}

static void build_fault_at_end(struct input *input, size_t n)
{
    input_repeat(input, "a=1,", n);
    input_text(input, "b=2 c=3");
}

/* Reads to the end, and once more behind it. */
static enum pxa_status call_params(struct pxa_span input, struct room room)
{
    struct pxa_cursor list = {input, 0};
    struct pxa_param param;
    enum pxa_status status;

    (void)room;
    do
        status = pxa_param_next(&list, &param);
    while (status == PXA_OK);
    return status == pxa_param_next(&list, &param) ? status : PXA_NO_PARAM;
}

static void build_backslashes(struct input *input, size_t n)
{
    input_repeat(input, "\\\\x", n);
}

static enum pxa_status call_unquote(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_unquote(input, PXA_RFC, room.at, room.cap, &done);
}

static enum pxa_status call_unquote_squid(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_unquote(input, PXA_SQUID, room.at, room.cap, &done);
}

/* ---- Challenges ---- */

static void build_bare_challenges(struct input *input, size_t n)
{
    input_repeat(input, "Negotiate , ", n);
}

static void build_challenges(struct input *input, size_t n)
{
    input_repeat(input, "Digest realm=\"a, b\", nonce=\"c\", algorithm=MD5, , ", n);
}

static void build_long_challenge(struct input *input, size_t n)
{
    input_text(input, "Digest ");
    input_repeat(input, "x=\"1\", ", n);
    input_text(input, "algorithm=SHA-256");
}

/* Each line of the input is a header line, empty ones included. */
static void build_lines(struct input *input, size_t n)
{
    input_repeat(input, "Basic realm=\"x\"\n\n", n);
}

/* Cuts the input into lines, whose spans are kept in the room. */
static struct pxa_challenges lines_of(struct pxa_span input, struct room room)
{
    struct pxa_span *lines = (struct pxa_span *)(void *)room.at;
    size_t count = 0;
    size_t from = 0;

    for (size_t i = 0; i <= input.len && (count + 1) * sizeof *lines <= room.cap; i++) {
        if (i < input.len && input.at[i] != '\n')
            continue;
        lines[count].at = input.at + from;
        lines[count++].len = i - from;
        from = i + 1;
    }
    return (struct pxa_challenges){lines, count, 0, 0};
}

static enum pxa_status call_challenges(struct pxa_span input, struct room room)
{
    struct pxa_challenges list = lines_of(input, room);
    struct pxa_challenge challenge;
    struct pxa_param param;
    enum pxa_status status;

    while ((status = pxa_challenge_next(&list, &challenge)) == PXA_OK)
        if (pxa_challenge_param(&challenge, "charset", &param) != PXA_END)
            return PXA_NO_PARAM;
    return status;
}

static enum pxa_status call_strongest(struct pxa_span input, struct room room)
{
    struct pxa_challenges list = lines_of(input, room);
    struct pxa_challenge challenge;

    return pxa_challenge_strongest(&list, UINT32_MAX, &challenge);
}

/* One parameter whose value is the input. */
static enum pxa_status call_write(struct pxa_span input, struct room room)
{
    struct pxa_param param = {.name = {"realm", 5}, .value = input};
    struct pxa_written done;

    return pxa_challenge_write((struct pxa_span){"Basic", 5}, &param, 1, room.at, room.cap, &done,
                               NULL);
}

static enum pxa_status call_write_token68(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_challenge_write_token68((struct pxa_span){"Negotiate", 9}, input, room.at, room.cap,
                                       &done);
}

/* Long enough that memcpy() takes the same way for each size. */
static void build_token68(struct input *input, size_t n)
{
    input_repeat(input, "QUJDQUJDQUJDQUJD", n);
}

const struct family header_families[] = {
    {"scheme-long-name", build_long_name, call_scheme, PXA_OK, LINEAR},
    {"scheme-blanks", build_blanks, call_scheme, PXA_EMPTY, LINEAR},
    {"scheme-blanks-between", build_blanks_between, call_scheme, PXA_OK, LINEAR},
    {"form-token68", build_paddings, call_form, PXA_OK, LINEAR},
    {"params", build_params, call_params, PXA_END, LINEAR},
    {"params-empty-elements", build_empty_elements, call_params, PXA_END, LINEAR},
    {"params-quoted", build_quoted, call_params, PXA_END, LINEAR},
    {"params-quote-open", build_quote_open, call_params, PXA_QUOTE_OPEN, LINEAR},
    {"params-fault-at-end", build_fault_at_end, call_params, PXA_NO_COMMA, LINEAR},
    {"unquote", build_backslashes, call_unquote, PXA_OK, LINEAR},
    {"unquote-squid", build_backslashes, call_unquote_squid, PXA_OK, LINEAR},
    {"challenges-bare", build_bare_challenges, call_challenges, PXA_END, LINEAR},
    {"challenges", build_challenges, call_challenges, PXA_END, LINEAR},
    {"challenges-long", build_long_challenge, call_challenges, PXA_END, LINEAR},
    {"challenges-lines", build_lines, call_challenges, PXA_END, LINEAR},
    {"challenges-empty-elements", build_empty_elements, call_challenges, PXA_END, LINEAR},
    {"strongest", build_challenges, call_strongest, PXA_OK, LINEAR},
    {"strongest-bare", build_bare_challenges, call_strongest, PXA_OK, LINEAR},
    {"strongest-long", build_long_challenge, call_strongest, PXA_OK, LINEAR},
    {"write", build_backslashes, call_write, PXA_OK, LINEAR},
    {"write-token68", build_token68, call_write_token68, PXA_OK, LINEAR},
    {NULL, NULL, NULL, PXA_OK, LINEAR},
};
