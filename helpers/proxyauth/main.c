/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proxyauth: the tool for people. Its first word says what is to be done.
 */
#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "helpers/core/harden.h"
#include "helpers/proxyauth/command.h"

static const struct {
    const char *name;
    const char *help;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"explain", "what a header, token, transcript or helper line says", command_explain},
    {"passwd", "keeps files of passwords, of HA1 and of NT hashes", command_passwd},
};

static int print(const char *what)
{
    if (strcmp(what, "--version") == 0) {
        printf("proxyauth %s\n", PACKAGE_VERSION);
    } else {
        printf("Usage: proxyauth COMMAND [options] [word ...]\n"
               "For people who run a proxy with authentication.\n\nCommands:\n");
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
            printf("  %-9s  %s\n", commands[i].name, commands[i].help);
        printf("\nproxyauth COMMAND --help lists the options of a command.\n");
    }
    return fflush(stdout) == 0 ? COMMAND_GOOD : COMMAND_BAD;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    harden_process();
    signal(SIGPIPE, SIG_IGN);
    if (!name) {
        fprintf(stderr, "proxyauth: a command is needed; proxyauth --help lists them\n");
        return COMMAND_OPTIONS;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "--version") == 0)
        return print(name);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    /* The word may be a header with a password in it: it is not shown. */
    fprintf(stderr, "proxyauth: the first word is no command; proxyauth --help lists them\n");
    return COMMAND_OPTIONS;
}
