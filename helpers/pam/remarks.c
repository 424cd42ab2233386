/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pipe holds more than is kept, and who writes to it does not wait: what is beyond is lost.
 *
 * Cannot do: tell how bad libpam takes it. All that it says there is an error to it, but for a want
 * of the service "other", which a service with lines of its own does not need.
 */
#include <config.h>

#include "helpers/pam/remarks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static bool redirect(struct remarks *remarks)
{
    if (pipe2(remarks->ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    remarks->standard_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (remarks->standard_error >= 0 && dup2(remarks->ends[1], STDERR_FILENO) >= 0)
        return true;
    close(remarks->ends[0]);
    close(remarks->ends[1]);
    if (remarks->standard_error >= 0)
        close(remarks->standard_error);
    remarks->standard_error = -1;
    return false;
}

void remarks_begin(struct remarks *remarks)
{
    remarks->text[0] = '\0';
    remarks->standard_error = -1;
    if (redirect(remarks))
        openlog(program_invocation_short_name, LOG_PERROR, LOG_AUTHPRIV);
}

/* What syslog(3) puts before a line: the name that it has been told. NULL: the line is not its. */
static const char *behind_name(const char *line)
{
    size_t len = strlen(program_invocation_short_name);

    if (strncmp(line, program_invocation_short_name, len) != 0 || strncmp(line + len, ": ", 2) != 0)
        return NULL;
    return line + len + 2;
}

static void sort(struct remarks *remarks, const char *line)
{
    const char *said = behind_name(line);
    size_t len = strlen(remarks->text);

    if (!said)
        dprintf(STDERR_FILENO, "%s\n", line);
    else if (!strstr(said, "no default config") && len + strlen(said) + 1 < sizeof remarks->text)
        snprintf(remarks->text + len, sizeof remarks->text - len, "%s\n", said);
}

/* As much as the pipe has, which nobody writes to any more. */
static void read_all(struct remarks *remarks)
{
    char heard[2 * REMARKS_MAX];
    size_t len = 0;

    while (len < sizeof heard - 1) {
        ssize_t got = read(remarks->ends[0], heard + len, sizeof heard - 1 - len);

        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        len += got > 0 ? (size_t)got : 0;
    }
    heard[len] = '\0';
    for (char *line = heard, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        sort(remarks, line);
    }
}

void remarks_end(struct remarks *remarks)
{
    if (remarks->standard_error < 0)
        return;
    closelog();
    openlog(program_invocation_short_name, 0, LOG_USER);
    dup2(remarks->standard_error, STDERR_FILENO);
    close(remarks->standard_error);
    close(remarks->ends[1]);
    read_all(remarks);
    close(remarks->ends[0]);
    remarks->standard_error = -1;
}
