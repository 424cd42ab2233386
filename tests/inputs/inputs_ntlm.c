/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLMSSP: a challenge and its pairs, [MS-NLMP] 2.2.1.2 and 2.2.2.1.
 * Cannot do: the other two messages, whose size is that of their names.
 */
#include <config.h>

#include "tests/inputs/inputs.h"

enum {
    PAIRS_AT = 48, /* the fixed part without a version */
    UNICODE_AND_TARGET_INFO = 0x00800001
};

void input_pairs(struct input *input, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        input_le(input, PXA_PAIR_TARGET, 2);
        input_le(input, 2, 2);
        input_le(input, 'x', 2);
    }
    input_le(input, 0, 4);
}

void input_ntlm_challenge(struct input *input, size_t pair_count)
{
    size_t pairs_len = pair_count * 6 + 4;

    input_add(input, "NTLMSSP\0", 8);
    input_le(input, 2, 4);
    input_le(input, 0, 4); /* no target name ... */
    input_le(input, PAIRS_AT, 4);
    input_le(input, UNICODE_AND_TARGET_INFO, 4);
    input_text(input, "\1\2\3\4\5\6\7\x08");
    input_le(input, 0, 8); /* reserved */
    input_le(input, pairs_len, 2);
    input_le(input, pairs_len, 2);
    input_le(input, PAIRS_AT, 4);
    input_pairs(input, pair_count);
}
