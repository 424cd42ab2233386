/* SPDX-License-Identifier: BSD-2-Clause */
/* The ceiling of group checks: the best that a program can do with the searches of a check, without
 * a helper and without Squid. One thread searches each user and then the groups of its line, all of
 * them in one filter, on a few multiplexed connections; there is no line protocol, no deadline, no
 * second server and no recovery: any trouble ends it.
 *
 * With --user-known the users of the list are DNs, and the second search is all there is.
 * --group-base is the base of that search; without it, it is asked whether the user's own entry
 * matches. In --group-filter, %d is the user's DN and %g, in one assertion, the group; neither is
 * escaped: the names of a bench are plain. Several groups are alternatives for that assertion.
 *
 * Prints the same line of JSON as the driver; the processor time is its own. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <lber.h>
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>

#include "tests/bench/bench.h"
#include "tests/bench/connect.h"
#include "tests/bench/group_text.h"
#include "tests/bench/logins.h"
#include "tests/bench/plan.h"

enum {
    SEARCHERS_MAX = 64,
    SEARCHES_MAX = 64 /* in flight on one connection: slapd drops those with too many pending */
};

/* One check on its way; linked into the list of those that are free or wait for a search. */
struct check {
    const struct login *login;
    struct phase *phase;
    uint64_t start_ns;
    int msgid;
    char *dn;         /* once the user is found */
    bool asks_groups; /* this search is under way, not that for the user */
    bool member;
    struct check *next;
};

struct channel {
    LDAP *ld;
    Sockbuf *sockbuf;
    unsigned in_flight;
    struct check *check[SEARCHES_MAX];
};

struct ceiling {
    struct connect_options directory;
    const char *group_filter;
    const char *group_base; /* NULL: the user's own entry */
    bool user_known;
    unsigned searchers;
    unsigned window;
    struct logins logins;
    struct plan *plan;
    struct channel channel[SEARCHERS_MAX];
    struct check *free;
    struct check *found; /* the groups of these are next: oldest first */
    struct check **found_end;
    unsigned in_flight;
    int epoll_fd;
};

static double own_cpu_s(void *context)
{
    struct timespec used;

    (void)context;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static __attribute__((noreturn)) void usage(void)
{
    fputs("usage: group_ceiling --uri URI --base DN --bind-dn DN --secret-file FILE --logins FILE\n"
          "                     --phases NAME=SECONDS,... --group-filter FILTER\n"
          "                     [--group-base DN] [--user-known] [--searchers N] [--window N]\n",
          stderr);
    exit(2);
}

static bool take_option(struct ceiling *ceiling, int letter, const char **logins)
{
    switch (letter) {
    case 'u':
        ceiling->directory.uri = optarg;
        return true;
    case 'b':
        ceiling->directory.base = optarg;
        return true;
    case 'D':
        ceiling->directory.bind_dn = optarg;
        return true;
    case 'W':
        ceiling->directory.secret_file = optarg;
        return true;
    case 'l':
        *logins = optarg;
        return true;
    case 'p':
        ceiling->plan = plan_parse(optarg, own_cpu_s, NULL);
        return true;
    case 'f':
        ceiling->group_filter = optarg;
        return true;
    case 'g':
        ceiling->group_base = optarg;
        return true;
    case 'k':
        ceiling->user_known = true;
        return true;
    case 's':
        ceiling->searchers = (unsigned)bench_number("--searchers", optarg, 1, SEARCHERS_MAX);
        return true;
    case 'w':
        ceiling->window = (unsigned)bench_number("--window", optarg, 1, 65536);
        return true;
    default:
        return false;
    }
}

static void parse_options(struct ceiling *ceiling, int argc, char **argv)
{
    static const struct option options[] = {{"uri", required_argument, NULL, 'u'},
                                            {"base", required_argument, NULL, 'b'},
                                            {"bind-dn", required_argument, NULL, 'D'},
                                            {"secret-file", required_argument, NULL, 'W'},
                                            {"logins", required_argument, NULL, 'l'},
                                            {"phases", required_argument, NULL, 'p'},
                                            {"group-filter", required_argument, NULL, 'f'},
                                            {"group-base", required_argument, NULL, 'g'},
                                            {"user-known", no_argument, NULL, 'k'},
                                            {"searchers", required_argument, NULL, 's'},
                                            {"window", required_argument, NULL, 'w'},
                                            {NULL, 0, NULL, 0}};
    const char *logins = NULL;
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, NULL)) >= 0)
        if (!take_option(ceiling, letter, &logins))
            usage();
    if (!connect_complete(&ceiling->directory) || !logins || !ceiling->plan ||
        !ceiling->group_filter || !group_text_is(ceiling->group_filter))
        usage();
    ceiling->logins = logins_read(logins);
}

/* ---- connections ---- */

static void open_channel(struct ceiling *ceiling, struct channel *channel)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = channel};
    int fd;

    channel->ld = connect_directory(&ceiling->directory);
    if (ldap_get_option(channel->ld, LDAP_OPT_SOCKBUF, &channel->sockbuf) != LDAP_OPT_SUCCESS ||
        ldap_get_option(channel->ld, LDAP_OPT_DESC, &fd) != LDAP_OPT_SUCCESS ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(ceiling->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        bench_die("cannot watch a connection: %s", strerror(errno));
    /* One read takes all that has come, where libldap alone reads twice for each message. */
    if (ldap_tls_inplace(channel->ld) == 0 &&
        ber_sockbuf_add_io(channel->sockbuf, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER,
                           NULL) != 0)
        bench_die("cannot read ahead");
}

static void begin(struct ceiling *ceiling)
{
    struct check *check = calloc(ceiling->window, sizeof(*check));

    ceiling->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (ceiling->epoll_fd < 0 || check == NULL)
        bench_die("no epoll or no memory");
    for (unsigned i = 0; i < ceiling->searchers; i++)
        open_channel(ceiling, &ceiling->channel[i]);
    for (unsigned i = 0; i < ceiling->window; i++) {
        check[i].next = ceiling->free;
        ceiling->free = &check[i];
    }
    ceiling->found_end = &ceiling->found;
}

/* The first connection with room: a short queue stays on one, where its requests can share a
 * segment. */
static struct channel *free_channel(struct ceiling *ceiling)
{
    for (unsigned i = 0; i < ceiling->searchers; i++) {
        if (ceiling->channel[i].in_flight < SEARCHES_MAX)
            return &ceiling->channel[i];
    }
    return NULL;
}

/* ---- the searches ---- */

static void put_in_flight(struct channel *channel, struct check *check, int msgid)
{
    check->msgid = msgid;
    channel->check[channel->in_flight++] = check;
}

static void start_groups(struct ceiling *ceiling, struct channel *channel, struct check *check)
{
    const char *base = ceiling->group_base ? ceiling->group_base : check->dn;
    char no_attributes[] = LDAP_NO_ATTRS;
    char *attributes[] = {no_attributes, NULL};
    char *filter = group_text(ceiling->group_filter, check->dn, check->login->password);
    int msgid;
    int code = ldap_search_ext(channel->ld, base,
                               ceiling->group_base ? LDAP_SCOPE_SUBTREE : LDAP_SCOPE_BASE, filter,
                               attributes, 0, NULL, NULL, NULL, LDAP_NO_LIMIT, &msgid);

    if (code != LDAP_SUCCESS)
        bench_die("search with %s: %s", filter, ldap_err2string(code));
    check->asks_groups = true;
    put_in_flight(channel, check, msgid);
    free(filter);
}

static void start_check(struct ceiling *ceiling, struct channel *channel)
{
    struct check *check = ceiling->free;

    ceiling->free = check->next;
    check->login = logins_next(&ceiling->logins);
    check->phase = &ceiling->plan->phase[ceiling->plan->current];
    check->start_ns = bench_now_ns();
    check->asks_groups = false;
    check->member = false;
    ceiling->in_flight++;
    if (ceiling->user_known) {
        check->dn = check->login->user;
        start_groups(ceiling, channel, check);
    } else {
        put_in_flight(channel, check,
                      connect_search(channel->ld, &ceiling->directory, check->login->user));
    }
}

static void start_found(struct ceiling *ceiling, struct channel *channel)
{
    struct check *check = ceiling->found;

    ceiling->found = check->next;
    if (ceiling->found == NULL)
        ceiling->found_end = &ceiling->found;
    start_groups(ceiling, channel, check);
}

static void pump(struct ceiling *ceiling, bool sending)
{
    struct channel *channel;

    while (ceiling->found != NULL && (channel = free_channel(ceiling)) != NULL)
        start_found(ceiling, channel);
    while (sending && ceiling->free != NULL && (channel = free_channel(ceiling)) != NULL)
        start_check(ceiling, channel);
}

/* ---- their answers ---- */

static void finish_check(struct ceiling *ceiling, struct check *check)
{
    plan_count(check->phase, check->member ? VERDICT_OK : VERDICT_ERR, check->login->accepted,
               bench_now_ns() - check->start_ns);
    if (!ceiling->user_known)
        ldap_memfree(check->dn);
    check->dn = NULL;
    check->next = ceiling->free;
    ceiling->free = check;
    ceiling->in_flight--;
}

static void finish_search(struct ceiling *ceiling, struct check *check)
{
    if (check->asks_groups) {
        finish_check(ceiling, check);
        return;
    }
    if (check->dn == NULL)
        bench_die("no entry for user %s", check->login->user);
    check->next = NULL;
    *ceiling->found_end = check;
    ceiling->found_end = &check->next;
}

static unsigned place_of(const struct channel *channel, LDAPMessage *message)
{
    for (unsigned place = 0; place < channel->in_flight; place++)
        if (channel->check[place]->msgid == ldap_msgid(message))
            return place;
    bench_die("an answer to no search");
}

static void take_message(struct ceiling *ceiling, struct channel *channel, LDAPMessage *message)
{
    unsigned place = place_of(channel, message);
    struct check *check = channel->check[place];
    int type = ldap_msgtype(message);

    if (type == LDAP_RES_SEARCH_ENTRY && check->asks_groups) {
        check->member = true;
    } else if (type == LDAP_RES_SEARCH_ENTRY) {
        check->dn = ldap_get_dn(channel->ld, message);
    } else if (type == LDAP_RES_SEARCH_RESULT) {
        if (connect_result(channel->ld, message) != LDAP_SUCCESS)
            bench_die("a search failed");
        channel->check[place] = channel->check[--channel->in_flight];
        finish_search(ceiling, check);
    }
}

/* Takes what has come on a connection: what libldap has read already, for which epoll would not
 * wake. */
static void serve(struct ceiling *ceiling, struct channel *channel)
{
    do {
        struct timeval at_once = {0, 0};
        LDAPMessage *message = NULL;
        int type = ldap_result(channel->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &at_once, &message);

        if (type < 0)
            bench_die("a connection was lost");
        if (type == 0)
            return;
        take_message(ceiling, channel, message);
        ldap_msgfree(message);
    } while (ber_sockbuf_ctrl(channel->sockbuf, LBER_SB_OPT_DATA_READY, NULL) == 1);
}

static void run(struct ceiling *ceiling)
{
    uint64_t now_ns = bench_now_ns();
    struct epoll_event events[SEARCHERS_MAX];
    bool sending;

    plan_begin(ceiling->plan, now_ns);
    while ((sending = plan_step(ceiling->plan, now_ns)) || ceiling->in_flight > 0) {
        int count;

        pump(ceiling, sending);
        count = epoll_wait(ceiling->epoll_fd, events, SEARCHERS_MAX, 10000);
        if (count == 0)
            bench_die("no answer for 10 s");
        for (int i = 0; i < count; i++)
            serve(ceiling, events[i].data.ptr);
        now_ns = bench_now_ns();
    }
}

int main(int argc, char **argv)
{
    static struct ceiling ceiling = {.searchers = 4, .window = 100};
    uint64_t wrong;

    parse_options(&ceiling, argc, argv);
    begin(&ceiling);
    run(&ceiling);
    wrong = plan_wrong(ceiling.plan);
    printf("{\"searchers\": %u, \"window\": %u, \"wrong\": %ju, ", ceiling.searchers,
           ceiling.window, (uintmax_t)wrong);
    plan_print(ceiling.plan, stdout);
    puts("}");
    return wrong == 0 ? 0 : 1;
}
