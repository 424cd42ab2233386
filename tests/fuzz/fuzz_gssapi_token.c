/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A real acceptor of MIT's library, with the key of a captured login at the time of its capture,
 * and what is made of its answers. The input is the messages of one login, each with its length in
 * two bytes, high byte first. Promised of any: who is let in is who logged in there; what is not
 * let in is the client's doing, in words that anybody may read; only IAKERB, which needs a KDC, may
 * be trouble of ours.
 *
 * No KDC is known, DNS is not asked, and nothing of this machine's Kerberos takes part. Seeds: a
 * SPNEGO token that only names Kerberos with the captured one behind it, that one in IAKERB's
 * frame, an IAKERB message for a KDC, NTLM in SPNEGO.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "helpers/kerberos/credentials.h"
#include "helpers/kerberos/exchange.h"
#include "helpers/kerberos/fault.h"
#include "helpers/kerberos/route.h"
#include "helpers/kerberos/who.h"

enum { LENGTH_BYTES = 2, PATH_LEN_MAX = 512 };

/* Seconds after the login that was captured, by its authenticator. */
#define CAPTURED_S 1795654175

/* Who, says facts.json. An MIT KDC puts no groups into its PAC. */
static const char user_name[] = "alice@EXAMPLE.TEST";

static const char krb5_conf[] = "[libdefaults]\n"
                                "default_realm = EXAMPLE.TEST\n"
                                "dns_lookup_kdc = false\n"
                                "dns_lookup_realm = false\n"
                                "dns_uri_lookup = false\n";

/* ---- the clock: libkrb5 finds these before libc's ---- */

time_t time(time_t *now)
{
    if (now)
        *now = CAPTURED_S;
    return CAPTURED_S;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): libc has other names */
int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    *now = (struct timeval){.tv_sec = CAPTURED_S};
    return 0;
}

/* ---- what is accepted ---- */

/* A file in memory; its path goes to PATH. It stays as long as the process. */
static void put_file(const char *bytes, size_t len, char path[static PATH_LEN_MAX])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    PROMISE(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    (void)snprintf(path, PATH_LEN_MAX, "/proc/self/fd/%d", fd);
}

static struct keys *open_keys(void)
{
    const char *srcdir = getenv("srcdir");
    const struct option_list none = {0};
    struct why why = {{0}};
    char path[PATH_LEN_MAX];
    struct spn_rule *rule = spn_rule_new(&none, &why);
    struct keys *keys;

    PROMISE(rule != NULL);
    (void)snprintf(path, sizeof path, "%s/tests/vectors/captured/mit.keytab",
                   srcdir ? srcdir : ".");
    keys = keys_read(path, rule, &(struct keys_file){0}, &why);
    if (!keys)
        fprintf(stderr, "%s\n", why.text);
    PROMISE(keys != NULL);
    spn_rule_free(rule);
    return keys;
}

static struct service_credentials *open_credentials(void)
{
    static struct replay replay;
    struct service_credentials *made;
    struct why why = {{0}};
    char path[PATH_LEN_MAX];

    put_file(krb5_conf, sizeof krb5_conf - 1, path);
    PROMISE(setenv("KRB5_CONFIG", path, 1) == 0 && unsetenv("KRB5_TRACE") == 0);
    PROMISE(replay_init(&replay, "none", &why));
    made = service_credentials_new(open_keys(), &replay, GSS_C_NO_CREDENTIAL, &why);
    if (!made)
        fprintf(stderr, "%s\n", why.text);
    PROMISE(made != NULL);
    return made;
}

/* ---- promises ---- */

static bool is_iakerb(struct pxa_span token, const struct exchange_outcome *outcome)
{
    struct pxa_negotiate opened;

    if (outcome->mechanism)
        return pxa_mech_of((struct pxa_span){outcome->mechanism->elements,
                                             outcome->mechanism->length}) == PXA_MECH_IAKERB;
    return pxa_negotiate_decode(token, &opened) == PXA_OK && opened.mech == PXA_MECH_IAKERB;
}

static void check_text(const char *text, size_t cap)
{
    size_t len = strnlen(text, cap);

    PROMISE(len < cap);
    PROMISE(pxa_charset_of((struct pxa_span){text, len}) != PXA_OTHER_CHARSET);
    for (size_t i = 0; i < len; i++)
        PROMISE((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

static void check_failure(const struct exchange_outcome *outcome, struct pxa_span token,
                          const struct keys *keys)
{
    struct fault fault;

    fault_tell(&fault, outcome, token, keys);
    PROMISE(fault.reason != NULL && fault.reason[0]);
    check_text(fault.reason, FAULT_REMARK_MAX);
    check_text(fault.remark, sizeof fault.remark);
    PROMISE(fault.denied || is_iakerb(token, outcome));
}

static void check_user(const struct exchange_outcome *outcome)
{
    const struct who_rule rule = {0};
    struct bytes user = {0};
    struct who_refusal refusal;

    PROMISE(pxa_name_is(outcome->name, user_name));
    PROMISE(outcome->sid_count == 0 && !outcome->pac_refused);
    PROMISE(who_is(&rule, outcome, &user, &refusal) && !refusal.reason);
    PROMISE(fuzz_same((struct pxa_span){user.at + user.start, bytes_len(&user)}, outcome->name));
    bytes_free(&user);
}

/* Whether the library gets to see TOKEN: as helpers/kerberos/service.c has it. */
static bool is_let_through(struct pxa_span token, bool first, enum route_way *way)
{
    struct route route = first ? route_first(token, false) : route_next(token, *way);

    PROMISE(route.way != ROUTE_NTLM);
    PROMISE((route.way == ROUTE_DENIED) == (route.reason != NULL));
    PROMISE(fuzz_within(route.inner, token));
    *way = route.way;
    return route.way == ROUTE_INLINE || route.way == ROUTE_THREAD;
}

/* A login goes on until it ends or the input does. */
static void login(const struct service_credentials *credentials, struct pxa_span input)
{
    const struct exchange_orders orders = {.groups = true};
    struct exchange *exchange = exchange_new(&orders);
    struct exchange_outcome outcome = {.result = EXCHANGE_CONTINUE};
    enum route_way way = ROUTE_DENIED;
    bool first = true;

    PROMISE(exchange != NULL);
    while (outcome.result == EXCHANGE_CONTINUE && input.len >= LENGTH_BYTES) {
        size_t rest = input.len - LENGTH_BYTES;
        size_t len = (size_t)((unsigned char)input.at[0] << 8 | (unsigned char)input.at[1]);
        struct pxa_span token = {input.at + LENGTH_BYTES, len < rest ? len : rest};
        char *block = fuzz_block(token.len + 1);

        memcpy(block, token.at, token.len);
        input = (struct pxa_span){token.at + token.len, rest - token.len};
        token.at = block;
        if (!is_let_through(token, first, &way)) {
            free(block);
            break;
        }
        first = false;
        exchange_step(exchange, credentials->own, token, &outcome);
        if (outcome.result == EXCHANGE_FAILED)
            check_failure(&outcome, token, credentials->keys);
        else if (outcome.result == EXCHANGE_DONE)
            check_user(&outcome);
        free(block);
    }
    exchange_free(exchange);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct service_credentials *credentials;

    if (!credentials)
        credentials = open_credentials();
    login(credentials, fuzz_span(data, size));
    return 0;
}
