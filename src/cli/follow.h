/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_FOLLOW_H
#define GD_CLI_FOLLOW_H

struct cli;

enum follow_form {
	FOLLOW_SCREEN, /* redrawn in place, on a terminal */
	FOLLOW_TEXT,   /* one below the other */
	FOLLOW_JSON,   /* an object on each line */
};

/* Show the instance's status until a signal ends it. If the instance ends, wait for the next one.
 * Returns the exit code. */
int follow_run(const struct cli *cli, enum follow_form form);

#endif
