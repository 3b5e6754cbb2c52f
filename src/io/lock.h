/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_LOCK_H
#define GD_IO_LOCK_H

#include <sys/types.h>

struct buf;
struct lock;

/*
 * Take the UUCP lock file of a tty below `dir`, as pppd and minicom keep it:
 * LCK..ttyUSB2 with the holder's pid in ten columns. `device` has its symlinks
 * resolved. Files of dead processes are broken. NULL and *error on failure:
 * -EBUSY: held, by whom is appended to `holder`; others as of open(2), and what
 * failed is appended.
 */
struct lock *lock_take(const char *dir, const char *device, int *error, struct buf *holder);

/* The same from `from`, which holds it for us and lives: nobody gets in between. NULL and *error:
 * -EBUSY when it is not his; others as of open(2). */
struct lock *lock_take_over(const char *dir, const char *device, pid_t from, int *error);

/* Remove the file if it is still ours, and free. NULL is fine. */
void lock_release(struct lock *lock);

#endif
