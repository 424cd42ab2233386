/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_net: the dialer of a simulated world.
 *
 * A server's name is s0, s1 or s2; there is no name resolution. Dialing happens in a job and takes
 * time of that job's clock.
 */
#include <config.h>

#include "tests/sim/sim_net.h"

#include <stdlib.h>

#include "helpers/directory/server_list.h"

enum { CONNECT_MS = 30, SYN_RETRY_MS = 1000 };

enum sim_state sim_server_state(const struct sim_server *server, uint64_t at_ms, uint64_t *until_ms)
{
    unsigned i = 0;

    while (i + 1 < server->phase_count && server->phases[i + 1].from_ms <= at_ms)
        i++;
    *until_ms = i + 1 < server->phase_count ? server->phases[i + 1].from_ms : SIM_NEVER;
    return server->phases[i].state;
}

static struct sim_net *net_of(struct dialer *dialer)
{
    return (struct sim_net *)dialer;
}

static enum sim_fault draw_fault(struct sim_net *net, uint64_t now_ms)
{
    enum sim_fault fault = SIM_NO_FAULT;

    if (now_ms < net->quiet_from_ms && sim_chance(&net->random, net->faulty))
        fault = (enum sim_fault)sim_between(&net->random, 1, SIM_FAULTS - 1);
    net->faults[fault]++;
    return fault;
}

/* Waits for an answer to the first packet. False when the deadline comes before. */
static bool handshake(struct sim_net *net, const struct sim_server *server, uint64_t deadline_ms)
{
    uint64_t at_ms = net->loop->job_ms + sim_between(&net->random, 0, CONNECT_MS);
    uint64_t until_ms;

    while (sim_server_state(server, at_ms, &until_ms) == SIM_DROPPED && at_ms < deadline_ms)
        at_ms += SYN_RETRY_MS;
    net->loop->job_ms = at_ms < deadline_ms ? at_ms : deadline_ms;
    return at_ms < deadline_ms;
}

static struct carrier *op_dial(struct dialer *dialer, const struct server_address *address,
                               uint64_t deadline_ms, bool *local, struct why *why)
{
    struct sim_net *net = net_of(dialer);
    const struct sim_server *server = &net->servers[address->host[1] - '0'];
    uint64_t until_ms;

    if (!net->loop->in_job)
        abort();
    net->dials++;
    *local = net->local;
    if (!handshake(net, server, deadline_ms)) {
        sim_event(net->log, "no answer", net->dials, NULL, 0);
        why_set(why, "%s does not answer", address->uri);
        return NULL;
    }
    if (sim_server_state(server, net->loop->job_ms, &until_ms) == SIM_REFUSING) {
        net->refused++;
        sim_event(net->log, "refused", net->dials, NULL, 0);
        why_set(why, "%s refuses the connection", address->uri);
        return NULL;
    }
    return sim_link_new(net, server, draw_fault(net, net->loop->job_ms));
}

static uint64_t op_now_ms(struct dialer *dialer)
{
    return sim_loop_clock(net_of(dialer)->loop);
}

void sim_net_init(struct sim_net *net, struct sim_loop *loop, struct sim_directory *directory,
                  uint64_t seed)
{
    *net = (struct sim_net){.dialer = {op_dial, op_now_ms},
                            .loop = loop,
                            .log = loop->log,
                            .directory = directory,
                            .random = {seed}};
    for (unsigned i = 0; i < SIM_SERVERS; i++)
        net->servers[i] = (struct sim_server){.phases = {{0, SIM_UP}}, .phase_count = 1};
}
