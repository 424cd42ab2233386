/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the list of logins. The text keeps its bytes as they are; a tab or a newline cannot be part
 * of a user name or a password here. */
#include <config.h>

#include "tests/bench/logins.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

/* Cuts "user TAB password TAB verdict" in place; the login owns the line from then on. */
static bool parse_login(char *line, struct login *login)
{
    char *password = strchr(line, '\t');
    char *verdict = password != NULL ? strchr(password + 1, '\t') : NULL;

    if (verdict == NULL)
        return false;
    *password++ = '\0';
    *verdict++ = '\0';
    login->user = line;
    login->password = password;
    login->accepted = strcmp(verdict, "OK") == 0;
    return login->accepted || strcmp(verdict, "ERR") == 0;
}

static void append_login(struct logins *logins, const struct login *login)
{
    /* Grows at each power of two. */
    if ((logins->count & (logins->count - 1)) == 0) {
        size_t cap = logins->count == 0 ? 1 : 2 * logins->count;

        logins->item = reallocarray(logins->item, cap, sizeof(*logins->item));
        if (logins->item == NULL)
            bench_die("out of memory");
    }
    logins->item[logins->count++] = *login;
}

struct logins logins_read(const char *path)
{
    struct logins logins = {0};
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    if (file == NULL)
        bench_die("%s: %s", path, strerror(errno));
    while ((len = getline(&line, &cap, file)) >= 0) {
        struct login login = {0};

        if (len > 0 && line[len - 1] == '\n')
            line[len - 1] = '\0';
        if (!parse_login(line, &login))
            bench_die("%s, line %zu: expected user, password and OK or ERR, with tabs between",
                      path, logins.count + 1);
        append_login(&logins, &login);
        line = NULL;
        cap = 0;
    }
    free(line);
    fclose(file);
    if (logins.count == 0)
        bench_die("%s: no logins in it", path);
    return logins;
}

const struct login *logins_next(struct logins *logins)
{
    const struct login *login = &logins->item[logins->next];

    logins->next = logins->next + 1 < logins->count ? logins->next + 1 : 0;
    return login;
}
