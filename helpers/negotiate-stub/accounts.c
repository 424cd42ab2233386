/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One name, one account: the file knows no domains.
 */
#include <config.h>

#include "helpers/negotiate-stub/accounts.h"

#include "common/span.h"
#include "helpers/files/smbpasswd_lines.h"

static bool read_hash(struct pxa_span hex, unsigned char hash[static NT_HASH_LEN])
{
    if (hex.len != NT_HASH_HEX)
        return false;
    for (size_t i = 0; i < NT_HASH_LEN; i++) {
        int high = hex_value(hex.at[2 * i]);
        int low = hex_value(hex.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        hash[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static enum ntlm_lookup nobody(struct accounts *accounts, const char *remark)
{
    accounts->remark = remark;
    return NTLM_LOOKUP_NONE;
}

enum ntlm_lookup accounts_lookup(void *context, struct pxa_span user, struct pxa_span domain,
                                 struct ntlm_account *out)
{
    struct accounts *accounts = context;
    const struct table *table;
    struct file_record record;

    (void)domain;
    if (!accounts->keeper)
        return NTLM_LOOKUP_NONE;
    table = keeper_table(accounts->keeper);
    if (!table) {
        accounts->remark = keeper_trouble(accounts->keeper);
        return NTLM_LOOKUP_UNAVAILABLE;
    }
    if (!table_find(table, user, &record))
        return nobody(accounts, "the file has no such user");
    if (record.kind == SMBPASSWD_DISABLED)
        return nobody(accounts, "the account is disabled, locked or not a user's");
    if (record.kind != SMBPASSWD_ACTIVE || !read_hash(record.value, out->nt_hash))
        return nobody(accounts, "the account has no NT hash");
    out->name = record.user;
    return NTLM_LOOKUP_FOUND;
}
