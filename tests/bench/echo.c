/* SPDX-License-Identifier: BSD-2-Clause */
/* The least that a helper can be: it writes back what it reads, and looks at nothing. What it
 * reaches is what the socket and the scheduler give.
 *
 * With the word "epoll" it waits with epoll before it reads, as everything does that has more than
 * one thing to wait for. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/squid.h"

static int watch_input(void)
{
    struct epoll_event readable = {.events = EPOLLIN};
    int fd = epoll_create1(EPOLL_CLOEXEC);

    if (fd < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, STDIN_FILENO, &readable) != 0)
        bench_die("epoll cannot be used");
    return fd;
}

static ssize_t receive(int epoll_fd, char *buffer, size_t cap)
{
    struct epoll_event ready;

    while (epoll_fd >= 0 && epoll_wait(epoll_fd, &ready, 1, -1) < 1)
        ;
    return read(STDIN_FILENO, buffer, cap);
}

int main(int argc, char **argv)
{
    static char buffer[SQUID_BUFFER];
    int epoll_fd = argc > 1 && strcmp(argv[1], "epoll") == 0 ? watch_input() : -1;
    ssize_t len;

    while ((len = receive(epoll_fd, buffer, sizeof(buffer))) > 0) {
        for (ssize_t done = 0; done < len;) {
            ssize_t put = write(STDOUT_FILENO, buffer + done, (size_t)(len - done));

            if (put < 0 && errno != EINTR)
                bench_die("write failed");
            done += put > 0 ? put : 0;
        }
    }
    return len == 0 ? 0 : 1;
}
