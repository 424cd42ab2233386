/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays Squid to one or several processes of a helper, as fast as they answer (closed loop, a fixed
 * number of requests in flight) or at a fixed rate (open loop), and prints what was seen as one
 * line of JSON. A wrong verdict, a request without reply or a helper that ends badly fails the run.
 *
 * At a fixed rate a latency counts from when the request was due: a driver that is held up, or a
 * helper that takes no more requests, shows in the figures instead of thinning the load out. */
#include <config.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/logins.h"
#include "tests/bench/plan.h"
#include "tests/bench/process.h"
#include "tests/bench/squid.h"

enum {
    PROCESSES_MAX = 256,
    DRAIN_S = 30 /* for the replies that are missing when the last phase has ended */
};

struct driver {
    char **argv;
    bool ids;
    bool echo;
    unsigned processes;
    unsigned window;
    double rate_per_s; /* 0: closed loop */
    struct logins logins;
    struct plan *plan;
    struct squid_helper *helper[PROCESSES_MAX];
    unsigned turn; /* the process that gets the next request of an open loop */
    int epoll_fd;
    int timer_fd;
    uint64_t due_ns; /* of the next request of an open loop */
};

static double helpers_cpu_s(void *context)
{
    const struct driver *driver = context;
    double cpu_s = 0;

    for (unsigned i = 0; i < driver->processes; i++)
        cpu_s += process_cpu_s(driver->helper[i]->pid);
    return cpu_s;
}

static void usage(void)
{
    fputs("usage: driver --logins FILE --phases NAME=SECONDS,... [--processes N] [--window N]\n"
          "              [--ids] [--rate LOGINS_PER_SECOND] [--words] [--echo] [--announce]\n"
          "              -- HELPER ARGUMENT...\n",
          stderr);
    exit(2);
}

static void parse_options(struct driver *driver, int argc, char **argv)
{
    static const struct option options[] = {{"logins", required_argument, NULL, 'l'},
                                            {"phases", required_argument, NULL, 'p'},
                                            {"processes", required_argument, NULL, 'n'},
                                            {"window", required_argument, NULL, 'w'},
                                            {"ids", no_argument, NULL, 'i'},
                                            {"rate", required_argument, NULL, 'r'},
                                            {"words", no_argument, NULL, 'g'},
                                            {"echo", no_argument, NULL, 'e'},
                                            {"announce", no_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    const char *logins = NULL;
    const char *phases = NULL;
    bool announce = false;
    bool words = false;
    int letter;

    while ((letter = getopt_long(argc, argv, "+", options, NULL)) >= 0) {
        switch (letter) {
        case 'l':
            logins = optarg;
            break;
        case 'p':
            phases = optarg;
            break;
        case 'n':
            driver->processes = (unsigned)bench_number("--processes", optarg, 1, PROCESSES_MAX);
            break;
        case 'w':
            driver->window = (unsigned)bench_number("--window", optarg, 1, 65536);
            break;
        case 'i':
            driver->ids = true;
            break;
        case 'r':
            driver->rate_per_s = bench_number("--rate", optarg, 0.1, 1e6);
            break;
        case 'g':
            words = true;
            break;
        case 'e':
            driver->echo = true;
            break;
        case 'a':
            announce = true;
            break;
        default:
            usage();
        }
    }
    if (logins == NULL || phases == NULL || optind == argc || (driver->window > 1 && !driver->ids))
        usage();
    driver->argv = argv + optind;
    driver->logins = logins_read(logins);
    squid_prepare(&driver->logins, words);
    driver->plan = plan_parse(phases, helpers_cpu_s, driver);
    driver->plan->announce = announce;
}

static void watch(const struct driver *driver, int operation, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data.ptr = what};

    if (epoll_ctl(driver->epoll_fd, operation, fd, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
}

static void start_helpers(struct driver *driver)
{
    driver->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    driver->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (driver->epoll_fd < 0 || driver->timer_fd < 0)
        bench_die("epoll or timerfd: %s", strerror(errno));
    watch(driver, EPOLL_CTL_ADD, driver->timer_fd, EPOLLIN, NULL);
    for (unsigned i = 0; i < driver->processes; i++) {
        struct squid_helper *helper = squid_start(driver->argv, driver->ids, driver->window);

        helper->echo = driver->echo;
        driver->helper[i] = helper;
        watch(driver, EPOLL_CTL_ADD, helper->fd, EPOLLIN, helper);
    }
}

static void send_login(struct driver *driver, struct squid_helper *helper, uint64_t start_ns)
{
    struct squid_flight flight = {logins_next(&driver->logins),
                                  &driver->plan->phase[driver->plan->current], start_ns};

    squid_send(helper, &flight);
}

/* Writes what is queued, and has the loop wait for room in the socket where it did not take all. */
static void flush(const struct driver *driver, struct squid_helper *helper)
{
    bool stuffed = helper->stuffed;

    squid_flush(helper);
    if (helper->stuffed != stuffed)
        watch(driver, EPOLL_CTL_MOD, helper->fd, helper->stuffed ? EPOLLIN | EPOLLOUT : EPOLLIN,
              helper);
}

/* Closed loop: as many requests as the window has room for. */
static void fill_window(struct driver *driver, struct squid_helper *helper, uint64_t now_ns)
{
    while (squid_ready(helper))
        send_login(driver, helper, now_ns);
    flush(driver, helper);
}

/* Open loop: the next process in turn that may have one more request, or NULL. */
static struct squid_helper *next_ready(struct driver *driver)
{
    for (unsigned i = 0; i < driver->processes; i++) {
        struct squid_helper *helper = driver->helper[driver->turn];

        driver->turn = (driver->turn + 1) % driver->processes;
        if (squid_ready(helper))
            return helper;
    }
    return NULL;
}

/* Open loop: what is due by now; a request that no process can take stays due. */
static void send_due(struct driver *driver, uint64_t now_ns)
{
    struct squid_helper *helper;

    while (driver->due_ns <= now_ns && (helper = next_ready(driver)) != NULL) {
        send_login(driver, helper, driver->due_ns);
        driver->due_ns += (uint64_t)((double)NS_PER_S / driver->rate_per_s);
    }
    for (unsigned i = 0; i < driver->processes; i++)
        flush(driver, driver->helper[i]);
}

/* Wakes the loop when a phase ends or a request is due, whichever comes first. */
static void set_timer(const struct driver *driver, uint64_t now_ns)
{
    uint64_t at_ns = now_ns + plan_left_ns(driver->plan, now_ns);
    struct itimerspec timer = {0};

    if (driver->rate_per_s > 0 && driver->due_ns > now_ns && driver->due_ns < at_ns)
        at_ns = driver->due_ns;
    timer.it_value.tv_sec = (time_t)(at_ns / NS_PER_S);
    timer.it_value.tv_nsec = (long)(at_ns % NS_PER_S);
    if (timerfd_settime(driver->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL) != 0)
        bench_die("timerfd: %s", strerror(errno));
}

static void turn_loop(struct driver *driver, bool sending)
{
    struct epoll_event events[64];
    int count = epoll_wait(driver->epoll_fd, events, 64, 1000);

    for (int i = 0; i < count; i++) {
        struct squid_helper *helper = events[i].data.ptr;
        uint64_t expirations;

        if (helper == NULL) {
            if (read(driver->timer_fd, &expirations, sizeof(expirations)) < 0)
                continue; /* another event of this turn set it anew */
        } else {
            if ((events[i].events & (EPOLLIN | EPOLLHUP)) != 0)
                squid_receive(helper);
            if (sending && driver->rate_per_s == 0)
                fill_window(driver, helper, bench_now_ns());
            else
                flush(driver, helper);
        }
    }
}

static void run_phases(struct driver *driver)
{
    uint64_t now_ns = bench_now_ns();
    unsigned phase = 0;

    driver->due_ns = now_ns;
    plan_begin(driver->plan, now_ns);
    set_timer(driver, now_ns);
    for (unsigned i = 0; i < driver->processes && driver->rate_per_s == 0; i++)
        fill_window(driver, driver->helper[i], now_ns);
    while (plan_step(driver->plan, now_ns)) {
        if (driver->rate_per_s > 0)
            send_due(driver, now_ns);
        if (driver->rate_per_s > 0 || driver->plan->current != phase)
            set_timer(driver, now_ns);
        phase = driver->plan->current;
        turn_loop(driver, true);
        now_ns = bench_now_ns();
    }
}

static unsigned in_flight(const struct driver *driver)
{
    unsigned count = 0;

    for (unsigned i = 0; i < driver->processes; i++)
        count += driver->helper[i]->in_flight;
    return count;
}

/* Waits for the replies to all that was sent; returns the number of those that never came. */
static unsigned drain(struct driver *driver)
{
    uint64_t end_ns = bench_now_ns() + DRAIN_S * NS_PER_S;

    while (in_flight(driver) > 0 && bench_now_ns() < end_ns)
        turn_loop(driver, false);
    return in_flight(driver);
}

static void print_memory(const struct driver *driver)
{
    long peak_kib = 0;
    long peak_sum_kib = 0;
    long resident_sum_kib = 0;

    for (unsigned i = 0; i < driver->processes; i++) {
        struct process_memory memory = process_memory(driver->helper[i]->pid);

        peak_kib = memory.peak_kib > peak_kib ? memory.peak_kib : peak_kib;
        peak_sum_kib += memory.peak_kib;
        resident_sum_kib += memory.resident_kib;
    }
    printf("\"peak_kib\": %ld, \"peak_sum_kib\": %ld, \"resident_sum_kib\": %ld", peak_kib,
           peak_sum_kib, resident_sum_kib);
}

int main(int argc, char **argv)
{
    struct driver driver = {.processes = 1, .window = 1};
    bool good = true;
    unsigned missing;
    uint64_t wrong;

    parse_options(&driver, argc, argv);
    start_helpers(&driver);
    run_phases(&driver);
    missing = drain(&driver);
    wrong = plan_wrong(driver.plan);
    printf("{\"processes\": %u, \"window\": %u, \"missing\": %u, \"wrong\": %ju, ",
           driver.processes, driver.window, missing, (uintmax_t)wrong);
    print_memory(&driver);
    fputs(", ", stdout);
    plan_print(driver.plan, stdout);
    puts("}");
    for (unsigned i = 0; i < driver.processes; i++) {
        if (!squid_stop(driver.helper[i])) {
            fprintf(stderr, "driver: helper %u did not exit with status 0\n", i);
            good = false;
        }
    }
    free(driver.plan);
    return good && missing == 0 && wrong == 0 ? 0 : 1;
}
