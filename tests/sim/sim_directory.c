/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_directory: what a server does with each message of a client.
 *
 * No TLS, no SASL, no changes to entries; of controls only that of password policies.
 */
#include <config.h>

#include "tests/sim/sim_directory.h"

#include <stdlib.h>
#include <string.h>

#include <ldap.h>

#include "tests/sim/sim_answer.h"
#include "tests/sim/sim_search.h"
#include "tests/sim/sim_verify.h"

enum {
    MESSAGE_MAX = 1 << 20,
    SEARCHES_MAX = 64, /* what the engine promises for one connection */
};

void sim_peer_init(struct sim_peer *peer, struct sim_directory *directory)
{
    *peer = (struct sim_peer){.directory = directory};
}

void sim_peer_free(struct sim_peer *peer)
{
    struct sim_answer *answer;

    while ((answer = sim_peer_shift(peer)))
        free(answer);
    free(peer->input);
}

/* ---- Answers ---- */

struct sim_answer *sim_peer_shift(struct sim_peer *peer)
{
    struct sim_answer *answer = peer->answers;

    if (answer) {
        peer->answers = answer->next;
        if (answer->last)
            peer->in_flight--;
    }
    return answer;
}

static uint64_t think(struct sim_peer *peer)
{
    struct sim_directory *directory = peer->directory;

    return peer->now_ms +
           sim_between(&directory->random, directory->think_low_ms, directory->think_high_ms);
}

/* Queues an answer; of two for one time the earlier made goes first. */
static void answer_at(struct sim_peer *peer, struct sim_answer *answer, uint64_t ready_ms)
{
    struct sim_answer **at = &peer->answers;

    answer->ready_ms = ready_ms;
    while (*at && (*at)->ready_ms <= ready_ms)
        at = &(*at)->next;
    answer->next = *at;
    *at = answer;
}

static void answer_result(struct sim_peer *peer, int id, ber_tag_t tag, int code)
{
    answer_at(peer, sim_answer_result(id, tag, code), think(peer));
}

/* ---- Passwords ---- */

/* False when there is none: the request was malformed. */
static bool answer_later(struct sim_peer *peer, struct sim_answer *answer)
{
    if (!answer)
        return false;
    answer_at(peer, answer, think(peer));
    return true;
}

/* ---- Search ---- */

static void answer_entries(struct sim_peer *peer, int id, const struct sim_search *search,
                           uint64_t ready_ms)
{
    struct sim_directory *directory = peer->directory;

    for (unsigned i = 0; i < search->found_count && i < SIM_FOUND; i++) {
        struct berval *bytes = sim_search_entry(search, id, directory->people, search->found[i]);
        struct sim_answer *answer;

        if (!bytes)
            abort();
        answer = sim_answer_new(bytes->bv_val, bytes->bv_len);
        answer->id = id;
        answer_at(peer, answer, ready_ms);
        ber_bvfree(bytes);
    }
    if (sim_chance(&directory->random, directory->references))
        answer_at(peer, sim_answer_reference(id), ready_ms);
}

/* Who may search here? */
static bool is_allowed(const struct sim_peer *peer)
{
    const struct sim_directory *directory = peer->directory;

    if (peer->bound == SIM_USER)
        sim_breach(directory->log, "a search on a connection that is bound as a user");
    else if (directory->service_dn && peer->bound != SIM_SERVICE)
        sim_breach(directory->log, "a search before the service bind");
    return peer->bound != SIM_USER && (!directory->service_dn || peer->bound == SIM_SERVICE);
}

/* The root DSE, which anybody may read at any time (RFC 4512, section 5.1). */
static bool is_root(const struct sim_search *search)
{
    return search->base.len == 0 && search->scope == LDAP_SCOPE_BASE;
}

static bool take_search(struct sim_peer *peer, int id, BerElement *ber)
{
    static const int odd[] = {1, 2, 3, 11, 50, 51, 52, 80};
    struct sim_directory *directory = peer->directory;
    struct sim_search search;
    uint64_t ready_ms = think(peer);
    int code;

    if (!sim_search_read(&search, ber)) {
        sim_breach(directory->log, "a search that the directory cannot read");
        return false;
    }
    directory->oracle->counts.searches++;
    if (peer->in_flight > SEARCHES_MAX)
        sim_breach(directory->log, "%u operations in flight on one connection", peer->in_flight);
    code = sim_draw_code(directory, odd, sizeof(odd) / sizeof(odd[0]));
    if (!is_root(&search) && !is_allowed(peer))
        code = LDAP_INSUFFICIENT_ACCESS;
    if (code < 0 && is_root(&search)) {
        code = LDAP_SUCCESS; /* without the entry: nothing in it is asked for */
    } else if (code < 0) {
        code = sim_search_run(&search, directory->people);
        answer_entries(peer, id, &search, ready_ms);
    }
    answer_at(peer, sim_answer_result(id, LDAP_RES_SEARCH_RESULT, code), ready_ms);
    return true;
}

/* ---- Messages ---- */

static bool take_abandon(struct sim_peer *peer, BerElement *ber)
{
    struct sim_answer **at = &peer->answers;
    ber_int_t id;

    if (ber_scanf(ber, "i", &id) == LBER_ERROR)
        return false;
    while (*at) {
        struct sim_answer *answer = *at;

        if (answer->id != id) {
            at = &answer->next;
            continue;
        }
        *at = answer->next;
        if (answer->last)
            peer->in_flight--;
        free(answer);
    }
    return true;
}

static bool take_message(struct sim_peer *peer, BerElement *ber)
{
    ber_int_t id;
    ber_len_t len;
    ber_tag_t tag;

    if (ber_scanf(ber, "{i", &id) == LBER_ERROR || id <= 0)
        return false;
    tag = ber_peek_tag(ber, &len);
    switch (tag) {
    case LDAP_REQ_ABANDON:
        return take_abandon(peer, ber);
    case LDAP_REQ_UNBIND:
        return false;
    default:
        break;
    }
    peer->in_flight++;
    switch (tag) {
    case LDAP_REQ_BIND:
        return answer_later(peer, sim_verify_bind(peer, id, ber));
    case LDAP_REQ_SEARCH:
        return take_search(peer, id, ber);
    case LDAP_REQ_COMPARE:
        return answer_later(peer, sim_verify_compare(peer, id, ber));
    case LDAP_REQ_EXTENDED:
        answer_result(peer, id, LDAP_RES_EXTENDED, LDAP_PROTOCOL_ERROR);
        return true;
    default:
        sim_breach(peer->directory->log, "an operation with the tag 0x%lx", (unsigned long)tag);
        return false;
    }
}

/* The length of the message at the beginning of the input; 0: not all there; SIZE_MAX: bad. */
static size_t message_len(const struct sim_peer *peer)
{
    const unsigned char *at = (const unsigned char *)peer->input;
    size_t head = 2;
    size_t len;

    if (peer->len < 2)
        return 0;
    if (at[0] != 0x30)
        return SIZE_MAX;
    len = at[1];
    if (len & 0x80) {
        head += len & 0x7f;
        if (head > 6)
            return SIZE_MAX;
        if (peer->len < head)
            return 0;
        len = 0;
        for (size_t i = 2; i < head; i++)
            len = len << 8 | at[i];
    }
    if (len > MESSAGE_MAX)
        return SIZE_MAX;
    return peer->len < head + len ? 0 : head + len;
}

static bool take_bytes(struct sim_peer *peer, size_t len)
{
    struct berval bytes = {len, peer->input};
    BerElement *ber = ber_init(&bytes);
    bool good = ber && take_message(peer, ber);

    if (ber)
        ber_free(ber, 1);
    return good;
}

static void keep(struct sim_peer *peer, struct pxa_span bytes, uint64_t sent_ms)
{
    if (bytes.len == 0)
        return;
    if (peer->len == 0)
        peer->input_ms = sent_ms;
    if (peer->cap - peer->len < bytes.len) {
        peer->cap = (peer->len + bytes.len) * 2;
        peer->input = realloc(peer->input, peer->cap);
        if (!peer->input)
            abort();
    }
    memcpy(peer->input + peer->len, bytes.at, bytes.len);
    peer->len += bytes.len;
}

void sim_peer_input(struct sim_peer *peer, struct pxa_span bytes, uint64_t sent_ms, uint64_t now_ms)
{
    size_t len;

    peer->now_ms = now_ms;
    keep(peer, bytes, sent_ms);
    while (!peer->hung_up && (len = message_len(peer)) > 0) {
        if (len == SIZE_MAX || !take_bytes(peer, len)) {
            if (len == SIZE_MAX)
                sim_breach(peer->directory->log, "bytes that are no LDAP message");
            peer->hung_up = true;
            return;
        }
        peer->len -= len;
        memmove(peer->input, peer->input + len, peer->len);
        peer->input_ms = sent_ms;
    }
}
