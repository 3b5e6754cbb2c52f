/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_ESCAPE_H
#define GD_MODEM_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Append bytes as a C string would write them: \r \n \t \\ \" and \ooo. */
void escape_append(struct buf *out, const void *bytes, size_t len);

/* The other way; \xhh (two digits at most) is known too. False when `text` has an escape that is
 * none. */
bool escape_parse(struct buf *out, const char *text);

#endif
