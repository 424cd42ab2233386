/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What terminals, editors and shells did to a text before it came here is taken back.
 * Cannot do: UTF-16 without a byte order mark.
 */
#include <config.h>

#include "helpers/proxyauth/input.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const struct input *input, const char *mark)
{
    size_t len = strlen(mark);

    return input->len >= len && memcmp(input->at, mark, len) == 0;
}

static void swap_bytes(struct input *input)
{
    for (size_t i = 0; i + 1 < input->len; i += 2) {
        char first = input->at[i];

        input->at[i] = input->at[i + 1];
        input->at[i + 1] = first;
    }
}

/* PowerShell writes files so. */
static bool from_utf16(struct input *input, struct why *why)
{
    struct input utf8 = {0};
    struct pxa_written done;
    struct pxa_span text;

    if (begins(input, "\xfe\xff"))
        swap_bytes(input);
    if (!begins(input, "\xff\xfe"))
        return true;
    text = (struct pxa_span){input->at + 2, input->len - 2};
    utf8.cap = PXA_UTF8_MAX(text.len) + 1;
    utf8.at = malloc(utf8.cap);
    if (!utf8.at)
        return why_set(why, "out of memory");
    if (pxa_to_utf8(PXA_UTF16LE, text, utf8.at, utf8.cap, &done) != PXA_OK) {
        input_free(&utf8);
        return why_set(why, "the input begins like UTF-16, but is none; save it as UTF-8");
    }
    utf8.len = done.len;
    input_free(input);
    *input = utf8;
    return true;
}

/* How long the sequence at AT is that moves the cursor or colours (ECMA-48, CSI); 0 if there is
 * none. */
static size_t sequence(const char *at, size_t len)
{
    size_t i = 2;

    if (len < 3 || at[0] != '\x1b' || at[1] != '[')
        return 0;
    while (i < len && at[i] >= 0x20 && at[i] <= 0x3f)
        i++;
    return i < len && at[i] >= 0x40 && at[i] <= 0x7e ? i + 1 : 0;
}

static void without_sequences(struct input *input)
{
    size_t kept = 0;
    size_t i = 0;

    while (i < input->len) {
        size_t len = sequence(input->at + i, input->len - i);

        if (len == 0)
            input->at[kept++] = input->at[i++];
        i += len;
    }
    input->len = kept;
}

/* Line ends of CR alone. */
static void with_newlines(struct input *input)
{
    if (input->len == 0 || memchr(input->at, '\n', input->len))
        return;
    for (size_t i = 0; i < input->len; i++)
        if (input->at[i] == '\r')
            input->at[i] = '\n';
}

bool input_clean(struct input *input, struct why *why)
{
    static const char mark[] = "\xef\xbb\xbf";

    if (!from_utf16(input, why))
        return false;
    if (begins(input, mark)) {
        input->len -= sizeof mark - 1;
        memmove(input->at, input->at + sizeof mark - 1, input->len);
    }
    without_sequences(input);
    with_newlines(input);
    return true;
}
