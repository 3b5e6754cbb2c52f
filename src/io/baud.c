/* SPDX-License-Identifier: ISC */
/* The kernel's own struct termios2, whose rates are numbers. <termios.h> has one of the same name
 * with other contents, so no other file includes this. */
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "base/count.h"
#include "io/baud.h"

/* POSIX has numbers of its own for them. */
static const struct {
	int baud;
	unsigned speed;
} speeds[] = {
	{1200, B1200},       {2400, B2400},       {4800, B4800},       {9600, B9600},
	{19200, B19200},     {38400, B38400},     {57600, B57600},     {115200, B115200},
	{230400, B230400},   {460800, B460800},   {500000, B500000},   {576000, B576000},
	{921600, B921600},   {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000},
	{2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000},
	{4000000, B4000000},
};

static unsigned find_speed(int baud)
{
	for (size_t i = 0; i < COUNT(speeds); i++)
		if (speeds[i].baud == baud)
			return speeds[i].speed;
	return BOTHER;
}

bool baud_is_usual(int baud)
{
	return find_speed(baud) != BOTHER;
}

int baud_get(int fd)
{
	struct termios2 now;

	return ioctl(fd, TCGETS2, &now) == 0 ? (int)now.c_ospeed : 0;
}

int baud_set(int fd, int baud)
{
	struct termios2 now, then;
	struct termios old;
	int off;

	if (ioctl(fd, TCGETS2, &now) < 0) {
		/* An emulated processor may know the usual ones alone. */
		if (errno != ENOSYS || !baud_is_usual(baud) || ioctl(fd, TCGETS, &old) < 0)
			return -errno;
		old.c_cflag = (old.c_cflag & ~(tcflag_t)CBAUD) | find_speed(baud);
		return ioctl(fd, TCSETS, &old) < 0 ? -errno : 0;
	}
	then = now;
	/* With no rate of its own the input follows. Others read the usual ones by their names. */
	then.c_cflag &= ~(tcflag_t)(CBAUD | CBAUD << IBSHIFT);
	then.c_cflag |= find_speed(baud);
	then.c_ispeed = then.c_ospeed = (speed_t)baud;
	if (ioctl(fd, TCSETS2, &then) < 0 || ioctl(fd, TCGETS2, &then) < 0)
		return -errno;
	/* A driver says here what it has made of it. */
	off = (int)then.c_ospeed - baud;
	if (off <= baud / 32 && off >= -(baud / 32))
		return 0;
	ioctl(fd, TCSETS2, &now);
	return -EINVAL;
}
