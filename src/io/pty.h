/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PTY_H
#define GD_IO_PTY_H

#include <sys/sysmacros.h>
#include <sys/types.h>

/* Linux's devices.txt: the slaves of Unix98 ptys. */
#define PTY_MAJOR_FIRST 136
#define PTY_MAJOR_LAST  143

/* The number N of /dev/pts/N with this device number; -1 for other ttys. */
static inline int pty_index(dev_t tty)
{
	unsigned number = major(tty);

	if (number < PTY_MAJOR_FIRST || number > PTY_MAJOR_LAST)
		return -1;
	return (int)((number - PTY_MAJOR_FIRST) << 8 | minor(tty));
}

/* And back. */
static inline dev_t pty_device(int index)
{
	return makedev(PTY_MAJOR_FIRST + ((unsigned)index >> 8), index & 0xff);
}

#endif
