/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ntlm_file: whom gss-ntlmssp takes a client for that has logged in by a file of accounts.
 *
 * It verifies with the first line whose name is the client's regardless of case, as all of Unicode
 * has it ("WEISS" is "weiß"), and then gives the name that the client wrote.
 */
#ifndef PROXYAUTH_KERBEROS_NTLM_FILE_H
#define PROXYAUTH_KERBEROS_NTLM_FILE_H

#include <stdbool.h>

#include <gssapi/gssapi.h>

/* NAME (to be freed with gss_release_buffer()) becomes CLIENT as the line of FILE has it, behind
 * the client's domain. False, and nothing is to be freed, where there is no such line any more.
 * Blocking. */
bool ntlm_file_name(const char *file, gss_name_t client, gss_buffer_desc *name);

/* After a login failed: whether FILE, which is read at each, could be. Blocking. */
bool ntlm_file_is_readable(const char *file);

#endif
