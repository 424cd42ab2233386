/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIDs. Promised: what decodes has 8 bytes and 4 for each sub-authority; its text reads
 * back, with strtoull(), as the same numbers, and fits into PXA_SID_TEXT_MAX and into a
 * buffer of exactly its length; one more sub-authority can be put to it unless it has 15.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

/* Reads "-" and a number at `*at`. */
static uint64_t read_number(const char **at)
{
    const char *begin = *at + 1;
    char *end;
    uint64_t number;

    PROMISE(**at == '-' && *begin >= '0' && *begin <= '9');
    number = strtoull(begin, &end, 0);
    PROMISE(*begin != '0' || end == begin + 1 || (begin[1] == 'x' && end == begin + 14));
    *at = end;
    return number;
}

static void check_text(const struct pxa_sid *sid, struct pxa_span text)
{
    char copy[PXA_SID_TEXT_MAX + 1];
    const char *at = copy + 3;
    uint64_t authority = 0;

    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    PROMISE(strlen(copy) == text.len && strncmp(copy, "S-1-", 4) == 0);
    for (int i = 0; i < 6; i++)
        authority = authority << 8 | sid->authority[i];
    PROMISE((authority > UINT32_MAX) == (at[1] == '0' && at[2] == 'x'));
    PROMISE(read_number(&at) == authority);
    for (int i = 0; i < sid->sub_count; i++)
        PROMISE(read_number(&at) == sid->sub[i]);
    PROMISE(*at == '\0');
}

static void check_writing(const struct pxa_sid *sid)
{
    char out[PXA_SID_TEXT_MAX];
    struct pxa_written done;
    size_t len;
    char *tight;

    PROMISE(pxa_sid_text(sid, out, sizeof out, &done) == PXA_OK);
    len = done.len;
    check_text(sid, (struct pxa_span){out, len});
    tight = fuzz_block(len);
    PROMISE(pxa_sid_text(sid, tight, len, &done) == PXA_OK);
    PROMISE(done.len == len && memcmp(tight, out, len) == 0);
    PROMISE(pxa_sid_text(sid, tight, len - 1, &done) == PXA_SMALL_BUFFER && done.len == 0);
    free(tight);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pxa_sid nothing;
    struct pxa_sid sid;
    size_t fault_at = 1;
    enum pxa_status status = pxa_sid_decode(fuzz_span(data, size), &sid, &fault_at);

    if (status != PXA_OK) {
        PROMISE(fault_at <= size && memcmp(&sid, &nothing, sizeof sid) == 0);
        return 0;
    }
    PROMISE(fault_at == 0 && sid.sub_count <= 15);
    PROMISE(size == 8 + 4 * (size_t)sid.sub_count);
    check_writing(&sid);
    PROMISE(pxa_sid_append(&sid, UINT32_MAX) == (size < 68));
    check_writing(&sid);
    return 0;
}
