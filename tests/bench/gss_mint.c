/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes first tokens of clients, each one unlike all others, as lines for a helper. They come from
 * the ticket that is in the credential cache of the environment; the KDC is asked once.
 *
 * usage: gss_mint COUNT SERVICE@HOST */
#include <config.h>

#include <gssapi/gssapi.h>
#include <nettle/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

static unsigned char spnego_oid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}; /* RFC 4178 */
static gss_OID_desc spnego = {sizeof(spnego_oid), spnego_oid};

static gss_name_t import(char *service)
{
    gss_buffer_desc text = {strlen(service), service};
    gss_name_t name;
    OM_uint32 minor;

    if (gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &name) != GSS_S_COMPLETE)
        bench_die("%s is no name of a service", service);
    return name;
}

static void put_line(const gss_buffer_desc *token)
{
    size_t len = BASE64_ENCODE_RAW_LENGTH(token->length);
    char *text = malloc(len);

    if (text == NULL)
        bench_die("out of memory");
    base64_encode_raw(text, token->length, token->value);
    printf("YR %.*s\n", (int)len, text);
    free(text);
}

int main(int argc, char **argv)
{
    gss_name_t service;
    gss_cred_id_t credential;
    OM_uint32 minor;
    unsigned count;

    if (argc != 3)
        bench_die("usage: gss_mint COUNT SERVICE@HOST");
    count = (unsigned)bench_number("COUNT", argv[1], 1, 10e6);
    service = import(argv[2]);
    if (gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_INITIATE,
                         &credential, NULL, NULL) != GSS_S_COMPLETE)
        bench_die("no ticket: minor status %u", minor);
    for (unsigned made = 0; made < count; made++) {
        gss_ctx_id_t context = GSS_C_NO_CONTEXT;
        gss_buffer_desc token;

        if (gss_init_sec_context(&minor, credential, &context, service, &spnego, GSS_C_MUTUAL_FLAG,
                                 GSS_C_INDEFINITE, GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, NULL,
                                 &token, NULL, NULL) != GSS_S_CONTINUE_NEEDED)
            bench_die("no token: minor status %u", minor);
        put_line(&token);
        gss_release_buffer(&minor, &token);
        gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
