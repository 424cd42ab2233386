/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_config: draws worlds.
 *
 * In a healthy world every reply must be the one that the directory's entries ask for, so its
 * load must be one that the servers can carry within the deadline.
 */
#include <config.h>

#include "tests/sim/sim_config.h"

#include <inttypes.h>
#include <stdio.h>

enum { FLOOD = 6000 };

static uint64_t one_of(struct sim_random *random, const unsigned *values, size_t count)
{
    return values[sim_draw(random) % count];
}

#define ONE_OF(random, ...)                                                                        \
    one_of(random, (const unsigned[]){__VA_ARGS__},                                                \
           sizeof((const unsigned[]){__VA_ARGS__}) / sizeof(unsigned))

static void draw_lookup(struct sim_config *config, struct sim_random *random)
{
    static const char *const filters[] = {
        "(uid=%s)",
        "(&(objectClass=person)(uid=%s))",
        "(&(objectClass=person)(|(uid=%s)(mail=%s)))",
        "(&(uid=%s)(!(objectClass=device)))",
    };

    config->lookup = sim_chance(random, 700) ? SIM_BY_FILTER : SIM_BY_DN;
    config->compares = sim_chance(random, 150);
    config->aliases = sim_chance(random, 100);
    config->service = sim_chance(random, 600);
    config->groups = sim_chance(random, 300);
    config->required = sim_chance(random, 200) ? (int)sim_between(random, 7, 10) : -1;
    if (config->lookup == SIM_BY_FILTER)
        config->filter = filters[sim_draw(random) % (sizeof(filters) / sizeof(filters[0]))];
}

static void draw_limits(struct sim_config *config, struct sim_random *random)
{
    config->connections = (unsigned)ONE_OF(random, 1, 2, 4, 8, 16, 64);
    config->threads = (unsigned)ONE_OF(random, 1, 2, 4, 8);
    config->deadline_ms = ONE_OF(random, 10000, 10000, 10000, 4000, 30000);
    config->connect_timeout_s = (unsigned)ONE_OF(random, 3, 3, 1, 10);
    config->concurrency = (enum concurrency)ONE_OF(random, CONCURRENCY_ON, CONCURRENCY_ON,
                                                   CONCURRENCY_AUTO, CONCURRENCY_OFF);
    config->ending =
        (enum sim_ending)ONE_OF(random, SIM_END_OF_INPUT, SIM_END_OF_INPUT, SIM_END_CUT,
                                SIM_END_FINISH, SIM_END_GONE, SIM_END_ABRUPT);
    config->early_end = sim_chance(random, 200);
    config->logs = sim_chance(random, 100);
}

static void draw_load(struct sim_config *config, struct sim_random *random)
{
    struct sim_load *load = &config->load;

    *load = (struct sim_load){
        .total = (unsigned)sim_between(random, 20, 250),
        .window = (unsigned)ONE_OF(random, 1, 4, 20, 100, 250),
        .burst = (unsigned)ONE_OF(random, 1, 5, 50, 250),
        .gap_ms = (unsigned)ONE_OF(random, 0, 5, 50, 500, 3000),
        .wrong = (unsigned)ONE_OF(random, 100, 300, 900),
        .odd = (unsigned)ONE_OF(random, 0, 200, 600),
        .broken = (unsigned)ONE_OF(random, 0, 0, 100),
        .again = (unsigned)ONE_OF(random, 0, 100, 400),
        .ids = config->concurrency == CONCURRENCY_ON ||
               (config->concurrency == CONCURRENCY_AUTO && sim_chance(random, 700)),
        .extras = (unsigned)ONE_OF(random, 0, 0, 0, 1, 2),
        .blocked = (unsigned)ONE_OF(random, 0, 0, 0, 100),
        .pace = {0, (unsigned)ONE_OF(random, 0, 0, 5), (unsigned)ONE_OF(random, 0, 0, 1, 7, 100)},
    };
    if (!load->ids)
        load->window = 1;
}

static void draw_wires(struct sim_config *config, struct sim_random *random)
{
    config->up = (struct sim_pace){0, (unsigned)ONE_OF(random, 0, 1, 5),
                                   (unsigned)ONE_OF(random, 0, 0, 0, 1, 30)};
    config->down = (struct sim_pace){0, (unsigned)ONE_OF(random, 0, 1, 5),
                                     (unsigned)ONE_OF(random, 0, 0, 0, 1, 30)};
    config->window = ONE_OF(random, 65536, 65536, 65536, 300);
    config->think_high_ms = (unsigned)ONE_OF(random, 0, 1, 5);
    config->references = (unsigned)ONE_OF(random, 0, 0, 300);
    if (config->healthy)
        return;
    if (sim_chance(random, 200))
        config->window = ONE_OF(random, 10, 50);
    if (sim_chance(random, 200))
        config->think_high_ms = (unsigned)ONE_OF(random, 100, 2000);
    if (config->groups || config->required >= 0) /* many questions, one after the other */
        config->think_high_ms = config->think_high_ms < 100 ? config->think_high_ms : 100;
    config->odd_codes = (unsigned)ONE_OF(random, 0, 0, 50, 300);
    config->faulty = (unsigned)ONE_OF(random, 0, 100, 300, 700);
}

/* More lines at once than a session takes. */
static void draw_flood(struct sim_config *config, struct sim_random *random)
{
    struct sim_load *load = &config->load;

    if (config->healthy || !load->ids || !sim_chance(random, 5))
        return;
    load->total = load->window = load->burst = FLOOD;
    load->gap_ms = 0;
    load->again = 0;
}

/* So little to do that connections grow old. */
static void draw_idleness(struct sim_config *config, struct sim_random *random)
{
    if (config->healthy || !sim_chance(random, 50))
        return;
    config->idle_ms = ONE_OF(random, 5000, 15000);
    config->load.total = (unsigned)sim_between(random, 5, 40);
    config->load.burst = 5;
    config->load.gap_ms = 40000;
}

void sim_config_draw(struct sim_config *config, struct sim_random *random)
{
    *config = (struct sim_config){.healthy = sim_chance(random, 350), .local = true};
    config->servers = (unsigned)sim_between(random, 1, SIM_SERVERS);
    config->backup = config->servers > 1 && sim_chance(random, 300);
    draw_lookup(config, random);
    draw_limits(config, random);
    draw_load(config, random);
    draw_wires(config, random);
    draw_flood(config, random);
    draw_idleness(config, random);
    config->trouble_ms = config->healthy ? 0 : ONE_OF(random, 5000, 20000, 60000);
    if (sim_chance(random, 30))
        config->starttls = true;
    config->local = config->starttls || !sim_chance(random, 100);
    config->cleartext_allowed = sim_chance(random, 500);
    config->service_wrong =
        !config->healthy && config->filter && config->service && sim_chance(random, 50);
}

void sim_config_phases(const struct sim_config *config, struct sim_random *random,
                       uint64_t start_ms, struct sim_net *net)
{
    if (config->healthy)
        return;
    for (unsigned s = 0; s < config->servers; s++) {
        struct sim_server *server = &net->servers[s];
        unsigned changes = (unsigned)sim_between(random, 0, SIM_PHASES - 2);
        uint64_t at_ms = start_ms;

        if (sim_chance(random, 200)) /* down from the beginning */
            server->phases[0].state = (enum sim_state)sim_between(random, 0, SIM_STATES - 1);
        for (unsigned i = 0; i < changes; i++) {
            at_ms += sim_between(random, 1, config->trouble_ms / 3);
            if (at_ms >= start_ms + config->trouble_ms)
                break;
            server->phases[server->phase_count++] =
                (struct sim_phase){at_ms, (enum sim_state)sim_between(random, 0, SIM_STATES - 1)};
        }
        server->phases[server->phase_count++] =
            (struct sim_phase){start_ms + config->trouble_ms, SIM_UP};
    }
}

void sim_config_print(const struct sim_config *config)
{
    const struct sim_load *load = &config->load;

    printf("# %s, %u servers%s, %s%s%s%s%s%s%s%s%s%s\n", config->healthy ? "healthy" : "trouble",
           config->servers, config->backup ? " (the last a backup)" : "",
           config->filter ? config->filter : "by DN", config->compares ? ", compare" : "",
           config->aliases ? ", aliases" : "", config->groups ? ", groups" : "",
           config->required >= 0 ? ", a group is required" : "",
           config->service ? ", service bind" : "",
           config->service_wrong ? " (wrong password)" : "", config->starttls ? ", StartTLS" : "",
           config->local ? "" : ", remote", config->cleartext_allowed ? " in clear" : "");
    printf("# connections %u, threads %u, deadline %" PRIu64 ", connect timeout %u s, "
           "concurrency %d, ending %d%s\n",
           config->connections, config->threads, config->deadline_ms, config->connect_timeout_s,
           (int)config->concurrency, (int)config->ending, config->early_end ? " early" : "");
    printf("# lines %u, window %u, burst %u, gap %u, wrong %u, odd %u, broken %u, again %u, "
           "ids %d, extras %u, blocked %u\n",
           load->total, load->window, load->burst, load->gap_ms, load->wrong, load->odd,
           load->broken, load->again, load->ids, load->extras, load->blocked);
    printf("# up %u ms, chunks %u, window %zu; down %u ms, chunks %u; think %u ms; "
           "faulty %u, odd codes %u, for %" PRIu64 " ms\n",
           config->up.delay_high_ms, config->up.chunk_max, config->window,
           config->down.delay_high_ms, config->down.chunk_max, config->think_high_ms,
           config->faulty, config->odd_codes, config->trouble_ms);
}
