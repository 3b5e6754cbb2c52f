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

static int resolve(struct serial *serial, const char *device)
{
	char path[PATH_MAX];
	struct stat status;

	if (!realpath(device, path) || stat(path, &status) < 0)
		return -errno;
	if (!S_ISCHR(status.st_mode))
		return -ENOTTY;
	if (!str_copy(serial->state.device, sizeof(serial->state.device), path))
		return -ENAMETOOLONG;
	serial->state.tty = status.st_rdev;
	return 0;
}

/* A pty keeps the TIOCEXCL of somebody killed as long as its master lives; a real tty forgets it
 * with the last close. */
static bool is_exclusive(const struct serial *serial)
{
	int on = 0;

	return pty_index(serial->state.tty) < 0 && ioctl(serial->fd, TIOCGEXCL, &on) == 0 && on;
}

/* flock is for the tools that look at nothing else. */
static int claim(struct serial *serial)
{
	int discipline;

	/* isatty() asks the line discipline, which may be a leftover. */
	if (ioctl(serial->fd, TIOCGETD, &discipline) < 0)
		return -ENOTTY;
	if (is_exclusive(serial) ||
	    (flock(serial->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK))
		return -EBUSY;
	if (ioctl(serial->fd, TIOCEXCL) < 0)
		return -errno;
	serial->state.exclusive = true;
	return 0;
}

/* closing_wait: close() on a port that takes no bytes any more would wait 30 s for them. Ptys have
 * none, others want CAP_SYS_ADMIN: do without. */
static void stop_waiting_at_close(struct serial *serial)
{
	struct serial_struct info;

	if (ioctl(serial->fd, TIOCGSERIAL, &info) < 0 ||
	    info.closing_wait == ASYNC_CLOSING_WAIT_NONE)
		return;
	serial->state.closing_wait = info.closing_wait;
	info.closing_wait = ASYNC_CLOSING_WAIT_NONE;
	if (ioctl(serial->fd, TIOCSSERIAL, &info) < 0)
		serial->state.closing_wait = -1;
}

/* pppd killed -9 leaves a pty in PPP's discipline. */
static int free_line(int fd)
{
	int discipline = N_TTY;

	if (ioctl(fd, TIOCGETD, &discipline) < 0 || discipline == N_TTY)
		return 0;
	discipline = N_TTY;
	return ioctl(fd, TIOCSETD, &discipline) < 0 ? -errno : 0;
}

static int make_raw(int fd, const struct termios *found)
{
	struct termios raw = *found;

	cfmakeraw(&raw);
	raw.c_iflag |= IGNBRK;
	raw.c_cflag &= (tcflag_t) ~(CRTSCTS | CSTOPB);
	raw.c_cflag |= CLOCAL | CREAD | HUPCL;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	cfsetispeed(&raw, B115200);
	cfsetospeed(&raw, B115200);
	return tcsetattr(fd, TCSANOW, &raw) < 0 ? -errno : 0;
}

static int set_up(struct serial *serial)
{
	int error = free_line(serial->fd);

	if (error)
		return error;
	if (tcgetattr(serial->fd, &serial->state.found) < 0)
		return -errno;
	stop_waiting_at_close(serial);
	error = make_raw(serial->fd, &serial->state.found);
	if (error)
		return error;
	serial->state.set_up = true;
	tcflush(serial->fd, TCIOFLUSH);
	return 0;
}

static int open_locked(struct serial *serial, const char *device, struct buf *holder)
{
	int error = resolve(serial, device);

	if (error)
		return error;
	serial->lock = lock_take(LOCKDIR, serial->state.device, &error, holder);
	if (!serial->lock)
		return error;
	serial->fd = open(serial->state.device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return serial->fd < 0 ? -errno : claim(serial);
}

/* Nobody else gets in after TIOCEXCL, root apart; nobody was in before if /proc says so. */
static int check_rivals(const struct serial *serial, int error, const struct holder_list *list,
			struct buf *holder)
{
	pid_t pid;

	if (error && (error != -EBUSY || holder->len > 0))
		return error;
	pid = holder_find(list, serial->state.tty);
	if (pid)
		holder_append(holder, pid);
	else if (error)
		buf_printf(holder, "another process");
	return pid ? -EBUSY : error;
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

static void begin(struct serial_opening *opening)
{
	opening->serial = new_serial();
	opening->error = -ENOMEM;
	if (opening->serial)
		opening->error = open_locked(opening->serial, opening->device, &opening->holder);
}

static void finish(struct serial_opening *opening, const struct holder_list *list)
{
	if (!opening->serial)
		return;
	opening->error = check_rivals(opening->serial, opening->error, list, &opening->holder);
	if (opening->error == 0)
		opening->error = set_up(opening->serial);
	if (opening->error == 0)
		return;
	serial_close(opening->serial);
	opening->serial = NULL;
}

void serial_open_all(struct serial_opening *openings, size_t count)
{
	struct holder_list list;

	for (size_t i = 0; i < count; i++)
		begin(&openings[i]);
	holder_scan(&list);
	for (size_t i = 0; i < count; i++)
		finish(&openings[i], &list);
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

/* Not while bytes are on their way: close() would wait for them again. */
static void wait_at_close_as_before(const struct serial *serial)
{
	struct serial_struct info;
	int unsent = 0;

	if (serial->state.closing_wait < 0 || ioctl(serial->fd, TIOCOUTQ, &unsent) < 0 ||
	    unsent > 0 || ioctl(serial->fd, TIOCGSERIAL, &info) < 0)
		return;
	info.closing_wait = (unsigned short)serial->state.closing_wait;
	ioctl(serial->fd, TIOCSSERIAL, &info);
}

void serial_close(struct serial *serial)
{
	if (!serial)
		return;
	if (serial->state.set_up) {
		tcflush(serial->fd, TCIOFLUSH);
		tcsetattr(serial->fd, TCSANOW, &serial->state.found);
	}
	if (serial->fd >= 0)
		wait_at_close_as_before(serial);
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

int serial_fd(const struct serial *serial)
{
	return serial->fd;
}

const char *serial_device(const struct serial *serial)
{
	return serial->state.device;
}

int serial_set_dtr(struct serial *serial, bool on)
{
	int lines = 0;

	/* Old kernels say EINVAL of a pty too, which has no lines at all. */
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
