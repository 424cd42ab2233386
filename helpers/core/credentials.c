/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Basic credentials out of a line from Squid.
 */
#include <config.h>

#include "helpers/core/credentials.h"

#include <string.h>

/* Squid sends up to 8,191 bytes of each field. */
enum { FIELD_MAX = 8192 };

/* Cuts the next field off REST at a single blank. An empty field is a field. */
static struct pxa_span cut_field(struct pxa_span *rest, bool *more)
{
    const char *blank = rest->len > 0 ? memchr(rest->at, ' ', rest->len) : NULL;
    struct pxa_span field = *rest;

    *more = blank != NULL;
    if (blank) {
        field.len = (size_t)(blank - rest->at);
        rest->at += field.len + 1;
        rest->len -= field.len + 1;
    }
    return field;
}

/* False when a field cannot be unescaped: Squid does not write such a line. */
static bool unescape(struct credentials *credentials, struct request *request,
                     struct pxa_span password)
{
    struct secret *secret = credentials->password;
    struct pxa_written done;

    if (pxa_squid_unescape(password, secret->bytes, secret->cap, &done) != PXA_OK)
        return false;
    secret->len = done.len;
    secret->bytes[secret->len] = '\0';
    if (pxa_squid_unescape(credentials->user, request->line, credentials->user.len, &done) !=
        PXA_OK)
        return false;
    pxa_wipe(request->line + done.len, request->len - done.len);
    credentials->user = (struct pxa_span){request->line, done.len};
    return true;
}

/* What is wrong, or NULL. */
static const char *decode(struct credentials *credentials, struct request *request,
                          unsigned key_extras)
{
    static const char malformed[] = "malformed request";
    struct pxa_span rest = request_span(request);
    bool more;
    struct pxa_span password;

    credentials->user = cut_field(&rest, &more);
    if (!more)
        return malformed;
    password = cut_field(&rest, &more);
    if (more != (key_extras > 0))
        return malformed;
    credentials->password = secret_new(password.len < SECRET_MAX ? password.len : SECRET_MAX);
    if (!credentials->password)
        return "out of memory";
    return unescape(credentials, request, password) ? NULL : malformed;
}

static bool can_be_right(const struct credentials *credentials)
{
    size_t user_len = credentials->user.len;
    size_t password_len = credentials->password->len;

    return user_len > 0 && user_len <= FIELD_MAX && password_len > 0 && password_len <= FIELD_MAX;
}

bool credentials_take(struct credentials *credentials, struct request *request, unsigned key_extras)
{
    const char *wrong;

    *credentials = (struct credentials){0};
    wrong = decode(credentials, request, key_extras);
    if (wrong)
        request_answer_text(request, REPLY_BH, wrong);
    else if (!can_be_right(credentials))
        credentials_refuse(request);
    else
        return true;
    credentials_free(credentials);
    return false;
}

const char credentials_refusal[] = "Invalid credentials";

void credentials_refuse(struct request *request)
{
    const char *const words = credentials_refusal;
    const struct reply_note note = {.key = "message", .value = {words, strlen(words)}};
    /* For Basic, Squid shows the bare text and keeps the note. */
    const struct reply reply = {.word = REPLY_ERR, .notes = &note, .note_count = 1, .text = words};

    request_answer(request, &reply);
}

void credentials_free(struct credentials *credentials)
{
    secret_free(&credentials->password);
    credentials->user = (struct pxa_span){NULL, 0};
}
