/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/term.h"
#include "status/snapshot.h"

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

/* A serial console does not know; then COLUMNS may. */
static int columns(void)
{
	const char *given = getenv("COLUMNS");
	struct winsize size;
	long value;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (given && str_to_int(given, 1, COLUMNS_MAX, &value))
		return (int)value;
	return term_is_there() ? 80 : 0;
}

struct status_look term_look(void)
{
	return (struct status_look){.colour = term_has_colours(), .columns = columns()};
}

int term_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
		return size.ws_row;
	return 24;
}
