/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kerberos messages. Promised: every span lies in the message; names have as many components
 * as were counted, no fault, and a text of the size that was promised without bare control
 * bytes of those that are escaped; an error leaves nothing but its place.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

static void check_text(const struct pxa_krb5_name *name, struct pxa_span realm)
{
    size_t cap = PXA_KRB5_NAME_MAX(name->parts.len, realm.len);
    char *text = fuzz_block(cap);
    struct pxa_written done;

    PROMISE(pxa_krb5_name_text(name, realm, text, cap, &done) == PXA_OK);
    PROMISE(done.len <= cap);
    for (size_t i = 0; i < done.len; i++)
        PROMISE(text[i] != '\0' && text[i] != '\n' && text[i] != '\t' && text[i] != '\b');
    free(text);
}

static void check_name(const struct pxa_krb5_name *name, struct pxa_span realm,
                       struct pxa_span message)
{
    struct pxa_cursor parts = {name->parts, 0};
    struct pxa_span part;
    enum pxa_status status;
    size_t count = 0;

    PROMISE(fuzz_within(name->parts, message));
    while ((status = pxa_krb5_part_next(&parts, &part)) == PXA_OK) {
        PROMISE(fuzz_within(part, name->parts));
        count++;
    }
    PROMISE(status == PXA_END && count == name->part_count);
    check_text(name, realm);
}

static void check_good(struct pxa_span message, const struct pxa_krb5 *krb5)
{
    PROMISE(krb5->kind != PXA_KRB5_OTHER && krb5->fault_at == 0);
    PROMISE(fuzz_within(krb5->realm, message));
    PROMISE(fuzz_within(krb5->ticket.cipher, message));
    PROMISE(fuzz_within(krb5->part.cipher, message));
    PROMISE(fuzz_within(krb5->ticket_der, message));
    PROMISE(fuzz_within(krb5->error_text, message));
    PROMISE(fuzz_within(krb5->error_data, message));
    PROMISE(fuzz_within(krb5->server_time, message));
    PROMISE(fuzz_within(krb5->client_realm, message));
    PROMISE(fuzz_within(krb5->target_realm, message));
    PROMISE(fuzz_within(krb5->kdc_message, message));
    check_name(&krb5->server, krb5->realm, message);
    check_name(&krb5->client, krb5->client_realm, message);
    PROMISE(pxa_etype_name(krb5->ticket.etype) != NULL);
    PROMISE(pxa_krb5_error_name(krb5->error_code) != NULL);
}

/* A name that somebody put together: its text, or where it is broken. */
static void check_any_name(struct pxa_span bytes)
{
    struct pxa_krb5_name name = {0, bytes, 0};
    size_t cap = PXA_KRB5_NAME_MAX(bytes.len, 0);
    char *text = fuzz_block(cap);
    struct pxa_written done;

    if (pxa_krb5_name_text(&name, fuzz_span(NULL, 0), text, cap, &done) != PXA_OK)
        PROMISE(done.len == 0 && done.fault_at <= bytes.len);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span message = fuzz_span(data, size);
    struct pxa_krb5 krb5;

    if (pxa_krb5_decode(message, &krb5) == PXA_OK)
        check_good(message, &krb5);
    else
        PROMISE(krb5.fault_at <= size && krb5.kind == PXA_KRB5_OTHER && krb5.realm.len == 0);
    check_any_name(message);
    return 0;
}
