/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_CMDLINE_H
#define GD_CLI_CMDLINE_H

#include <stdbool.h>

struct buf;
struct cli;

/*
 * Take the command line apart by the tables of commands.c. Options stand before or after the
 * command and its words: "--port PORT", "--port=PORT", "-c FILE", "-cFILE", "-vq"; "--" ends them.
 * No abbreviations. "help" as the first word after the command is the option --help. The words are
 * gathered at the front of `argv`, which `cli` borrows.
 *
 * False, with what is wrong in `error`, when the line is bad; cli->command is set if it was found
 * before. A line with --help or --version need not be complete.
 */
bool cmdline_parse(struct cli *cli, int argc, char **argv, struct buf *error);

#endif
