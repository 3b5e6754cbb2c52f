/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_LOAD_H
#define GD_CONF_LOAD_H

struct buf;
struct conf;

/*
 * Read `path` (libconfig syntax) over the defaults. All errors are found in
 * one go, each a line "FILE:LINE: what is wrong; the way out" in `errors`.
 * 0; -ENOENT and the like when the file cannot be read; -EINVAL when its
 * contents are wrong. `conf` may be freed, and not used, after an error.
 */
int conf_load(struct conf *conf, const char *path, struct buf *errors);

#endif
