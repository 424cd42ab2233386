/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that no check uses wait in a list; there are never more of them than checks that were
 * under way at once. One with which there was trouble is not used again.
 *
 * What libsasl2, its plug-ins and libdb free they do not wipe: for sasldb, pages of the file with
 * the passwords of everybody. What then becomes of them is up to chance, so the C library is told
 * to overwrite what is freed (mallopt(3), M_PERTURB), where it can; glibc leaves out pieces of up
 * to 1,032 bytes, which each thread keeps for itself.
 *
 * Cannot do: end a check.
 */
#include <config.h>

#include "helpers/sasl/service.h"

#include <ctype.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sasl/sasl.h>

#include "helpers/sasl/connection.h"
#include "helpers/sasl/leak.h"
#include "helpers/sasl/library.h"
#include "helpers/sasl/outcome.h"

/* What libsasl2 can send to saslauthd: user, password, service and realm, and something beside. */
enum { QUERY_MAX = 8192, QUERY_BESIDE = 30 };

enum { HOST_MAX = 256 };

struct sasl_service {
    struct sasl_service_config config;
    pthread_mutex_t lock; /* over all below */
    struct sasl_library library;
    struct connection *idle;
    char host[HOST_MAX]; /* a name with its domain, once that is known */
    unsigned checks;     /* under way */
    bool may_leak;       /* saslauthd may have hung up on one of them */
    struct sasl_leak leak;
};

static void put_detail(struct sasl_result *result, const char *text)
{
    snprintf(result->detail, sizeof result->detail, "%.*s", SASL_DETAIL_MAX - 1, text);
}

/* ---- connections ---- */

static uint64_t now_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The realm of users who are typed without one. They must not become other people's when the host
 * gets another name, or the DNS is away: so the first name that has a domain is kept. */
static void keep_host(struct sasl_service *service, const struct connection *connection)
{
    const char *host = connection_host(connection);

    pthread_mutex_lock(&service->lock);
    if (!service->host[0] && strchr(host, '.') && strlen(host) < sizeof service->host)
        memcpy(service->host, host, strlen(host) + 1);
    pthread_mutex_unlock(&service->lock);
}

static struct connection *make(struct sasl_service *service, bool host_is_known, struct why *why)
{
    int code;
    struct connection *connection =
        connection_new(&service->config, host_is_known ? service->host : NULL, &code);

    if (!connection)
        why_set(why, "%s", sasl_errstring(code, NULL, NULL));
    else if (!host_is_known)
        keep_host(service, connection);
    return connection;
}

/* A check begins; give_back() ends it. NULL with a detail. */
static struct connection *take(struct sasl_service *service, struct sasl_result *result)
{
    struct connection *connection = NULL;
    struct why why = {{0}};
    bool begun, host_is_known;

    pthread_mutex_lock(&service->lock);
    begun = sasl_library_begin(&service->library, &service->config, &why);
    host_is_known = service->host[0] != '\0';
    service->checks++;
    if (begun && service->idle) {
        connection = service->idle;
        service->idle = connection->next;
    }
    pthread_mutex_unlock(&service->lock);
    if (begun && !connection)
        connection = make(service, host_is_known, &why);
    if (!connection)
        put_detail(result, why.text);
    return connection;
}

/* The end of a check. CONNECTION may be NULL. */
static void give_back(struct sasl_service *service, struct connection *connection, bool trouble)
{
    if (connection && (trouble || ++connection->uses == CONNECTION_USES_MAX)) {
        connection_free(connection);
        connection = NULL;
    }
    pthread_mutex_lock(&service->lock);
    if (connection) {
        connection->next = service->idle;
        service->idle = connection;
    }
    service->checks--;
    service->may_leak |= trouble;
    if (service->may_leak && service->library.begun) {
        sasl_leak_sweep(&service->leak, service->library.facts.saslauthd_path, service->checks == 0,
                        now_ms());
        service->may_leak = service->checks > 0;
    }
    pthread_mutex_unlock(&service->lock);
}

/* ---- a check ---- */

static bool is_blank(char byte)
{
    return isspace((unsigned char)byte) != 0;
}

static bool is_all_blank(struct pxa_span text)
{
    size_t i = 0;

    while (i < text.len && is_blank(text.at[i]))
        i++;
    return i == text.len;
}

/* Names and passwords that are nobody's, whatever a backend made of them. */
static const char *refusal_of(const struct sasl_service *service, struct pxa_span user,
                              const struct secret *password)
{
    const struct sasl_service_config *config = &service->config;
    size_t len = user.len + password->len + strlen(config->service) +
                 (config->realm ? strlen(config->realm) : 0);

    if (len > QUERY_MAX - QUERY_BESIDE)
        return "user and password are longer than libsasl2 takes";
    if (is_all_blank(user))
        return "a name of blanks";
    if (config->accept_aliases)
        return NULL;
    if (is_blank(user.at[0]) || is_blank(user.at[user.len - 1]))
        return "blanks around the name, which libsasl2 would cut off";
    if (config->realm && memchr(user.at, '@', user.len))
        return "a name with a realm, which --realm has given already";
    return NULL;
}

/* Whether libsasl2 verified the name that was typed: Squid's access lists see that one. It may have
 * put the realm behind it. */
static bool is_same_name(const struct sasl_service *service, const struct connection *connection,
                         struct pxa_span user)
{
    const char *realm = service->config.realm;
    const void *value = NULL;
    const char *name;

    if (service->config.accept_aliases)
        return true;
    if (sasl_getprop(connection->sasl, SASL_USERNAME, &value) != SASL_OK || !value)
        return false;
    name = value;
    if (strncmp(name, user.at, user.len) != 0)
        return false;
    name += user.len;
    return name[0] == '\0' || (realm && name[0] == '@' && strcmp(name + 1, realm) == 0);
}

static void put_trouble(const struct connection *connection, int code, struct sasl_result *result)
{
    const char *said = connection->remark.text;

    put_detail(result, said[0] ? said : sasl_errstring(code, NULL, NULL));
}

static void judge(struct sasl_service *service, const struct connection *connection,
                  struct pxa_span user, int code, struct sasl_result *result)
{
    result->outcome = sasl_outcome_of(code);
    if (result->outcome == SASL_OUTCOME_TROUBLE) {
        put_trouble(connection, code, result);
    } else if (code == SASL_NOUSER && sasl_library_lacks_sasldb(&service->library)) {
        result->outcome = SASL_OUTCOME_TROUBLE;
        snprintf(result->detail, sizeof result->detail, "there is no %s",
                 sasl_library_sasldb(&service->library));
    } else if (result->outcome == SASL_OUTCOME_REFUSED) {
        put_detail(result, sasl_errstring(code, NULL, NULL));
    } else if (!is_same_name(service, connection, user)) {
        result->outcome = SASL_OUTCOME_REFUSED;
        put_detail(result, "libsasl2 took this for another name");
    }
}

void sasl_service_check(struct sasl_service *service, struct pxa_span user,
                        const struct secret *password, struct sasl_result *result)
{
    const char *refusal = refusal_of(service, user, password);
    struct connection *connection;

    *result = (struct sasl_result){.outcome = SASL_OUTCOME_TROUBLE};
    if (refusal) {
        result->outcome = SASL_OUTCOME_REFUSED;
        put_detail(result, refusal);
        return;
    }
    connection = take(service, result);
    if (connection)
        judge(service, connection, user, connection_check(connection, user, password), result);
    give_back(service, connection, result->outcome == SASL_OUTCOME_TROUBLE);
}

/* ---- the whole ---- */

static void overwrite_freed(void)
{
#ifdef M_PERTURB
    enum { FREED_BYTE = 0xff };

    mallopt(M_PERTURB, FREED_BYTE);
#endif
}

struct sasl_service *sasl_service_open(const struct sasl_service_config *config, struct why *why)
{
    struct sasl_service *service = calloc(1, sizeof *service);

    if (!service) {
        why_set(why, "out of memory");
        return NULL;
    }
    service->config = *config;
    pthread_mutex_init(&service->lock, NULL);
    overwrite_freed();
    sasl_leak_begin(&service->leak);
    sasl_library_threads();
    sasl_library_begin(&service->library, &service->config, why);
    return service;
}

bool sasl_service_facts(struct sasl_service *service, struct sasl_facts *facts, struct why *why)
{
    bool begun;

    pthread_mutex_lock(&service->lock);
    begun = sasl_library_begin(&service->library, &service->config, why);
    *facts = service->library.facts;
    pthread_mutex_unlock(&service->lock);
    return begun;
}

void sasl_service_free(struct sasl_service *service)
{
    if (!service)
        return;
    while (service->idle) {
        struct connection *connection = service->idle;

        service->idle = connection->next;
        connection_free(connection);
    }
    sasl_leak_end(&service->leak);
    pthread_mutex_destroy(&service->lock);
    free(service);
}
