/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_TERM_H
#define GD_CLI_TERM_H

#include <stdbool.h>

struct screen_look;

/* Whether the standard output is a terminal. */
bool term_is_there(void);

/* False for NO_COLOR, TERM=dumb, a file or a pipe. */
bool term_has_colours(void);

/* Colours, and the width: the terminal's, else that of COLUMNS, else without limit. */
struct screen_look term_look(void);

/* Its number of lines; 24 if it does not tell. */
int term_rows(void);

#endif
