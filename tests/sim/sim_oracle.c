/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_oracle: the judgement on each reply, and at the end on each pair.
 *
 * It judges by what the directory processed and by what the helper has read of the answers. Where
 * several calls of one pair overlap, binds are counted for all of them together.
 */
#include <config.h>

#include "tests/sim/sim_oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_expect.h"

enum {
    SERIAL_LEN = 7,   /* digits in front of each password */
    MEMORY_MS = 2000, /* how long a BH after a bind protects its repeats */
};

void sim_oracle_init(struct sim_oracle *oracle, struct sim_log *log,
                     const struct sim_people *people)
{
    *oracle = (struct sim_oracle){.log = log, .people = people, .required = -1};
}

void sim_oracle_free(struct sim_oracle *oracle)
{
    for (size_t i = 0; i < oracle->pair_count; i++)
        free(oracle->pairs[i]);
    for (size_t i = 0; i < oracle->call_count; i++)
        free(oracle->calls[i]);
    free(oracle->pairs);
    free(oracle->calls);
}

static void *grow(void *array, size_t count, size_t *cap)
{
    if (count < *cap)
        return array;
    *cap = *cap ? *cap * 2 : 64;
    array = realloc(array, *cap * sizeof(void *));
    if (!array)
        abort();
    return array;
}

/* ---- Pairs and calls ---- */

struct sim_pair *sim_oracle_pair(struct sim_oracle *oracle, struct pxa_span user,
                                 struct pxa_span tail, long right_for)
{
    struct sim_pair *pair = calloc(1, sizeof(*pair) + user.len + SERIAL_LEN + 1 + tail.len);
    char *bytes = (char *)(pair + 1);

    if (!pair)
        abort();
    snprintf(bytes, SERIAL_LEN + 1, "%0*zu", SERIAL_LEN, oracle->pair_count);
    if (tail.len > 0)
        memcpy(bytes + SERIAL_LEN, tail.at, tail.len);
    pair->password = (struct pxa_span){bytes, SERIAL_LEN + tail.len};
    if (user.len > 0)
        memcpy(bytes + SERIAL_LEN + 1 + tail.len, user.at, user.len);
    pair->user = (struct pxa_span){bytes + SERIAL_LEN + 1 + tail.len, user.len};
    pair->right_for = right_for;
    pair->expected = sim_expected_of(oracle, pair->user, right_for);
    oracle->pairs = grow(oracle->pairs, oracle->pair_count, &oracle->pair_cap);
    oracle->pairs[oracle->pair_count++] = pair;
    return pair;
}

struct sim_call *sim_oracle_call(struct sim_oracle *oracle, struct sim_pair *pair)
{
    struct sim_call *call = calloc(1, sizeof(*call));

    if (!call)
        abort();
    call->pair = pair;
    call->expected = pair ? pair->expected : SIM_EXPECT_NOT_OK;
    if (pair) {
        call->next_of_pair = pair->calls;
        if (pair->calls && !pair->calls->word)
            pair->parallel = true;
        pair->calls = call;
    }
    oracle->calls = grow(oracle->calls, oracle->call_count, &oracle->call_cap);
    oracle->calls[oracle->call_count++] = call;
    oracle->counts.calls++;
    return call;
}

void sim_oracle_read(struct sim_oracle *oracle, struct sim_call *call, uint64_t now_ms)
{
    (void)oracle;
    call->read_ms = now_ms;
}

struct sim_pair *sim_oracle_find(struct sim_oracle *oracle, struct pxa_span password)
{
    size_t serial = 0;
    const struct sim_pair *pair;

    for (size_t i = 0; i < SERIAL_LEN && i < password.len; i++)
        serial = serial * 10 + (size_t)(password.at[i] - '0') % 10;
    if (serial < oracle->pair_count) {
        pair = oracle->pairs[serial];
        if (pair->password.len == password.len &&
            memcmp(pair->password.at, password.at, password.len) == 0)
            return oracle->pairs[serial];
    }
    sim_breach(oracle->log, "the directory was shown a password of %zu bytes that nobody typed",
               password.len);
    return NULL;
}

/* ---- The directory's side ---- */

/* The call whose bind left the helper at SENT_MS; of several that overlap, one that is open. */
static struct sim_call *call_at(const struct sim_pair *pair, uint64_t sent_ms)
{
    struct sim_call *latest = NULL;

    for (struct sim_call *call = pair->calls; call; call = call->next_of_pair) {
        if (call->read_ms == 0 || call->read_ms > sent_ms)
            continue;
        if (!latest)
            latest = call;
        if (!pair->parallel || (!call->word && call->binds == 0))
            return call;
    }
    return latest;
}

static void judge_repeat(struct sim_oracle *oracle, const struct sim_pair *pair,
                         const struct sim_call *call)
{
    unsigned binds = 0;
    unsigned calls = 0;

    if (oracle->compares)
        return;
    if (!pair->parallel) {
        if (call->binds > 1)
            sim_breach(oracle->log, "law 7: the directory processed %u binds of request %" PRIu64,
                       call->binds, call->id);
        return;
    }
    for (call = pair->calls; call; call = call->next_of_pair) {
        binds += call->binds;
        calls += call->read_ms != 0;
    }
    if (binds > calls)
        sim_breach(oracle->log, "law 7: %u binds for %u requests", binds, calls);
}

static void judge_person(struct sim_oracle *oracle, const struct sim_pair *pair, long person)
{
    long found = sim_find_person(oracle, pair->user);

    if (oracle->no_bind_at_all)
        sim_breach(oracle->log, "law 8: a password was sent in clear");
    if (pair->password.len == SERIAL_LEN || pair->user.len == 0)
        sim_breach(oracle->log, "law 9: an empty user name or password came to the directory");
    if (person >= 0 && person != found)
        sim_breach(oracle->log, "the password of %.*s was shown to the entry %s",
                   (int)pair->user.len, pair->user.at, oracle->people->people[person].dn);
}

struct sim_call *sim_oracle_verified(struct sim_oracle *oracle, struct sim_pair *pair, long person,
                                     const struct sim_verdict *verdict, uint64_t sent_ms)
{
    struct sim_call *call = call_at(pair, sent_ms);

    if (oracle->compares)
        oracle->counts.compares++;
    else
        oracle->counts.binds++;
    if (!call) {
        sim_breach(oracle->log, "a password reached the directory before it was typed");
        return NULL;
    }
    if (!pair->parallel && call->word && call->reply_ms < sent_ms)
        sim_breach(oracle->log, "request %" PRIu64 " was answered, then its bind was sent",
                   call->id);
    call->binds++;
    call->code = verdict->code;
    call->reason = verdict->reason;
    if (verdict->reason)
        pair->told = verdict->reason;
    pair->refused = pair->refused || sim_code_word(oracle, verdict->code) == SIM_ERR;
    judge_repeat(oracle, pair, call);
    judge_person(oracle, pair, person);
    return call;
}

void sim_oracle_delivered(struct sim_call *call, bool undamaged, uint64_t now_ms)
{
    call->delivered_ms = now_ms;
    call->undamaged = undamaged;
}

/* ---- Replies ---- */

static void judge_ok(struct sim_oracle *oracle, const struct sim_call *call)
{
    if (call->expected != SIM_EXPECT_OK)
        sim_breach(oracle->log, "law 2: false OK to request %" PRIu64, call->id);
    else if (!call->pair->parallel &&
             (!call->delivered_ms || sim_code_word(oracle, call->code) != SIM_OK))
        sim_breach(oracle->log, "law 2: OK to request %" PRIu64 " without the directory's word",
                   call->id);
}

/* The directory has refused this call; of several that overlap, one of them. */
static bool was_refused(const struct sim_oracle *oracle, const struct sim_call *call)
{
    if (call->pair && call->pair->parallel)
        return call->pair->refused;
    return call->binds > 0 && sim_code_word(oracle, call->code) == SIM_ERR;
}

static void judge_err(struct sim_oracle *oracle, const struct sim_call *call)
{
    if (call->expected == SIM_EXPECT_ERR || call->expected == SIM_EXPECT_NOT_OK)
        return;
    if (was_refused(oracle, call))
        return; /* the directory drew a code that refuses */
    sim_breach(oracle->log,
               "law 3: trouble or a right password was answered ERR (request %" PRIu64 ")",
               call->id);
}

static void judge_bh(struct sim_oracle *oracle, const struct sim_call *call)
{
    if (oracle->healthy && call->expected != SIM_EXPECT_BH && call->expected != SIM_EXPECT_NOT_OK)
        sim_breach(oracle->log, "BH to request %" PRIu64 " though nothing failed", call->id);
    if (call->pair && !call->pair->parallel && call->undamaged &&
        call->delivered_ms < call->read_ms + oracle->deadline_ms &&
        sim_code_word(oracle, call->code) != (sim_asks_groups(oracle) ? SIM_OK : SIM_BH) &&
        sim_code_word(oracle, call->code) != SIM_BH)
        sim_breach(oracle->log,
                   "law 3: the directory's verdict (code %d) came, request %" PRIu64
                   " was answered BH",
                   call->code, call->id);
}

void sim_oracle_reply(struct sim_oracle *oracle, struct sim_call *call, enum sim_word word,
                      uint64_t now_ms)
{
    /* What of a line had come when the helper was told to finish: refused as incomplete. */
    bool cut = !call->read_ms && oracle->finished && word == SIM_BH;
    uint64_t due_ms;

    if (call->word)
        sim_breach(oracle->log, "law 1: a second reply to request %" PRIu64, call->id);
    if (cut)
        call->read_ms = now_ms;
    due_ms = call->read_ms + oracle->deadline_ms;
    if (!call->read_ms)
        sim_breach(oracle->log, "law 1: a reply to request %" PRIu64 " before it was read",
                   call->id);
    call->word = word;
    call->reply_ms = now_ms;
    oracle->counts.words[word]++;
    oracle->counts.at_deadline += now_ms == due_ms;
    if (now_ms > due_ms && now_ms > oracle->choked_ms)
        sim_breach(oracle->log, "law 4: request %" PRIu64 " was answered %" PRIu64 " ms late",
                   call->id, now_ms - due_ms);
    if (word == SIM_OK)
        judge_ok(oracle, call);
    else if (word == SIM_ERR)
        judge_err(oracle, call);
    else if (word == SIM_BH && !cut)
        judge_bh(oracle, call);
    else if (word != SIM_BH)
        sim_breach(oracle->log, "law 1: malformed reply to request %" PRIu64, call->id);
}

/* ---- The end ---- */

/* LATER was read while the memory of EARLIER's BH held. */
static bool is_shielded(const struct sim_call *later, const struct sim_call *earlier)
{
    return earlier->word == SIM_BH && earlier->binds > 0 && later->read_ms > earlier->reply_ms &&
           later->read_ms < earlier->reply_ms + MEMORY_MS;
}

static void judge_memory(struct sim_oracle *oracle, const struct sim_call *later)
{
    const struct sim_call *earlier = later->next_of_pair;

    /* While replies cannot leave, nobody sees from here when they were given. */
    if (oracle->compares || later->pair->parallel || oracle->choked_ms > 0)
        return;
    for (; earlier; earlier = earlier->next_of_pair) {
        if (!is_shielded(later, earlier))
            continue;
        oracle->counts.from_memory++;
        if (later->binds > 0 || later->word != SIM_BH)
            sim_breach(oracle->log,
                       "law 7: request %" PRIu64 " repeated one that was answered BH "
                       "after its bind, and was not answered from memory",
                       later->id);
        return;
    }
}

void sim_oracle_end(struct sim_oracle *oracle)
{
    for (size_t i = 0; i < oracle->call_count; i++) {
        const struct sim_call *call = oracle->calls[i];

        if (call->read_ms && !call->word && !oracle->abrupt)
            sim_breach(oracle->log, "law 1: request %" PRIu64 " was never answered", call->id);
        if (call->pair && call->word)
            judge_memory(oracle, call);
    }
}
