/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leak: connections to saslauthd that libsasl2 forgot.
 *
 * When saslauthd hangs up before it has answered, libsasl2 (2.1.28) does not close its end. A
 * saslauthd whose processes die again and again, of one user's login perhaps, would take all
 * descriptors of the helper, which then could not ask any more.
 */
#ifndef PROXYAUTH_SASL_LEAK_H
#define PROXYAUTH_SASL_LEAK_H

/* Closes the sockets whose other end was saslauthd's at PATH ("": libsasl2's default, which ends in
 * /mux) and has hung up. No check is under way. */
void sasl_leak_close(const char *path);

#endif
