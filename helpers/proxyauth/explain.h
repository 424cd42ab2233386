/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain: what the explain_*.c files share: what is said about each thing that was found.
 *
 * Every function adds fields and remarks to the item of the report that is open.
 */
#ifndef PROXYAUTH_TOOL_EXPLAIN_H
#define PROXYAUTH_TOOL_EXPLAIN_H

#include "common/proxyauth.h"
#include "helpers/proxyauth/exchange.h"
#include "helpers/proxyauth/report.h"

/* How many elements of one list are shown. */
enum { EXPLAIN_LIST_MAX = 32 };

struct explain {
    struct report *report;
    enum pxa_dialect dialect; /* how Digest is read */
    struct exchange exchange;
    size_t found;  /* things that were found */
    size_t faults; /* of which something could not be understood */
};

/* explain_run.c: finds all in TEXT and explains it. WORDS: the lines are arguments. */
void explain_run(struct explain *explain, struct pxa_span text, bool words);

/* explain_credentials.c: a header's value, by its scheme. LOGIN gets what the exchange wants to
 * know of it. */
void explain_credentials(struct explain *explain, struct pxa_span value,
                         struct exchange_login *login);

/* explain_scheme.c: the field with the scheme's name, if NAME, with REST behind it, looks like one.
 * Else NAME may be a secret: it is masked, a remark says why, and false is returned. */
bool explain_scheme(struct explain *explain, struct pxa_span name, struct pxa_span rest);

/* Whether there is Base64 of user:password anywhere in TEXT; and a field that is masked if so. */
bool explain_has_login(struct explain *explain, struct pxa_span text);
void explain_text(struct explain *explain, const char *name, struct pxa_span value);

/* explain_basic.c: `rest` is what follows the scheme; the line is `user password`, escaped. */
void explain_basic(struct explain *explain, struct pxa_span rest, struct exchange_login *login);
void explain_basic_line(struct explain *explain, struct pxa_span line);
void explain_user(struct explain *explain, struct pxa_span user);

/* explain_digest.c: the line is `"user":"realm"`. */
void explain_digest(struct explain *explain, struct pxa_span rest, struct exchange_login *login);
void explain_digest_line(struct explain *explain, struct pxa_span line);

/* explain_token.c: a Base64 token of the schemes Negotiate and NTLM, of either side. */
void explain_token(struct explain *explain, struct pxa_span base64, enum pxa_scheme_id scheme,
                   struct exchange_login *login);

/* explain_negotiate.c, explain_krb5.c, explain_ntlm.c: the token itself. */
void explain_negotiate(struct explain *explain, struct pxa_span token, enum pxa_scheme_id scheme,
                       struct exchange_login *login);
void explain_krb5(struct explain *explain, struct pxa_span message);
void explain_ntlm(struct explain *explain, struct pxa_span message, struct exchange_login *login);

/* explain_ntlm_text.c: a field of UTF-16 or of a code page, as UTF-8; its bytes where it is not
 * what it should be. And what program is behind a version: "" if that is not known. */
void explain_ntlm_name(struct explain *explain, const char *name, struct pxa_span value,
                       enum pxa_charset charset);
const char *explain_windows_release(const struct pxa_ntlmssp *message);

/* explain_krb5_error.c: what a KRB-ERROR's code means, and what to do. */
void explain_krb5_error(struct explain *explain, const struct pxa_krb5 *message);

/* explain_challenge.c: the challenges of one response. OFFER gets what the exchange wants to know
 * of them. */
void explain_challenges(struct explain *explain, const struct pxa_span *lines, size_t count,
                        struct exchange_offer *offer);

/* explain_helper.c, explain_reply.c: lines of Negotiate and NTLM helpers, and replies of all. */
void explain_helper_line(struct explain *explain, struct pxa_span verb, struct pxa_span rest);
void explain_helper_reply(struct explain *explain, struct pxa_span verb, struct pxa_span rest);

/* explain_known_text.c: a remark where TEXT is, or holds, one that is known. */
void explain_known_text(struct report *report, struct pxa_span text);

/* explain_fault.c: what a decoder found wrong. */
struct fault {
    const char *what; /* "base64", "digest", ...: in what the offset counts */
    enum pxa_status status;
    size_t at;
    struct pxa_span text;
    bool secret;   /* nothing of the text is shown, unless secrets are asked for */
    bool password; /* nor how long it is */
};

void explain_fault(struct explain *explain, const struct fault *fault);
void explain_out_of_memory(struct explain *explain);

/* explain_target.c: a target; all of it is masked if it may hold `user:password@`. */
void explain_target(struct explain *explain, const char *name, struct pxa_span target);

/* scratch.c: memory for a decoder's result, wiped when it is closed. `at` is NULL, after an error
 * item was told, if memory is out. */
struct scratch {
    char *at;
    size_t cap;
};

struct scratch scratch_open(struct explain *explain, size_t cap);
void scratch_close(struct scratch *scratch);

#endif
