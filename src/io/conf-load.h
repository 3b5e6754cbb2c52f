/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CONF_LOAD_H
#define GD_IO_CONF_LOAD_H

#include <stddef.h>

struct buf;
struct conf;

/*
 * Read `path` (libconfig syntax) over the defaults. All errors are reported at
 * once, each as a line "FILE:LINE: what is wrong; what to do" in `errors`.
 * 0; -ENOENT and the like when the file cannot be read; -EINVAL when its
 * contents are wrong. After an error `conf` may only be freed.
 */
int conf_load(struct conf *conf, const char *path, struct buf *errors);

/* The same, but if there is no such file the defaults apply. */
int conf_load_if_there(struct conf *conf, const char *path, struct buf *errors);

/* The same for a text in memory, called `name` in errors. It cannot refer to files. */
int conf_load_text(struct conf *conf, const char *name, const char *text, size_t len,
		   struct buf *errors);

#endif
