/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_AT_PARSE_H
#define GD_MODEM_AT_PARSE_H

#include "at.h"

/* Take the next command off a line (V.250 5.3: without its AT). False at the end of the line. What
 * is no command comes with an empty name. */
bool at_parse_command(const char **rest, struct at_cmd *cmd);

/* Take the next of a command's arguments, without its quotes. False at the end; an empty one is
 * "". */
bool at_parse_arg(const char **args, char *arg, size_t size);

/* The same for a number; `fallback` where it is empty or missing, -1 where it is no number. */
int at_parse_int(const char **args, int fallback);

#endif
