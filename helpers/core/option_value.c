/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One value as text into the member of its kind, with a sentence when it is not one. The sentence
 * speaks of the value alone; who calls adds the option, or the file and line.
 */
#include <config.h>

#include "helpers/core/option_private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/secret.h"

static bool out_of_memory(struct why *why)
{
    return why_set(why, "out of memory");
}

static bool set_flag(bool *member, const char *value, struct why *why)
{
    bool yes = strcmp(value, "yes") == 0;

    if (!yes && strcmp(value, "no") != 0)
        return why_set(why, "\"%s\" is neither yes nor no", why_excerpt(value).text);
    if (member)
        *member = yes;
    return true;
}

struct option_choices option_choices(const struct option *option)
{
    struct option_choices list = {""};
    size_t len = 0;

    for (size_t i = 0; option->choices[i] && len < sizeof list.text; i++)
        len += (size_t)snprintf(list.text + len, sizeof list.text - len, "%s%s", i > 0 ? ", " : "",
                                option->choices[i]);
    return list;
}

/* The index of VALUE among the choices. False with a sentence that lists them. */
static bool find_choice(const struct option *option, const char *value, int *index, struct why *why)
{
    for (*index = 0; option->choices[*index]; ++*index)
        if (strcmp(option->choices[*index], value) == 0)
            return true;
    return why_set(why, "\"%s\" is not one of: %s", why_excerpt(value).text,
                   option_choices(option).text);
}

static bool set_choice(const struct option *option, int *member, const char *value, struct why *why)
{
    int index;

    if (!find_choice(option, value, &index, why))
        return false;
    if (member)
        *member = index;
    return true;
}

static bool set_text(const struct option *option, char **member, const char *value, struct why *why)
{
    char *copy;
    int index;

    if (option->choices && !find_choice(option, value, &index, why))
        return false;
    if (!member)
        return true;
    copy = strdup(value);
    if (!copy)
        return out_of_memory(why);
    free(*member);
    *member = copy;
    return true;
}

static bool add_to_list(struct option_list *member, const char *value, struct why *why)
{
    char **values;
    char *copy;

    if (!member)
        return true;
    copy = strdup(value);
    values = copy ? realloc(member->values, (member->count + 1) * sizeof *values) : NULL;
    if (!values) {
        free(copy);
        return out_of_memory(why);
    }
    values[member->count] = copy;
    member->values = values;
    member->count++;
    return true;
}

/* Decimal digits and nothing else, in the option's range (min is not negative). */
static bool parse_number(const char *text, const struct option *option, long *number)
{
    long sum = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        int digit = *text - '0';

        if (digit < 0 || digit > 9 || sum > (LONG_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *number = sum;
    return sum >= option->min && sum <= option->max;
}

static bool set_number(const struct option *option, long *member, const char *value,
                       struct why *why)
{
    bool seconds = option->argument && strcmp(option->argument, "SECONDS") == 0;
    long number;

    if (!parse_number(value, option, &number))
        return why_set(why, "\"%s\" is not a number %sfrom %ld to %ld", why_excerpt(value).text,
                       seconds ? "of seconds " : "", option->min, option->max);
    if (member)
        *member = number;
    return true;
}

static bool set_secret(struct secret **member, const char *value, struct why *why)
{
    size_t len = strlen(value);
    struct secret *copy;

    if (len > SECRET_MAX)
        return why_set(why, "the value is longer than %d bytes", SECRET_MAX);
    if (!member)
        return true;
    copy = secret_copy(value, len);
    if (!copy)
        return out_of_memory(why);
    secret_free(member);
    *member = copy;
    return true;
}

static bool begins(const char *text, const char *with)
{
    return text && strncmp(text, with, strlen(with)) == 0;
}

/* A variable that was not set leaves an empty word, and what the system says of a file without a
 * name is no help. */
static bool check_path(const struct option *option, const char *value, struct why *why)
{
    const char *kind = begins(option->argument, "FILE")  ? "file"
                       : begins(option->argument, "DIR") ? "folder"
                                                         : NULL;

    return !kind || value[0] != '\0' || why_set(why, "the name of the %s is empty", kind);
}

bool option_value_set(const struct option *option, void *member, const char *value, struct why *why)
{
    switch (option->kind) {
    case OPTION_FLAG:
    case OPTION_IGNORED:
        return set_flag(member, value, why);
    case OPTION_REFUSED:
        return why_set(why, "it cannot be used: %s", option->help);
    case OPTION_TEXT:
        return check_path(option, value, why) && set_text(option, member, value, why);
    case OPTION_LIST:
        return check_path(option, value, why) && add_to_list(member, value, why);
    case OPTION_NUMBER:
        return set_number(option, member, value, why);
    case OPTION_CHOICE:
        return set_choice(option, member, value, why);
    case OPTION_SECRET:
        return set_secret(member, value, why);
    }
    abort(); /* the table holds no option of a known kind */
}

static void free_list(struct option_list *list)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        free(list->values[i]);
    free(list->values);
    *list = (struct option_list){0};
}

void option_value_free(const struct option *option, void *member)
{
    if (option->kind == OPTION_TEXT) {
        char **text = member;

        free(*text);
        *text = NULL;
    } else if (option->kind == OPTION_LIST) {
        free_list(member);
    } else if (option->kind == OPTION_SECRET) {
        secret_free(member);
    }
}
