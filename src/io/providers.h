/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PROVIDERS_H
#define GD_IO_PROVIDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* The table that is in the program, or NULL where it was left out. Static. */
const char *providers_builtin(void);

/* Read another one. Negative errno; -EBADMSG for what is no table, with the first bad line's number
 * in *line. */
int providers_read(const char *path, struct buf *text, int *line);

/* The table to use: the file that is named, or with "" the program's own. One that cannot be used
 * is named in the log and ignored. What comes back may be in `text`. */
const char *providers_load(const char *path, struct buf *text);

/* One that is used for long. Zero-initialise; buf_free(&kept->text). */
struct providers_kept {
	struct buf text;
	const char *table;
	uint64_t seen[5]; /* what tells the file from an older one */
};

/* The same for kept->table, read again only when the file has changed. Whether that was so. */
bool providers_refresh(const char *path, struct providers_kept *kept);

#endif
