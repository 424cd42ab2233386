/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configuration file says is told to plug-ins alone. So we add one, which looks and does
 * not stay.
 */
#include <config.h>

#include "helpers/sasl/library.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sasl/saslplug.h>

#include "helpers/core/file.h"

/* Where the sasldb plug-in looks if it is not told. */
static const char sasldb_default[] = "/etc/sasldb2";

/* ---- mutexes ---- */

static void *mutex_new(void)
{
    pthread_mutex_t *mutex = malloc(sizeof *mutex);

    if (mutex && pthread_mutex_init(mutex, NULL) != 0) {
        free(mutex);
        mutex = NULL;
    }
    return mutex;
}

static int mutex_lock(void *mutex)
{
    return pthread_mutex_lock(mutex) == 0 ? 0 : -1;
}

static int mutex_unlock(void *mutex)
{
    return pthread_mutex_unlock(mutex) == 0 ? 0 : -1;
}

static void mutex_free(void *mutex)
{
    if (mutex)
        pthread_mutex_destroy(mutex);
    free(mutex);
}

void sasl_library_threads(void)
{
    sasl_set_mutex(mutex_new, mutex_lock, mutex_unlock, mutex_free);
}

/* ---- what the configuration says ---- */

static const char *setting(const sasl_utils_t *utils, const char *name)
{
    const char *value = NULL;

    if (utils->getopt(utils->getopt_context, NULL, name, &value, NULL) != SASL_OK || !value)
        return "";
    return value;
}

/* A plug-in's entry has no context: this is where it puts what it finds, set for that call alone.
 */
static _Thread_local struct sasl_facts *found;

static int look(const sasl_utils_t *utils, int max_version, int *out_version,
                sasl_auxprop_plug_t **plug, const char *name)
{
    (void)max_version;
    (void)name;
    *out_version = SASL_AUXPROP_PLUG_VERSION;
    *plug = NULL;
    *found = (struct sasl_facts){
        .file = found->file,
        .pwcheck_method = setting(utils, "pwcheck_method"),
        .auxprop_plugin = setting(utils, "auxprop_plugin"),
        .saslauthd_path = setting(utils, "saslauthd_path"),
        .sasldb_path = setting(utils, "sasldb_path"),
    };
    return SASL_NOMECH;
}

static void read_facts(struct sasl_facts *facts)
{
    found = facts;
    sasl_auxprop_add_plugin("proxyauth", look);
    found = NULL;
}

/* ---- the beginning ---- */

static bool is_missing(const char *path)
{
    return access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* Whether libsasl2 will read the whole of FILE: it passes over lines with a NUL, which a crash of
 * the system may leave, and waits for the writer of a FIFO. False with WHY. */
static bool can_be_read(const char *file, struct why *why)
{
    struct file_text text;
    bool good;

    if (file_read(file, &text, why) != FILE_READ)
        return false;
    good = !memchr(text.text.at, '\0', text.text.len);
    file_text_free(&text);
    return good || why_set(why, "there is a NUL byte in it");
}

/* A sasl_verifyfile_t: libsasl2 is about to read FILE. One that it cannot read it would take for
 * one that is not there, and go on with its defaults. */
static int on_file(void *context, const char *file, sasl_verify_type_t type)
{
    struct sasl_library *library = context;
    struct why why;

    if (type != SASL_VRFY_CONF || is_missing(file))
        return SASL_OK;
    snprintf(library->file, sizeof library->file, "%s", file);
    if (can_be_read(file, &why))
        return SASL_OK;
    sasl_remark_log(&library->remark, SASL_LOG_ERR, why.text);
    return SASL_FAIL;
}

/* Without a file libsasl2 would go on with its defaults, and never look again. */
static bool set_folder(const struct sasl_service_config *config, struct why *why)
{
    char path[PATH_MAX];
    int len;

    if (!config->config_dir)
        return true;
    len = snprintf(path, sizeof path, "%s/%s.conf", config->config_dir, config->application);
    if (len >= (int)sizeof path)
        return why_set(why, "the name of the folder with the SASL configuration is too long");
    if (is_missing(path))
        return why_set(why, "there is no %s", path);
    path[strlen(config->config_dir)] = '\0';
    if (sasl_set_path(SASL_PATH_TYPE_CONFIG, path) != SASL_OK)
        return why_set(why, "libsasl2 does not look for its configuration in %s", path);
    return true;
}

bool sasl_library_begin(struct sasl_library *library, const struct sasl_service_config *config,
                        struct why *why)
{
    int code;

    if (library->begun)
        return true;
    if (!set_folder(config, why))
        return false;
    library->remark.text[0] = '\0';
    library->callbacks[0] = sasl_remark_callback(&library->remark);
    /* The library's own type for callbacks of every kind. */
    library->callbacks[1] =
        (sasl_callback_t){SASL_CB_VERIFYFILE, (int (*)(void))(void (*)(void))on_file, library};
    library->callbacks[2] = (sasl_callback_t){SASL_CB_LIST_END, NULL, NULL};
    library->facts.file = library->file;
    code = sasl_server_init(library->callbacks, config->application);
    if (code != SASL_OK)
        return why_set(why, "libsasl2 cannot use its configuration %s: %s%s%s",
                       library->file[0] ? library->file : config->application,
                       sasl_errstring(code, NULL, NULL), library->remark.text[0] ? ": " : "",
                       library->remark.text);
    library->begun = true;
    read_facts(&library->facts);
    return true;
}

/* ---- sasldb ---- */

static bool is_or_empty(const char *value, const char *word)
{
    return value[0] == '\0' || strcmp(value, word) == 0;
}

const char *sasl_library_sasldb(const struct sasl_library *library)
{
    return library->facts.sasldb_path[0] ? library->facts.sasldb_path : sasldb_default;
}

bool sasl_library_lacks_sasldb(const struct sasl_library *library)
{
    return library->begun && library->facts.sasldb_path &&
           is_or_empty(library->facts.pwcheck_method, "auxprop") &&
           is_or_empty(library->facts.auxprop_plugin, "sasldb") &&
           is_missing(sasl_library_sasldb(library));
}
