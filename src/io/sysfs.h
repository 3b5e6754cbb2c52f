/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_SYSFS_H
#define GD_IO_SYSFS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Small files of sysfs and proc, and of folders that look like them in tests. */

/* "dir/name". False when that is too long. */
bool sysfs_path(char path[PATH_MAX], const char *dir, const char *name);

/* What one read(2) gives, cut to `size` with a NUL at the end. Its length or a negative errno, and
 * then "". */
ssize_t sysfs_read_all(const char *path, char *to, size_t size);

/* The file's first line, cut to `size`. False and "" when there is none. */
bool sysfs_read(const char *dir, const char *name, char *to, size_t size);

/* The number in the file; -1 when there is none. */
int sysfs_read_int(const char *dir, const char *name, int base);

/* Write `text` to an existing file. May block, for as long as a driver likes. 0 or a negative
 * errno. */
int sysfs_write(const char *dir, const char *name, const char *text);

/* The last part of the symlink's target: a driver's or a subsystem's name. False and "" when there
 * is none. */
bool sysfs_link_name(const char *dir, const char *name, char *to, size_t size);

#endif
