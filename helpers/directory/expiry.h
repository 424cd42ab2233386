/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expiry: when a password expires, in whole days. Pure.
 */
#ifndef PROXYAUTH_DIRECTORY_EXPIRY_H
#define PROXYAUTH_DIRECTORY_EXPIRY_H

#include <stdint.h>

#include "common/proxyauth.h"

/* Seconds from NOW_S (seconds since 1970) until the FILETIME that an Active Directory writes in
 * msDS-UserPasswordExpiryTimeComputed: 100 ns since 1601, in decimal. 0 when it has passed; -1 when
 * the password never expires or VALUE is no such number. */
long expiry_seconds_left(struct pxa_span value, int64_t now_s);

/* Whole days in SECONDS_LEFT; -1 when there are more than WARNING_DAYS, or nothing is known (-1),
 * or nothing is to be told (WARNING_DAYS is 0). */
long expiry_days(long seconds_left, long warning_days);

#endif
