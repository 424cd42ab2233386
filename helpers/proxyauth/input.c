/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text is kept in one block, which is wiped whenever it moves, because it holds passwords.
 */
#include <config.h>

#include "helpers/proxyauth/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST = 64 * 1024 };

static bool grow(struct input *input, size_t more, struct why *why)
{
    size_t cap = input->cap ? input->cap : FIRST;
    char *at;

    if (input->cap - input->len >= more)
        return true;
    while (cap - input->len < more)
        cap *= 2;
    at = malloc(cap);
    if (!at)
        return why_set(why, "out of memory");
    if (input->len > 0)
        memcpy(at, input->at, input->len);
    pxa_wipe(input->at, input->cap);
    free(input->at);
    input->at = at;
    input->cap = cap;
    return true;
}

static bool too_much(const struct input *input, struct why *why)
{
    if (input->len <= INPUT_MAX)
        return false;
    (void)why_set(why, "the input is longer than %d MiB; give the part that matters",
                  INPUT_MAX / 1024 / 1024);
    return true;
}

bool input_read(struct input *input, int fd, struct why *why)
{
    while (grow(input, 1, why)) {
        ssize_t got = read(fd, input->at + input->len, input->cap - input->len);

        if (got == 0)
            return input_clean(input, why);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return why_set(why, "standard input cannot be read: %s", strerror(errno));
        input->len += (size_t)got;
        if (too_much(input, why))
            return false;
    }
    return false;
}

bool input_words(struct input *input, const struct option_list *words, struct why *why)
{
    for (size_t i = 0; i < words->count; i++) {
        size_t len = strlen(words->values[i]);

        if (!grow(input, len + 1, why))
            return false;
        memcpy(input->at + input->len, words->values[i], len);
        input->len += len;
        input->at[input->len++] = '\n';
        if (too_much(input, why))
            return false;
    }
    return input_clean(input, why);
}

void input_free(struct input *input)
{
    pxa_wipe(input->at, input->cap);
    free(input->at);
    *input = (struct input){0};
}
