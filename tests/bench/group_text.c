/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts names into filters as they are. */
#include <config.h>

#include "tests/bench/group_text.h"

#include <stdio.h>
#include <string.h>

#include "common/proxyauth.h"
#include "tests/bench/bench.h"

bool group_text_is(const char *filter)
{
    return filter[0] == '(' && strstr(filter, "%g") != NULL && strchr(strstr(filter, "%g"), ')');
}

/* TEXT up to END with the names put in. */
static void put_text(FILE *to, const char *text, const char *end, const char *dn,
                     struct pxa_span group)
{
    for (; text < end; text++) {
        if (text[0] == '%' && text[1] == 'd')
            fputs(dn, to);
        else if (text[0] == '%' && text[1] == 'g')
            fprintf(to, "%.*s", (int)group.len, group.at);
        else
            fputc(*text, to);
        text += text[0] == '%';
    }
}

char *group_text(const char *filter, const char *dn, const char *groups)
{
    const char *letter = strstr(filter, "%g");
    const char *start = memrchr(filter, '(', (size_t)(letter - filter));
    const char *end = strchr(letter, ')') + 1;
    struct pxa_span group = {groups, 0};
    bool several = strchr(group.at, ' ') != NULL;
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);

    if (to == NULL)
        bench_die("out of memory");
    put_text(to, filter, start, dn, group);
    fputs(several ? "(|" : "", to);
    for (; *group.at != '\0'; group.at += group.len, group.at += strspn(group.at, " ")) {
        group.len = strcspn(group.at, " ");
        put_text(to, start, end, dn, group);
    }
    fputs(several ? ")" : "", to);
    put_text(to, end, end + strlen(end), dn, group);
    fclose(to);
    return text;
}
