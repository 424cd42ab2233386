/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_world: puts the helper together as main.c does, but on simulated ground, and lives through
 * a load, a recovery and an end.
 */
#include <config.h>

#include "tests/sim/sim_world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/basic-ldap/basic.h"
#include "helpers/core/log.h"
#include "helpers/core/session.h"
#include "helpers/directory/directory.h"
#include "helpers/directory/pool.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/sim_config.h"
#include "tests/sim/sim_offload.h"
#include "tests/sim/sim_options.h"
#include "tests/sim/sim_squid.h"

enum {
    LIFE_MS = 3600 * 1000, /* no world is that long */
    PROBE_MS = 5000,       /* between two attempts to log in after trouble */
    PROBES = 60,           /* then it has not recovered */
    UNSETTLED_WAIT_MS = 2500,
};

struct world {
    struct sim_random random;
    struct sim_log log;
    struct sim_loop loop;
    struct sim_offload offload;
    struct sim_config config;
    struct sim_directory directory;
    struct sim_net net;
    struct sim_oracle oracle;
    struct sim_squid squid;
    struct sim_options options;
    struct log *helper_log;
    int null_fd;
    struct directory *engine;
    struct basic *basic;
    struct session *session;
    bool ended;
    uint64_t healed_ms; /* no trouble from then on */
    bool recovered;
};

/* ---- Putting together ---- */

static uint32_t draw_for_engine(void *context)
{
    return (uint32_t)sim_draw(context);
}

static uint64_t log_now_ms(void *context)
{
    return sim_loop_clock(context);
}

static void on_ended(void *context)
{
    struct world *world = context;

    if (world->ended)
        sim_breach(&world->log, "the session ended twice");
    world->ended = true;
}

static void on_request(void *context, struct request *request)
{
    basic_request(((struct world *)context)->basic, request);
}

static void set_ground(struct world *world, const struct sim_people *people)
{
    const struct sim_config *config = &world->config;

    sim_loop_init(&world->loop, sim_draw(&world->random), &world->log);
    sim_offload_init(&world->offload, &world->loop, config->threads);
    sim_oracle_init(&world->oracle, &world->log, people);
    world->oracle.lookup = config->lookup;
    world->oracle.compares = config->compares;
    world->oracle.aliases = config->aliases;
    world->oracle.healthy = config->healthy;
    world->oracle.groups = config->groups;
    world->oracle.required = config->required;
    world->oracle.no_bind_at_all =
        config->starttls || config->service_wrong || (!config->local && !config->cleartext_allowed);
    world->oracle.deadline_ms = config->deadline_ms;
    world->directory = (struct sim_directory){
        .log = &world->log,
        .oracle = &world->oracle,
        .people = people,
        .random = {sim_draw(&world->random)},
        .service_dn = config->service ? SIM_SERVICE_DN : NULL,
        .service_password = config->service_wrong ? "changed" : SIM_SERVICE_PASSWORD,
        .odd_codes = config->odd_codes,
        .references = config->references,
        .think_high_ms = config->think_high_ms};
    sim_net_init(&world->net, &world->loop, &world->directory, sim_draw(&world->random));
    world->net.up = config->up;
    world->net.down = config->down;
    world->net.window = config->window;
    world->net.faulty = config->faulty;
    world->net.local = config->local;
    world->net.idle_ms = config->idle_ms;
    world->net.slow_ms = (unsigned)config->deadline_ms * 3 / 2;
    world->healed_ms = world->loop.now_ms + config->trouble_ms;
    world->net.quiet_from_ms = world->healed_ms;
    sim_config_phases(config, &world->random, world->loop.now_ms, &world->net);
}

static void set_log(struct world *world, bool verbose)
{
    world->null_fd = -1;
    if (!world->config.logs && !verbose)
        return;
    world->null_fd = verbose ? dup(STDOUT_FILENO) : open("/dev/null", O_WRONLY | O_CLOEXEC);
    world->helper_log =
        log_open(world->null_fd, "#    helper", LOG_DEBUG, log_now_ms, &world->loop);
    if (!world->helper_log)
        abort();
}

static void start_helper(struct world *world)
{
    const struct directory_ground ground = {
        .loop = &world->loop.loop,
        .offload = &world->offload.offload,
        .dialer = &world->net.dialer,
        .log = world->helper_log,
        .deadline_ms = world->config.deadline_ms,
        .random = draw_for_engine,
        .random_context = &world->random,
    };
    const struct session_config session = {
        .scheme = SCHEME_BASIC,
        .concurrency = world->config.concurrency,
        .key_extras = world->config.load.extras,
        .deadline_ms = world->config.deadline_ms,
        .request = on_request,
        .ended = on_ended,
        .context = world,
    };
    const struct directory_orders orders = {
        .options = &world->options.directory,
        .user = &world->options.user,
        .login = &world->options.login,
        .membership = &world->options.membership,
        .cleartext_allowed = world->config.cleartext_allowed,
    };
    const struct basic_orders told = {
        .key_extras = session.key_extras,
        .told = {true, true, true},
    };
    struct basic_ground basic;
    struct why why = {{0}};

    world->engine = directory_open(&ground, &orders, &why);
    basic = (struct basic_ground){&world->loop.loop, world->helper_log, world->engine};
    if (world->engine)
        world->basic = basic_new(&basic, &told, &why);
    if (!world->basic) {
        fprintf(stderr, "the helper does not start: %s\n", why.text);
        abort();
    }
    world->session =
        session_open(&world->loop.loop, &world->squid.stream, &session, world->helper_log);
    if (!world->session)
        abort();
}

/* ---- Living ---- */

static void load(struct world *world)
{
    uint64_t until_ms = world->loop.now_ms + LIFE_MS;

    if (world->config.early_end)
        until_ms = world->loop.now_ms + sim_between(&world->random, 1, world->config.deadline_ms);
    sim_squid_start(&world->squid);
    while (!sim_squid_is_done(&world->squid) && sim_loop_turn(&world->loop, until_ms))
        ;
    if (!world->config.early_end && !sim_squid_is_done(&world->squid))
        sim_breach(&world->log, "law 1: %u requests are open and nothing happens any more",
                   world->squid.open);
}

static void wait_until(struct world *world, uint64_t until_ms)
{
    while (sim_loop_turn(&world->loop, until_ms))
        ;
}

/* After all trouble: an ordinary user can log in again soon. */
static void recover(struct world *world)
{
    const struct sim_call *call;

    if (world->config.healthy || world->oracle.no_bind_at_all || world->config.early_end)
        return;
    if (world->loop.now_ms < world->healed_ms)
        wait_until(world, world->healed_ms);
    world->directory.odd_codes = 0;
    for (unsigned i = 0; i < PROBES && !world->recovered; i++) {
        uint64_t until_ms = world->loop.now_ms + world->config.deadline_ms + PROBE_MS;

        call = sim_squid_probe(&world->squid);
        while (!call->word && sim_loop_turn(&world->loop, until_ms))
            ;
        world->recovered = call->word == SIM_OK;
        wait_until(world, world->loop.now_ms + PROBE_MS);
    }
    if (!world->recovered)
        sim_breach(&world->log, "law 5: no login works after the trouble is over");
}

/* The load's own lines must not be resent any more. */
static void end_input(struct world *world)
{
    world->squid.load.total = 0;
    if (world->config.ending == SIM_END_FINISH) {
        world->squid.closed = true;
        world->oracle.finished = true;
        session_finish(world->session);
    } else if (world->config.ending == SIM_END_GONE) {
        sim_squid_die(&world->squid);
        world->oracle.abrupt = true;
    } else {
        sim_squid_close(&world->squid,
                        world->config.ending == SIM_END_CUT && world->squid.calls > 0);
    }
}

static void finish(struct world *world)
{
    uint64_t until_ms = world->loop.now_ms + world->config.deadline_ms + LIFE_MS;

    if (world->config.ending == SIM_END_ABRUPT) {
        world->squid.load.total = 0;
        world->oracle.abrupt = true;
    } else {
        end_input(world);
        while (!world->ended && sim_loop_turn(&world->loop, until_ms))
            ;
        if (!world->ended)
            sim_breach(&world->log, "the session does not end");
    }
    session_close(world->session);
    while (!directory_quiet(world->engine) || sim_offload_busy(&world->offload))
        if (!sim_loop_turn(&world->loop, until_ms)) {
            sim_breach(&world->log, "the engine does not come to rest");
            break;
        }
}

/* ---- Taking apart ---- */

/* To each server: bind connections as configured, a few for searches, and one that finds out
 * whether a server is back that was thought to be down. */
static unsigned most_connections(const struct sim_config *config)
{
    return config->servers * (config->connections + POOL_SERVICE_MAX + 1);
}

static void take_apart(struct world *world)
{
    directory_close(world->engine);
    basic_free(world->basic);
    sim_squid_end(&world->squid);
    wait_until(world, world->loop.now_ms);
    if (world->net.most > most_connections(&world->config))
        sim_breach(&world->log, "%u connections were open at one time", world->net.most);
    if (world->net.connections > 0)
        sim_breach(&world->log, "%u connections were left open", world->net.connections);
    sim_oracle_end(&world->oracle);
    sim_loop_end(&world->loop);
    log_close(world->helper_log);
    if (world->null_fd >= 0)
        close(world->null_fd);
    sim_options_free(&world->options);
}

static void tell(const struct world *world, struct sim_outcome *outcome)
{
    *outcome = (struct sim_outcome){.hash = world->log.hash,
                                    .breaches = world->log.breaches,
                                    .counts = world->oracle.counts,
                                    .dials = world->net.dials,
                                    .refused = world->net.refused,
                                    .healthy = world->config.healthy,
                                    .recoveries = world->recovered};
    memcpy(outcome->faults, world->net.faults, sizeof(outcome->faults));
    for (unsigned s = 0; s < world->config.servers; s++)
        for (unsigned i = 0; i < world->net.servers[s].phase_count; i++)
            outcome->states[world->net.servers[s].phases[i].state]++;
}

void sim_world_run(uint64_t seed, const struct sim_people *people, bool verbose,
                   struct sim_outcome *outcome)
{
    struct world *world = calloc(1, sizeof(*world));

    if (!world)
        abort();
    world->random.state = seed;
    sim_clock_start(seed);
    sim_log_init(&world->log, seed, verbose, &world->loop.now_ms);
    sim_config_draw(&world->config, &world->random);
    if (verbose)
        sim_config_print(&world->config);
    set_ground(world, people);
    set_log(world, verbose);
    sim_options_set(&world->options, &world->config);
    sim_squid_init(&world->squid, &world->loop, &world->oracle, sim_draw(&world->random));
    world->squid.load = world->config.load;
    start_helper(world);
    load(world);
    recover(world);
    finish(world);
    take_apart(world);
    tell(world, outcome);
    sim_oracle_free(&world->oracle);
    free(world);
}

void sim_outcome_add(struct sim_outcome *sum, const struct sim_outcome *more)
{
    sum->hash = (sum->hash ^ more->hash) * UINT64_C(1099511628211);
    sum->breaches += more->breaches;
    sum->counts.calls += more->counts.calls;
    for (unsigned i = 0; i <= SIM_OTHER; i++)
        sum->counts.words[i] += more->counts.words[i];
    sum->counts.binds += more->counts.binds;
    sum->counts.compares += more->counts.compares;
    sum->counts.searches += more->counts.searches;
    sum->counts.from_memory += more->counts.from_memory;
    sum->counts.at_deadline += more->counts.at_deadline;
    sum->counts.reasons += more->counts.reasons;
    sum->counts.group_lists += more->counts.group_lists;
    sum->dials += more->dials;
    sum->refused += more->refused;
    for (unsigned i = 0; i < SIM_FAULTS; i++)
        sum->faults[i] += more->faults[i];
    for (unsigned i = 0; i < SIM_STATES; i++)
        sum->states[i] += more->states[i];
    sum->healthy += more->healthy;
    sum->recoveries += more->recoveries;
}
