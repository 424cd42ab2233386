/* SPDX-License-Identifier: BSD-2-Clause */
/* The phases of a measurement and their figures. A login that is sent near the end of a phase is
 * answered in the next and still counted where it was sent, so each phase begins and ends with as
 * many in flight, and a stall in one phase never colours the latencies of the next. */
#include <config.h>

#include "tests/bench/plan.h"

#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

static void parse_phase(struct plan *plan, char *text)
{
    struct phase *phase = &plan->phase[plan->count];
    char *seconds = strchr(text, '=');

    if (plan->count == PLAN_PHASES)
        bench_die("--phases: at most %d phases", PLAN_PHASES);
    if (seconds == NULL || seconds == text || (size_t)(seconds - text) >= sizeof(phase->name))
        bench_die("--phases %s: expected name=seconds, a name of at most %zu letters", text,
                  sizeof(phase->name) - 1);
    *seconds++ = '\0';
    memcpy(phase->name, text, strlen(text) + 1);
    phase->length_ns = (uint64_t)(bench_number(text, seconds, 0.001, 3600) * (double)NS_PER_S);
    plan->count++;
}

struct plan *plan_parse(const char *text, double (*cpu_s)(void *context), void *context)
{
    struct plan *plan = calloc(1, sizeof(*plan));
    char *copy = strdup(text);
    char *rest = copy;
    char *word;

    if (plan == NULL || copy == NULL)
        bench_die("out of memory");
    while ((word = strsep(&rest, ",")) != NULL)
        parse_phase(plan, word);
    free(copy);
    plan->cpu_s = cpu_s;
    plan->context = context;
    return plan;
}

static void begin_phase(struct plan *plan, uint64_t now_ns)
{
    struct phase *phase = &plan->phase[plan->current];

    phase->begun_ns = now_ns;
    phase->cpu_s = plan->cpu_s(plan->context);
    if (plan->announce) {
        printf("{\"begun\": \"%s\"}\n", phase->name);
        fflush(stdout);
    }
}

void plan_begin(struct plan *plan, uint64_t now_ns)
{
    plan->current = 0;
    begin_phase(plan, now_ns);
}

uint64_t plan_left_ns(const struct plan *plan, uint64_t now_ns)
{
    const struct phase *phase = &plan->phase[plan->current];
    uint64_t passed = now_ns - phase->begun_ns;

    return passed < phase->length_ns ? phase->length_ns - passed : 0;
}

bool plan_step(struct plan *plan, uint64_t now_ns)
{
    struct phase *phase = &plan->phase[plan->current];

    if (plan->current == plan->count)
        return false;
    if (plan_left_ns(plan, now_ns) > 0)
        return true;
    phase->ended_ns = now_ns;
    phase->cpu_s = plan->cpu_s(plan->context) - phase->cpu_s;
    if (++plan->current == plan->count)
        return false;
    begin_phase(plan, now_ns);
    return true;
}

void plan_count(struct phase *phase, enum verdict verdict, bool accepted, uint64_t latency_ns)
{
    phase->verdicts[verdict]++;
    if (verdict != VERDICT_BH && (verdict == VERDICT_OK) != accepted)
        phase->wrong++;
    histogram_add(&phase->latency, latency_ns);
}

uint64_t plan_wrong(const struct plan *plan)
{
    uint64_t wrong = 0;

    for (unsigned i = 0; i < plan->count; i++)
        wrong += plan->phase[i].wrong;
    return wrong;
}

static void print_phase(const struct phase *phase, FILE *file)
{
    const struct histogram *latency = &phase->latency;
    double seconds = (double)(phase->ended_ns - phase->begun_ns) / (double)NS_PER_S;
    double logins = (double)latency->count;

    fprintf(file, "\"%s\": {\"seconds\": %.3f, \"logins\": %.0f, \"per_s\": %.1f", phase->name,
            seconds, logins, logins / seconds);
    fprintf(file, ", \"ok\": %ju, \"err\": %ju, \"bh\": %ju, \"wrong\": %ju",
            (uintmax_t)phase->verdicts[VERDICT_OK], (uintmax_t)phase->verdicts[VERDICT_ERR],
            (uintmax_t)phase->verdicts[VERDICT_BH], (uintmax_t)phase->wrong);
    fprintf(file, ", \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f",
            histogram_quantile(latency, 0.5) / 1e3, histogram_quantile(latency, 0.9) / 1e3,
            histogram_quantile(latency, 0.99) / 1e3, (double)latency->max_ns / 1e3);
    fprintf(file, ", \"cpu_us_per_login\": %.2f}", logins > 0 ? phase->cpu_s * 1e6 / logins : 0.0);
}

void plan_print(const struct plan *plan, FILE *file)
{
    fputs("\"phases\": {", file);
    for (unsigned i = 0; i < plan->count; i++) {
        if (i > 0)
            fputs(", ", file);
        print_phase(&plan->phase[i], file);
    }
    fputc('}', file);
}
