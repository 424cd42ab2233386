/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The notes of a reply. Squid keeps them with the user: group= is added to what it has, all others
 * replace what it has.
 */
#include <config.h>

#include "helpers/basic-ldap/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* user=, password_expires_=, grace_logins_=, reason_=, groups_= */
enum { NOTES_BESIDE_GROUPS = 5 };

/* What one group may take: a byte two in group= and, as %2C, three in groups_=. */
enum { A_BYTE_MAX = 2 + 3, A_GROUP_MAX = sizeof " group=\"\"," };

static void add(struct notes *notes, const char *key, struct pxa_span value)
{
    notes->list[notes->count++] = (struct reply_note){key, value};
}

static void add_text(struct notes *notes, const char *key, const char *text)
{
    add(notes, key, (struct pxa_span){text, strlen(text)});
}

/* ---- groups ---- */

static bool fits(const struct login_result *result)
{
    size_t len = 2 * result->user.len; /* a directory may call users what it likes */

    if (result->user.len > NOTES_REPLY_MAX / 2)
        return false;
    for (size_t i = 0; i < result->group_count; i++) {
        if (result->groups[i].len > NOTES_REPLY_MAX)
            return false;
        len += A_GROUP_MAX + A_BYTE_MAX * result->groups[i].len;
        if (len > NOTES_REPLY_MAX)
            return false;
    }
    return true;
}

static char *put_escaped(char *at, struct pxa_span name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == ',')
            at = stpcpy(at, "%2C");
        else if (name.at[i] == '%')
            at = stpcpy(at, "%25");
        else
            *at++ = name.at[i];
    }
    return at;
}

/* All names with commas between. */
static bool join_groups(struct notes *notes, const struct login_result *result, size_t *len)
{
    size_t cap = 1;
    char *at;

    for (size_t i = 0; i < result->group_count; i++)
        cap += 3 * result->groups[i].len + 1;
    at = notes->groups = malloc(cap);
    if (!at)
        return false;
    for (size_t i = 0; i < result->group_count; i++) {
        if (i > 0)
            *at++ = ',';
        at = put_escaped(at, result->groups[i]);
    }
    *len = (size_t)(at - notes->groups);
    return true;
}

/* groups_= comes without groups, too: it replaces what Squid has. */
static bool add_groups(struct notes *notes, const struct login_result *result)
{
    size_t len;

    if (!result->groups)
        return true;
    if (!join_groups(notes, result, &len))
        return false;
    for (size_t i = 0; i < result->group_count; i++)
        add(notes, "group", result->groups[i]);
    add(notes, "groups_", (struct pxa_span){notes->groups, len});
    return true;
}

/* ---- all of them ---- */

static void add_number(struct notes *notes, const char *key, char text[24], long number)
{
    if (number >= 0)
        snprintf(text, 24, "%ld", number);
    add_text(notes, key, text);
}

static void add_reason(struct notes *notes, const struct login_result *result)
{
    const char *word = account_state_word(result->state);

    add_text(notes, "reason_", word ? word : "");
}

/* The words are the same for a wrong password and an unknown user. */
static enum notes_outcome make_denied(struct notes *notes, const struct notes_told *told,
                                      const struct login_result *result)
{
    add_text(notes, "message", notes_refusal(result->state));
    if (told->reason)
        add_reason(notes, result);
    return NOTES_MADE;
}

static enum notes_outcome make_ok(struct notes *notes, const struct notes_told *told,
                                  const struct login_result *result)
{
    add(notes, "user", result->user);
    if (told->expiry)
        add_number(notes, "password_expires_", notes->days, result->expires_days);
    if (told->grace)
        add_number(notes, "grace_logins_", notes->logins, result->grace_logins);
    if (told->reason)
        add_reason(notes, result);
    return add_groups(notes, result) ? NOTES_MADE : NOTES_NO_MEMORY;
}

const char *notes_refusal(enum account_state state)
{
    const char *text = account_state_text(state);

    return text ? text : "Invalid credentials";
}

enum notes_outcome notes_make(struct notes *notes, const struct notes_told *told,
                              const struct login_result *result)
{
    *notes = (struct notes){0};
    if (!fits(result))
        return NOTES_TOO_LONG;
    notes->list = calloc(NOTES_BESIDE_GROUPS + result->group_count, sizeof *notes->list);
    if (!notes->list)
        return NOTES_NO_MEMORY;
    return result->verdict == VERDICT_OK ? make_ok(notes, told, result)
                                         : make_denied(notes, told, result);
}

void notes_free(struct notes *notes)
{
    free(notes->list);
    free(notes->groups);
    *notes = (struct notes){0};
}
