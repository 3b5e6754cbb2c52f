/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/baud.h"
#include "io/holder.h"
#include "io/lock.h"
#include "io/pty.h"
#include "io/serial.h"

#ifndef TIOCGEXCL
#define TIOCGEXCL _IOR('T', 0x40, int)
#endif

struct serial {
	int fd;
	struct lock *lock;
	struct serial_state state;
};

static int make_raw(struct serial *serial)
{
	struct serial_struct info;
	struct termios raw;
	int discipline = N_TTY;

	/* A pppd killed with -9 leaves a pty in PPP's line discipline. */
	if (ioctl(serial->fd, TIOCGETD, &discipline) == 0 && discipline != N_TTY) {
		discipline = N_TTY;
		if (ioctl(serial->fd, TIOCSETD, &discipline) < 0)
			return -errno;
	}
	if (tcgetattr(serial->fd, &serial->state.found) < 0)
		return -errno;
	/* close() on a port that takes no bytes any more would wait 30 s (closing_wait) for them.
	 * Ptys do not have that, other drivers want CAP_SYS_ADMIN; then do without. */
	if (ioctl(serial->fd, TIOCGSERIAL, &info) == 0 &&
	    info.closing_wait != ASYNC_CLOSING_WAIT_NONE) {
		serial->state.closing_wait = info.closing_wait;
		info.closing_wait = ASYNC_CLOSING_WAIT_NONE;
		if (ioctl(serial->fd, TIOCSSERIAL, &info) < 0)
			serial->state.closing_wait = -1;
	}
	raw = serial->state.found;
	cfmakeraw(&raw);
	raw.c_iflag |= IGNBRK;
	raw.c_cflag &= (tcflag_t) ~(CRTSCTS | CSTOPB);
	raw.c_cflag |= CLOCAL | CREAD | HUPCL;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	cfsetispeed(&raw, B115200);
	cfsetospeed(&raw, B115200);
	if (tcsetattr(serial->fd, TCSANOW, &raw) < 0)
		return -errno;
	serial->state.set_up = true;
	serial->state.baud = 115200;
	tcflush(serial->fd, TCIOFLUSH);
	return 0;
}

static int open_tty(struct serial *serial, const char *device, struct buf *holder)
{
	char path[PATH_MAX];
	struct stat status;
	int error, discipline, exclusive = 0;

	if (!realpath(device, path) || stat(path, &status) < 0)
		return -errno;
	if (!S_ISCHR(status.st_mode))
		return -ENOTTY;
	if (!str_copy(serial->state.device, sizeof(serial->state.device), path))
		return -ENAMETOOLONG;
	serial->state.tty = status.st_rdev;
	if (holder_is_console("", path, status.st_rdev, holder))
		return -EBUSY;
	serial->lock = lock_take(LOCKDIR, path, &error, holder);
	/* A lock folder that is full or read-only says nothing of the port. */
	if (!serial->lock)
		return error == -EBUSY || error == -EACCES || error == -EPERM ? error : -ENOLCK;
	serial->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (serial->fd < 0)
		return -errno;
	/* isatty() asks the line discipline, which may be a leftover. */
	if (ioctl(serial->fd, TIOCGETD, &discipline) < 0)
		return -ENOTTY;
	/* A pty keeps the TIOCEXCL of a killed process as long as its master lives; a real tty
	 * forgets it with the last close. */
	if (pty_index(serial->state.tty) < 0 && ioctl(serial->fd, TIOCGEXCL, &exclusive) == 0 &&
	    exclusive)
		return -EBUSY;
	/* For programs that look at no other lock. */
	if (flock(serial->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return -EBUSY;
	if (ioctl(serial->fd, TIOCEXCL) < 0)
		return -errno;
	serial->state.exclusive = true;
	return 0;
}

static struct serial *new_serial(void)
{
	struct serial *serial = calloc(1, sizeof(*serial));

	if (!serial)
		return NULL;
	serial->fd = -1;
	serial->state.closing_wait = -1;
	return serial;
}

void serial_open_all(struct serial_opening *openings, size_t count)
{
	struct serial_opening *opening, *end = openings + count;
	struct holder_list list;

	for (opening = openings; opening < end; opening++) {
		opening->serial = new_serial();
		opening->error = -ENOMEM;
		if (opening->serial)
			opening->error =
				open_tty(opening->serial, opening->device, &opening->holder);
	}
	/* After TIOCEXCL no other process can open the port, except root's; /proc says whether one
	 * had it open before, and which one holds a busy port. */
	holder_scan(&list);
	for (opening = openings; opening < end; opening++) {
		pid_t pid;

		if (!opening->serial)
			continue;
		if (!opening->error || (opening->error == -EBUSY && opening->holder.len == 0)) {
			pid = holder_find(&list, opening->serial->state.tty);
			if (pid)
				holder_append(&opening->holder, pid);
			else if (opening->error)
				buf_printf(&opening->holder, "another process");
			if (pid)
				opening->error = -EBUSY;
		}
		if (opening->error == 0)
			opening->error = make_raw(opening->serial);
		if (opening->error == 0)
			continue;
		serial_close(opening->serial);
		opening->serial = NULL;
	}
	holder_list_free(&list);
}

struct serial *serial_open(const char *device, int *error, struct buf *holder)
{
	struct serial_opening opening = {device, NULL, 0, BUF_INIT};

	serial_open_all(&opening, 1);
	buf_append(holder, opening.holder.data, opening.holder.len);
	buf_free(&opening.holder);
	*error = opening.error;
	return opening.serial;
}

void serial_close(struct serial *serial)
{
	struct serial_struct info;
	int unsent = 0;

	if (!serial)
		return;
	if (serial->state.set_up) {
		tcflush(serial->fd, TCIOFLUSH);
		tcsetattr(serial->fd, TCSANOW, &serial->state.found);
	}
	/* While bytes are still unsent, close() would wait for them again. */
	if (serial->fd >= 0 && serial->state.closing_wait >= 0 &&
	    ioctl(serial->fd, TIOCOUTQ, &unsent) == 0 && unsent <= 0 &&
	    ioctl(serial->fd, TIOCGSERIAL, &info) == 0) {
		info.closing_wait = (unsigned short)serial->state.closing_wait;
		ioctl(serial->fd, TIOCSSERIAL, &info);
	}
	if (serial->state.exclusive)
		ioctl(serial->fd, TIOCNXCL);
	serial_abandon(serial);
}

void serial_abandon(struct serial *serial)
{
	if (!serial)
		return;
	if (serial->fd >= 0)
		close(serial->fd);
	lock_release(serial->lock);
	free(serial);
}

struct serial_state serial_state(const struct serial *serial)
{
	return serial->state;
}

struct serial *serial_take_over(int fd, const struct serial_state *state, pid_t from, int *error)
{
	struct serial *serial = new_serial();

	*error = -ENOMEM;
	if (!serial) {
		close(fd);
		return NULL;
	}
	serial->fd = fd;
	serial->state = *state;
	serial->lock = lock_take_over(LOCKDIR, state->device, from, error);
	if (serial->lock)
		return serial;
	serial_close(serial);
	return NULL;
}

struct serial *serial_channel(const struct serial *tty, int fd)
{
	struct serial *serial = new_serial();

	if (!serial) {
		close(fd);
		return NULL;
	}
	serial->fd = fd;
	str_copy(serial->state.device, sizeof(serial->state.device), tty->state.device);
	serial->state.baud = tty->state.baud;
	serial->state.wants_lf = tty->state.wants_lf;
	return serial;
}

int serial_fd(const struct serial *serial)
{
	return serial->fd;
}

const char *serial_device(const struct serial *serial)
{
	return serial->state.device;
}

int serial_set_baud(struct serial *serial, int baud)
{
	int error = baud_set(serial->fd, baud);

	if (error < 0)
		return error;
	tcflush(serial->fd, TCIFLUSH);
	serial->state.baud = baud;
	return 0;
}

int serial_set_flow(struct serial *serial, bool rtscts)
{
	struct termios now;

	if (tcgetattr(serial->fd, &now) < 0)
		return -errno;
	now.c_cflag &= (tcflag_t)~CRTSCTS;
	if (rtscts)
		now.c_cflag |= CRTSCTS;
	/* What has not got through until now is not to come later. */
	else
		tcflush(serial->fd, TCIOFLUSH);
	if (tcsetattr(serial->fd, TCSANOW, &now) < 0)
		return -errno;
	serial->state.rtscts = rtscts;
	return 0;
}

void serial_put_back(struct serial *serial, int baud)
{
	serial->state.put_back = baud;
}

void serial_set_lf(struct serial *serial, bool wants_lf)
{
	serial->state.wants_lf = wants_lf;
}

int serial_set_dtr(struct serial *serial, bool on)
{
	int lines = 0;

	/* Old kernels say EINVAL for a pty too, which has no lines at all. */
	if (ioctl(serial->fd, TIOCMGET, &lines) < 0)
		return errno == EIO ? -EIO : -ENOTTY;
	lines = TIOCM_DTR | TIOCM_RTS;
	return ioctl(serial->fd, on ? TIOCMBIS : TIOCMBIC, &lines) < 0 ? -errno : 0;
}

int serial_heed_carrier(struct serial *serial)
{
	struct termios now;

	if (tcgetattr(serial->fd, &now) < 0)
		return -errno;
	now.c_cflag &= (tcflag_t)~CLOCAL;
	return tcsetattr(serial->fd, TCSANOW, &now) < 0 ? -errno : 0;
}

ssize_t serial_read(struct serial *serial, void *bytes, size_t size)
{
	ssize_t len;

	do
		len = read(serial->fd, bytes, size);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return len == 0 && size > 0 ? -EIO : len;
}

ssize_t serial_write(struct serial *serial, const void *bytes, size_t len)
{
	ssize_t written;

	do
		written = write(serial->fd, bytes, len);
	while (written < 0 && errno == EINTR);
	if (written < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return written;
}
