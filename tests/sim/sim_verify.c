/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binds and comparisons: whose password it is, and what is said about it.
 */
#include <config.h>

#include "tests/sim/sim_verify.h"

#include <string.h>

#include <ldap.h>

#include "tests/sim/sim_answer.h"
#include "tests/sim/sim_states.h"

int sim_draw_code(struct sim_directory *directory, const int *codes, size_t count)
{
    if (!sim_chance(&directory->random, directory->odd_codes))
        return -1;
    return codes[sim_draw(&directory->random) % count];
}

/* In a healthy world nobody's code says that the server itself is in trouble. */
static int own_code(const struct sim_directory *directory, int code)
{
    bool blames_server = code == LDAP_BUSY || code == LDAP_UNAVAILABLE || code == LDAP_OTHER;

    return directory->oracle->healthy && blames_server ? LDAP_OPERATIONS_ERROR : code;
}

/* The code for this person and password; MATCH and MISMATCH say right and wrong. */
static int judge(struct sim_directory *directory, const struct sim_pair *pair, long person,
                 const int *match_mismatch)
{
    static const int odd[] = {51, 52, 53, 80, 1, 3};
    int code = sim_draw_code(directory, odd, sizeof(odd) / sizeof(odd[0]));

    if (code >= 0)
        return code;
    if (person >= 0 && directory->people->people[person].kind == SIM_CODED)
        return own_code(directory, directory->people->people[person].code);
    return person >= 0 && pair->right_for == person ? match_mismatch[0] : match_mismatch[1];
}

static int bind_service(struct sim_peer *peer, const struct berval *password)
{
    static const int odd[] = {51, 52, 80};
    struct sim_directory *directory = peer->directory;
    int code = sim_draw_code(directory, odd, sizeof(odd) / sizeof(odd[0]));

    if (code >= 0)
        return code;
    if (strlen(directory->service_password) != password->bv_len ||
        memcmp(directory->service_password, password->bv_val, password->bv_len) != 0)
        return LDAP_INVALID_CREDENTIALS;
    peer->bound = SIM_SERVICE;
    return LDAP_SUCCESS;
}

/* What is said of this person's account; NULL: nothing. */
static const struct sim_remark *find_remark(const struct sim_directory *directory,
                                            const struct sim_pair *pair, long person)
{
    const struct sim_person *who = person >= 0 ? &directory->people->people[person] : NULL;
    const struct sim_state_kind *kind;

    if (!who || who->kind != SIM_STATE)
        return NULL;
    kind = &sim_state_kinds[who->state];
    return pair->right_for == person ? &kind->right : &kind->wrong;
}

/* Whether the message has the request control of password policies, which must not be critical:
 * a server that does not know it would refuse the bind. */
static bool asks_for_policy(struct sim_peer *peer, BerElement *ber)
{
    ber_len_t len;
    struct berval oid;

    if (ber_scanf(ber, "}") == LBER_ERROR || ber_peek_tag(ber, &len) != LDAP_TAG_CONTROLS ||
        ber_scanf(ber, "{{m", &oid) == LBER_ERROR)
        return false;
    if (ber_peek_tag(ber, &len) == LBER_BOOLEAN)
        sim_breach(peer->directory->log, "a critical control in a bind");
    return strcmp(oid.bv_val, LDAP_CONTROL_PASSWORDPOLICYREQUEST) == 0;
}

static struct sim_answer *bind_user(struct sim_peer *peer, int id, const struct berval *dn,
                                    const struct berval *password, BerElement *ber)
{
    static const int outcome[] = {LDAP_SUCCESS, LDAP_INVALID_CREDENTIALS};
    struct sim_directory *directory = peer->directory;
    bool policy = asks_for_policy(peer, ber);
    struct sim_verdict verdict = {LDAP_INVALID_CREDENTIALS, NULL};
    const struct sim_remark *remark;
    struct sim_answer *answer;
    struct sim_pair *pair =
        sim_oracle_find(directory->oracle, (struct pxa_span){password->bv_val, password->bv_len});
    long person = sim_people_by_dn(directory->people, (struct pxa_span){dn->bv_val, dn->bv_len});

    if (!pair)
        return sim_answer_result(id, LDAP_RES_BIND, LDAP_INVALID_CREDENTIALS);
    verdict.code = judge(directory, pair, person, outcome);
    remark = find_remark(directory, pair, person);
    if (remark && (verdict.code == outcome[0] || verdict.code == outcome[1])) {
        verdict = (struct sim_verdict){remark->code, remark->reason};
        answer = sim_answer_remark(id, remark, policy);
        if (!policy)
            sim_breach(directory->log, "a bind that does not ask for what a policy says");
    } else {
        answer = sim_answer_result(id, LDAP_RES_BIND, verdict.code);
    }
    if (verdict.code == LDAP_SUCCESS)
        peer->bound = SIM_USER;
    answer->mark = sim_oracle_verified(directory->oracle, pair, person, &verdict, peer->input_ms);
    return answer;
}

static struct sim_answer *bind_anybody(struct sim_peer *peer, int id, const struct berval *dn,
                                       const struct berval *password)
{
    struct sim_directory *directory = peer->directory;
    int code = LDAP_SUCCESS;

    if (directory->service_dn && dn->bv_len == strlen(directory->service_dn) &&
        memcmp(dn->bv_val, directory->service_dn, dn->bv_len) == 0)
        code = bind_service(peer, password);
    else if (dn->bv_len > 0)
        sim_breach(directory->log, "law 9: a bind without a password");
    return sim_answer_result(id, LDAP_RES_BIND, code);
}

struct sim_answer *sim_verify_bind(struct sim_peer *peer, int id, BerElement *ber)
{
    struct sim_directory *directory = peer->directory;
    ber_int_t version;
    struct berval dn;
    struct berval password;
    ber_len_t len;
    bool service;

    if (ber_scanf(ber, "{im", &version, &dn) == LBER_ERROR || version != LDAP_VERSION3 ||
        ber_peek_tag(ber, &len) != LDAP_AUTH_SIMPLE || ber_scanf(ber, "m", &password) == LBER_ERROR)
        return NULL;
    if (peer->in_flight > 1)
        sim_breach(directory->log, "a bind with %u operations in flight (RFC 4511, 4.2.1)",
                   peer->in_flight - 1);
    peer->bound = SIM_ANYBODY;
    service = directory->service_dn && strcmp(directory->service_dn, dn.bv_val) == 0;
    return service || password.bv_len == 0 ? bind_anybody(peer, id, &dn, &password)
                                           : bind_user(peer, id, &dn, &password, ber);
}

struct sim_answer *sim_verify_compare(struct sim_peer *peer, int id, BerElement *ber)
{
    static const int outcome[] = {LDAP_COMPARE_TRUE, LDAP_COMPARE_FALSE};
    struct sim_directory *directory = peer->directory;
    struct sim_answer *answer;
    struct sim_call *call = NULL;
    struct sim_pair *pair;
    struct berval dn;
    struct berval attribute;
    struct berval value;
    struct sim_verdict verdict = {LDAP_COMPARE_FALSE, NULL};
    long person;

    if (ber_scanf(ber, "{m{mm}}", &dn, &attribute, &value) == LBER_ERROR)
        return NULL;
    pair = sim_oracle_find(directory->oracle, (struct pxa_span){value.bv_val, value.bv_len});
    if (pair) {
        person = sim_people_by_dn(directory->people, (struct pxa_span){dn.bv_val, dn.bv_len});
        verdict.code = person < 0 ? LDAP_NO_SUCH_OBJECT : judge(directory, pair, person, outcome);
        call = sim_oracle_verified(directory->oracle, pair, person, &verdict, peer->input_ms);
    }
    answer = sim_answer_result(id, LDAP_RES_COMPARE, verdict.code);
    answer->mark = call;
    return answer;
}
