/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Only a login tells whether there is somebody to ask. The user's name is one that nobody has; a
 * backend logs that it does not know it, and no account is locked.
 */
#include <config.h>

#include "helpers/basic-sasl/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char nobody[] = "proxyauth-check";

struct attempt {
    struct job job; /* first: a job of ours is an attempt */
    struct loop *loop;
    struct sasl_service *service;
    struct secret *password;
    struct sasl_result result;
    bool done;
};

static void on_run(struct job *job)
{
    struct attempt *attempt = (struct attempt *)job;
    const struct pxa_span user = {nobody, strlen(nobody)};

    sasl_service_check(attempt->service, user, attempt->password, &attempt->result);
}

static void on_done(struct job *job)
{
    struct attempt *attempt = (struct attempt *)job;

    attempt->done = true;
    loop_stop(attempt->loop);
}

static void on_deadline(void *context)
{
    struct attempt *attempt = context;

    loop_stop(attempt->loop);
}

/* The deadline may pass before it is done; then it is the thread's. */
static struct attempt *attempt_run(struct helper *helper, struct sasl_service *service)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);
    struct timer *deadline = NULL;

    if (attempt) {
        attempt->job = (struct job){.run = on_run, .done = on_done};
        attempt->loop = helper->loop;
        attempt->service = service;
        attempt->password = secret_copy(nobody, strlen(nobody));
        deadline = loop_timer(helper->loop, on_deadline, attempt);
    }
    if (!attempt || !attempt->password || !deadline) {
        loop_timer_free(helper->loop, deadline);
        free(attempt);
        return NULL;
    }
    loop_timer_at(helper->loop, deadline, loop_now_ms(helper->loop) + helper_deadline_ms(helper));
    offload_submit(helper->offload, &attempt->job);
    loop_run(helper->loop);
    loop_timer_free(helper->loop, deadline);
    return attempt;
}

static void print_fact(const char *name, const char *value)
{
    if (value[0])
        printf("  %s: %s\n", name, value);
}

static bool print_facts(struct sasl_service *service)
{
    struct sasl_facts facts;
    struct why why = {{0}};

    if (!sasl_service_facts(service, &facts, &why)) {
        printf("  FAILED: %s\n", why.text);
        return false;
    }
    print_fact("configuration", facts.file[0] ? facts.file : "none was found, these are defaults");
    print_fact("pwcheck_method",
               facts.pwcheck_method[0] ? facts.pwcheck_method : "auxprop (not said)");
    print_fact("auxprop_plugin", facts.auxprop_plugin);
    print_fact("sasldb_path", facts.sasldb_path);
    print_fact("saslauthd_path", facts.saslauthd_path);
    return true;
}

static bool print_result(const struct attempt *attempt)
{
    const struct sasl_result *result = &attempt->result;

    if (!attempt->done)
        printf("  FAILED: no answer before the deadline\n");
    else if (result->outcome == SASL_OUTCOME_TROUBLE)
        printf("  FAILED: %s\n", result->detail);
    else
        printf("  a login was answered (%s): %s\n", nobody,
               result->outcome == SASL_OUTCOME_FITS ? "let in, as everybody is" : result->detail);
    return attempt->done && result->outcome == SASL_OUTCOME_REFUSED;
}

bool probe(struct helper *helper, struct sasl_service *service)
{
    struct attempt *attempt;
    bool good;

    printf("Cyrus SASL:\n");
    if (!print_facts(service))
        return false;
    attempt = attempt_run(helper, service);
    if (!attempt) {
        printf("  FAILED: out of memory\n");
        return false;
    }
    good = print_result(attempt);
    fflush(stdout); /* with a thread that hangs the process ends without that */
    if (attempt->done) {
        secret_free(&attempt->password);
        free(attempt);
    }
    return good;
}
