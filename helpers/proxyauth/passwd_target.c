/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names: what the record of a user is found by in each kind of file, and which names can stand
 * there. A name that is already in a file is never refused, so that it can be deleted.
 */
#include <config.h>

#include <string.h>

#include "helpers/files/password_lines.h"
#include "helpers/files/smbpasswd_lines.h"
#include "helpers/proxyauth/passwd.h"

static void put(char *text, size_t *len, struct pxa_span piece)
{
    if (piece.len > 0)
        memcpy(text + *len, piece.at, piece.len);
    *len += piece.len;
}

static void make_key(struct passwd_target *target)
{
    size_t len = 0;

    put(target->key_text, &len, target->user);
    if (target->kind == PASSWD_DIGEST) {
        put(target->key_text, &len, (struct pxa_span){":", 1});
        put(target->key_text, &len, target->realm);
    }
    target->key = (struct pxa_span){target->key_text, len};
}

static bool has(struct pxa_span text, char byte)
{
    return text.len > 0 && memchr(text.at, byte, text.len) != NULL;
}

bool passwd_target_open(struct passwd_target *target, struct why *why)
{
    if (has(target->user, ':'))
        return why_set(why, "the user's name has a colon, which would end it in the file");
    if (target->user.len > PASSWD_NAME_MAX)
        return why_set(why, "the user's name is longer than %d bytes", PASSWD_NAME_MAX);
    if (target->realm.len > PASSWD_NAME_MAX)
        return why_set(why, "the realm is longer than %d bytes", PASSWD_NAME_MAX);
    target->digest = (struct digest_lines){.hashes_only = true, .realms = &target->no_realms};
    switch (target->kind) {
    case PASSWD_BASIC:
        target->format = (struct file_format){.split = password_lines_split};
        break;
    case PASSWD_DIGEST:
        target->format = digest_lines_format(&target->digest);
        break;
    case PASSWD_NT:
        target->format = smbpasswd_format;
        break;
    }
    make_key(target);
    return true;
}

static bool has_control(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return true;
    return false;
}

/* What no file can keep. */
static bool user_fits(struct pxa_span user, struct why *why)
{
    if (user.len == 0)
        return why_set(why, "the user's name is empty");
    if (has_control(user))
        return why_set(why, "the user's name has a control byte or a line end");
    if (user.at[0] == '#')
        return why_set(why, "the user's name begins with #, which makes a line a comment");
    if (user.at[0] == ' ')
        return why_set(why, "the user's name begins with a blank: such lines are passed over");
    if (user.len >= 3 && memcmp(user.at, "\xef\xbb\xbf", 3) == 0)
        return why_set(why, "the user's name begins with a byte order mark");
    return true;
}

/* A Digest helper gets user and realm in quotes in which nothing is escaped. */
static bool digest_fits(const struct passwd_target *target, struct why *why)
{
    if (has(target->user, '"'))
        return why_set(why, "the user's name has a quote, which Squid refuses in Digest");
    if (target->realm.len == 0)
        return why_set(why, "the realm is empty; --digest needs that of auth_param digest realm");
    if (has_control(target->realm))
        return why_set(why, "the realm has a control byte or a line end");
    if (has(target->realm, '"') || has(target->realm, '\\'))
        return why_set(why, "the realm has a quote or a backslash, which Squid does not pass on");
    return true;
}

static bool nt_fits(const struct passwd_target *target, struct why *why)
{
    enum pxa_charset charset = pxa_charset_of(target->user);

    if (charset != PXA_ASCII && charset != PXA_UTF8)
        return why_set(why, "the user's name is not UTF-8, as names of NTLM must be here");
    if (has(target->user, '\\'))
        return why_set(why, "the user's name has a backslash; it stands there without its domain");
    return true;
}

bool passwd_target_fits(const struct passwd_target *target, struct why *why)
{
    if (!user_fits(target->user, why))
        return false;
    if (target->kind == PASSWD_DIGEST)
        return digest_fits(target, why);
    return target->kind != PASSWD_NT || nt_fits(target, why);
}
