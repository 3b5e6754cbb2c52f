/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/log.h"
#include "io/atport.h"
#include "io/clock.h"
#include "io/serial.h"

struct atport {
	struct ev_loop *loop;
	struct serial *serial;
	struct at_chan *chan;
	struct atport_callbacks callbacks;
	void *ctx;
	ev_io reader;
	ev_io writer;
	ev_timer timer;
	bool in_callback;
	bool freed; /* in a callback: the memory goes when that returns */
};

static void free_port(struct atport *port)
{
	at_chan_free(port->chan);
	free(port);
}

static void lose_port(struct atport *port)
{
	ev_io_stop(port->loop, &port->reader);
	ev_io_stop(port->loop, &port->writer);
	ev_timer_stop(port->loop, &port->timer);
	serial_abandon(port->serial);
	port->serial = NULL;
	port->callbacks.gone(port->ctx);
}

static void pump_port(struct atport *port)
{
	struct at_event event;
	const char *bytes;
	ssize_t written = 0;
	int64_t deadline, ms;
	size_t len;

	port->in_callback = true;
	while (!port->freed &&
	       (event = at_chan_next(port->chan, clock_now_ms())).type != AT_EVENT_NONE)
		port->callbacks.event(port->ctx, &event);
	port->in_callback = false;
	if (port->freed) {
		free_port(port);
		return;
	}
	if (!port->serial)
		return;
	while (written >= 0 && (bytes = at_chan_output(port->chan, &len, clock_now_ms()))) {
		written = serial_write(port->serial, bytes, len);
		if (written >= 0)
			at_chan_written(port->chan, (size_t)written, clock_now_ms());
	}
	if (written < 0 && written != -EAGAIN) {
		lose_port(port);
		return;
	}
	if (written == -EAGAIN)
		ev_io_start(port->loop, &port->writer);
	else
		ev_io_stop(port->loop, &port->writer);
	deadline = at_chan_deadline(port->chan);
	ev_timer_stop(port->loop, &port->timer);
	if (deadline >= 0) {
		ms = deadline - clock_now_ms();
		ev_now_update(port->loop);
		ev_timer_set(&port->timer, ms > 0 ? (double)ms / 1e3 : 0., 0.);
		ev_timer_start(port->loop, &port->timer);
	}
}

static void on_port_ready(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct atport *port = watcher->data;
	char bytes[2048];
	ssize_t len;

	(void)loop;
	if (revents & EV_READ) {
		len = serial_read(port->serial, bytes, sizeof(bytes));
		if (len == -EAGAIN)
			return;
		if (len < 0) {
			lose_port(port);
			return;
		}
		at_chan_feed(port->chan, bytes, (size_t)len, clock_now_ms());
	}
	pump_port(port);
}

static void on_port_timer(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)revents;
	pump_port(watcher->data);
}

struct atport *atport_new(struct ev_loop *loop, struct serial *serial,
			  const struct atport_callbacks *callbacks, void *ctx)
{
	struct atport *port = calloc(1, sizeof(*port));

	if (port)
		port->chan = at_chan_new();
	if (!port || !port->chan) {
		free(port);
		serial_close(serial);
		return NULL;
	}
	port->loop = loop;
	port->serial = serial;
	port->callbacks = *callbacks;
	port->ctx = ctx;
	at_chan_set_name(port->chan, serial_device(serial));
	at_chan_set_lf(port->chan, serial_state(serial).wants_lf);
	ev_io_init(&port->reader, on_port_ready, serial_fd(serial), EV_READ);
	ev_io_init(&port->writer, on_port_ready, serial_fd(serial), EV_WRITE);
	ev_timer_init(&port->timer, on_port_timer, 0., 0.);
	port->reader.data = port;
	port->writer.data = port;
	port->timer.data = port;
	ev_io_start(loop, &port->reader);
	return port;
}

struct serial *atport_release(struct atport *port)
{
	struct serial *serial;

	if (!port)
		return NULL;
	ev_io_stop(port->loop, &port->reader);
	ev_io_stop(port->loop, &port->writer);
	ev_timer_stop(port->loop, &port->timer);
	serial = port->serial;
	port->serial = NULL;
	port->freed = true;
	if (!port->in_callback)
		free_port(port);
	return serial;
}

int atport_send(struct atport *port, const struct at_command *command)
{
	int error;

	if (!port->serial)
		return -EIO;
	error = at_chan_send(port->chan, command);
	if (error < 0)
		return error;
	/* Not from here: the caller may be inside a callback of pump's. */
	ev_feed_event(port->loop, &port->timer, EV_TIMER);
	return 0;
}

const char *atport_hand_over(struct atport *port, size_t *len)
{
	ev_io_stop(port->loop, &port->reader);
	ev_io_stop(port->loop, &port->writer);
	ev_timer_stop(port->loop, &port->timer);
	return at_chan_data(port->chan, len);
}

struct serial *atport_serial(struct atport *port)
{
	return port->serial;
}

void atport_push_data(struct atport *port)
{
	const char *bytes;
	size_t len;

	if (!port->serial)
		return;
	bytes = at_chan_data(port->chan, &len);
	for (size_t i = 0; i < len; i++) {
		if (ioctl(serial_fd(port->serial), TIOCSTI, bytes + i) == 0)
			continue;
		log_debug("%s: cannot put %zu early bytes back: %s", serial_device(port->serial),
			  len - i, strerror(errno));
		break;
	}
}
