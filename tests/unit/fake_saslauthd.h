/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A saslauthd for unit tests, in threads of the test: it speaks saslauthd's protocol (four strings,
 * each behind its length in two bytes; a string back) and does what the password says. With it, the
 * configuration of libsasl2 that leads to it.
 */
#ifndef TESTS_UNIT_FAKE_SASLAUTHD_H
#define TESTS_UNIT_FAKE_SASLAUTHD_H

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TEXT_MAX = 256 };

struct daemon {
    char folder[64];
    int listener;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned asked;
    unsigned held; /* connections that wait for `released` */
    bool released;
    char realm[TEXT_MAX]; /* of the last one */
    char service[TEXT_MAX];
};

struct peer {
    struct daemon *daemon;
    int fd;
};

static bool read_all(int fd, char *to, size_t len)
{
    while (len > 0) {
        ssize_t got = read(fd, to, len);

        if (got <= 0)
            return false;
        to += got;
        len -= (size_t)got;
    }
    return true;
}

static bool read_text(int fd, char *text)
{
    unsigned char head[2];
    size_t len;

    if (!read_all(fd, (char *)head, sizeof head))
        return false;
    len = (size_t)head[0] << 8 | head[1];
    if (len >= TEXT_MAX || !read_all(fd, text, len))
        return false;
    text[len] = '\0';
    return true;
}

static void hold(struct daemon *daemon)
{
    daemon->held++;
    pthread_cond_broadcast(&daemon->changed);
    while (!daemon->released)
        pthread_cond_wait(&daemon->changed, &daemon->lock);
    daemon->held--;
}

/* "wrong", "hang up", "silent", or right when it is the user's name backwards. */
static void answer(const struct peer *peer, const char *user, const char *password)
{
    size_t len = strlen(user);
    bool fits = strlen(password) == len;

    if (strcmp(password, "hang up") == 0)
        return;
    if (strcmp(password, "silent") == 0)
        fits = true;
    else
        for (size_t i = 0; fits && i < len; i++)
            fits = password[i] == user[len - 1 - i];
    (void)!write(peer->fd, fits ? "\0\2OK" : "\0\2NO", 4);
}

static void *serve(void *argument)
{
    struct peer *peer = argument;
    struct daemon *daemon = peer->daemon;
    char user[TEXT_MAX], password[TEXT_MAX], service[TEXT_MAX], realm[TEXT_MAX];

    if (read_text(peer->fd, user) && read_text(peer->fd, password) &&
        read_text(peer->fd, service) && read_text(peer->fd, realm)) {
        pthread_mutex_lock(&daemon->lock);
        daemon->asked++;
        memcpy(daemon->realm, realm, TEXT_MAX);
        memcpy(daemon->service, service, TEXT_MAX);
        if (strcmp(password, "silent") == 0)
            hold(daemon);
        pthread_mutex_unlock(&daemon->lock);
        answer(peer, user, password);
    }
    close(peer->fd);
    free(peer);
    return NULL;
}

/* Its threads begin detached: pthread_detach(3) of one that ends at the same moment may read its
 * memory when that is gone (glibc 2.36). */
static void *accept_all(void *argument)
{
    struct daemon *daemon = argument;
    pthread_attr_t detached;
    int fd;

    ck_assert_int_eq(pthread_attr_init(&detached), 0);
    ck_assert_int_eq(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED), 0);
    while ((fd = accept(daemon->listener, NULL, NULL)) >= 0) {
        struct peer *peer = malloc(sizeof *peer);
        pthread_t thread;

        ck_assert_ptr_nonnull(peer);
        *peer = (struct peer){daemon, fd};
        ck_assert_int_eq(pthread_create(&thread, &detached, serve, peer), 0);
    }
    pthread_attr_destroy(&detached);
    return NULL;
}

/* METHOD is how it names saslauthd, or fails to. */
static void write_configuration(const struct daemon *daemon, const char *method)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/app.conf", daemon->folder);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "%s\nsaslauthd_path: %s/mux\n", method, daemon->folder);
    ck_assert_int_eq(fclose(file), 0);
}

static const char usual[] = "pwcheck_method: saslauthd";

static void start_daemon(struct daemon *daemon)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    *daemon = (struct daemon){.folder = "/tmp/pxa-sasl-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(daemon->folder));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/mux", daemon->folder);
    pthread_mutex_init(&daemon->lock, NULL);
    pthread_cond_init(&daemon->changed, NULL);
    daemon->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(daemon->listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(daemon->listener, 64), 0);
    ck_assert_int_eq(pthread_create(&daemon->thread, NULL, accept_all, daemon), 0);
    write_configuration(daemon, usual);
}

static void stop_daemon(struct daemon *daemon)
{
    char path[128];

    shutdown(daemon->listener, SHUT_RDWR);
    pthread_join(daemon->thread, NULL);
    close(daemon->listener);
    snprintf(path, sizeof path, "%s/mux", daemon->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/app.conf", daemon->folder);
    unlink(path);
    rmdir(daemon->folder);
}

static void await_held(struct daemon *daemon, unsigned count)
{
    pthread_mutex_lock(&daemon->lock);
    while (daemon->held != count)
        pthread_cond_wait(&daemon->changed, &daemon->lock);
    pthread_mutex_unlock(&daemon->lock);
}

static void release(struct daemon *daemon)
{
    pthread_mutex_lock(&daemon->lock);
    daemon->released = true;
    pthread_cond_broadcast(&daemon->changed);
    pthread_mutex_unlock(&daemon->lock);
}

static unsigned times_asked(struct daemon *daemon)
{
    unsigned asked;

    pthread_mutex_lock(&daemon->lock);
    asked = daemon->asked;
    pthread_mutex_unlock(&daemon->lock);
    return asked;
}

#endif
