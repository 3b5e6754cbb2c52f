/* SPDX-License-Identifier: ISC */
/* Files that are written whole or not at all. */
#ifndef GD_IO_REPLACE_H
#define GD_IO_REPLACE_H

#include <stddef.h>

/* write(2) until all of it is out. 0 or -errno. */
int write_whole(int fd, const void *bytes, size_t len);

/*
 * A file of mode 0600 in the place of `path`: a reader, and the next start after a power cut, find
 * the old one or the new one. 0 or -errno, and the old one stays.
 */
int replace_file(const char *path, const void *bytes, size_t len);

#endif
