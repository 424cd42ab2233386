/* SPDX-License-Identifier: BSD-2-Clause */
/* The least that a helper can be: it writes back what it reads, and looks at nothing. What it
 * reaches is what the socket and the scheduler give. */
#include <config.h>

#include <errno.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/squid.h"

int main(void)
{
    static char buffer[SQUID_BUFFER];
    ssize_t len;

    while ((len = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0) {
        for (ssize_t done = 0; done < len;) {
            ssize_t put = write(STDOUT_FILENO, buffer + done, (size_t)(len - done));

            if (put < 0 && errno != EINTR)
                bench_die("write failed");
            done += put > 0 ? put : 0;
        }
    }
    return len == 0 ? 0 : 1;
}
