/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * command: the sub-commands of proxyauth.
 */
#ifndef PROXYAUTH_TOOL_COMMAND_H
#define PROXYAUTH_TOOL_COMMAND_H

enum command_exit {
    COMMAND_GOOD = 0,
    COMMAND_BAD = 1,    /* what was asked about is not in order, or could not be done */
    COMMAND_OPTIONS = 2 /* the command line cannot be understood */
};

/* argv[0] is the name of the sub-command. Returns an enum command_exit. */
int command_explain(int argc, char **argv);
int command_passwd(int argc, char **argv);

#endif
