/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file system that hangs holds up this thread alone.
 *
 * Cannot do: tell a keytab that is written in place, and of which some of the keys are there, from
 * a whole one. So one that was written a moment ago is left to its writer.
 */
#include <config.h>

#include "helpers/kerberos/key_look.h"

#include "helpers/core/file.h"

/* False when stat(2) does not answer the question. */
static bool judge_stamp(struct key_look *look)
{
    struct file_stamp stamp;

    if (!file_stamp_of(look->config->path, &stamp))
        return false;
    if (!look->must_read && file_stamp_equal(&stamp, &look->judged))
        look->outcome = KEY_LOOK_SAME;
    else if (look->patient && file_stamp_is_young(&stamp))
        look->outcome = KEY_LOOK_WAIT;
    else
        return false;
    return true;
}

/* True when there is nothing to be had of NTLM, or it is there. */
static bool find_ntlm(struct key_look *look)
{
    const struct credentials_order *order = &look->config->order;

    look->ntlm_why.text[0] = '\0';
    if (order->ntlm && look->ntlm == GSS_C_NO_CREDENTIAL)
        look->ntlm = ntlm_credential_new(order->ntlm_file, &look->ntlm_why);
    return !order->ntlm || look->ntlm != GSS_C_NO_CREDENTIAL;
}

static void make_credentials(struct key_look *look, struct keys *keys)
{
    look->made = service_credentials_new(keys, look->config->order.replay, look->ntlm, &look->why);
    look->outcome = look->made ? KEY_LOOK_MADE : KEY_LOOK_BAD;
}

static void take_no_file(struct key_look *look)
{
    if (find_ntlm(look)) {
        make_credentials(look, NULL);
        return;
    }
    look->why = look->ntlm_why;
    look->outcome = KEY_LOOK_BAD;
}

/* Bad keys are no reason to refuse NTLM. What is told is WHY the file is bad. */
static void take_bad_file(struct key_look *look)
{
    struct why ignored;

    look->outcome = KEY_LOOK_BAD;
    if (look->has_nothing && look->ntlm != GSS_C_NO_CREDENTIAL)
        look->made =
            service_credentials_new(NULL, look->config->order.replay, look->ntlm, &ignored);
}

static struct keys *read_keys(struct key_look *look)
{
    const char *path = look->config->path;

    if (!path)
        path = look->found = keys_path(NULL, NULL, &look->why);
    if (path)
        return keys_read(path, look->config->rule, &look->file, &look->why);
    look->file = (struct keys_file){.outcome = FILE_BAD};
    return NULL;
}

void key_look_take(struct key_look *look)
{
    const struct key_watch_config *config = look->config;
    struct keys *keys;

    look->has_read = false;
    look->made = NULL;
    if (!config->path && !config->finds_path) {
        take_no_file(look);
        return;
    }
    if (config->path && judge_stamp(look))
        return;
    look->has_read = true;
    (void)find_ntlm(look);
    keys = read_keys(look);
    if (keys)
        make_credentials(look, keys);
    else if (look->file.outcome == FILE_CHANGING && look->patient)
        look->outcome = KEY_LOOK_WAIT;
    else
        take_bad_file(look);
}
