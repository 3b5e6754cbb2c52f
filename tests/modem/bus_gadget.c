/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/usb/functionfs.h>

#include "io/clock.h"

#include "aio.h"
#include "cp210x.h"
#include "ep0.h"
#include "ffs_desc.h"
#include "gadget.h"
#include "modem.h"
#include "trace.h"

/* One packet at high speed: option sends no zero-length packet after a full one, so a longer read
 * could wait for ever. */
#define READ_SIZE 512

/* Of a modem that takes bytes at a rate of its own. */
#define BUFFER_SIZE 4096

struct line {
	struct bus_gadget *bus;
	size_t port;
	int in, out, interrupt; /* endpoint files, -1: has none */
	struct aio_op reading, writing, notifying;
	bool again;   /* it was enabled anew while it still read */
	bool carrier; /* as the host should see it */
	bool told;    /* as it was last told */
	int64_t held; /* timing.up_bytes_per_s: bytes that the modem has not taken yet, */
	int64_t emptied_at;
	ev_timer hold; /* and the host is held up meanwhile */
};

/* The modem's lines at the bridge's: the key and reset are pressed low, STATUS is high when on. */
enum { BRIDGE_KEY = 1 << 0, BRIDGE_RESET = 1 << 1, BRIDGE_STATUS = 1 << 2 };

struct bus_gadget {
	struct bus bus;
	struct gadget *gadget;
	struct aio *aio;
	int ep0;
	bool enabled;
	ev_io events;
	struct cp210x chip; /* usb.bridge: the modem's UART is behind it */
	struct line *lines;
	size_t count;
};

static struct bus_gadget *gadget_of(struct bus *bus)
{
	return (struct bus_gadget *)bus;
}

static struct port *port_of(struct line *line)
{
	return &line->bus->bus.modem->ports[line->port];
}

static void start_reading(struct line *line)
{
	if (line->out < 0)
		return;
	if (line->reading.busy)
		line->again = true;
	else
		aio_read(line->bus->aio, &line->reading, line->out, READ_SIZE);
}

/* The modem's CTS is heard. */
static bool is_held_up(const struct line *line)
{
	return line->bus->chip.rtscts && line->bus->bus.modem->rtscts[1];
}

/* How many of `len` bytes fit into the modem's buffer, which it empties at its own pace. */
static size_t take_some(struct line *line, size_t len)
{
	struct modem *modem = line->bus->bus.modem;
	int64_t now = clock_now_ms(), rate = modem->desc->timing.up_bytes_per_s;

	if (rate == 0)
		return len;
	line->held -= (now - line->emptied_at) * rate / 1000;
	if (line->held < 0)
		line->held = 0;
	line->emptied_at = now;
	if (!is_held_up(line) && line->held + (int64_t)len > BUFFER_SIZE) {
		trace_event(port_of(line)->desc->interface, "overrun");
		modem->stats.overruns++;
		len = line->held < BUFFER_SIZE ? (size_t)(BUFFER_SIZE - line->held) : 0;
	}
	line->held += (int64_t)len;
	return len;
}

static void read_done(struct aio_op *op, long result)
{
	struct line *line = op->ctx;

	/* Disabled: the next ENABLE starts it again. */
	if (result < 0 && !line->again)
		return;
	line->again = false;
	if (result > 0)
		port_received(port_of(line), op->data, take_some(line, (size_t)result));
	if (line->held <= BUFFER_SIZE || !is_held_up(line)) {
		start_reading(line);
		return;
	}
	ev_timer_set(&line->hold,
		     (double)(line->held - BUFFER_SIZE / 2) /
			     line->bus->bus.modem->desc->timing.up_bytes_per_s,
		     0.0);
	ev_timer_start(line->bus->bus.modem->loop, &line->hold);
}

static void hold_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	start_reading(timer->data);
}

static void write_done(struct aio_op *op, long result)
{
	/* The loop is awake, and the pump writes on; what a disabled endpoint had is lost. */
	(void)op;
	(void)result;
}

static size_t gadget_write(struct bus *bus, size_t port, const void *bytes, size_t len)
{
	struct bus_gadget *gadget = gadget_of(bus);
	struct line *line = &gadget->lines[port];

	if (!gadget->enabled || line->in < 0 || line->writing.busy)
		return 0;
	if (len > AIO_SIZE)
		len = AIO_SIZE;
	memcpy(line->writing.data, bytes, len);
	return aio_write(gadget->aio, &line->writing, line->in, len) ? len : 0;
}

/* CDC's SERIAL_STATE, as option's option_instat_callback() wants it: bit 0 is DCD, bit 1 DSR
 * (PSTN120 6.5.4). */
static void notify(struct line *line)
{
	unsigned char state[10] = {0xa1, 0x20, 0, 0, 0, 0, 2, 0, 0, 0};

	if (line->interrupt < 0 || line->notifying.busy || line->told == line->carrier ||
	    !line->bus->enabled)
		return;
	state[4] = (unsigned char)line->port;
	state[8] = line->carrier ? 3 : 2;
	memcpy(line->notifying.data, state, sizeof(state));
	if (aio_write(line->bus->aio, &line->notifying, line->interrupt, sizeof(state)))
		line->told = line->carrier;
}

static void notify_done(struct aio_op *op, long result)
{
	if (result >= 0)
		notify(op->ctx);
}

static void gadget_carrier(struct bus *bus, size_t port, bool on)
{
	struct line *line = &gadget_of(bus)->lines[port];

	line->carrier = gadget_of(bus)->chip.carrier = on;
	trace_event(port_of(line)->desc->interface, "dcd %s", on ? "on" : "off");
	notify(line);
}

/* What ep0 tells -------------------------------------------------------------*/

/* What was on its way to a host that has let go must not meet the next one: an old DCD drop would
 * hang up his new call. */
static void set_dtr(void *ctx, unsigned interface, bool on)
{
	struct bus_gadget *gadget = ctx;
	struct line *line;

	if (interface >= gadget->count)
		return;
	line = &gadget->lines[interface];
	if (port_of(line)->dtr != on) {
		aio_cancel(gadget->aio, on ? &line->notifying : &line->writing);
		port_set_dtr(port_of(line), on);
	}
}

/* dummy_hcd gives the same address twice when it runs out of endpoints, and the host then ignores
 * the second one: better said than wondered at. */
static void check_address(int fd, bool seen[256])
{
	struct usb_endpoint_descriptor desc;

	if (fd < 0 || ioctl(fd, FUNCTIONFS_ENDPOINT_DESC, &desc) < 0)
		return;
	if (seen[desc.bEndpointAddress]) {
		fprintf(stderr,
			"gobi-modem: two endpoints have address 0x%02x: the "
			"device controller has too few for this description\n",
			desc.bEndpointAddress);
		trace_event(-1, "address 0x%02x twice", desc.bEndpointAddress);
	}
	seen[desc.bEndpointAddress] = true;
}

static void check_addresses(const struct bus_gadget *gadget)
{
	bool seen[256] = {false};

	for (size_t i = 0; i < gadget->count; i++) {
		check_address(gadget->lines[i].in, seen);
		check_address(gadget->lines[i].out, seen);
		check_address(gadget->lines[i].interrupt, seen);
	}
}

static void set_enabled(void *ctx, bool on)
{
	struct bus_gadget *gadget = ctx;

	if (!on && !gadget->enabled)
		return;
	if (on && !gadget->enabled)
		check_addresses(gadget);
	gadget->enabled = on;
	trace_event(-1, on ? "enabled" : "disabled");
	for (size_t i = 0; i < gadget->count; i++) {
		struct line *line = &gadget->lines[i];

		if (on)
			start_reading(line);
		else if (port_of(line)->dtr)
			port_set_dtr(port_of(line), false);
		line->told = line->told && on;
		port_set_open(port_of(line), on);
	}
}

static size_t answer_chip(void *ctx, unsigned request, unsigned value, unsigned char *data)
{
	struct bus_gadget *gadget = ctx;
	unsigned status = modem_is_on(gadget->bus.modem) ? BRIDGE_STATUS : 0;

	gadget->chip.gpio = (gadget->chip.gpio & ~(unsigned)BRIDGE_STATUS) | status;
	return cp210x_answer(&gadget->chip, request, value, data);
}

static void take_chip(void *ctx, unsigned request, unsigned value, unsigned index,
		      const unsigned char *data, size_t len)
{
	struct bus_gadget *gadget = ctx;
	struct modem *modem = gadget->bus.modem;
	unsigned before = gadget->chip.gpio;

	cp210x_take(&gadget->chip, request, value, index, data, len);
	set_dtr(gadget, 0, gadget->chip.dtr);
	modem_press_key(modem, !(gadget->chip.gpio & BRIDGE_KEY));
	if (before & ~gadget->chip.gpio & BRIDGE_RESET && modem_is_on(modem))
		modem_reset(modem);
}

static int gadget_baud(struct bus *bus, size_t port)
{
	(void)port;
	return gadget_of(bus)->chip.baud;
}

static bool gadget_rtscts(struct bus *bus, size_t port)
{
	(void)port;
	return gadget_of(bus)->chip.rtscts;
}

static void event_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	static const struct ep0_ops ops = {set_dtr, set_enabled, NULL, NULL};
	static const struct ep0_ops bridge = {set_dtr, set_enabled, answer_chip, take_chip};
	struct bus_gadget *gadget = io->data;
	const struct desc *desc = gadget->bus.modem->desc;

	(void)loop;
	(void)revents;
	ep0_read_events(gadget->ep0, desc->usb.vendor_requests, desc->usb.bridge ? &bridge : &ops,
			gadget);
}

/* Plugging -------------------------------------------------------------------*/

static int gadget_plug(struct bus *bus)
{
	return gadget_bind(gadget_of(bus)->gadget);
}

static int gadget_unplug(struct bus *bus, bool keep_open)
{
	struct bus_gadget *gadget = gadget_of(bus);

	/* The host's own descriptor keeps the number there. */
	(void)keep_open;
	gadget_unbind(gadget->gadget);
	set_enabled(gadget, false);
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void gadget_bus_free(struct bus *bus)
{
	struct bus_gadget *gadget = gadget_of(bus);

	if (gadget->gadget)
		gadget_unbind(gadget->gadget);
	ev_io_stop(bus->modem->loop, &gadget->events);
	aio_free(gadget->aio);
	for (size_t i = 0; i < gadget->count; i++) {
		ev_timer_stop(bus->modem->loop, &gadget->lines[i].hold);
		close_fd(gadget->lines[i].in);
		close_fd(gadget->lines[i].out);
		close_fd(gadget->lines[i].interrupt);
	}
	close_fd(gadget->ep0);
	gadget_free(gadget->gadget);
	free(gadget->lines);
	free(gadget);
}

static const struct bus_ops gadget_ops = {
	gadget_plug,     gadget_unplug, gadget_write,  gadget_carrier,
	gadget_bus_free, gadget_baud,   gadget_rtscts,
};

static int open_file(const struct bus_gadget *gadget, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", gadget_dir(gadget->gadget), name);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fprintf(stderr, "gobi-modem: %s: %s\n", path, strerror(errno));
	return fd;
}

static int write_ep0(struct bus_gadget *gadget)
{
	struct buf blob = BUF_INIT;
	int error = 0;

	gadget->ep0 = open_file(gadget, "ep0");
	ffs_desc_build(&blob, gadget->bus.modem->desc);
	if (gadget->ep0 < 0 || write(gadget->ep0, blob.data, blob.len) != (ssize_t)blob.len)
		error = -errno;
	buf_clear(&blob);
	ffs_desc_strings(&blob);
	if (!error && write(gadget->ep0, blob.data, blob.len) != (ssize_t)blob.len)
		error = -errno;
	buf_free(&blob);
	if (error)
		fprintf(stderr, "gobi-modem: descriptors: %s\n", strerror(-error));
	return error;
}

static int open_endpoint(struct bus_gadget *gadget, bool there, int *number)
{
	char name[16];

	if (!there)
		return -1;
	snprintf(name, sizeof(name), "ep%d", ++*number);
	return open_file(gadget, name);
}

static void init_op(struct aio_op *op, struct line *line, void (*done)(struct aio_op *, long))
{
	op->ctx = line;
	op->done = done;
}

static int open_lines(struct bus_gadget *gadget)
{
	struct modem *modem = gadget->bus.modem;
	int number = 0;

	gadget->lines = calloc(modem->line_count, sizeof(*gadget->lines));
	if (!gadget->lines)
		return -ENOMEM;
	gadget->count = modem->line_count;
	for (size_t i = 0; i < gadget->count; i++) {
		const struct desc_port *desc = modem->ports[i].desc;
		struct line *line = &gadget->lines[i];

		line->bus = gadget;
		line->port = i;
		init_op(&line->reading, line, read_done);
		init_op(&line->writing, line, write_done);
		init_op(&line->notifying, line, notify_done);
		ev_timer_init(&line->hold, hold_cb, 0.0, 0.0);
		line->hold.data = line;
		line->in = open_endpoint(gadget, desc->bulk, &number);
		line->out = open_endpoint(gadget, desc->bulk, &number);
		line->interrupt = open_endpoint(gadget, desc->interrupt, &number);
		if ((desc->bulk && (line->in < 0 || line->out < 0)) ||
		    (desc->interrupt && line->interrupt < 0))
			return -EIO;
	}
	return 0;
}

static int start(struct bus_gadget *gadget, const char *name)
{
	struct modem *modem = gadget->bus.modem;

	gadget->gadget = gadget_new(name, modem->desc);
	if (!gadget->gadget)
		return -EIO;
	gadget->aio = aio_new(modem->loop, 3 * (unsigned)modem->line_count);
	if (!gadget->aio || write_ep0(gadget) || open_lines(gadget))
		return -EIO;
	ev_io_init(&gadget->events, event_cb, gadget->ep0, EV_READ);
	gadget->events.data = gadget;
	ev_io_start(modem->loop, &gadget->events);
	return 0;
}

struct bus *bus_gadget_new(struct modem *modem, const char *name)
{
	struct bus_gadget *gadget = calloc(1, sizeof(*gadget));

	if (!gadget)
		return NULL;
	gadget->bus.ops = &gadget_ops;
	gadget->bus.modem = modem;
	gadget->bus.has_dtr = true;
	gadget->chip.gpio = 0xf; /* A CP2104 wakes up with its lines high. */
	gadget->ep0 = -1;
	if (start(gadget, name)) {
		gadget_bus_free(&gadget->bus);
		return NULL;
	}
	return &gadget->bus;
}
