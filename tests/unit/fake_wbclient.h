/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A libwbclient.so.0 that does what the test says, behind dlopen(3). Programs with it are linked
 * with fake_wbclient_flags (tests/Makefile.am.inc). Its functions have the arguments, and its
 * errors the meaning, of Samba's wbclient.h; libraries that have been linked already get the real
 * one.
 */
#ifndef TESTS_UNIT_FAKE_WBCLIENT_H
#define TESTS_UNIT_FAKE_WBCLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct fake_wbclient {
    bool missing;      /* there is no such library */
    const char *lacks; /* it is one without this function */
    bool silent;       /* winbindd does not run */
    bool alone;        /* it reaches no controller */
    const char *user;  /* as the domain writes it; NULL: nobody is known */
    int open;          /* libraries, contexts and results that were not given back */
};

extern struct fake_wbclient fake_wbclient;

#endif
