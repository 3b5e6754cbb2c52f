/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_BAUD_H
#define GD_IO_BAUD_H

#include <stdbool.h>

/* Set a tty to any rate, usual or not. -EINVAL: it has not taken that one (within 3 %), and keeps
 * the last. */
int baud_set(int fd, int baud);

/* What it is set to; 0: unknown. */
int baud_get(int fd);

/* POSIX has a name for it, so that every program can set it. */
bool baud_is_usual(int baud);

#endif
