/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_clock: the wall clock that libldap sees.
 *
 * ldap_result() asks gettimeofday() whether its time is up, even when it was told not to wait: how
 * far one call gets depends on the machine. Here that is drawn, too, so that a world can be run
 * again and no luck hides a mistake.
 */
#ifndef PROXYAUTH_TESTS_SIM_CLOCK_H
#define PROXYAUTH_TESTS_SIM_CLOCK_H

#include <stdint.h>

/* Begins a new world. */
void sim_clock_start(uint64_t seed);

#endif
