/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_TERM_H
#define GD_CLI_TERM_H

#include <stdbool.h>

struct status_look;

/* The standard output. */
bool term_is_there(void);

/* Not for NO_COLOR, TERM=dumb, a file or a pipe. */
bool term_has_colours(void);

/* How a screen on it is to look: colours on a terminal only, and there as wide as it is; elsewhere
 * as wide as COLUMNS says, or as it comes. */
struct status_look term_look(void);

/* How many lines it has; 24 when it does not say. */
int term_rows(void);

#endif
