/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_SYSFS_H
#define GD_IO_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

/* The file's first line, cut to `size`. False and "" when there is none. */
bool sysfs_read(const char *dir, const char *name, char *to, size_t size);

/* The number in the file; -1 when there is none. */
int sysfs_read_int(const char *dir, const char *name, int base);

/* The last part of the symlink's target: a driver's or a subsystem's name. False and "" when there
 * is none. */
bool sysfs_link_name(const char *dir, const char *name, char *to, size_t size);

#endif
