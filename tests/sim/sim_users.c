/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_users: draws users, passwords and lines.
 */
#include <config.h>

#include "tests/sim/sim_users.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim_groups.h"

enum { NAME_CAP = 128, TAIL_CAP = 2048, SHORT_TAIL = 12 };

/* Names that would be holes if they were taken for syntax. */
static const char *const hostile[] = {
    "*",
    "user00*",
    "a)(uid=*",
    "*)(uid=*))(|(uid=*",
    "user001,ou=people",
    "user001)(objectClass=*",
    "user001+uid=user002",
    "uid=user001",
    "\\2a",
    "user001\\",
    "user001\n",
    "%75ser001",
    "\"user001\"",
    "user001 ",
    " user001",
    "user001#",
    "<user001>",
    "user001;",
    "\xff\xfe",
    "user001\x01",
    "user000000",
};

/* ---- Names ---- */

static size_t full_width(char *to, const char *name)
{
    size_t len = 0;

    for (; *name; name++) {
        if (islower((unsigned char)*name)) {
            memcpy(to + len, "\xef\xbd", 2);
            to[len + 2] = (char)(0x81 + (*name - 'a'));
            len += 3;
        } else {
            to[len++] = *name;
        }
    }
    return len;
}

/* The name of an entry of KIND in some other form that the directory folds into it, or not. */
static size_t draw_form(struct sim_random *random, const struct sim_person *person, char *to)
{
    const char *name = person->names[sim_draw(random) % person->name_count];
    size_t len = strlen(name);
    char *mark;

    memcpy(to, name, len);
    switch (sim_draw(random) % 5) {
    case 0:
        return full_width(to, name);
    case 1:
        for (size_t i = 0; i < len; i++)
            to[i] = (char)(isascii((unsigned char)to[i]) ? toupper((unsigned char)to[i]) : to[i]);
        return len;
    case 2: /* a no-break space for the blank, or one at the end */
        mark = memchr(to, ' ', len);
        if (!mark)
            mark = to + len++;
        memmove(mark + 2, mark + 1, (size_t)(to + len - mark - 1));
        memcpy(mark, "\xc2\xa0", 2);
        return len + 1;
    case 3:
        mark = memchr(to, '\xa9', len);
        if (mark)
            *mark = '\x89';
        return len;
    default:
        return len;
    }
}

static long draw_person(const struct sim_people *people, struct sim_random *random,
                        enum sim_kind kind)
{
    return (long)sim_between(random, people->first[kind], people->first[kind + 1] - 1);
}

/* A name that is not simply an ordinary user's. */
static size_t draw_odd_name(const struct sim_oracle *oracle, struct sim_random *random, char *to,
                            long *person)
{
    const char *text;
    size_t len;

    switch (sim_draw(random) % 8) {
    case 0:
        text = hostile[sim_draw(random) % (sizeof(hostile) / sizeof(hostile[0]))];
        len = strlen(text);
        memcpy(to, text, len);
        *person = 1;
        return len;
    case 1:
        *person = draw_person(oracle->people, random, SIM_PLAIN);
        return (size_t)snprintf(to, NAME_CAP, "nobody%u", (unsigned)sim_between(random, 0, 99));
    default:
        *person = draw_person(oracle->people, random,
                              (enum sim_kind)sim_between(random, 0, SIM_KINDS - 1));
        return draw_form(random, &oracle->people->people[*person], to);
    }
}

/* ---- Passwords ---- */

static size_t draw_tail(struct sim_random *random, char *to)
{
    size_t len = sim_chance(random, 5) ? (size_t)sim_between(random, 0, TAIL_CAP)
                                       : (size_t)sim_between(random, 0, SHORT_TAIL);

    for (size_t i = 0; i < len; i++) /* any byte but NUL */
        to[i] = (char)sim_between(random, sim_chance(random, 200) ? 1 : 0x20, 255);
    to[len++] = '.';
    return len;
}

struct sim_pair *sim_users_draw(struct sim_oracle *oracle, struct sim_random *random,
                                unsigned wrong, unsigned odd)
{
    char name[NAME_CAP];
    char tail[TAIL_CAP + 1];
    long person = draw_person(oracle->people, random, SIM_PLAIN);
    const char *plain = oracle->people->people[person].names[0];
    size_t len = strlen(plain);

    memcpy(name, plain, len);
    if (sim_chance(random, odd))
        len = draw_odd_name(oracle, random, name, &person);
    if (sim_chance(random, wrong))
        person = sim_chance(random, 300) ? draw_person(oracle->people, random, SIM_PLAIN) : -1;
    return sim_oracle_pair(oracle, (struct pxa_span){name, len},
                           (struct pxa_span){tail, draw_tail(random, tail)}, person);
}

struct sim_pair *sim_users_plain(struct sim_oracle *oracle, struct sim_random *random)
{
    long person = draw_person(oracle->people, random, SIM_PLAIN);
    const char *name;

    while (oracle->required >= 0 &&
           !sim_group_is_member((unsigned)oracle->required, (size_t)person))
        person = draw_person(oracle->people, random, SIM_PLAIN);
    name = oracle->people->people[person].names[0];
    return sim_oracle_pair(oracle, (struct pxa_span){name, strlen(name)}, (struct pxa_span){".", 1},
                           person);
}

/* ---- Lines ---- */

void sim_line_add(struct sim_line *line, const char *bytes, size_t len)
{
    if (len > SIM_LINE_CAP - line->len)
        len = SIM_LINE_CAP - line->len;
    memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
}

/* As lib/rfc1738 escapes, or every byte that is neither a letter nor a digit. */
static void add_escaped(struct sim_line *line, struct pxa_span text, bool all)
{
    static const char unsafe[] = "<>\"#{}|\\^~[]`'%";
    char hex[4];

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c <= 0x20 || c >= 0x7f || memchr(unsafe, c, sizeof(unsafe) - 1) ||
            (all && !isalnum(c))) {
            snprintf(hex, sizeof(hex), all ? "%%%02x" : "%%%02X", c);
            sim_line_add(line, hex, 3);
        } else {
            sim_line_add(line, text.at + i, 1);
        }
    }
}

void sim_line_login(struct sim_line *line, struct sim_random *random, const struct sim_pair *pair,
                    unsigned extras)
{
    bool all = sim_chance(random, 100);

    add_escaped(line, pair->user, all);
    sim_line_add(line, " ", 1);
    add_escaped(line, pair->password, all);
    for (unsigned i = 0; i < extras; i++)
        sim_line_add(line, " 192.0.2.1", 10);
}

void sim_line_broken(struct sim_line *line, struct sim_random *random, unsigned extras)
{
    static const struct {
        const char *text;
        size_t len;
    } broken[] = {
        {"user001", 7},
        {"user001 ", 8},
        {" secret", 7},
        {" ", 1},
        {"", 0},
        {"user%zz secret", 14},
        {"user001 secre%7", 15},
        {"user%001 secret", 15},
        {"user001 sec\0ret", 15},
        {"\xff\xff\xff\xff", 4},
        {"user001 secret more and more", 28}, /* the last: good where extras hold blanks */
    };
    size_t which = sim_draw(random) % (sizeof(broken) / sizeof(broken[0]) - (extras > 0));

    sim_line_add(line, broken[which].text, broken[which].len);
}
