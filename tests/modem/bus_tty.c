/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "modem.h"

/* A gadget tty hangs up when its USB device is unplugged; then it is opened again and again until
 * it works. */
#define REOPEN_S 0.2

struct line {
	struct bus_tty *bus;
	size_t port;
	int fd; /* -1: hung up */
	char *device;
	ev_io reader;
	ev_io writer;
	ev_timer reopen;
};

/* ttys that exist already: those of gser functions, or a null modem cable. */
struct bus_tty {
	struct bus bus;
	struct line *lines;
	size_t count;
};

static struct bus_tty *tty_of(struct bus *bus)
{
	return (struct bus_tty *)bus;
}

static void close_line(struct line *line)
{
	struct modem *modem = line->bus->bus.modem;

	ev_io_stop(modem->loop, &line->reader);
	ev_io_stop(modem->loop, &line->writer);
	ev_timer_stop(modem->loop, &line->reopen);
	if (line->fd < 0)
		return;
	close(line->fd);
	line->fd = -1;
	port_set_open(&modem->ports[line->port], false);
}

static int open_line(struct line *line)
{
	struct modem *modem = line->bus->bus.modem;
	struct termios raw;

	line->fd = open(line->device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (line->fd < 0)
		return -errno;
	if (tcgetattr(line->fd, &raw)) {
		int error = -errno;

		close(line->fd);
		line->fd = -1;
		return error;
	}
	cfmakeraw(&raw);
	raw.c_cflag |= CLOCAL | CREAD;
	tcsetattr(line->fd, TCSANOW, &raw);
	ev_io_set(&line->reader, line->fd, EV_READ);
	ev_io_set(&line->writer, line->fd, EV_WRITE);
	ev_io_start(modem->loop, &line->reader);
	port_set_open(&modem->ports[line->port], true);
	return 0;
}

static void hung_up(struct line *line)
{
	struct modem *modem = line->bus->bus.modem;

	close_line(line);
	call_hangup(&modem->ports[line->port].call, "tty", false);
	ev_timer_set(&line->reopen, REOPEN_S, REOPEN_S);
	ev_timer_start(modem->loop, &line->reopen);
}

static void reopen_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)revents;
	if (open_line(timer->data) == 0)
		ev_timer_stop(loop, timer);
}

static void read_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct line *line = io->data;
	struct modem *modem = line->bus->bus.modem;
	char bytes[4096];
	ssize_t len = read(line->fd, bytes, sizeof(bytes));

	(void)loop;
	(void)revents;
	if (len > 0)
		port_received(&modem->ports[line->port], bytes, (size_t)len);
	else if (len == 0 || (errno != EAGAIN && errno != EINTR))
		hung_up(line);
}

static void write_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	/* It woke the loop, and the pump writes. */
	(void)revents;
	ev_io_stop(loop, io);
}

static size_t tty_write(struct bus *bus, size_t port, const void *bytes, size_t len)
{
	struct line *line = &tty_of(bus)->lines[port];
	ssize_t done;

	if (line->fd < 0)
		return 0;
	done = write(line->fd, bytes, len);
	if (done > 0)
		return (size_t)done;
	if (done == 0 || errno == EAGAIN)
		ev_io_start(bus->modem->loop, &line->writer);
	return 0;
}

static void tty_carrier(struct bus *bus, size_t port, bool on)
{
	/* A gadget tty cannot set its DCD. */
	(void)bus;
	(void)port;
	(void)on;
}

static int tty_plug(struct bus *bus)
{
	struct bus_tty *tty = tty_of(bus);

	for (size_t i = 0; i < tty->count; i++) {
		int error = open_line(&tty->lines[i]);

		if (error) {
			fprintf(stderr, "gobi-modem: %s: %s\n", tty->lines[i].device,
				strerror(-error));
			return error;
		}
	}
	return 0;
}

static int tty_unplug(struct bus *bus, bool keep_open)
{
	(void)bus;
	(void)keep_open;
	return -ENOTSUP;
}

static void tty_free(struct bus *bus)
{
	struct bus_tty *tty = tty_of(bus);

	for (size_t i = 0; i < tty->count; i++) {
		close_line(&tty->lines[i]);
		free(tty->lines[i].device);
	}
	free(tty->lines);
	free(tty);
}

static const struct bus_ops tty_ops = {
	tty_plug, tty_unplug, tty_write, tty_carrier, tty_free,
};

/* The next of a list of names with commas between; "" at its end. */
static const char *next_device(struct line *line, const char *devices)
{
	size_t len = strcspn(devices, ",");

	line->device = strndup(devices, len);
	return devices + len + (devices[len] == ',');
}

static int init_lines(struct bus_tty *tty, const char *devices)
{
	size_t count = tty->bus.modem->line_count;

	tty->lines = calloc(count, sizeof(*tty->lines));
	if (!tty->lines)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct line *line = &tty->lines[i];

		line->bus = tty;
		line->port = i;
		line->fd = -1;
		ev_init(&line->reader, read_cb);
		ev_init(&line->writer, write_cb);
		ev_init(&line->reopen, reopen_cb);
		line->reader.data = line->writer.data = line;
		line->reopen.data = line;
		devices = next_device(line, devices);
		if (!line->device || !line->device[0])
			return -EINVAL;
		tty->count++;
	}
	return devices[0] ? -EINVAL : 0;
}

struct bus *bus_tty_new(struct modem *modem, const char *devices)
{
	struct bus_tty *tty = calloc(1, sizeof(*tty));

	if (!tty)
		return NULL;
	tty->bus.ops = &tty_ops;
	tty->bus.modem = modem;
	if (init_lines(tty, devices)) {
		fprintf(stderr, "gobi-modem: --tty %s: the description wants %zu devices\n",
			devices, modem->line_count);
		tty_free(&tty->bus);
		return NULL;
	}
	return &tty->bus;
}
