/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RUNDIR_H
#define GD_IO_RUNDIR_H

#include <stddef.h>
#include <sys/types.h>

/* RUNDIR: an instance's socket and lock live in there. */

/* Make the folder, 0755, where it is missing. Negative errno. */
int rundir_make(void);

/* RUNDIR/NAME.suffix into `path`. */
void rundir_path(char *path, size_t size, const char *name, const char *suffix);

/*
 * Be the one instance of that name: a lock on RUNDIR/NAME.lock that the kernel
 * drops when we end, however we end. Waits up to `wait_s` seconds for one that
 * is about to end. The fd, or -EBUSY with the holder's pid (0 unknown), or
 * another negative errno.
 */
int rundir_lock(const char *name, unsigned wait_s, pid_t *holder);

/* The end of it: the file goes too. -1 for `fd` is fine. */
void rundir_unlock(const char *name, int fd);

struct buf;

/* RUNDIR/NAME.suffix with that text, 0600, whole or not at all. Negative errno. */
int rundir_write(const char *name, const char *suffix, const struct buf *text);

/* Fine when it is not there. */
void rundir_remove(const char *name, const char *suffix);

#endif
