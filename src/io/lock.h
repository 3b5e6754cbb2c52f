/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_LOCK_H
#define GD_IO_LOCK_H

struct buf;
struct lock;

/*
 * Take the UUCP lock file of a tty below `dir`, as pppd and minicom keep it:
 * LCK..ttyUSB2 with the holder's pid in ten columns. `device` has its symlinks
 * resolved. Files of dead processes are broken. NULL and *error on failure:
 * -EBUSY: held, by whom is appended to `holder`; others as of open(2), and what
 * failed is appended.
 */
struct lock *lock_take(const char *dir, const char *device, int *error,
		       struct buf *holder);

/* Remove the file if it is still ours, and free. NULL is fine. */
void lock_release(struct lock *lock);

#endif
