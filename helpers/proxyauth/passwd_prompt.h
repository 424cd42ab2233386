/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * passwd_prompt: a password from whoever types it, or from standard input. Bytes are taken as they
 * are; empty ones, NUL bytes and more than PASSWD_PASSWORD_MAX bytes are refused.
 */
#ifndef PROXYAUTH_TOOL_PASSWD_PROMPT_H
#define PROXYAUTH_TOOL_PASSWD_PROMPT_H

#include "helpers/core/secret.h"
#include "helpers/core/why.h"

/* Asks at the terminal, without echo: TEXT is shown. The terminal is as it was afterwards, also
 * when a signal ends or stops the process, which then does so. NULL with WHY. */
struct secret *passwd_prompt(const char *text, struct why *why);

/* The first line of standard input, without its end (LF or CR LF). What follows it is not read.
 * NULL with WHY. */
struct secret *passwd_prompt_input(struct why *why);

#endif
