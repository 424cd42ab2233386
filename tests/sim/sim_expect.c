/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a login must come to, from the entries of the directory alone.
 */
#include <config.h>

#include "tests/sim/sim_expect.h"

#include <string.h>

#include "tests/sim/sim_groups.h"
#include "tests/sim/sim_states.h"

static enum sim_word bind_word(int code)
{
    switch (code) {
    case 0:
        return SIM_OK;
    case 19:
    case 32:
    case 34:
    case 48:
    case 49:
    case 50:
    case 53:
        return SIM_ERR;
    default:
        return SIM_BH;
    }
}

static enum sim_word compare_word(int code)
{
    switch (code) {
    case 6:
        return SIM_OK;
    case 5:
    case 16:
    case 32:
        return SIM_ERR;
    default:
        return SIM_BH;
    }
}

enum sim_word sim_code_word(const struct sim_oracle *oracle, int code)
{
    return oracle->compares ? compare_word(code) : bind_word(code);
}

long sim_find_person(const struct sim_oracle *oracle, struct pxa_span user)
{
    char folded[SIM_NAME_CAP];
    size_t index = 0;

    if (oracle->lookup == SIM_BY_FILTER)
        return sim_people_find(oracle->people, user, &index) == 1 ? (long)index : -1;
    sim_fold(user, folded);
    for (size_t i = 0; i < oracle->people->count; i++) {
        const struct sim_person *person = &oracle->people->people[i];

        if (person->kind != SIM_TWIN && strcmp(person->folded[0], folded) == 0)
            return (long)i;
    }
    return -1;
}

bool sim_asks_groups(const struct sim_oracle *oracle)
{
    return oracle->groups || oracle->required >= 0;
}

/* Whether somebody with the right password may log in. */
static bool may_log_in(const struct sim_oracle *oracle, long index)
{
    const struct sim_person *person = &oracle->people->people[index];

    if (oracle->required >= 0 && !sim_group_is_member((unsigned)oracle->required, (size_t)index))
        return false;
    return person->kind != SIM_STATE || oracle->compares ||
           sim_state_kinds[person->state].right.code == 0;
}

enum sim_expected sim_expected_of(const struct sim_oracle *oracle, struct pxa_span user,
                                  long right_for)
{
    static const enum sim_expected by_word[] = {
        [SIM_OK] = SIM_EXPECT_OK, [SIM_ERR] = SIM_EXPECT_ERR, [SIM_BH] = SIM_EXPECT_BH};
    long index = sim_find_person(oracle, user);
    const struct sim_person *person;
    bool called;

    if (oracle->no_bind_at_all)
        return SIM_EXPECT_BH;
    if (user.len == 0 || index < 0)
        return SIM_EXPECT_ERR;
    person = &oracle->people->people[index];
    called = sim_person_is_called(person, user);
    if (person->kind == SIM_HIDDEN && !oracle->aliases &&
        (oracle->lookup == SIM_BY_FILTER || sim_asks_groups(oracle))) /* the entry is read */
        return SIM_EXPECT_NOT_OK;
    if (person->kind == SIM_CODED)
        return called ? by_word[sim_code_word(oracle, person->code)] : SIM_EXPECT_NOT_OK;
    if ((!called && !oracle->aliases) || right_for != index || !may_log_in(oracle, index))
        return SIM_EXPECT_ERR;
    return SIM_EXPECT_OK;
}
