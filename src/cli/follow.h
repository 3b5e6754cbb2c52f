/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_FOLLOW_H
#define GD_CLI_FOLLOW_H

#include <stdbool.h>

struct cli;

enum follow_form {
	FOLLOW_SCREEN, /* one, redrawn in place: a terminal's */
	FOLLOW_TEXT,   /* one after the other */
	FOLLOW_JSON,   /* one object a line */
};

/* Show the instance's status until a signal says to end; waits for one that was there and has gone.
 * The exit code. */
int follow_run(const struct cli *cli, enum follow_form form);

#endif
