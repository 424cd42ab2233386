/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_people: the entries and how the directory compares names with them.
 *
 * The folding stands for RFC 4518's with a few letters of it; what matters is that it says
 * "equal" to more than ASCII case.
 */
#include <config.h>

#include "tests/sim/sim_people.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/sim/sim_states.h"

static const unsigned counts[SIM_KINDS] = {
    [SIM_PLAIN] = 160, [SIM_TWIN] = 8,   [SIM_MULTI] = 10, [SIM_HIDDEN] = 5,
    [SIM_ACCENT] = 8,  [SIM_SPACED] = 8, [SIM_CODED] = 14, [SIM_STATE] = 3 * SIM_STATE_KINDS,
};

/* Codes that a server gives for a bind; see RFC 4511, section 4.1.9, and RFC 4532's neighbours. */
static const int codes[] = {53, 19, 50, 48, 34, 32, 51, 52, 80, 1, 3, 8, 13, 10};

static void name_person(struct sim_person *person, unsigned number)
{
    static const char *const stems[SIM_KINDS] = {
        [SIM_PLAIN] = "user",    [SIM_TWIN] = "twin",          [SIM_MULTI] = "multi",
        [SIM_HIDDEN] = "hidden", [SIM_ACCENT] = "jos\xc3\xa9", [SIM_SPACED] = "anna lee",
        [SIM_CODED] = "coded",   [SIM_STATE] = "state",
    };
    unsigned shown = person->kind == SIM_TWIN ? number / 2 : number;

    person->name_count = 1;
    snprintf(person->names[0], SIM_NAME_CAP, "%s%03u", stems[person->kind], shown);
    snprintf(person->dn, sizeof(person->dn), "uid=%s,%s" SIM_BASE, person->names[0],
             person->kind != SIM_TWIN ? ""
             : number % 2             ? "ou=east,"
                                      : "ou=west,");
    if (person->kind == SIM_MULTI) {
        person->name_count = 2;
        snprintf(person->names[1], SIM_NAME_CAP, "also%03u", shown);
    }
    if (person->kind == SIM_CODED)
        person->code = codes[number % (sizeof(codes) / sizeof(codes[0]))];
    person->state = number % SIM_STATE_KINDS;
    for (unsigned i = 0; i < person->name_count; i++)
        sim_fold((struct pxa_span){person->names[i], strlen(person->names[i])}, person->folded[i]);
}

void sim_people_init(struct sim_people *people)
{
    size_t at = 0;

    *people = (struct sim_people){0};
    for (unsigned kind = 0; kind < SIM_KINDS; kind++) {
        people->first[kind] = people->count;
        people->count += counts[kind];
    }
    people->first[SIM_KINDS] = people->count;
    people->people = calloc(people->count, sizeof(*people->people));
    if (!people->people)
        abort();
    for (unsigned kind = 0; kind < SIM_KINDS; kind++)
        for (unsigned i = 0; i < counts[kind]; i++, at++) {
            people->people[at].kind = (enum sim_kind)kind;
            name_person(&people->people[at], i);
        }
}

void sim_people_free(struct sim_people *people)
{
    free(people->people);
}

/* The folded form of the character at AT, and how many bytes it has. */
static size_t fold_one(const unsigned char *at, size_t left, char *folded)
{
    if (left >= 3 && at[0] == 0xef && at[1] == 0xbd && at[2] >= 0x81 && at[2] <= 0x9a) {
        *folded = (char)('a' + (at[2] - 0x81)); /* U+FF41 to U+FF5A, full-width a to z */
        return 3;
    }
    if (left >= 2 && at[0] == 0xc2 && at[1] == 0xa0) {
        *folded = ' ';
        return 2;
    }
    if (left >= 2 && at[0] == 0xc3 && at[1] == 0x89) {
        *folded = '\xa9'; /* the byte before it stays: E with acute becomes e with acute */
        return 2;
    }
    *folded = (char)(at[0] < 0x80 ? tolower(at[0]) : at[0]);
    return 1;
}

void sim_fold(struct pxa_span name, char *to)
{
    const unsigned char *at = (const unsigned char *)name.at;
    size_t left = name.len;
    size_t len = 0;

    while (left > 0 && len < SIM_NAME_CAP - 2) {
        char c;
        size_t used = fold_one(at, left, &c);

        if (used == 2 && c == '\xa9')
            to[len++] = '\xc3';
        if (c == '\0')
            c = '\1';
        if (c != ' ' || (len > 0 && to[len - 1] != ' '))
            to[len++] = c;
        at += used;
        left -= used;
    }
    while (len > 0 && to[len - 1] == ' ')
        len--;
    to[len] = '\0';
    if (left > 0)
        strcpy(to, "\1");
}

static bool matches(const struct sim_person *person, const char *folded)
{
    for (unsigned i = 0; i < person->name_count; i++)
        if (strcmp(person->folded[i], folded) == 0)
            return true;
    return false;
}

unsigned sim_people_find(const struct sim_people *people, struct pxa_span name, size_t *index)
{
    char folded[SIM_NAME_CAP];
    unsigned found = 0;

    sim_fold(name, folded);
    for (size_t i = 0; i < people->count; i++)
        if (matches(&people->people[i], folded)) {
            found++;
            *index = i;
        }
    return found;
}

static int hex(unsigned char c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* The value of a DN's first component, unescaped (RFC 4514, section 2.4). NULL when it is not
 * `uid=`, or has two parts; else what follows the comma. */
static const char *first_value(struct pxa_span dn, char *value, size_t cap, size_t *len)
{
    const char *at = dn.at;
    const char *end = dn.at + dn.len;

    *len = 0;
    if (dn.len < 4 || strncasecmp(at, "uid=", 4) != 0)
        return NULL;
    for (at += 4; at < end && *at != ',' && *len < cap; at++) {
        char c = *at;

        if (c == '+')
            return NULL;
        if (c == '\\' && end - at >= 3 && hex((unsigned char)at[1]) >= 0) {
            c = (char)(hex((unsigned char)at[1]) * 16 + hex((unsigned char)at[2]));
            at += 2;
        } else if (c == '\\' && end - at >= 2) {
            c = *++at;
        }
        value[(*len)++] = c;
    }
    return at < end && *at == ',' ? at + 1 : NULL;
}

long sim_people_by_dn(const struct sim_people *people, struct pxa_span dn)
{
    char value[SIM_NAME_CAP];
    char folded[SIM_NAME_CAP];
    size_t len;
    const char *rest = first_value(dn, value, sizeof(value), &len);
    size_t rest_len;

    if (!rest)
        return -1;
    rest_len = (size_t)(dn.at + dn.len - rest);
    sim_fold((struct pxa_span){value, len}, folded);
    for (size_t i = 0; i < people->count; i++) {
        const struct sim_person *person = &people->people[i];
        const char *own = strchr(person->dn, ',') + 1;

        if (strcmp(person->folded[0], folded) == 0 && strlen(own) == rest_len &&
            strncasecmp(own, rest, rest_len) == 0)
            return (long)i;
    }
    return -1;
}

bool sim_person_is_called(const struct sim_person *person, struct pxa_span name)
{
    for (unsigned i = 0; i < person->name_count; i++) {
        size_t len = strlen(person->names[i]);
        size_t same = 0;

        while (same < len && same < name.len &&
               (person->names[i][same] == name.at[same] ||
                (isascii((unsigned char)name.at[same]) &&
                 isascii((unsigned char)person->names[i][same]) &&
                 tolower((unsigned char)person->names[i][same]) ==
                     tolower((unsigned char)name.at[same]))))
            same++;
        if (same == len && len == name.len)
            return true;
    }
    return false;
}
