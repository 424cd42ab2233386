/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check_reply: what Squid and the log are told of a check.
 */
#ifndef PROXYAUTH_VERIFY_CHECK_REPLY_H
#define PROXYAUTH_VERIFY_CHECK_REPLY_H

#include "helpers/core/log.h"
#include "helpers/core/request.h"
#include "helpers/verify/checker.h"

/* Answers REQUEST with the verdict. CHECK_UNAVAILABLE has a reason. */
void check_answer(struct request *request, const struct check *check);

/* One line: a warning for trouble, else for --debug. The password is not in it. */
void check_log(struct log *log, const struct check *check);

/* One line, a notice: the user who was denied, the detail, and DOUBT, which is about the set-up. */
void check_log_doubt(struct log *log, const struct check *check, const char *doubt);

#endif
