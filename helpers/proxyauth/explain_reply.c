/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a helper answers: a verb, words, key=value pairs and a text.
 * Source: src/helper/Reply.cc of Squid.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"

/* ---- key=value ---- */

/* The next word, in which quotes keep blanks together. */
static struct pxa_span next_pair(struct pxa_span *rest)
{
    bool quoted = false;
    size_t len = 0;
    struct pxa_span pair;

    *rest = text_from(*rest, text_blanks(*rest));
    while (len < rest->len && (quoted || !text_is_blank(rest->at[len]))) {
        if (rest->at[len] == '\\' && quoted && len + 1 < rest->len)
            len++;
        else if (rest->at[len] == '"')
            quoted = !quoted;
        len++;
    }
    pair = text_upto(*rest, len);
    *rest = text_from(*rest, len);
    return pair;
}

/* What basic-ldap and the helpers for groups tell beside it; the value may be empty. */
static const char *const notes[] = {"reason_", "password_expires_", "grace_logins_", "tag"};

enum { NOTES = sizeof notes / sizeof *notes };

struct reply {
    struct pxa_span token;
    struct pxa_span user;
    struct pxa_span message;
    struct pxa_span password;
    struct pxa_span ha1;
    struct pxa_span text; /* behind the pairs */
    struct pxa_span notes[NOTES];
    bool has_token, has_user, has_note;
    size_t groups;
};

static bool is_key(struct pxa_span pair, const char *key)
{
    size_t len = text_find(pair, "=");

    return len < pair.len && text_is(text_upto(pair, len), key);
}

/* Whether WORD is a key and a value, and not a token with '=' at its end. */
static bool is_pair(struct pxa_span word)
{
    static const char others[] = "_-";
    size_t len = text_find(word, "=");
    size_t end = len;

    for (size_t i = 0; i < len; i++) {
        char c = word.at[i];

        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !text_is_digit(c) &&
            !memchr(others, c, sizeof others - 1))
            return false;
    }
    while (end < word.len && word.at[end] == '=')
        end++;
    return len > 0 && end < word.len;
}

static bool is_secret(struct pxa_span word)
{
    return is_key(word, "password") || is_key(word, "ha1") || is_key(word, "token");
}

/* VALUE as Squid reads it: without its quotes, or with its escapes decoded. */
static void put_value(struct explain *explain, const char *name, struct pxa_span value)
{
    struct scratch scratch = scratch_open(explain, value.len);
    struct pxa_span inner = text_upto(text_from(value, 1), value.len - 2);
    bool quoted = value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"';
    struct pxa_written done;
    enum pxa_status status;

    if (!scratch.at)
        return;
    status = quoted ? pxa_unquote(inner, PXA_RFC, scratch.at, scratch.cap, &done)
                    : pxa_squid_unescape(value, scratch.at, scratch.cap, &done);
    if (status == PXA_OK)
        value = (struct pxa_span){scratch.at, done.len};
    explain_text(explain, name, value);
    scratch_close(&scratch);
}

/* Free text, which is the helper's own; but not if a pair that is secret stands in it. */
static void put_text(struct explain *explain, struct pxa_span text)
{
    bool secret = false;

    for (struct pxa_span rest = text; rest.len > 0;)
        secret = is_secret(next_pair(&rest)) || secret;
    if (secret)
        report_secret(explain->report, "text", text);
    else
        explain_text(explain, "text", text);
}

static bool take_note(struct pxa_span pair, struct pxa_span value, struct reply *reply)
{
    for (size_t i = 0; i < NOTES; i++) {
        if (!is_key(pair, notes[i]))
            continue;
        reply->notes[i] = value;
        reply->has_note = true;
        return true;
    }
    return false;
}

static void put_notes(struct explain *explain, const struct reply *reply)
{
    for (size_t i = 0; i < NOTES; i++)
        if (reply->notes[i].len > 0 && !text_is(reply->notes[i], "\"\""))
            put_value(explain, notes[i], reply->notes[i]);
}

/* One key=value of a reply. False where the free text begins. */
static bool take_pair(struct explain *explain, struct pxa_span pair, struct reply *reply)
{
    struct report *report = explain->report;
    struct pxa_span value = text_from(pair, text_find(pair, "=") + 1);

    if (is_key(pair, "token")) {
        reply->token = value;
        reply->has_token = true;
    } else if (is_key(pair, "user")) {
        reply->user = value;
        reply->has_user = true;
    } else if (is_key(pair, "message")) {
        reply->message = value;
    } else if (is_key(pair, "password")) {
        reply->password = value;
    } else if (is_key(pair, "ha1")) {
        reply->ha1 = value;
    } else if (is_key(pair, "group")) {
        reply->groups++;
    } else if (is_key(pair, "ttl")) {
        report_remark(report, REPORT_WARNING, "ttl_ignored",
                      "No released Squid understands ttl= in a helper's reply.");
    } else if (!take_note(pair, value, reply) && !text_has(pair, "=")) {
        return false;
    }
    return true;
}

/* What the reply's pairs say, of those that are known; others may be secret. */
static void pairs(struct explain *explain, struct pxa_span rest, struct reply *reply)
{
    struct report *report = explain->report;

    while (rest.len > 0) {
        struct pxa_span before = text_trim(rest);
        struct pxa_span pair = next_pair(&rest);

        if (pair.len == 0)
            break;
        if (!take_pair(explain, pair, reply)) {
            reply->text = before;
            break;
        }
    }
    if (reply->has_user)
        put_value(explain, "user", reply->user);
    if (reply->message.len > 0)
        put_value(explain, "message", reply->message);
    if (reply->password.len > 0)
        report_secret(report, "password", reply->password);
    if (reply->ha1.len > 0)
        report_secret(report, "ha1", reply->ha1);
    put_notes(explain, reply);
    if (reply->groups > 0)
        report_number(report, "groups", reply->groups);
    if (reply->text.len > 0)
        put_text(explain, reply->text);
}

static void ok(struct explain *explain, struct pxa_span rest)
{
    struct reply reply = {0};
    struct exchange_login login = {0};

    pairs(explain, rest, &reply);
    if (reply.has_token && reply.token.len > 1)
        explain_token(explain, reply.token, PXA_SCHEME_OTHER, &login);
    if (reply.has_token != reply.has_user && !reply.has_note && !text_has(rest, "ha1="))
        report_remark(explain->report, REPORT_NOTE, "ok_incomplete",
                      "If this is a reply of a Negotiate helper, it needs both token= and user=: "
                      "Squid ends with a fatal error when one of them is missing. Helpers of "
                      "other schemes have no token.");
}

static void challenge(struct explain *explain, struct pxa_span rest)
{
    struct exchange_login login = {0};
    struct pxa_span token = text_word(&rest);

    if (text_begins(token, "token=")) {
        report_remark(explain->report, REPORT_WARNING, "tt_token",
                      "The reply says \"TT token=...\": Squid takes the word behind TT as it is "
                      "and sends \"token=...\" to the browser, so that every login with more "
                      "than one leg fails. Squid's Kerberos helper has this fault.");
        token = text_from(token, strlen("token="));
    }
    explain_token(explain, token, PXA_SCHEME_OTHER, &login);
}

/* `AF user`, `AF token user`, and pairs behind either. */
static void accepted(struct explain *explain, struct pxa_span rest)
{
    struct exchange_login login = {0};
    struct reply reply = {0};
    struct pxa_span words[2];
    size_t count = 0;

    for (struct pxa_span next = rest; next.len > 0 && count < 2; rest = next) {
        struct pxa_span word = next_pair(&next);

        if (word.len == 0 || is_pair(word))
            break;
        words[count++] = word;
    }
    if (count > 0)
        put_value(explain, "user", words[count - 1]);
    pairs(explain, rest, &reply);
    if (count == 2 && words[0].len > 1)
        explain_token(explain, words[0], PXA_SCHEME_OTHER, &login);
}

static const char *meaning_of(struct pxa_span verb)
{
    static const char *const meanings[][2] = {
        {"OK", "accepted"},
        {"AF", "accepted"},
        {"ERR", "refused"},
        {"NA", "refused"},
        {"TT", "another leg follows"},
        {"BH", "the helper could not decide"},
    };

    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (text_is(verb, meanings[i][0]))
            return meanings[i][1];
    return "";
}

void explain_helper_reply(struct explain *explain, struct pxa_span verb, struct pxa_span rest)
{
    struct reply reply = {0};

    report_text(explain->report, "verb", verb);
    report_word(explain->report, "meaning", meaning_of(verb));
    if (text_is(verb, "OK"))
        ok(explain, rest);
    else if (text_is(verb, "TT"))
        challenge(explain, rest);
    else if (text_is(verb, "AF"))
        accepted(explain, rest);
    else if (text_is(verb, "NA"))
        put_text(explain, rest);
    else
        pairs(explain, rest, &reply);
    if (text_is(verb, "BH"))
        report_remark(explain->report, REPORT_NOTE, "bh",
                      "BH means trouble of the helper. Squid answers 407 to the client, as to a "
                      "wrong password, and asks a Basic, Digest or group helper twice more.");
    explain_known_text(explain->report, rest);
}
