/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lines of HTTP and of curl's own talk are.
 */
#include <config.h>

#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

static const struct {
    const char *name;
    enum found_kind kind;
} headers[] = {
    {"Proxy-Authorization", FOUND_CREDENTIALS}, {"Authorization", FOUND_CREDENTIALS},
    {"Proxy-Authenticate", FOUND_CHALLENGE},    {"WWW-Authenticate", FOUND_CHALLENGE},
    {"Proxy-Connection", FOUND_CONNECTION},     {"Connection", FOUND_CONNECTION},
};

bool find_is_header(struct pxa_span line)
{
    size_t name = 0;

    while (name < line.len && (line.at[name] == '-' || text_is_digit(line.at[name]) ||
                               ((line.at[name] | 0x20) >= 'a' && (line.at[name] | 0x20) <= 'z')))
        name++;
    return name > 0 && name < line.len && line.at[name] == ':';
}

/* Which header's name ends where LINE does; the list's length if none. */
static size_t name_at_end(struct pxa_span line)
{
    size_t i = 0;

    for (; i < sizeof headers / sizeof *headers; i++) {
        size_t len = strlen(headers[i].name);

        if (len <= line.len && pxa_name_is(text_from(line, line.len - len), headers[i].name))
            break;
    }
    return i;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* A header within other text has to stand behind a blank, a quote or a prompt, and to have a value
 * of a scheme that is known: prose has these names, too. */
static bool is_value_in_text(char before, struct pxa_span value)
{
    static const char prompts[] = "$#>%";
    struct pxa_scheme scheme;

    if (!text_is_blank(before) && !is_quote(before) && !memchr(prompts, before, sizeof prompts - 1))
        return false;
    return pxa_scheme_split(value, &scheme) == PXA_OK && scheme.id != PXA_SCHEME_OTHER;
}

/* What stands before the matching quote, and before the characters \r\n of a string in a program's
 * source. */
static void take_quoted(char quote, struct found *found)
{
    const char mark[] = {quote, '\0'};
    size_t end = text_find(found->value, mark);

    while (quote == '"' && end > 0 && end < found->value.len && found->value.at[end - 1] == '\\')
        end += 1 + text_find(text_from(found->value, end + 1), mark);
    if (end >= found->value.len)
        return; /* it does not end in this line */
    found->closed = true;
    found->value = text_upto(found->value, end);
    found->value = text_trim(text_upto(found->value, text_find(found->value, "\\r\\n")));
}

/* Whether the name of header I, which begins at START, begins a header here. */
static bool take_header(struct pxa_span line, size_t start, size_t colon, size_t i,
                        struct found *found)
{
    struct found own = *found;
    char before = '\0';

    if (start > 0)
        before = line.at[start - 1];
    own.kind = headers[i].kind;
    own.name = text_upto(text_from(line, start), strlen(headers[i].name));
    own.value = text_trim(text_from(line, colon + 1));
    if (start > 0 && is_quote(before))
        take_quoted(before, &own);
    if (start > 0 && (own.kind == FOUND_CONNECTION || !is_value_in_text(before, own.value)))
        return false;
    *found = own;
    return true;
}

static bool is_header(struct pxa_span line, struct found *found)
{
    enum { TRIES = 8 }; /* each may look at the whole line */
    size_t tries = 0;
    size_t colon = text_find(line, ":");

    while (colon < line.len && tries < TRIES) {
        struct pxa_span name = text_upto(line, colon);
        size_t i;

        while (name.len > 0 && text_is_blank(name.at[name.len - 1]))
            name.len--;
        i = name_at_end(name);
        /* "Authorization" is the end of another name, too. */
        if (i < sizeof headers / sizeof *headers) {
            if (take_header(line, name.len - strlen(headers[i].name), colon, i, found))
                return true;
            tries++;
        }
        colon += 1 + text_find(text_from(line, colon + 1), ":");
    }
    return false;
}

/* `HTTP/1.1 407 Proxy Authentication Required`, `HTTP/2 407`, and HTTP/2's own `:status: 407` */
static bool is_status(struct pxa_span line, struct found *found)
{
    struct pxa_span rest = line;
    struct pxa_span version = text_word(&rest);
    struct pxa_span code = text_word(&rest);

    if ((!text_begins(version, "HTTP/") && !text_is(version, ":status:")) || code.len != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (!text_is_digit(code.at[i]))
            return false;
        found->status = found->status * 10 + (unsigned)(code.at[i] - '0');
    }
    found->kind = FOUND_STATUS;
    return true;
}

/* `CONNECT www.example.com:443 HTTP/1.1` */
static bool is_request(struct pxa_span line, struct found *found)
{
    struct pxa_span rest = line;
    struct pxa_span method = text_word(&rest);
    struct pxa_span target = text_word(&rest);

    if (method.len == 0 || target.len == 0 || !text_begins(rest, "HTTP/"))
        return false;
    for (size_t i = 0; i < method.len; i++)
        if (!(method.at[i] >= 'A' && method.at[i] <= 'Z') && method.at[i] != '-')
            return false;
    found->kind = FOUND_REQUEST;
    found->name = method;
    found->value = target;
    return true;
}

/* `Connected to proxy.example.com (192.0.2.1) port 3128`, newer: `Established connection to ...`.
 * What curl tries, and what failed, has other words. */
static bool is_peer(struct pxa_span line, struct found *found)
{
    static const char *const starts[] = {"Connected to ", "Established connection to "};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct pxa_span rest = text_from(line, strlen(starts[i]));

        if (!text_begins(line, starts[i]) || !text_has(rest, " port "))
            continue;
        found->value = text_upto(rest, text_find(rest, " "));
        if (text_has(found->value, "@"))
            return false; /* no host has that, but a user and a password do */
        found->kind = FOUND_PEER;
        return true;
    }
    return false;
}

/* Lines with an asterisk; of TLS those that curl has when the handshake is over. */
static bool is_talk(struct pxa_span line, struct found *found)
{
    if (is_peer(line, found))
        return true;
    if (!text_begins(line, "SSL connection using") && !text_begins(line, "Proxy certificate"))
        return false;
    found->kind = FOUND_TLS;
    return true;
}

void find_http(const struct find_line *line, struct found *found)
{
    if (line->prefix == '*')
        (void)is_talk(line->text, found);
    else if (line->text.len == 0)
        found->kind = FOUND_HEAD_END;
    else if (!is_status(line->text, found) && !is_request(line->text, found))
        (void)is_header(line->text, found);
}

/* ---- without a header's name ---- */

/* The first characters of Base64 of NTLMSSP, of SPNEGO and GSS-API frames (0x60 and a length of two
 * or three bytes), and of a NegTokenResp (0xa1). */
static bool begins_like_token(struct pxa_span line)
{
    static const char *const starts[] = {"TlRMTVNTUA", "YIG", "YIH", "YIA", "YII", "YIJ", "YIK",
                                         "YGA",        "YE",  "YF",  "YG",  "YH",  "oYG", "oYH",
                                         "oYI",        "oR",  "oU",  "oS",  "oT",  "oQ"};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (text_begins(line, starts[i]))
            return true;
    return false;
}

void find_value(struct pxa_span line, bool words, struct found *found)
{
    enum { TOKEN_MIN = 16 }; /* shorter ones are words */
    struct pxa_scheme scheme;
    enum pxa_form form;

    if (line.len >= TOKEN_MIN && text_is_base64(line) && begins_like_token(line)) {
        found->kind = FOUND_TOKEN;
        found->value = line;
        return;
    }
    if (pxa_scheme_split(line, &scheme) != PXA_OK) {
        found->kind = words && line.len > 0 ? FOUND_VALUE : FOUND_END;
        found->value = line;
        return;
    }
    form = pxa_form_of(scheme.rest);
    if (!words && (scheme.id == PXA_SCHEME_OTHER || form == PXA_FORM_OTHER))
        return;
    /* "Negotiate" alone is a challenge, "Basic auth" is prose. */
    if (!words && form == PXA_FORM_NONE && scheme.id != PXA_SCHEME_NEGOTIATE &&
        scheme.id != PXA_SCHEME_NTLM)
        return;
    if (!words && form == PXA_FORM_TOKEN68 && scheme.rest.len < 4)
        return;
    found->kind = FOUND_VALUE;
    found->value = line;
}
