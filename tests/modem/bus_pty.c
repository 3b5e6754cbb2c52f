/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "io/baud.h"

#include "modem.h"

/* We hold no slave: who looks for the process that has a tty open must not find us. So reads fail
 * with EIO while nobody has it open, and inotify tells when that is over. */
struct line {
	struct bus_pty *bus;
	size_t port;
	int master; /* -1: unplugged */
	int watch;
	char tty[64];
	char link[512];
	ev_io reader;
	ev_io writer;
};

struct bus_pty {
	struct bus bus;
	const char *dir;
	int inotify;
	ev_io opens;
	struct line *lines;
	size_t count;
	int *kept; /* masters of replug keep-open, deaf */
	size_t kept_count;
};

static struct bus_pty *pty_of(struct bus *bus)
{
	return (struct bus_pty *)bus;
}

static bool is_open(const struct line *line)
{
	struct pollfd fd = {.fd = line->master, .events = POLLIN};

	return poll(&fd, 1, 0) >= 0 && !(fd.revents & POLLHUP);
}

static void update_open(struct line *line)
{
	struct modem *modem = line->bus->bus.modem;
	bool open = is_open(line);

	port_set_open(&modem->ports[line->port], open);
	if (open)
		ev_io_start(modem->loop, &line->reader);
}

static void read_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct line *line = io->data;
	struct modem *modem = line->bus->bus.modem;
	char bytes[4096];
	ssize_t len = read(line->master, bytes, sizeof(bytes));

	(void)revents;
	if (len > 0) {
		/* Bytes show that it is open, whatever inotify says later. */
		port_set_open(&modem->ports[line->port], true);
		port_received(&modem->ports[line->port], bytes, (size_t)len);
		return;
	}
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	ev_io_stop(loop, io);
	update_open(line);
}

static void write_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	/* It woke the loop, and the pump writes. */
	(void)revents;
	ev_io_stop(loop, io);
}

static void inotify_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct bus_pty *pty = io->data;
	char events[4096] __attribute__((aligned(8)));

	(void)loop;
	(void)revents;
	while (read(pty->inotify, events, sizeof(events)) > 0)
		;
	for (size_t i = 0; i < pty->count; i++)
		if (pty->lines[i].master >= 0)
			update_open(&pty->lines[i]);
}

static size_t pty_write(struct bus *bus, size_t port, const void *bytes, size_t len)
{
	struct line *line = &pty_of(bus)->lines[port];
	ssize_t done;

	if (line->master < 0)
		return 0;
	done = write(line->master, bytes, len);
	if (done > 0)
		return (size_t)done;
	if (errno == EAGAIN)
		ev_io_start(bus->modem->loop, &line->writer);
	return 0;
}

static void pty_carrier(struct bus *bus, size_t port, bool on)
{
	/* A pty has no modem lines. */
	(void)bus;
	(void)port;
	(void)on;
}

/* A pty carries no rate, but keeps what the host has set, and shows it to its master too. */
static int pty_baud(struct bus *bus, size_t port)
{
	return baud_get(pty_of(bus)->lines[port].master);
}

static bool pty_rtscts(struct bus *bus, size_t port)
{
	struct termios now;

	return tcgetattr(pty_of(bus)->lines[port].master, &now) == 0 && now.c_cflag & CRTSCTS;
}

/* Raw from the start, for a host that opens it and just writes. */
static int make_raw(const char *tty)
{
	int fd = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;
	int error = 0;

	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &raw)) {
		error = -errno;
	} else {
		cfmakeraw(&raw);
		cfsetspeed(&raw, B115200);
		if (tcsetattr(fd, TCSANOW, &raw))
			error = -errno;
	}
	close(fd);
	return error;
}

/* Never a moment without a link, for those who look at it. */
static int make_link(const struct line *line)
{
	char temporary[sizeof(line->link) + 8];

	snprintf(temporary, sizeof(temporary), "%s.new", line->link);
	unlink(temporary);
	if (symlink(line->tty, temporary) || rename(temporary, line->link))
		return -errno;
	return 0;
}

static int open_line(struct line *line)
{
	const char *name;
	int error;

	line->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (line->master < 0 || grantpt(line->master) || unlockpt(line->master))
		return -errno;
	name = ptsname(line->master);
	if (!name || !str_copy(line->tty, sizeof(line->tty), name))
		return -EINVAL;
	error = make_raw(line->tty);
	if (error)
		return error;
	line->watch = inotify_add_watch(line->bus->inotify, line->tty, IN_OPEN | IN_CLOSE);
	if (line->watch < 0)
		return -errno;
	ev_io_set(&line->reader, line->master, EV_READ);
	ev_io_set(&line->writer, line->master, EV_WRITE);
	return make_link(line);
}

static void close_line(struct line *line, bool keep_open)
{
	struct modem *modem = line->bus->bus.modem;
	struct bus_pty *pty = line->bus;

	if (line->master < 0)
		return;
	unlink(line->link);
	inotify_rm_watch(pty->inotify, line->watch);
	ev_io_stop(modem->loop, &line->reader);
	ev_io_stop(modem->loop, &line->writer);
	port_set_open(&modem->ports[line->port], false);
	if (keep_open) {
		int *kept = realloc(pty->kept, (pty->kept_count + 1) * sizeof(*kept));

		if (kept) {
			pty->kept = kept;
			kept[pty->kept_count++] = line->master;
			line->master = -1;
			return;
		}
	}
	close(line->master);
	line->master = -1;
}

static int pty_unplug(struct bus *bus, bool keep_open)
{
	struct bus_pty *pty = pty_of(bus);

	for (size_t i = 0; i < pty->count; i++)
		close_line(&pty->lines[i], keep_open);
	return 0;
}

static int pty_plug(struct bus *bus)
{
	struct bus_pty *pty = pty_of(bus);

	for (size_t i = 0; i < pty->count; i++) {
		int error = open_line(&pty->lines[i]);

		if (error) {
			fprintf(stderr, "gobi-modem: %s: %s\n", pty->lines[i].link,
				strerror(-error));
			pty_unplug(bus, false);
			return error;
		}
	}
	return 0;
}

static void pty_free(struct bus *bus)
{
	struct bus_pty *pty = pty_of(bus);

	pty_unplug(bus, false);
	for (size_t i = 0; i < pty->kept_count; i++)
		close(pty->kept[i]);
	ev_io_stop(bus->modem->loop, &pty->opens);
	if (pty->inotify >= 0)
		close(pty->inotify);
	free(pty->kept);
	free(pty->lines);
	free(pty);
}

static const struct bus_ops pty_ops = {
	pty_plug, pty_unplug, pty_write, pty_carrier, pty_free, pty_baud, pty_rtscts,
};

static int init_lines(struct bus_pty *pty)
{
	struct modem *modem = pty->bus.modem;

	pty->lines = calloc(modem->line_count, sizeof(*pty->lines));
	if (!pty->lines)
		return -ENOMEM;
	pty->count = modem->line_count;
	for (size_t i = 0; i < pty->count; i++) {
		struct line *line = &pty->lines[i];

		line->bus = pty;
		line->port = i;
		line->master = -1;
		ev_init(&line->reader, read_cb);
		ev_init(&line->writer, write_cb);
		line->reader.data = line->writer.data = line;
		snprintf(line->link, sizeof(line->link), "%s/if%d", pty->dir,
			 modem->ports[i].desc->interface);
	}
	return 0;
}

struct bus *bus_pty_new(struct modem *modem, const char *dir)
{
	struct bus_pty *pty = calloc(1, sizeof(*pty));

	if (!pty)
		return NULL;
	pty->bus.ops = &pty_ops;
	pty->bus.modem = modem;
	pty->dir = dir;
	pty->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (pty->inotify < 0 || init_lines(pty) || (mkdir(dir, 0755) && errno != EEXIST)) {
		fprintf(stderr, "gobi-modem: %s: %s\n", dir, strerror(errno));
		pty_free(&pty->bus);
		return NULL;
	}
	ev_io_init(&pty->opens, inotify_cb, pty->inotify, EV_READ);
	/* Who opens a tty is known before what he writes is read. */
	ev_set_priority(&pty->opens, EV_MAXPRI);
	pty->opens.data = pty;
	ev_io_start(modem->loop, &pty->opens);
	return &pty->bus;
}
