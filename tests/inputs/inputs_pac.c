/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAC with logon info: [MS-PAC] 2.3 to 2.5 in the serialization of [MS-RPCE] 2.2.6 and C706
 * chapter 14. The fixed part has pointers as identifiers of referents; what they point to
 * follows in the order of the pointers.
 * Cannot do: checksums, which the decoder does not look at.
 */
#include <config.h>

#include "tests/inputs/inputs.h"

#include <string.h>

enum {
    LOGON_INFO = 1,
    ATTRIBUTES = 17,  /* PAC_ATTRIBUTES_INFO, 8 bytes */
    ENTRY_LEN = 16,   /* type, length and offset of a buffer */
    HEAD_LEN = 8,     /* how many buffers, and a version */
    GROUP_ENABLED = 7 /* mandatory, enabled by default, enabled */
};

static void add_pointer(struct input *input, bool there)
{
    input_le(input, there ? 0x20000 + input->len : 0, 4);
}

/* RPC_UNICODE_STRING: the lengths in bytes, and a pointer. */
static void add_string_head(struct input *input, const char *text)
{
    size_t len = strlen(text) * 2;

    input_le(input, len, 2);
    input_le(input, len, 2);
    add_pointer(input, len > 0);
}

/* The string itself: largest count, offset, count and UTF-16. */
static void add_string_body(struct input *input, const char *text)
{
    size_t count = strlen(text);

    input_le(input, count, 4);
    input_le(input, 0, 4);
    input_le(input, count, 4);
    for (size_t i = 0; i < count; i++)
        input_le(input, (unsigned char)text[i], 2);
    input_align(input, 4);
}

/* RPC_SID, with its count of sub-authorities before it: S-1-5-21-1-2-3, or with a RID. */
static void add_sid(struct input *input, uint32_t rid)
{
    unsigned count = rid != 0 ? 5 : 4;

    input_le(input, count, 4);
    input_le(input, 1, 1);
    input_le(input, count, 1);
    input_add(input, "\0\0\0\0\0\5", 6);
    input_le(input, 21, 4);
    for (uint32_t part = 1; part <= 3; part++)
        input_le(input, 0x89abcd00 + part, 4);
    if (rid != 0)
        input_le(input, rid, 4);
}

static void add_groups(struct input *input, size_t count)
{
    input_le(input, count, 4);
    for (size_t i = 0; i < count; i++) {
        input_le(input, 1100 + i, 4);
        input_le(input, GROUP_ENABLED, 4);
    }
}

static void add_extra_sids(struct input *input, size_t count)
{
    input_le(input, count, 4);
    for (size_t i = 0; i < count; i++) {
        add_pointer(input, true);
        input_le(input, GROUP_ENABLED, 4);
    }
    for (size_t i = 0; i < count; i++)
        add_sid(input, (uint32_t)(5000 + i));
}

static void add_fixed_part(struct input *input, const struct pac_counts *counts)
{
    for (int i = 0; i < 6; i++)
        input_le(input, 0x01d9a3b1c2d3e4f5, 8); /* times */
    add_string_head(input, "alice");
    for (int i = 0; i < 5; i++)
        add_string_head(input, "");
    input_le(input, 12, 2); /* logons */
    input_le(input, 0, 2);  /* bad passwords */
    input_le(input, 1105, 4);
    input_le(input, 513, 4);
    input_le(input, counts->groups, 4);
    add_pointer(input, counts->groups > 0);
    input_le(input, 0x220, 4);    /* there may be extra SIDs and resource groups */
    input_repeat(input, "k", 16); /* session key */
    add_string_head(input, "DC1");
    add_string_head(input, "EXAMPLE");
    add_pointer(input, true); /* the domain's SID */
    input_le(input, 0, 8);    /* reserved */
    input_le(input, 0x10, 4); /* a normal account */
    for (int i = 0; i < 7; i++)
        input_le(input, 0, 4);
    input_le(input, counts->extra_sids, 4);
    add_pointer(input, counts->extra_sids > 0);
    add_pointer(input, counts->resource_groups > 0);
    input_le(input, counts->resource_groups, 4);
    add_pointer(input, counts->resource_groups > 0);
}

static void add_logon_info(struct input *input, const struct pac_counts *counts)
{
    size_t length_at;
    uint32_t length;

    input_add(input, "\1\x10\x08\0\xcc\xcc\xcc\xcc", 8); /* version, little-endian, 8 */
    length_at = input->len;
    input_le(input, 0, 8); /* the length, below, and a filler */
    add_pointer(input, true);
    add_fixed_part(input, counts);
    add_string_body(input, "alice");
    if (counts->groups > 0)
        add_groups(input, counts->groups);
    add_string_body(input, "DC1");
    add_string_body(input, "EXAMPLE");
    add_sid(input, 0);
    if (counts->extra_sids > 0)
        add_extra_sids(input, counts->extra_sids);
    if (counts->resource_groups > 0) {
        add_sid(input, 0);
        add_groups(input, counts->resource_groups);
    }
    input_align(input, 8);
    length = (uint32_t)(input->len - length_at - 8);
    for (unsigned i = 0; i < 4; i++)
        input->at[length_at + i] = (char)(length >> (8 * i) & 0xff);
}

static void add_entry(struct input *input, uint32_t type, size_t len, size_t offset)
{
    input_le(input, type, 4);
    input_le(input, len, 4);
    input_le(input, offset, 8);
}

void input_pac(struct input *input, const struct pac_counts *counts)
{
    size_t data_at = HEAD_LEN + ENTRY_LEN * (counts->more_buffers + 1);
    struct input logon = {0};

    add_logon_info(&logon, counts);
    input_le(input, counts->more_buffers + 1, 4);
    input_le(input, 0, 4);
    /* The logon info comes last in the list, so that all others are passed. */
    for (size_t i = 0; i < counts->more_buffers; i++)
        add_entry(input, ATTRIBUTES, 8, data_at + logon.len + 8 * i);
    add_entry(input, LOGON_INFO, logon.len, data_at);
    input_add(input, logon.at, logon.len);
    input_repeat(input, "\2ttribut", counts->more_buffers);
    input_free(&logon);
}
