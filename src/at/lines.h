/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_LINES_H
#define GD_AT_LINES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Cut a modem's bytes into lines. CR and LF both end a line and empty lines do
 * not count, so that CR LF, CR CR LF and a lone LF are all the same; NULs are
 * skipped (Cinterion sends them when it starts). Quotes have no meaning here: one
 * lost quote would swallow every line after it.
 */
enum at_lines_item {
	AT_LINES_NONE,   /* all bytes taken, nothing complete */
	AT_LINES_LINE,   /* `text` is a line */
	AT_LINES_PROMPT, /* "> " at a line's start: the modem wants text;
			  * what follows is a new line */
};

#define AT_LINE_MAX 2048

struct at_lines {
	char text[AT_LINE_MAX + 1]; /* NUL-terminated, never empty after LINE */
	size_t len;
	bool cut;   /* the line was longer: its rest is dropped */
	bool taken; /* the item was returned: start a new one with the next byte */
};

/* Take bytes up to and including the one that completes an item; returns how many. `lines` is all
 * zeros at first. */
size_t at_lines_feed(struct at_lines *lines, const char *bytes, size_t len,
		     enum at_lines_item *item);

/* A line has begun and is not complete. */
bool at_lines_pending(const struct at_lines *lines);

#endif
