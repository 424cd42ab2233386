/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that do nothing but hash: the ceiling for a helper that verifies passwords. Each verifies
 * the passwords of the users in turn with crypt_r(3), as many threads as there are processors.
 *
 * --write makes the password file and the list of logins of the same users, and does nothing else;
 * each tenth login has a wrong password. */
#include <config.h>

#include <crypt.h>
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum { USERS_MAX = 1000, THREADS_MAX = 64, WRONG_EVERY = 10 };

struct hashing {
    unsigned users;
    unsigned long cost;
    double seconds;
    const char *passwords; /* where --write writes the file of hashes ... */
    const char *logins;    /* ... and the list of logins */
    char hash[USERS_MAX][CRYPT_OUTPUT_SIZE];
    uint64_t until_ns;
};

/* One thread of them. */
struct worker {
    const struct hashing *hashing;
    pthread_t thread;
    unsigned number;
    uint64_t done;
};

static void usage(void)
{
    fputs("usage: crypt --users N --cost N --write PASSWORDS LOGINS\n"
          "       crypt --users N --cost N --seconds N\n",
          stderr);
    exit(2);
}

static void parse_options(struct hashing *hashing, int argc, char **argv)
{
    static const struct option options[] = {{"users", required_argument, NULL, 'u'},
                                            {"cost", required_argument, NULL, 'c'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"write", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        switch (letter) {
        case 'u':
            hashing->users = (unsigned)bench_number("--users", optarg, 1, USERS_MAX);
            break;
        case 'c':
            hashing->cost = (unsigned long)bench_number("--cost", optarg, 4, 20);
            break;
        case 's':
            hashing->seconds = bench_number("--seconds", optarg, 0.01, 3600);
            break;
        case 'o':
            hashing->passwords = optarg;
            break;
        default:
            usage();
        }
    }
    if (hashing->passwords != NULL && optind + 1 == argc)
        hashing->logins = argv[optind];
    if (hashing->users == 0 || hashing->cost == 0 ||
        (hashing->logins != NULL) == (hashing->seconds > 0))
        usage();
}

/* bcrypt with a salt of the user's own, the same in every run. */
static void make_hashes(struct hashing *hashing)
{
    static struct crypt_data data;

    for (unsigned i = 0; i < hashing->users; i++) {
        char random[16] = {(char)i, (char)(i >> 8)};
        char setting[CRYPT_GENSALT_OUTPUT_SIZE];
        char password[32];
        const char *hash;

        snprintf(password, sizeof(password), "pw-%05u", i);
        if (crypt_gensalt_rn("$2b$", hashing->cost, random, sizeof(random), setting,
                             sizeof(setting)) == NULL ||
            (hash = crypt_r(password, setting, &data)) == NULL || hash[0] == '*')
            bench_die("crypt(3) has no bcrypt: %s", strerror(errno));
        snprintf(hashing->hash[i], sizeof(hashing->hash[i]), "%s", hash);
    }
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "we");

    if (file == NULL)
        bench_die("%s: %s", path, strerror(errno));
    return file;
}

static int write_files(const struct hashing *hashing)
{
    FILE *passwords = create(hashing->passwords);
    FILE *logins = create(hashing->logins);

    for (unsigned i = 0; i < hashing->users; i++) {
        bool wrong = i % WRONG_EVERY == WRONG_EVERY - 1;

        fprintf(passwords, "user%05u:%s\n", i, hashing->hash[i]);
        fprintf(logins, "user%05u\t%spw-%05u\t%s\n", i, wrong ? "not-" : "", i,
                wrong ? "ERR" : "OK");
    }
    if (fclose(passwords) != 0 || fclose(logins) != 0)
        bench_die("%s or %s: %s", hashing->passwords, hashing->logins, strerror(errno));
    return 0;
}

static void *work(void *context)
{
    struct worker *worker = context;
    const struct hashing *hashing = worker->hashing;
    struct crypt_data *data = calloc(1, sizeof(*data));

    if (data == NULL)
        bench_die("out of memory");
    for (unsigned i = worker->number; bench_now_ns() < hashing->until_ns; i++) {
        char password[32];
        const char *hash;

        snprintf(password, sizeof(password), "pw-%05u", i % hashing->users);
        hash = crypt_r(password, hashing->hash[i % hashing->users], data);
        if (hash == NULL || strcmp(hash, hashing->hash[i % hashing->users]) != 0)
            bench_die("a right password was not verified");
        worker->done++;
    }
    free(data);
    return NULL;
}

int main(int argc, char **argv)
{
    static struct hashing hashing;
    static struct worker worker[THREADS_MAX];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = processors < THREADS_MAX ? (unsigned)processors : THREADS_MAX;
    uint64_t begun_ns;
    uint64_t done = 0;
    double seconds;

    parse_options(&hashing, argc, argv);
    make_hashes(&hashing);
    if (hashing.logins != NULL)
        return write_files(&hashing);
    begun_ns = bench_now_ns();
    hashing.until_ns = begun_ns + (uint64_t)(hashing.seconds * (double)NS_PER_S);
    for (unsigned i = 0; i < threads; i++) {
        worker[i] = (struct worker){.hashing = &hashing, .number = i * 7};
        if (pthread_create(&worker[i].thread, NULL, work, &worker[i]) != 0)
            bench_die("no thread");
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(worker[i].thread, NULL);
        done += worker[i].done;
    }
    seconds = (double)(bench_now_ns() - begun_ns) / (double)NS_PER_S;
    printf("{\"threads\": %u, \"phases\": {\"run\": {\"seconds\": %.3f, \"per_s\": %.1f}}}\n",
           threads, seconds, (double)done / seconds);
    return 0;
}
