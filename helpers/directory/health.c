/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "helpers/directory/health.h"

enum { LOCAL_PAUSE_MS = 1000 };

bool health_succeeded(struct health *health)
{
    bool news = health->state != HEALTH_UP;

    health->state = HEALTH_UP;
    return news;
}

void health_answered(struct health *health)
{
    health->strikes = 0;
    health->failures = 0;
}

uint64_t health_failed(struct health *health, uint64_t now_ms, uint32_t chance)
{
    uint64_t nominal_ms = HEALTH_PAUSE_FIRST_MS;
    uint64_t pause_ms;

    if (health->state == HEALTH_DOWN && now_ms < health->retry_ms)
        return health->retry_ms - now_ms;
    for (unsigned i = 0; i < health->failures && nominal_ms < HEALTH_PAUSE_MAX_MS; i++)
        nominal_ms *= 2;
    if (nominal_ms > HEALTH_PAUSE_MAX_MS)
        nominal_ms = HEALTH_PAUSE_MAX_MS;
    pause_ms = nominal_ms * 3 / 4 + chance % (nominal_ms / 2 + 1);
    health->state = HEALTH_DOWN;
    health->failures++;
    health->strikes = 0;
    health->retry_ms = now_ms + pause_ms;
    return pause_ms;
}

void health_failed_locally(struct health *health, uint64_t now_ms)
{
    health->state = HEALTH_DOWN;
    health->strikes = 0;
    health->retry_ms = now_ms + LOCAL_PAUSE_MS;
}

bool health_strike(struct health *health)
{
    return ++health->strikes >= HEALTH_STRIKES_MAX;
}

bool health_may_try(const struct health *health, uint64_t now_ms)
{
    return health->state == HEALTH_UNKNOWN ||
           (health->state == HEALTH_DOWN && now_ms >= health->retry_ms);
}
