/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PTY_H
#define GD_IO_PTY_H

#include <sys/types.h>

/* The number N of /dev/pts/N with this device number; -1 for other ttys. */
int pty_index(dev_t tty);

/* And back. */
dev_t pty_device(int index);

#endif
