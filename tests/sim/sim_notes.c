/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reply may say about a user: the reason that the directory gave for the password of this
 * very call, and of who is let in the name, the groups and what is left of the password's time.
 */
#include <config.h>

#include "tests/sim/sim_notes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim_groups.h"
#include "tests/sim/sim_states.h"

enum { VALUE_CAP = 4096 };

/* ---- Taking apart (src/helper/Reply.cc: in quotes a backslash is taken off) ---- */

static char unescape(char c)
{
    return (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
}

/* The value of the first note KEY="..." in REPLY. False when there is none. */
static bool find_note(struct pxa_span reply, const char *key, char *value, size_t *len)
{
    char start[32];
    const char *end = reply.at + reply.len;
    const char *at;

    snprintf(start, sizeof(start), " %s=\"", key);
    at = memmem(reply.at, reply.len, start, strlen(start));
    *len = 0;
    if (!at)
        return false;
    for (at += strlen(start); at < end && *at != '"' && *len < VALUE_CAP; at++) {
        if (*at == '\\' && at + 1 < end)
            value[(*len)++] = unescape(*++at);
        else
            value[(*len)++] = *at;
    }
    return true;
}

static void expect(struct sim_oracle *oracle, const struct sim_call *call, struct pxa_span reply,
                   const char *key, struct pxa_span wanted)
{
    char value[VALUE_CAP];
    size_t len;

    if (!find_note(reply, key, value, &len) || len != wanted.len ||
        memcmp(value, wanted.at, len) != 0)
        sim_breach(oracle->log, "request %" PRIu64 ": %s= is not \"%.*s\" in %.*s", call->id, key,
                   (int)wanted.len, wanted.at, (int)reply.len, reply.at);
}

static void expect_text(struct sim_oracle *oracle, const struct sim_call *call,
                        struct pxa_span reply, const char *key, const char *wanted)
{
    expect(oracle, call, reply, key, (struct pxa_span){wanted, strlen(wanted)});
}

/* ---- Judging ---- */

static unsigned count(struct pxa_span reply, const char *text)
{
    const char *at = reply.at;
    unsigned found = 0;

    while ((at = memmem(at, (size_t)(reply.at + reply.len - at), text, strlen(text)))) {
        found++;
        at++;
    }
    return found;
}

static void judge_groups(struct sim_oracle *oracle, const struct sim_call *call,
                         struct pxa_span reply)
{
    char names[SIM_GROUP_NAMES];
    unsigned groups = count(reply, " group=\"");

    if (!oracle->groups) {
        if (groups > 0 || count(reply, " groups_=") > 0)
            sim_breach(oracle->log, "groups are told to request %" PRIu64, call->id);
        return;
    }
    sim_group_list((size_t)call->pair->right_for, names);
    expect_text(oracle, call, reply, "groups_", names);
    for (const char *at = names; *at; groups--, at += *at == ',') {
        size_t len = strcspn(at, ",");
        char note[SIM_NAME_CAP + 16];

        snprintf(note, sizeof(note), " group=\"%.*s\"", (int)len, at);
        if (count(reply, note) != 1)
            sim_breach(oracle->log, "request %" PRIu64 ": not%s once", call->id, note);
        at += len;
    }
    if (groups != 0)
        sim_breach(oracle->log, "request %" PRIu64 ": groups too many", call->id);
}

static void judge_ok(struct sim_oracle *oracle, const struct sim_call *call, struct pxa_span reply)
{
    const struct sim_pair *pair = call->pair;
    const struct sim_person *person;
    const struct sim_state_kind *state;

    if (!pair || pair->right_for < 0)
        return; /* a breach already */
    person = &oracle->people->people[pair->right_for];
    state = person->kind == SIM_STATE && !oracle->compares ? &sim_state_kinds[person->state] : NULL;
    expect(oracle, call, reply, "user", pair->user);
    expect_text(oracle, call, reply, "reason_", state ? state->right.reason : "");
    expect_text(oracle, call, reply, "grace_logins_", state ? state->grace : "");
    expect_text(oracle, call, reply, "password_expires_", state ? state->expires : "");
    judge_groups(oracle, call, reply);
}

/* The reason that the directory's last word on this call is for; NULL: any that it has given for
 * this pair, as calls overlap. */
static const char *last_reason(const struct sim_oracle *oracle, const struct sim_call *call)
{
    if (call->pair && call->pair->parallel)
        return NULL;
    if (!call->pair || call->binds == 0)
        return "";
    if (call->code == (oracle->compares ? 6 : 0))
        return "group";
    return call->reason ? call->reason : "";
}

static void judge_err(struct sim_oracle *oracle, const struct sim_call *call, struct pxa_span reply)
{
    const char *wanted = last_reason(oracle, call);
    char value[VALUE_CAP];
    size_t len = 0;

    if (count(reply, " reason_=\"") == 0) {
        if (wanted && *wanted)
            sim_breach(oracle->log, "request %" PRIu64 " is not told \"%s\"", call->id, wanted);
    } else if (wanted) {
        expect_text(oracle, call, reply, "reason_", wanted);
    } else if (find_note(reply, "reason_", value, &len) && len > 0 &&
               (!call->pair->told || strlen(call->pair->told) != len ||
                memcmp(value, call->pair->told, len) != 0) &&
               (oracle->required < 0 || len != 5 || memcmp(value, "group", 5) != 0)) {
        sim_breach(oracle->log, "request %" PRIu64 " is told what nobody said: %.*s", call->id,
                   (int)len, value);
    }
}

void sim_notes_judge(struct sim_oracle *oracle, const struct sim_call *call, struct pxa_span reply)
{
    if (call->word == SIM_OK)
        judge_ok(oracle, call, reply);
    else if (call->word == SIM_ERR)
        judge_err(oracle, call, reply);
    oracle->counts.reasons += call->word == SIM_ERR && count(reply, " reason_=\"") > 0 &&
                              count(reply, " reason_=\"\"") == 0;
    oracle->counts.group_lists += call->word == SIM_OK && count(reply, " groups_=") > 0;
}
