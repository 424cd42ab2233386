/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The logon info of a PAC, KERB_VALIDATION_INFO of [MS-PAC] section 2.5, serialized in NDR:
 * headers ([MS-RPCE] section 2.2.6), a fixed part in which pointers are mere marks, 0 or
 * not, and behind it, in the order of the pointers, what those point to.
 * Cannot do: other buffers of a PAC. The flags that announce extra and resource groups are
 * given to the caller and have no say in what is read.
 */
#include <config.h>

#include "common/le.h"
#include "common/pac.h"

/* The headers of [MS-RPCE] and the pointer to the fixed part. Offsets in the buffer. */
enum { VERSION_AT = 0, ORDER_AT = 1, HEADER_LEN_AT = 2, OBJECT_LEN_AT = 8, HEADERS_LEN = 16 };
enum { FIXED_PTR_AT = 16, FIXED_AT = 20, FIXED_LEN = 216 };

/* Offsets in the fixed part. A count is followed by the pointer to what it counts; a
 * string is two lengths in bytes, used and allocated, and a pointer. */
enum { LOGON_TIME = 0, LOGOFF_TIME = 8, KICKOFF_TIME = 16 };
enum { PASSWORD_SET = 24, PASSWORD_MAY = 32, PASSWORD_MUST = 40 };
enum { ACCOUNT = 48, FULL_NAME = 56, SCRIPT = 64, PROFILE = 72, HOME = 80, DRIVE = 88 };
enum { LOGON_COUNT = 96, BAD_PASSWORDS = 98, USER_RID = 100, PRIMARY_GROUP = 104 };
enum { GROUP_COUNT = 108, USER_FLAGS = 116, SERVER = 136, DOMAIN_NAME = 144, DOMAIN_SID = 152 };
enum { ACCOUNT_CONTROL = 164, EXTRA_COUNT = 196, RESOURCE_SID = 204, RESOURCE_COUNT = 208 };

/* Goes through the buffer. The first error stays, and nothing is taken after it. */
struct ndr {
    struct pxa_span data; /* the buffer, as far as its header says that it is used */
    size_t at;
    enum pxa_status status;
    size_t fault_at; /* in the buffer */
};

static void fail(struct ndr *ndr, enum pxa_status status, size_t at)
{
    if (ndr->status != PXA_OK)
        return;
    ndr->status = status;
    ndr->fault_at = at;
}

/* The next `count` elements of `width` bytes, from a multiple of four on; empty after an
 * error. Everything here is aligned to four bytes, counted from the buffer's begin. */
static struct pxa_span take(struct ndr *ndr, size_t count, size_t width)
{
    size_t from = ndr->at + (4 - ndr->at % 4) % 4;

    if (from > ndr->data.len || count > (ndr->data.len - from) / width)
        fail(ndr, PXA_CUT, ndr->data.len);
    if (ndr->status != PXA_OK)
        return span_of(NULL, 0);
    ndr->at = from + count * width;
    return span_of(ndr->data.at + from, count * width);
}

/* The next number, which must be `expected`, as another place of the data has it. */
static void take_count(struct ndr *ndr, size_t expected)
{
    struct pxa_span number = take(ndr, 1, 4);

    if (ndr->status == PXA_OK && le32(number, 0) != expected)
        fail(ndr, PXA_NDR_COUNT, ndr->at - 4);
}

/* Whether the pointer at `at` is set. If it is not, nothing may be needed from it. */
static bool is_set(struct ndr *ndr, size_t at, bool needed)
{
    if (le32(ndr->data, at) != 0)
        return true;
    if (needed)
        fail(ndr, PXA_NDR_POINTER, at);
    return false;
}

/* The text of the string whose fixed part is at `field`: RPC_UNICODE_STRING. */
static struct pxa_span take_string(struct ndr *ndr, size_t field)
{
    size_t used = le16(ndr->data, FIXED_AT + field);
    size_t allocated = le16(ndr->data, FIXED_AT + field + 2);

    if (used % 2 != 0 || used > allocated)
        fail(ndr, PXA_NDR_COUNT, FIXED_AT + field);
    if (!is_set(ndr, FIXED_AT + field + 4, used > 0))
        return span_of(NULL, 0);
    take_count(ndr, allocated / 2); /* MaximumCount */
    take_count(ndr, 0);             /* Offset */
    take_count(ndr, used / 2);      /* ActualCount */
    return take(ndr, used / 2, 2);
}

/* The array whose count is at `field`, and its pointer behind that. Its elements are pairs
 * of numbers, whatever they mean. */
static struct pxa_span take_pairs(struct ndr *ndr, size_t field)
{
    size_t count = le32(ndr->data, FIXED_AT + field);

    if (!is_set(ndr, FIXED_AT + field + 4, count > 0))
        return span_of(NULL, 0);
    take_count(ndr, count);
    return take(ndr, count, PAC_PAIR_LEN);
}

static void take_sid(struct ndr *ndr, struct pxa_sid *out)
{
    struct pxa_span max_count = take(ndr, 1, 4);
    size_t begin = ndr->at;
    struct pxa_span head = take(ndr, 1, SID_LEN_MIN);
    size_t sub_count = le8(head, SID_SUB_COUNT_AT);
    enum pxa_status status;
    size_t fault_at;

    if (sub_count <= SID_MAX_SUBS)
        (void)take(ndr, sub_count, 4);
    if (ndr->status != PXA_OK)
        return;
    status = pxa_sid_decode(span_cut(ndr->data, begin, ndr->at), out, &fault_at);
    if (status != PXA_OK)
        fail(ndr, PXA_BAD_SID, begin + fault_at);
    else if (le32(max_count, 0) != sub_count)
        fail(ndr, PXA_NDR_COUNT, begin - 4);
}

/* The SID of a domain that has `count` groups: each of them needs it, and room in it. */
static void take_domain(struct ndr *ndr, size_t field, size_t count, struct pxa_sid *out)
{
    size_t begin;

    if (!is_set(ndr, FIXED_AT + field, count > 0))
        return;
    begin = ndr->at + (4 - ndr->at % 4) % 4;
    take_sid(ndr, out);
    if (count > 0 && out->sub_count == SID_MAX_SUBS)
        fail(ndr, PXA_BAD_SID, begin + 4 + SID_SUB_COUNT_AT);
}

/* The SIDs of `extras`, which follow each other. */
static struct pxa_span take_sids(struct ndr *ndr, struct pxa_span extras)
{
    size_t extras_at = ndr->at - extras.len;
    size_t begin = ndr->at;

    for (size_t i = 0; i < extras.len && ndr->status == PXA_OK; i += PAC_PAIR_LEN) {
        struct pxa_sid sid;

        if (is_set(ndr, extras_at + i, true))
            take_sid(ndr, &sid);
    }
    return ndr->status == PXA_OK ? span_cut(ndr->data, begin, ndr->at) : span_of(NULL, 0);
}

/* Judges the headers and cuts the data to the length that they give. */
static void take_headers(struct ndr *ndr)
{
    size_t object_len;

    if (take(ndr, 1, HEADERS_LEN).len == 0)
        return;
    if (le8(ndr->data, VERSION_AT) != 1)
        fail(ndr, PXA_NDR_HEADER, VERSION_AT);
    if (le8(ndr->data, ORDER_AT) != 0x10) /* little-endian, and ASCII, of which there is none */
        fail(ndr, PXA_NDR_HEADER, ORDER_AT);
    if (le16(ndr->data, HEADER_LEN_AT) != 8)
        fail(ndr, PXA_NDR_HEADER, HEADER_LEN_AT);
    object_len = le32(ndr->data, OBJECT_LEN_AT);
    if (object_len > ndr->data.len - HEADERS_LEN)
        fail(ndr, PXA_CUT, ndr->data.len);
    else
        ndr->data.len = HEADERS_LEN + object_len;
    if (take(ndr, 1, 4).len > 0)
        (void)is_set(ndr, FIXED_PTR_AT, true);
}

/* The numbers of the fixed part. */
static void read_fixed(struct pxa_span fixed, struct pxa_pac_logon *out)
{
    out->logon_time = le64(fixed, LOGON_TIME);
    out->logoff_time = le64(fixed, LOGOFF_TIME);
    out->kickoff_time = le64(fixed, KICKOFF_TIME);
    out->password_set_time = le64(fixed, PASSWORD_SET);
    out->password_may_change_time = le64(fixed, PASSWORD_MAY);
    out->password_must_change_time = le64(fixed, PASSWORD_MUST);
    out->logon_count = le16(fixed, LOGON_COUNT);
    out->bad_password_count = le16(fixed, BAD_PASSWORDS);
    out->user_rid = le32(fixed, USER_RID);
    out->primary_group_rid = le32(fixed, PRIMARY_GROUP);
    out->user_flags = le32(fixed, USER_FLAGS);
    out->account_control = le32(fixed, ACCOUNT_CONTROL);
    out->group_count = le32(fixed, GROUP_COUNT);
    out->extra_count = le32(fixed, EXTRA_COUNT);
    out->resource_count = le32(fixed, RESOURCE_COUNT);
}

/* What the pointers point to, in their order: an error leaves nothing to go on from. */
static void read_deferred(struct ndr *ndr, struct pxa_pac_logon *out)
{
    out->account = take_string(ndr, ACCOUNT);
    out->full_name = take_string(ndr, FULL_NAME);
    (void)take_string(ndr, SCRIPT);
    (void)take_string(ndr, PROFILE);
    (void)take_string(ndr, HOME);
    (void)take_string(ndr, DRIVE);
    out->groups = take_pairs(ndr, GROUP_COUNT);
    out->server = take_string(ndr, SERVER);
    out->domain = take_string(ndr, DOMAIN_NAME);
    take_domain(ndr, DOMAIN_SID, out->group_count, &out->domain_sid);
    out->extras = take_pairs(ndr, EXTRA_COUNT);
    out->extra_sids = take_sids(ndr, out->extras);
    take_domain(ndr, RESOURCE_SID, out->resource_count, &out->resource_domain_sid);
    out->resources = take_pairs(ndr, RESOURCE_COUNT);
}

/* Finds the logon info, of which there must be one. The table is read to its end. */
static enum pxa_status find_logon(struct pxa_span pac, struct pxa_span *data, size_t *fault_at)
{
    struct pxa_cursor cursor = {pac, 0};
    struct pxa_pac_buffer buffer;
    enum pxa_status status;
    bool found = false;

    while ((status = pxa_pac_next(&cursor, &buffer)) == PXA_OK) {
        if (buffer.type != PXA_PAC_LOGON_INFO)
            continue;
        if (found) {
            *fault_at = cursor.at - PAC_ENTRY_LEN;
            return PXA_BAD_PAC_BUFFER;
        }
        found = true;
        *data = buffer.data;
    }
    if (status == PXA_END && found)
        return PXA_OK;
    *fault_at = cursor.at;
    return status == PXA_END ? PXA_NO_PAC_BUFFER : status;
}

enum pxa_status pxa_pac_logon_decode(struct pxa_span pac, struct pxa_pac_logon *out)
{
    struct ndr ndr = {{NULL, 0}, 0, PXA_OK, 0};
    struct pxa_span data;
    enum pxa_status status;

    *out = (struct pxa_pac_logon){.fault_at = 0};
    status = find_logon(pac, &data, &out->fault_at);
    if (status != PXA_OK)
        return status;
    ndr.data = data;
    take_headers(&ndr);
    read_fixed(take(&ndr, 1, FIXED_LEN), out);
    read_deferred(&ndr, out);
    if (ndr.status != PXA_OK) {
        size_t fault_at = (size_t)(data.at - pac.at) + ndr.fault_at;

        *out = (struct pxa_pac_logon){.fault_at = fault_at};
    }
    return ndr.status;
}
