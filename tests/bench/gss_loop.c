/* SPDX-License-Identifier: BSD-2-Clause */
/* The least that a helper for Kerberos can be: reads a line, gives its token to GSSAPI with
 * credentials that were acquired once, writes who it is. Keytab and replay cache come from the
 * environment (KRB5_KTNAME, KRB5RCACHENAME). No other program should be built like this: whatever
 * fails is BH, a client that needs a second leg never gets in, and a rotated key is never seen.
 *
 * usage: gss_loop, with lines "YR token" */
#include <config.h>

#include <gssapi/gssapi.h>
#include <nettle/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

enum { LINE_MAX_LEN = 65536 + 16 };

static char line[LINE_MAX_LEN];
static char text[BASE64_ENCODE_RAW_LENGTH(LINE_MAX_LEN) + 1];
static uint8_t binary[LINE_MAX_LEN];

static void answer(gss_name_t client, const gss_buffer_desc *token)
{
    gss_buffer_desc name;
    OM_uint32 minor;

    base64_encode_raw(text, token->length, token->value);
    text[BASE64_ENCODE_RAW_LENGTH(token->length)] = '\0';
    gss_display_name(&minor, client, &name, NULL);
    printf("OK token=%s user=%.*s\n", text, (int)name.length, (char *)name.value);
    gss_release_buffer(&minor, &name);
}

static void accept_token(gss_cred_id_t credential, gss_buffer_desc *token)
{
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc reply = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME;
    OM_uint32 minor;

    if (gss_accept_sec_context(&minor, &context, credential, token, GSS_C_NO_CHANNEL_BINDINGS,
                               &client, NULL, &reply, NULL, NULL, NULL) == GSS_S_COMPLETE)
        answer(client, &reply);
    else
        printf("BH minor=%u\n", minor);
    gss_release_buffer(&minor, &reply);
    gss_release_name(&minor, &client);
    gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
}

int main(void)
{
    gss_cred_id_t credential;
    OM_uint32 minor;

    if (gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_ACCEPT,
                         &credential, NULL, NULL) != GSS_S_COMPLETE)
        bench_die("no credentials: minor status %u", minor);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        struct base64_decode_ctx decoder;
        gss_buffer_desc token = {sizeof(binary), binary};

        base64_decode_init(&decoder);
        if (strlen(line) < 4 || !base64_decode_update(&decoder, &token.length, binary,
                                                      strcspn(line, "\n") - 3, line + 3))
            bench_die("not YR and Base64: %s", line);
        accept_token(credential, &token);
        fflush(stdout);
    }
    return 0;
}
