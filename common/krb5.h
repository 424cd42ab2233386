/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * krb5: the tags of Kerberos messages, RFC 4120 section 5.10. Not installed.
 */
#ifndef COMMON_KRB5_H
#define COMMON_KRB5_H

#include "common/der.h"

enum {
    KRB5_TAG_TICKET = DER_APPLICATION(1),
    KRB5_TAG_AP_REQ = DER_APPLICATION(14),
    KRB5_TAG_AP_REP = DER_APPLICATION(15),
    KRB5_TAG_ERROR = DER_APPLICATION(30)
};

#endif
