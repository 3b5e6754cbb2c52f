/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RUNDIR_H
#define GD_IO_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* RUNDIR, which holds the instances' sockets and locks. */

/* Make the folder, 0755, if it is missing. Negative errno. */
int rundir_make(void);

/* RUNDIR/NAME.suffix into `path`. */
void rundir_path(char *path, size_t size, const char *name, const char *suffix);

/*
 * Become the only instance of that name, by a lock on RUNDIR/NAME.lock that the
 * kernel releases when we end, in whatever way. Waits up to `wait_s` seconds for
 * an instance that is about to end. The fd, or -EBUSY with the holder's pid (0 unknown), or
 * another negative errno.
 */
int rundir_lock(const char *name, unsigned wait_s, pid_t *holder);

/* Release it and remove the file. -1 for `fd` is fine. */
void rundir_unlock(const char *name, int fd);

struct buf;

/* The access point that `prepare` has chosen, and the one with which the last call of another pppd
 * came to nothing. */
#define RUNDIR_APN     "apn"
#define RUNDIR_REFUSED "refused"

/* Write RUNDIR/NAME.suffix, 0600, whole or not at all. Negative errno. */
int rundir_write(const char *name, const char *suffix, const struct buf *text);

/* Whether RUNDIR/NAME.suffix is there. */
bool rundir_has(const char *name, const char *suffix);

/* Fine if it does not exist. */
void rundir_remove(const char *name, const char *suffix);

#endif
