/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outer form of a PAC: a header, a table of buffers, the buffers. [MS-PAC] sections
 * 2.3 and 2.4.
 * Cannot do: verify its checksums. Buffers need not begin at a multiple of eight bytes,
 * and may overlap, although they should not: nothing depends on it.
 */
#include <config.h>

#include "common/le.h"
#include "common/pac.h"

enum { VERSION_AT = 4 };

/* Judges the header and the table's length, which is the same at every step. */
static enum pxa_status check_header(struct pxa_span pac, size_t *fault_at)
{
    *fault_at = pac.len;
    if (pac.len < PAC_HEADER_LEN)
        return PXA_CUT;
    if (le32(pac, VERSION_AT) != 0) {
        *fault_at = VERSION_AT;
        return PXA_NDR_HEADER;
    }
    return le32(pac, 0) <= (pac.len - PAC_HEADER_LEN) / PAC_ENTRY_LEN ? PXA_OK : PXA_CUT;
}

enum pxa_status pxa_pac_next(struct pxa_cursor *pac, struct pxa_pac_buffer *out)
{
    size_t fault_at;
    enum pxa_status status = check_header(pac->text, &fault_at);
    size_t entry = pac->at < PAC_HEADER_LEN ? PAC_HEADER_LEN : pac->at;
    size_t table_end;
    uint64_t offset;
    size_t len;

    *out = (struct pxa_pac_buffer){0, {NULL, 0}};
    if (status != PXA_OK) {
        pac->at = fault_at;
        return status;
    }
    pac->at = entry;
    table_end = PAC_HEADER_LEN + (size_t)le32(pac->text, 0) * PAC_ENTRY_LEN;
    if (entry >= table_end)
        return PXA_END;
    len = le32(pac->text, entry + 4);
    offset = le64(pac->text, entry + 8);
    if (offset > pac->text.len || !le_has(pac->text, (size_t)offset, len))
        return PXA_BAD_PAC_BUFFER;
    out->type = le32(pac->text, entry);
    out->data = span_of(pac->text.at + offset, len);
    pac->at = entry + PAC_ENTRY_LEN;
    return PXA_OK;
}
