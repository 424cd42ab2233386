/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An NTLM acceptor at the other end of a pipe, for clients that are no C programs.
 *
 *     ntlm_endpoint [--ntlmv1] [--domain=DOMAIN] NAME=PASSWORD...
 *
 * A line is "begin TOKEN" or "step TOKEN" in Base64, and is answered by one with tabs between:
 * result, token, user, domain, kind of response (a number of enum pxa_ntlm_response), "mic" or
 * nothing, reason, detail.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "helpers/ntlm/acceptor.h"

enum { TOKEN_CAP = 256 * 1024 };

/* 1970 as FILETIME, in seconds. */
#define UNIX_EPOCH UINT64_C(11644473600)

struct accounts {
    char **words; /* NAME=PASSWORD, up to a null */
};

static enum ntlm_lookup look_up(void *context, struct pxa_span user, struct pxa_span domain,
                                struct ntlm_account *out)
{
    const struct accounts *accounts = context;

    (void)domain;
    for (char **word = accounts->words; *word; word++) {
        const char *end = strchr(*word, '=');
        struct pxa_span name = {*word, end ? (size_t)(end - *word) : 0};

        if (!end || name.len != user.len || memcmp(name.at, user.at, name.len) != 0)
            continue;
        out->name = name;
        if (nt_hash((struct pxa_span){end + 1, strlen(end + 1)}, out->nt_hash))
            return NTLM_LOOKUP_FOUND;
    }
    return NTLM_LOOKUP_NONE;
}

static void print(struct pxa_span text)
{
    printf("\t%.*s", (int)text.len, text.at ? text.at : "");
}

static void tell(const struct acceptor_answer *answer)
{
    static const char *const results[] = {"continue", "ok", "denied", "other", "unavailable"};
    static char text[TOKEN_CAP];
    struct pxa_written done;

    if (pxa_base64_encode(answer->token, text, sizeof text, &done) != PXA_OK)
        abort();
    printf("%s", results[answer->result]);
    print((struct pxa_span){text, done.len});
    print(answer->user);
    print(answer->domain);
    printf("\t%d\t%s\t%s\t%s\n", (int)answer->response, answer->mic ? "mic" : "", answer->reason,
           answer->detail);
    (void)fflush(stdout);
}

/* Clients compare it with their own clock. */
static uint64_t now(void)
{
    return ((uint64_t)time(NULL) + UNIX_EPOCH) * 10000000;
}

static void serve(struct acceptor *acceptor)
{
    static char line[TOKEN_CAP];
    static char token[TOKEN_CAP];

    while (fgets(line, sizeof line, stdin)) {
        char *text = strchr(line, ' ');
        struct acceptor_answer answer;
        struct pxa_written done;
        struct pxa_span in;

        if (!text)
            abort();
        in = (struct pxa_span){text + 1, strcspn(text + 1, "\n")};
        if (pxa_base64_decode(in, token, sizeof token, &done) != PXA_OK)
            abort();
        in = (struct pxa_span){token, done.len};
        if (line[0] == 'b')
            acceptor_begin(acceptor, in, now(), &answer);
        else
            acceptor_step(acceptor, in, now(), &answer);
        tell(&answer);
    }
}

int main(int argc, char **argv)
{
    struct ntlm_policy policy = {
        .lookup = look_up, .computer = "PROXY", .domain = "LAB", .dns_name = "proxy.lab.example"};
    struct option_list domains = {NULL, 0};
    struct accounts accounts;
    struct acceptor *acceptor;
    char *domain = NULL;

    for (; argc > 1 && argv[1][0] == '-'; argc--, argv++) {
        if (strcmp(argv[1], "--ntlmv1") == 0)
            policy.allow_ntlmv1 = true;
        else if (strncmp(argv[1], "--domain=", 9) == 0)
            domain = argv[1] + 9;
    }
    if (domain) {
        domains = (struct option_list){&domain, 1};
        policy.domains = &domains;
    }
    accounts.words = argv + 1;
    policy.context = &accounts;
    acceptor = acceptor_new(&policy);
    if (!acceptor)
        return 1;
    serve(acceptor);
    acceptor_free(acceptor);
    return 0;
}
