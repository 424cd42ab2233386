/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Controls are written out by hand:
 *   30 len { a0 len { 80 len seconds | 81 len logins } | 81 01 error }
 */
#include <config.h>

#include "tests/sim/sim_states.h"

#define CONTROL(bytes) .control_len = sizeof(bytes) - 1, .control = (bytes)

#define AD(number)                                                                                 \
    "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data " number ", "    \
    "v1db1"

#define NOTHING                                                                                    \
    {                                                                                              \
        .code = 49, .diagnostic = "", .reason = ""                                                 \
    }
#define AD_NOTHING                                                                                 \
    {                                                                                              \
        .code = 49, .diagnostic = AD("52e"), .reason = ""                                          \
    }

const struct sim_state_kind sim_state_kinds[SIM_STATE_KINDS] = {
    {{49, "", CONTROL("\x30\x03\x81\x01\x00"), "expired"}, NOTHING, "", ""},
    {{49, "", CONTROL("\x30\x03\x81\x01\x01"), "locked"},
     {49, "", CONTROL("\x30\x03\x81\x01\x01"), "locked"},
     "",
     ""},
    {{0, "", CONTROL("\x30\x03\x81\x01\x02"), "must-change"}, NOTHING, "", ""},
    {{0, "", CONTROL("\x30\x05\xa0\x03\x81\x01\x02"), ""}, NOTHING, "", "2"},
    /* 259,300 s (0x03f4e4): three days and 100 seconds */
    {{0, "", CONTROL("\x30\x07\xa0\x05\x80\x03\x03\xf4\xe4"), ""}, NOTHING, "3", ""},
    {{49, AD("533"), 0, "", "disabled"}, AD_NOTHING, "", ""},
    {{49, AD("775"), 0, "", "locked"}, {49, AD("775"), 0, "", "locked"}, "", ""},
    {{49, AD("773"), 0, "", "must-change"}, AD_NOTHING, "", ""},
};
