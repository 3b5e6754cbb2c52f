/* SPDX-License-Identifier: ISC */
#include <sys/sysmacros.h>

#include "io/pty.h"

/* Linux's devices.txt: the slaves of Unix98 ptys. */
#define MAJOR_FIRST 136
#define MAJOR_LAST  143

int pty_index(dev_t tty)
{
	unsigned number = major(tty);

	if (number < MAJOR_FIRST || number > MAJOR_LAST)
		return -1;
	return (int)((number - MAJOR_FIRST) << 8 | minor(tty));
}

dev_t pty_device(int index)
{
	return makedev(MAJOR_FIRST + ((unsigned)index >> 8), index & 0xff);
}
