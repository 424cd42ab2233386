/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pac: sizes inside a PAC, [MS-PAC] section 2.4 and [MS-DTYP] section 2.4.2. Not installed.
 */
#ifndef COMMON_PAC_H
#define COMMON_PAC_H

enum {
    PAC_HEADER_LEN = 8,
    PAC_ENTRY_LEN = 16, /* of the table of buffers */
    PAC_PAIR_LEN = 8,   /* RID or pointer, and attributes */
    SID_LEN_MIN = 8,    /* without sub-authorities, of four bytes each */
    SID_SUB_COUNT_AT = 1,
    SID_MAX_SUBS = 15
};

#endif
