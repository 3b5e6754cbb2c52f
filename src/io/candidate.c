/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "io/candidate.h"
#include "io/clock.h"
#include "io/rates.h"
#include "io/serial.h"

/* What most modules are set to; also serial_open's. */
#define UART_BAUD 115200

/* Read at most this often before the other ports have their turn. */
#define READS 4

static void unwatch_port(struct candidate *candidate)
{
	ev_io_stop(candidate->loop, &candidate->io);
	ev_timer_stop(candidate->loop, &candidate->timer);
}

void candidate_release(struct candidate *candidate)
{
	unwatch_port(candidate);
	port_probe_free(candidate->probe);
	candidate->probe = NULL;
	serial_close(candidate->serial);
	candidate->serial = NULL;
}

void candidate_settle(struct candidate *candidate, enum port_role role, const char *reason)
{
	struct probed_port *port = candidate->port;

	port->role = role;
	str_copy(port->reason, sizeof(port->reason), reason);
	candidate->settled = true;
	log_debug("%s: %s%s%s", port->port.device, port_role_name(role), *reason ? ": " : "",
		  reason);
	if (role == PORT_ROLE_AT)
		unwatch_port(candidate);
	else
		candidate_release(candidate);
}

/* `what`: who holds the port, or what failed; "" for the error's own text. */
static void settle_error(struct candidate *candidate, int error, const char *what)
{
	struct probed_port *port = candidate->port;

	candidate->error = error;
	if (error == -EBUSY) {
		str_copy(port->holder, sizeof(port->holder), what);
		candidate_settle(candidate, PORT_ROLE_BUSY, "");
		return;
	}
	if (!*what)
		what = error == -ENOTTY ? "is not a tty" : strerror(-error);
	candidate_settle(candidate, PORT_ROLE_ERROR, what);
}

/* usb_wwan says EINVAL where the driver never sends the line states; many modems stay silent
 * then. */
static bool cannot_raise_dtr(const struct candidate *candidate)
{
	return serial_set_dtr(candidate->serial, true) == -EINVAL;
}

/* Set the port as the probe goes on with it; to the next rate, where it does not take one. */
static void follow_line(struct candidate *candidate, int64_t now)
{
	const struct port_finding *found = port_probe_finding(candidate->probe);
	struct serial *serial = candidate->serial;

	if (found->baud == 0 || port_probe_is_idle(candidate->probe))
		return;
	while (found->role == PORT_ROLE_UNKNOWN && found->baud != serial_state(serial).baud &&
	       serial_set_baud(serial, found->baud) < 0)
		port_probe_skip_rate(candidate->probe, now);
	if (found->baud != serial_state(serial).baud)
		serial_set_baud(serial, found->baud);
	if (found->rtscts != serial_state(serial).rtscts)
		serial_set_flow(serial, found->rtscts);
	if (found->dtr_low != candidate->dtr_low)
		serial_set_dtr(serial, !found->dtr_low);
	candidate->dtr_low = found->dtr_low;
}

/* What a person should know of a UART. */
static void describe_line(const struct port_finding *found, char *out, size_t size)
{
	bool multiplexed = found->freed &&
			   (strcmp(found->freed, "CLD") == 0 || strcmp(found->freed, "DISC") == 0);

	if (found->role == PORT_ROLE_SILENT && *found->why)
		str_copy(out, size, found->why);
	else if (found->role == PORT_ROLE_SILENT && found->garbled)
		snprintf(out, size,
			 "something speaks at another rate or with other framing; "
			 "asked at %s baud",
			 found->tried);
	else if (found->role == PORT_ROLE_SILENT)
		snprintf(out, size, "%sasked at %s baud",
			 found->echoed ? "only an echo comes back, are TX and RX joined? " : "",
			 found->tried);
	else if (found->role == PORT_ROLE_AT && found->freed)
		snprintf(out, size, "was left in %s; %s has ended that",
			 multiplexed ? "multiplexing (27.010)" : "a call", found->freed);
	else if (found->role == PORT_ROLE_AT && found->baud == UART_BAUD && !found->wants_lf &&
		 !found->rtscts)
		out[0] = '\0';
	else if (found->role == PORT_ROLE_AT)
		snprintf(out, size, "at %d baud%s%s", found->baud,
			 found->rtscts ? " with RTS/CTS" : "",
			 found->wants_lf ? ", wants an LF behind the CR" : "");
	else
		str_copy(out, size, found->why);
}

/* Take what has come, do what is due, write what is to be sent. */
static int exchange_candidate_bytes(struct candidate *candidate, int64_t now)
{
	char bytes[1024];
	const char *out;
	ssize_t done;
	size_t len;

	for (int i = 0; i < READS; i++) {
		done = serial_read(candidate->serial, bytes, sizeof(bytes));
		if (done == -EAGAIN)
			break;
		if (done < 0)
			return (int)done;
		port_probe_feed(candidate->probe, bytes, (size_t)done, now);
	}
	port_probe_tick(candidate->probe, now);
	follow_line(candidate, now);
	while ((out = port_probe_output(candidate->probe, &len, now))) {
		done = serial_write(candidate->serial, out, len);
		if (done < 0)
			return done == -EAGAIN ? 0 : (int)done;
		port_probe_written(candidate->probe, (size_t)done, now);
	}
	return 0;
}

static void watch_port(struct candidate *candidate, int64_t now)
{
	int64_t deadline = port_probe_deadline(candidate->probe);
	int events = EV_READ;
	size_t len;

	if (port_probe_output(candidate->probe, &len, now))
		events |= EV_WRITE;
	unwatch_port(candidate);
	ev_io_set(&candidate->io, serial_fd(candidate->serial), events);
	ev_io_start(candidate->loop, &candidate->io);
	if (deadline < 0)
		return;
	ev_now_update(candidate->loop);
	ev_timer_set(&candidate->timer, deadline > now ? (double)(deadline - now) / 1000 : 0, 0);
	ev_timer_start(candidate->loop, &candidate->timer);
}

/* The line is as it will be during the call, or its modem is lost. */
static void take_set_up(struct candidate *candidate, const struct port_finding *found)
{
	const struct line_setup *setup = port_probe_line(candidate->probe);
	struct probed_port *port = candidate->port;

	candidate->sets_up = false;
	if (found->baud == 0)
		return;
	port->port.baud = found->baud;
	port->port.rtscts = found->rtscts;
	port->no_flow = setup->no_flow;
	describe_line(found, port->reason, sizeof(port->reason));
	if (found->baud != port->port.base)
		serial_put_back(candidate->serial, port->port.base);
	if (found->role != PORT_ROLE_AT)
		candidate_settle(candidate, found->role, found->why);
}

/* The modem's own rate. A run that was killed has left it at the higher one. */
static int find_base(const struct candidate *candidate, int found)
{
	const struct rates_entry *known = &candidate->known;

	if (found != known->raised && !(candidate->baud > 0 && found == candidate->raise))
		return found;
	if (candidate->baud > 0)
		return candidate->baud;
	return known->baud > 0 ? known->baud : UART_BAUD;
}

static void advance_probe(struct candidate *candidate)
{
	struct probed_port *port = candidate->port;
	int64_t now = clock_now_ms();
	int error = exchange_candidate_bytes(candidate, now);
	const struct port_finding *found;
	enum port_role role;

	if (error) {
		settle_error(candidate, error, "");
		return;
	}
	found = port_probe_finding(candidate->probe);
	role = found->role;
	if (!candidate->settled && role != PORT_ROLE_UNKNOWN) {
		port->answer_ms = found->answer_ms;
		str_copy(port->identity, sizeof(port->identity), found->identity);
		if (role == PORT_ROLE_SILENT && cannot_raise_dtr(candidate))
			role = PORT_ROLE_NO_DTR;
		if (found->baud > 0) {
			char reason[sizeof(port->reason)];

			port->port.baud = found->answer_ms >= 0 ? found->baud : 0;
			port->port.base =
				port->port.baud > 0 ? find_base(candidate, found->baud) : 0;
			port->port.wants_lf = found->wants_lf;
			port->garbled = found->garbled;
			port->console = found->console;
			serial_set_lf(candidate->serial, found->wants_lf);
			describe_line(found, reason, sizeof(reason));
			candidate_settle(candidate, found->role, reason);
		} else {
			candidate_settle(candidate, role, found->why);
		}
	}
	if (!candidate->probe)
		return;
	if (candidate->sets_up && port_probe_is_idle(candidate->probe))
		take_set_up(candidate, found);
	if (!candidate->probe)
		return;
	if (port_probe_is_idle(candidate->probe))
		unwatch_port(candidate);
	else
		watch_port(candidate, now);
}

static void on_candidate_io(struct ev_loop *loop, struct ev_io *io, int events)
{
	struct candidate *candidate = io->data;

	(void)loop;
	(void)events;
	advance_probe(candidate);
	candidate->changed(candidate->ctx, candidate);
}

static void on_candidate_timer(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	struct candidate *candidate = timer->data;

	on_candidate_io(loop, &candidate->io, events);
}

void candidate_init(struct candidate *candidate, struct ev_loop *loop, struct probed_port *port)
{
	candidate->loop = loop;
	candidate->port = port;
	candidate->port->hint = port_hint(&port->port);
	ev_io_init(&candidate->io, on_candidate_io, -1, EV_READ);
	ev_timer_init(&candidate->timer, on_candidate_timer, 0, 0);
	candidate->io.data = candidate->timer.data = candidate;
}

static void begin_search(struct candidate *candidate)
{
	const struct rates_entry *known = &candidate->known;
	struct port_search search = {
		.baud = serial_state(candidate->serial).baud,
		.fixed = candidate->baud > 0,
		.left = candidate->left,
	};
	int raised;

	candidate->known = rates_recall(&candidate->port->port);
	raised = candidate->raise > 0 ? candidate->raise : known->raised;
	/* Of a run that was killed while the modem was at the higher rate. */
	if ((known->baud && !search.fixed) || raised || search.left == PORT_LEFT_CALLING) {
		search.guesses[0] = known->baud && !search.fixed ? known->baud : search.baud;
		search.guesses[1] = raised;
	}
	port_probe_search(candidate->probe, &search, clock_now_ms());
}

void candidate_begin(struct candidate *candidate, const struct serial_opening *opening, bool trust,
		     int pass_ms, int no_dtr_ms)
{
	const char *name = candidate->port->port.device;
	int error;

	candidate->serial = opening->serial;
	if (!candidate->serial) {
		settle_error(candidate, opening->error, buf_str(&opening->holder));
		return;
	}
	if (port_is_uart(&candidate->port->port) && candidate->baud > 0) {
		error = serial_set_baud(candidate->serial, candidate->baud);
		if (error < 0) {
			settle_error(candidate, error, "does not take the rate of modem.baud");
			return;
		}
	}
	if (trust) {
		candidate_settle(candidate, PORT_ROLE_AT, "");
		return;
	}
	if (no_dtr_ms < pass_ms && candidate->port->hint <= LAYOUT_LIKELY &&
	    cannot_raise_dtr(candidate))
		pass_ms = no_dtr_ms;
	if (str_starts(name, "/dev/"))
		name += strlen("/dev/");
	candidate->probe = port_probe_new(name, pass_ms, clock_now_ms());
	if (!candidate->probe) {
		settle_error(candidate, -ENOMEM, "");
		return;
	}
	if (port_is_uart(&candidate->port->port))
		begin_search(candidate);
	advance_probe(candidate);
}

void candidate_hurry(struct candidate *candidate, int answer_ms)
{
	if (!candidate->probe || candidate->settled)
		return;
	port_probe_hurry(candidate->probe, answer_ms);
	watch_port(candidate, clock_now_ms());
}

void candidate_set_up(struct candidate *candidate, const struct line_wish *wish)
{
	const struct port *port = &candidate->port->port;
	struct rates_entry *known = &candidate->known;
	struct line_wish own = *wish;
	int baud = serial_state(candidate->serial).baud;

	own.no_flow = known->no_flow;
	/* A rate that our end cannot have is not asked for. */
	if (own.raise > 0 && port->baud > 0 && own.raise != baud) {
		if (serial_set_baud(candidate->serial, own.raise) < 0) {
			log_warning("%s: does not take the rate of modem.raise, %d", port->device,
				    own.raise);
			own.raise = 0;
		}
		serial_set_baud(candidate->serial, baud);
	}
	/* Nobody wants the higher rate any more. */
	if (own.raise == 0 && port->base > 0 && port->base != baud)
		own.raise = port->base;
	/* Before the modem hears of it, or a kill would leave nobody who knows. */
	if (own.raise > 0 && port->baud > 0) {
		known->baud = port->base;
		known->raised = wish->raise > 0 ? own.raise : baud;
		rates_remember(port, known);
	}
	candidate->sets_up = true;
	port_probe_set_up(candidate->probe, &own);
	watch_port(candidate, clock_now_ms());
	ev_feed_event(candidate->loop, &candidate->timer, EV_TIMER);
}
