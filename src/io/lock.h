/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_LOCK_H
#define GD_IO_LOCK_H

#include <sys/types.h>

struct buf;
struct lock;

/*
 * Take the UUCP lock file of a tty below `dir`, as pppd and minicom keep it:
 * LCK..ttyUSB2 with the holder's pid in ten columns. `device` has its symlinks
 * resolved. Files of dead processes are removed; for root also those whose process does not have
 * the port open, and whatever is no regular file. On failure NULL and *error:
 * -EBUSY: held, and the holder is appended to `holder`; others as of open(2),
 * and what failed is appended.
 */
struct lock *lock_take(const char *dir, const char *device, int *error, struct buf *holder);

/* The same from the live process `from`, which holds it for us; no other process can get in
 * between. On failure NULL and *error: -EBUSY when `from` does not hold it; others as of
 * open(2). */
struct lock *lock_take_over(const char *dir, const char *device, pid_t from, int *error);

/* Remove the file if it is still ours, and free the lock. NULL is fine. */
void lock_release(struct lock *lock);

#endif
