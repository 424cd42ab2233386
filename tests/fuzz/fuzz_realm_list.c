/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of group-ad, in a line from Squid or in hexadecimal digits. The first byte chooses: a list
 * as it is, -t, -T, or a line with a list. Promised: what is read of a list is that list, written
 * again; hexadecimal digits say UTF-8 and give the same list when they are written and read again;
 * what is found in a line lies in it.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/group-ad/hex_list.h"
#include "helpers/group-ad/line.h"
#include "helpers/group-ad/realm_list.h"
#include "helpers/group-ad/user_name.h"

static void append(char **to, const char *text)
{
    *to = stpcpy(*to, text);
}

/* Writes LIST as it was read. The caller frees it. */
static char *write_list(const struct realm_list *list, size_t len)
{
    char *text = fuzz_block(len + 1);
    char *to = text;

    *to = '\0';
    for (size_t i = 0; i < list->count; i++) {
        append(&to, i > 0 ? ":" : "");
        append(&to, list->names[i].name);
        append(&to, list->names[i].realm ? "@" : "");
        append(&to, list->names[i].realm ? list->names[i].realm : "");
    }
    return text;
}

static void check_list(struct pxa_span text)
{
    struct realm_list list = {NULL, 0};
    struct why why = {""};

    if (realm_list_add(&list, text, &why)) {
        char *again = write_list(&list, text.len);

        PROMISE(fuzz_same(text, (struct pxa_span){again, strlen(again)}));
        PROMISE(list.count > 0 && list.count <= REALM_LIST_MAX);
        free(again);
    } else {
        PROMISE(*why.text != '\0');
    }
    for (size_t i = 0; i < list.count; i++)
        PROMISE(*list.names[i].name && !strpbrk(list.names[i].name, ":@") &&
                !(list.names[i].realm && strpbrk(list.names[i].realm, ":@")));
    realm_list_free(&list);
}

/* All bytes of TEXT in hexadecimal digits, but for what parts a list. */
static char *digits_of(const char *text)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = fuzz_block(2 * strlen(text) + 1);
    char *to = hex;

    for (; *text; text++) {
        if (*text == ':' || *text == '@') {
            *to++ = *text;
            continue;
        }
        *to++ = digits[(unsigned char)*text >> 4];
        *to++ = digits[(unsigned char)*text & 15];
    }
    *to = '\0';
    return hex;
}

static void check_hex(struct pxa_span text, enum hex_form form)
{
    char *copy = fuzz_block(text.len + 1);
    struct why why = {""};
    char *list;

    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    list = hex_list_decode(copy, form, &why);
    PROMISE(list || *why.text != '\0');
    if (list) {
        char *hex = digits_of(list);
        char *again = hex_list_decode(hex, HEX_NAMES_AND_REALMS, &why);

        PROMISE(pxa_charset_of((struct pxa_span){list, strlen(list)}) != PXA_OTHER_CHARSET);
        /* Several `@` in a name are no list, and digits cannot say which of them parts it. */
        if (again)
            PROMISE(strcmp(again, list) == 0);
        free(again);
        free(hex);
        check_list((struct pxa_span){list, strlen(list)});
    }
    free(list);
    free(copy);
}

static void check_line(struct pxa_span text)
{
    const struct line_rules rules = {.groups_in_line = true, .extras = text.len % 3};
    char *memory = fuzz_block(text.len > 0 ? text.len : 1);
    const struct pxa_span within = {memory, text.len};
    struct user_name name;
    struct line line;

    memcpy(memory, text.at, text.len);
    if (line_read(memory, text.len, &rules, &line) == LINE_READ) {
        PROMISE(line.user.len > 0 && fuzz_within(line.user, within));
        PROMISE(line.groups.len > 0 && fuzz_within(line.groups, within));
        PROMISE(line.user.at + line.user.len < line.groups.at);
        if (user_name_read(line.user, &name)) {
            PROMISE(name.account.len > 0 && fuzz_within(name.account, line.user));
            PROMISE(fuzz_within(name.qualifier, line.user));
            PROMISE(name.account.len + name.qualifier.len + (name.form == USER_BARE ? 0 : 1) ==
                    line.user.len);
        }
        check_list(line.groups);
    }
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span text;

    if (size == 0)
        return 0;
    text = fuzz_span(data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        check_list(text);
        break;
    case 1:
        check_hex(text, HEX_NAMES);
        break;
    case 2:
        check_hex(text, HEX_NAMES_AND_REALMS);
        break;
    default:
        check_line(text);
        break;
    }
    return 0;
}
