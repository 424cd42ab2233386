/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "tests/bench/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

enum { PREFIX_LEN = sizeof "YR " - 1 };

#define LONG_TOKEN_LEN ((size_t)48 * 1024) /* a multiple of four, as Base64 is */

/* NTLMSSP's first message, as RFC 4559 has it bare behind "Negotiate ". */
static const char ntlm_line[] = "YR TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKAGFKAAAADw==\n";

/* SPNEGO that offers Kerberos and has no token of it yet (RFC 4178, mechToken is optional): the
 * answer is TT, and a context waits for the next leg. */
static const char begun_line[] = "YR YBsGBisGAQUFAqARMA+gDTALBgkqhkiG9xIBAgI=\n";

static void *must_have(void *memory)
{
    if (memory == NULL)
        bench_die("out of memory");
    return memory;
}

/* TEXT belongs to the list from now on. */
static void add(struct token_lines *lines, char *text)
{
    lines->item = must_have(reallocarray(lines->item, lines->count + 1, sizeof(*lines->item)));
    lines->item[lines->count++] = (struct token_line){text, strlen(text)};
}

struct token_lines tokens_read(const char *path)
{
    struct token_lines lines = {NULL, 0};
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t cap = 0;

    if (file == NULL)
        bench_die("%s: %s", path, strerror(errno));
    while (getline(&text, &cap, file) > 0)
        add(&lines, must_have(strdup(text)));
    free(text);
    fclose(file);
    if (lines.count == 0)
        bench_die("%s has no tokens", path);
    return lines;
}

static char *cut(const struct token_line *good)
{
    size_t len = PREFIX_LEN + (good->len - PREFIX_LEN) / 8 * 4;
    char *text = must_have(malloc(len + sizeof "\n"));

    memcpy(text, good->text, len);
    memcpy(text + len, "\n", sizeof "\n");
    return text;
}

/* Changes a few bytes inside of the encrypted ticket or authenticator. */
static char *damaged(const struct token_line *good, size_t eighth)
{
    char *text = must_have(strdup(good->text));
    char *at = text + good->len * eighth / 8;

    for (int i = 0; i < 4; i++)
        at[i] = at[i] == 'A' ? 'B' : 'A';
    return text;
}

static char *zeros(void)
{
    char *text = must_have(malloc(PREFIX_LEN + LONG_TOKEN_LEN + sizeof "\n"));

    memcpy(text, "YR ", PREFIX_LEN);
    memset(text + PREFIX_LEN, 'A', LONG_TOKEN_LEN);
    memcpy(text + PREFIX_LEN + LONG_TOKEN_LEN, "\n", sizeof "\n");
    return text;
}

static char *joined(const char *before, const char *middle, const char *after)
{
    char *text;

    if (asprintf(&text, "%s%s%s", before, middle, after) < 0)
        bench_die("out of memory");
    return text;
}

struct token_lines tokens_spoilt(const struct token_line *good)
{
    struct token_lines lines = {NULL, 0};
    char *token = must_have(strndup(good->text + PREFIX_LEN, good->len - PREFIX_LEN - 1));

    add(&lines, cut(good));
    add(&lines, damaged(good, 4));
    add(&lines, damaged(good, 7));
    add(&lines, zeros());
    add(&lines, joined("YR ", token, " user=root\n"));
    add(&lines, joined("KK ", token, "\n"));
    add(&lines, must_have(strdup("YR ****\n")));
    add(&lines, must_have(strdup("YR\n")));
    add(&lines, must_have(strdup(ntlm_line)));
    add(&lines, must_have(strdup(begun_line)));
    free(token);
    return lines;
}
