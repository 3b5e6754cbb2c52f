/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_WRAP_H
#define GD_STATUS_WRAP_H

struct buf;

#define WRAP_COLUMNS_MIN 20

/* Append one line of text and its newline, broken at blanks so that none is wider than `columns`
 * (fewer than WRAP_COLUMNS_MIN count as that; 0: as wide as it is), what follows the first with
 * `indent` blanks before it. Colours (SGR) take no room, East Asian characters take two columns. */
void wrap_line(struct buf *out, const char *text, int indent, int columns);

#endif
