/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_WRAP_H
#define GD_STATUS_WRAP_H

struct buf;

#define WRAP_COLUMNS_MIN 20

/* Append one line of text and a newline, broken at blanks so that no line is wider than `columns`
 * (at least WRAP_COLUMNS_MIN; 0: never broken). Lines after the first are indented by `indent`
 * blanks. Colours (SGR) take no room, East Asian characters two columns. */
void wrap_line(struct buf *out, const char *text, int indent, int columns);

#endif
