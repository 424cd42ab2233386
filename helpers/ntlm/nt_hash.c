/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The NT hash, NTOWFv1 of [MS-NLMP] section 3.3.1.
 * Cannot do: normalize. A password is hashed as it was typed, which is what Windows does.
 */
#include <config.h>

#include "helpers/ntlm/nt_hash.h"

#include <string.h>

#include "common/nettle_shim.h"
#include "helpers/ntlm/utf16.h"

bool nt_hash(struct pxa_span password, unsigned char out[NT_HASH_LEN])
{
    unsigned char units[UTF16_MAX];
    struct md4_ctx md4;

    memset(out, 0, NT_HASH_LEN);
    if (pxa_charset_of(password) == PXA_OTHER_CHARSET)
        return false;
    md4_init(&md4);
    while (password.len > 0) {
        size_t len = utf16_write(utf16_take(&password), units);

        md4_update(&md4, len, units);
    }
    nettle_shim_md4_digest(&md4, out);
    pxa_wipe(units, sizeof units);
    pxa_wipe(&md4, sizeof md4);
    return true;
}
