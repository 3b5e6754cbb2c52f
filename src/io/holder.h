/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_HOLDER_H
#define GD_IO_HOLDER_H

#include <sys/types.h>

struct buf;

/*
 * Another process that has the tty with this device number open, 0 when none
 * is seen. Root's opens ignore TIOCEXCL, so only /proc tells. Who holds a
 * pty's master is its other end, not a rival.
 */
pid_t holder_find(dev_t tty);

/* Append "ModemManager (pid 312)". */
void holder_append(struct buf *out, pid_t pid);

#endif
