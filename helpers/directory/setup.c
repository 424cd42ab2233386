/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The phases of a connection, in an offload thread.
 *
 * libldap's own waiting is never used: the wire has the deadline, and says "ready" to libldap so
 * that it reads instead of polling. NETWORK_TIMEOUT is never set: with it, libldap 2.5 spins
 * inside the TLS handshake of a silent server.
 */
#include <config.h>

#include "helpers/directory/setup.h"

#include <errno.h>
#include <openldap.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/setup_private.h"
#include "helpers/directory/verdict.h"

/* No answer to a login is larger; a server that announces more is broken or hostile. */
static const ber_len_t answer_max = (ber_len_t)4 * 1024 * 1024;

bool setup_fail(struct setup *setup, enum setup_outcome outcome, const char *phase)
{
    setup->outcome = outcome;
    setup->phase = phase;
    return false;
}

/* What the wire knows is more exact than libldap's "Can't contact LDAP server". */
bool setup_fail_operation(struct setup *setup, const char *phase, int code, const char *advice)
{
    char *diagnostic = NULL;

    if (setup->wire->broken == ETIMEDOUT) {
        why_set(&setup->why, "no answer within %u ms", (unsigned)setup->plan->timeout_ms);
        return setup_fail(setup, SETUP_SERVER, phase);
    }
    if (setup->wire->broken != 0) {
        why_set(&setup->why, "the connection ended: %s", strerror(setup->wire->broken));
        return setup_fail(setup, SETUP_SERVER, phase);
    }
    if (code == LDAP_SERVER_DOWN || code == LDAP_DECODING_ERROR) {
        why_set(&setup->why, "what the server sent is no answer to this, or too long for one");
        return setup_fail(setup, SETUP_SERVER, phase);
    }
    ldap_get_option(setup->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    if (!advice)
        advice = verdict_advice(code, diagnostic);
    why_set(&setup->why, "%s (%d)%s%s%s%s", ldap_err2string(code), code,
            diagnostic && *diagnostic ? ": " : "", diagnostic ? diagnostic : "", advice ? "; " : "",
            advice ? advice : "");
    ldap_memfree(diagnostic);
    return setup_fail(setup, SETUP_SERVER, phase);
}

/* ---- waiting for one answer ---- */

int setup_answer_code(LDAP *ld, LDAPMessage *answer, int type)
{
    LDAPMessage *last = answer;
    int code;

    for (LDAPMessage *part = answer; part; part = ldap_next_message(ld, part))
        last = part;
    if (ldap_msgtype(last) != type ||
        ldap_parse_result(ld, answer, &code, NULL, NULL, NULL, NULL, 0) != LDAP_SUCCESS)
        return LDAP_DECODING_ERROR;
    return code;
}

int setup_await(struct setup *setup, int msgid, int type)
{
    struct timeval ample = {.tv_sec = (time_t)(setup->plan->timeout_ms / 1000) + 1};
    LDAPMessage *answer = NULL;
    int got = ldap_result(setup->ld, msgid, LDAP_MSG_ALL, &ample, &answer);
    int code;

    if (got <= 0)
        return got == 0 ? LDAP_TIMEOUT : LDAP_SERVER_DOWN;
    code = setup_answer_code(setup->ld, answer, type);
    ldap_msgfree(answer);
    return code;
}

/* ---- the phases ---- */

static bool set_options(struct setup *setup)
{
    const int version = LDAP_VERSION3;
    const struct timeval none = {.tv_sec = -1}; /* whatever ldap.conf says */
    LDAP *ld = setup->ld;
    Sockbuf *buffer = NULL;
    ber_len_t cap = answer_max;

    if (ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version) != 0 ||
        ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != 0 ||
        ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON) != 0 ||
        ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &none) != 0 ||
        ldap_set_option(ld, LDAP_OPT_DEREF, &setup->plan->deref) != 0 ||
        ldap_set_option(ld, LDAP_OPT_TIMELIMIT, &setup->plan->time_limit_s) != 0 ||
        ldap_set_option(ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON) != 0 ||
        ldap_get_option(ld, LDAP_OPT_SOCKBUF, &buffer) != 0 ||
        ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &cap) < 0) {
        why_set(&setup->why, "libldap refuses an option");
        return setup_fail(setup, SETUP_LOCAL, "libldap");
    }
    return true;
}

/* LDAP_PROTO_EXT: libldap adds no provider of its own under the handle. */
static bool make_handle(struct setup *setup)
{
    if (ldap_init_fd(setup->wire->carrier->fd, LDAP_PROTO_EXT, setup->address->uri, &setup->ld) !=
            LDAP_SUCCESS ||
        !wire_attach(setup->wire, setup->ld)) {
        why_set(&setup->why, "libldap cannot make a handle for %s", setup->address->uri);
        return setup_fail(setup, SETUP_LOCAL, "libldap");
    }
    return set_options(setup);
}

static bool connect_server(struct setup *setup)
{
    struct dialer *dialer = setup->plan->dialer;
    uint64_t deadline_ms = dialer->now_ms(dialer) + setup->plan->timeout_ms;
    struct carrier *carrier;

    carrier = dialer->dial(dialer, setup->address, deadline_ms, &setup->local, &setup->why);
    if (!carrier)
        return setup_fail(setup, SETUP_SERVER, "connect");
    setup->wire = wire_new(carrier, deadline_ms);
    if (!setup->wire) {
        why_set(&setup->why, "out of memory");
        return setup_fail(setup, SETUP_LOCAL, "connect");
    }
    if (setup_protection(setup) == PROTECTION_NONE && !setup->local &&
        !setup->plan->cleartext_allowed) {
        why_set(&setup->why, "passwords would cross the network in clear: use ldaps://, --starttls "
                             "or, if that is meant, --allow-cleartext");
        return setup_fail(setup, SETUP_LOCAL, "cleartext");
    }
    return make_handle(setup);
}

static bool ask_starttls(struct setup *setup)
{
    int msgid;
    int code = ldap_start_tls(setup->ld, NULL, NULL, &msgid);

    if (code == LDAP_SUCCESS)
        code = setup_await(setup, msgid, LDAP_RES_EXTENDED);
    return code == LDAP_SUCCESS || setup_fail_operation(setup, "StartTLS", code, NULL);
}

static bool encrypt(struct setup *setup)
{
    if (setup_protection(setup) != PROTECTION_TLS)
        return true;
    if (!tls_profile_apply(setup->plan->tls, setup->ld, &setup->why))
        return setup_fail(setup, SETUP_LOCAL, "TLS set-up");
    if (setup->address->transport == TRANSPORT_LDAP && !ask_starttls(setup))
        return false;
    if (!tls_handshake(setup->plan->tls, setup->ld, setup->address->host, &setup->why)) {
        if (setup->wire->broken == ETIMEDOUT)
            why_set(&setup->why, "no answer within %u ms", (unsigned)setup->plan->timeout_ms);
        return setup_fail(setup, SETUP_SERVER, "TLS handshake");
    }
    setup->tls_on = true;
    return true;
}

/* Any answer is good: some servers refuse the read, but then they live. */
static bool prove_alive(struct setup *setup)
{
    char no_attributes[] = LDAP_NO_ATTRS;
    char *attributes[] = {no_attributes, NULL};
    int msgid;
    int code = ldap_search_ext(setup->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes, 0,
                               NULL, NULL, NULL, 1, &msgid);

    if (code == LDAP_SUCCESS)
        code = setup_await(setup, msgid, LDAP_RES_SEARCH_RESULT);
    if (code < 0 || setup->wire->broken != 0 || verdict_hurts_server(code))
        return setup_fail_operation(setup, "root entry", code, NULL);
    return true;
}

void setup_run(struct setup *setup)
{
    struct service_proof proof = {0};
    bool service = setup->purpose == PURPOSE_SERVICE;
    bool ready = !service || setup_prove(setup, &proof);

    ready = ready && connect_server(setup) && encrypt(setup);
    if (ready && service)
        ready = setup_bind_service(setup, &proof) && (!setup->wants_facts || facts_read(setup));
    else if (ready)
        ready = prove_alive(setup);
    setup_forget(&proof);
    if (!ready) {
        setup_discard(setup);
        return;
    }
    wire_make_ready(setup->wire);
    setup->outcome = SETUP_READY;
}

void setup_discard(struct setup *setup)
{
    if (setup->ld)
        ldap_unbind_ext(setup->ld, NULL, NULL);
    wire_free(setup->wire);
    facts_release(setup->facts);
    setup->facts = NULL;
    setup->ld = NULL;
    setup->wire = NULL;
}

/* ---- as a job ---- */

static void run_job(struct job *job)
{
    setup_run((struct setup *)(void *)((char *)job - offsetof(struct setup, job)));
}

static void job_done(struct job *job)
{
    struct setup *setup = (struct setup *)(void *)((char *)job - offsetof(struct setup, job));

    setup->done(setup);
}

bool setup_start(struct offload *offload, const struct setup *order)
{
    struct setup *setup = malloc(sizeof *setup);

    if (!setup)
        return false;
    *setup = *order;
    setup->job.run = run_job;
    setup->job.done = job_done;
    offload_submit(offload, &setup->job);
    return true;
}
