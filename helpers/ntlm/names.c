/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of a type 3 message.
 * Cannot do: guess OEM code pages. All clients that speak NTLMv2 speak Unicode.
 */
#include <config.h>

#include "helpers/ntlm/names.h"

#include "common/span.h"

static bool read_name(struct pxa_span sent, enum pxa_charset charset, char *room,
                      struct pxa_span *out)
{
    size_t fault_at;
    struct pxa_written done;

    if (charset != PXA_UTF16LE)
        charset = PXA_ASCII;
    *out = span_of(NULL, 0);
    if (pxa_to_utf8(charset, sent, room, ACCEPTOR_NAME_MAX, &done) != PXA_OK)
        return false;
    if (find_control(span_of(room, done.len), &fault_at) != PXA_OK)
        return false;
    *out = span_of(room, done.len);
    return true;
}

/* DOMAIN\USER, else USER@DOMAIN; the last '@', as a name may hold others. */
static void take_apart(struct names *names)
{
    struct pxa_span user = names->user;
    const char *mark = memchr(user.at, '\\', user.len);
    size_t at;

    if (mark) {
        at = (size_t)(mark - user.at);
        names->domain = span_cut(user, 0, at);
        names->user = span_cut(user, at + 1, user.len);
        return;
    }
    mark = memrchr(user.at, '@', user.len);
    if (mark) {
        at = (size_t)(mark - user.at);
        names->user = span_cut(user, 0, at);
        names->domain = span_cut(user, at + 1, user.len);
    }
}

bool names_read(struct names *names, const struct pxa_ntlmssp *message)
{
    bool user = read_name(message->user, message->charset, names->user_room, &names->sent_user);
    bool domain =
        read_name(message->domain, message->charset, names->domain_room, &names->sent_domain);

    names->user = names->sent_user;
    names->domain = names->sent_domain;
    if (names->domain.len == 0 && names->user.len > 0)
        take_apart(names);
    return user && domain;
}

bool names_domain_allowed(const struct option_list *domains, struct pxa_span domain)
{
    if (!domains || domains->count == 0)
        return true;
    for (size_t i = 0; i < domains->count; i++)
        if (pxa_name_is(domain, domains->values[i]))
            return true;
    return false;
}
