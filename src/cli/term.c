/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/term.h"
#include "status/screen.h"

#define COLUMNS_MAX 1000

bool term_is_there(void)
{
	return isatty(STDOUT_FILENO);
}

bool term_has_colours(void)
{
	const char *type = getenv("TERM");

	return term_is_there() && !getenv("NO_COLOR") && !(type && strcmp(type, "dumb") == 0);
}

struct screen_look term_look(void)
{
	struct screen_look look = {.colour = term_has_colours(),
				   .columns = term_is_there() ? 80 : 0};
	const char *given = getenv("COLUMNS");
	struct winsize size;
	long value;

	/* A serial console does not know its size; then COLUMNS may tell it. */
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		look.columns = size.ws_col;
	else if (given && str_to_int(given, 1, COLUMNS_MAX, &value))
		look.columns = (int)value;
	return look;
}

int term_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
		return size.ws_row;
	return 24;
}
