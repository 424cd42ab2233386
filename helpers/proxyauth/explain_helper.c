/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines between Squid and a helper: what Squid sends to one of Negotiate or NTLM, and what any
 * helper answers.
 * Source: src/helper/Reply.cc and src/auth/negotiate/UserRequest.cc of Squid.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/proxyauth/visible.h"

enum { SQUID_TOKEN_LINE_MAX = 65535 };

void explain_helper_line(struct explain *explain, struct pxa_span verb, struct pxa_span rest)
{
    struct exchange_login login = {0};
    struct pxa_span token = text_word(&rest);
    struct report *report = explain->report;
    bool first = text_is(verb, "YR");

    report_text(report, "verb", verb);
    report_word(report, "meaning", first ? "the first leg of a login" : "a later leg");
    if (rest.len > 0) {
        report_text(report, "behind_the_token", rest);
        report_remark(report, REPORT_NOTE, "extras",
                      "What follows the token is key_extras, or was sent by the client: Squid "
                      "hands on all that stands behind the scheme's name.");
    }
    if (token.len + 4 >= SQUID_TOKEN_LINE_MAX)
        report_remark(report, REPORT_WARNING, "too_long_for_squid",
                      "Squid does not send lines of %d bytes or more to its helper.",
                      SQUID_TOKEN_LINE_MAX);
    explain_token(explain, token, PXA_SCHEME_OTHER, &login); /* both schemes use these lines */
    if (first && login.ntlm_type == 3)
        report_remark(report, REPORT_WARNING, "ntlm_order",
                      "The third message of NTLM comes as the first leg (YR): the helper that "
                      "gave the challenge was another one, or the connection has changed.");
    if (!first && login.ntlm_type == 1)
        report_remark(report, REPORT_WARNING, "ntlm_order",
                      "The first message of NTLM comes as a later leg (KK): the client began "
                      "anew.");
}

/* ---- replies ---- */

/* Texts of Squid's own helpers and of the libraries below them. */
static const struct {
    const char *part;
    const char *meaning;
    const char *check;
} known_texts[] = {
    {"received type 1 NTLM token",
     "The browser sent NTLM inside Negotiate because it has no Kerberos ticket for the proxy; the "
     "helper knows Kerberos alone.",
     "The browser must use the proxy's full name, and one account must have the SPN HTTP/name: "
     "klist get HTTP/name on the client, setspn -Q HTTP/name."},
    {"Clock skew too great",
     "The clocks of client, KDC or proxy differ by more than five "
     "minutes.",
     "Compare them; use NTP."},
    {"Request is a replay", "The same token came twice.",
     "Do several helpers or proxies share a replay cache? Did a load balancer repeat the "
     "request?"},
    {"Ticket expired", "The client used an old ticket.", "The client has to get a new one."},
    {"Cannot find key for",
     "The keytab has no key of that version (kvno): the password of the "
     "account was changed after the keytab was made.",
     "kvno HTTP/name on a client and klist -ekt KEYTAB must show the same number."},
    {"Cannot decrypt ticket",
     "The keytab has another key than the one that the ticket was made "
     "with: two accounts have the SPN, or the keytab is old.",
     "setspn -X finds duplicates; make a new keytab."},
    {"not found in keytab", "The ticket is for an SPN that the keytab does not have.",
     "klist -kt KEYTAB; the browser must use the name that is in it."},
    {"No principal in keytab matches",
     "The helper was told an SPN (-s) that the keytab does "
     "not have.",
     "klist -kt KEYTAB, and the helper's option -s."},
    {"Permission denied", "The helper cannot read a file, usually the keytab.",
     "The keytab has to be readable by the user that Squid runs as."},
    {"Invalid negotiate request token", "The token is no Base64.",
     "Explain the YR line before this reply."},
    {"Unspecified GSS failure",
     "The library could not use the token; the text behind it says "
     "why.",
     "Read the end of the text; run the helper with -d."},
    {"Wrong principal in request", "The ticket is for another SPN than the helper accepts.",
     "The helper's option -s; GSS_C_NO_NAME accepts all of the keytab."},
    {"Encryption type",
     "The ticket's encryption type is not in the keytab, or forbidden by "
     "krb5.conf.",
     "klist -ekt KEYTAB; permitted_enctypes of krb5.conf."},
    {"Strong(er) authentication required", "The directory refuses logins without TLS.",
     "Use ldaps:// or StartTLS."},
    {"Can't contact LDAP server", "The directory cannot be reached.",
     "The address, port and "
     "firewall."},
    {"Invalid credentials", "User name or password is wrong, or the account is locked.",
     "The directory's log says which."},
    {"NT_STATUS_WRONG_PASSWORD", "The password is wrong.", ""},
    {"NT_STATUS_ACCOUNT_LOCKED_OUT", "The account is locked after wrong passwords.",
     "Which client repeats an old password?"},
    {"NT_STATUS_NO_SUCH_USER", "The domain does not know the user.", "The domain's name."},
    {"NT_STATUS_NO_LOGON_SERVERS", "No domain controller can be reached.", "wbinfo -P"},
    {"winbindd_privileged", "The helper may not use winbind.",
     "Squid's user has to be in the group winbindd_priv."},
};

static void known_text(struct report *report, struct pxa_span rest)
{
    for (size_t i = 0; i < sizeof known_texts / sizeof *known_texts; i++) {
        if (!text_has(rest, known_texts[i].part))
            continue;
        report_remark(report, REPORT_WARNING, "known_text", "%s", known_texts[i].meaning);
        if (known_texts[i].check[0])
            report_check(report, "%s", known_texts[i].check);
        return;
    }
}

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

struct reply {
    struct pxa_span token;
    struct pxa_span user;
    struct pxa_span message;
    struct pxa_span text; /* behind the pairs */
    bool has_token, has_user;
    size_t groups;
};

static bool is_key(struct pxa_span pair, const char *key)
{
    size_t len = text_find(pair, "=");

    return len < pair.len && text_is(text_upto(pair, len), key);
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
    } else if (is_key(pair, "group")) {
        reply->groups++;
    } else if (is_key(pair, "ttl")) {
        report_remark(report, REPORT_WARNING, "ttl_ignored",
                      "No released Squid understands ttl= in a helper's reply.");
    } else if (!text_has(pair, "=")) {
        return false;
    }
    return true;
}

/* What the reply's pairs say that may be shown; others may be secret (ha1, password). */
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
        report_text(report, "user", reply->user);
    if (reply->message.len > 0)
        report_text(report, "message", reply->message);
    if (reply->groups > 0)
        report_number(report, "groups", reply->groups);
}

static void ok(struct explain *explain, struct pxa_span rest)
{
    struct reply reply = {0};
    struct exchange_login login = {0};

    pairs(explain, rest, &reply);
    if (reply.has_token && reply.token.len > 1)
        explain_token(explain, reply.token, PXA_SCHEME_OTHER, &login);
    if (reply.has_token != reply.has_user && !text_has(rest, "ha1="))
        report_remark(explain->report, REPORT_WARNING, "ok_incomplete",
                      "A Negotiate helper's OK needs both token= and user=: Squid ends with a "
                      "fatal error when one of them is missing.");
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

static void accepted(struct explain *explain, struct pxa_span rest)
{
    struct exchange_login login = {0};
    struct pxa_span first = next_pair(&rest);
    struct pxa_span user = next_pair(&rest);

    if (user.len == 0) {
        report_text(explain->report, "user", first);
        return;
    }
    report_text(explain->report, "user", user);
    if (first.len > 1)
        explain_token(explain, first, PXA_SCHEME_OTHER, &login);
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
        report_text(explain->report, "text", rest);
    else
        pairs(explain, rest, &reply);
    if (reply.text.len > 0)
        report_text(explain->report, "text", reply.text);
    if (text_is(verb, "BH"))
        report_remark(explain->report, REPORT_NOTE, "bh",
                      "BH means trouble of the helper. Squid answers 407 to the client, as to a "
                      "wrong password, and asks a Basic, Digest or group helper twice more.");
    known_text(explain->report, rest);
}
