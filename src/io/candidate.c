/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "io/candidate.h"
#include "io/clock.h"
#include "io/serial.h"
#include "modem/port-probe.h"

/* Read at most this often before the others have their turn. */
#define READS 4

static void stop_watching(struct candidate *candidate)
{
	ev_io_stop(candidate->loop, &candidate->io);
	ev_timer_stop(candidate->loop, &candidate->timer);
}

void candidate_release(struct candidate *candidate)
{
	stop_watching(candidate);
	port_probe_free(candidate->ask);
	candidate->ask = NULL;
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
		stop_watching(candidate);
	else
		candidate_release(candidate);
}

static const char *reason(int error)
{
	return error == -ENOTTY ? "is no tty" : strerror(-error);
}

static void fail(struct candidate *candidate, int error, const char *what)
{
	struct probed_port *port = candidate->port;

	candidate->error = error;
	if (error == -EBUSY) {
		str_copy(port->holder, sizeof(port->holder), what);
		candidate_settle(candidate, PORT_ROLE_BUSY, "");
		return;
	}
	candidate_settle(candidate, PORT_ROLE_ERROR, *what ? what : reason(error));
}

/* usb_wwan says EINVAL where the driver never sends the line states: many modems stay silent
 * then. */
static bool cannot_raise_dtr(const struct candidate *candidate)
{
	return serial_set_dtr(candidate->serial, true) == -EINVAL;
}

static void take_verdict(struct candidate *candidate)
{
	enum port_role role = port_probe_role(candidate->ask);

	if (candidate->settled || role == PORT_ROLE_UNKNOWN)
		return;
	candidate->port->answer_ms = port_probe_answer_ms(candidate->ask);
	str_copy(candidate->port->identity, sizeof(candidate->port->identity),
		 port_probe_identity(candidate->ask));
	if (role == PORT_ROLE_SILENT && cannot_raise_dtr(candidate))
		role = PORT_ROLE_NO_DTR;
	candidate_settle(candidate, role, port_probe_why(candidate->ask));
}

static int read_all(struct candidate *candidate, int64_t now)
{
	char bytes[1024];
	ssize_t len;

	for (int i = 0; i < READS; i++) {
		len = serial_read(candidate->serial, bytes, sizeof(bytes));
		if (len < 0)
			return len == -EAGAIN ? 0 : (int)len;
		port_probe_feed(candidate->ask, bytes, (size_t)len, now);
	}
	return 0;
}

static int write_all(struct candidate *candidate, int64_t now)
{
	const char *bytes;
	ssize_t written;
	size_t len;

	while ((bytes = port_probe_output(candidate->ask, &len, now))) {
		written = serial_write(candidate->serial, bytes, len);
		if (written < 0)
			return written == -EAGAIN ? 0 : (int)written;
		port_probe_written(candidate->ask, (size_t)written, now);
	}
	return 0;
}

/* What has come, what is due, what is to be sent. */
static int converse(struct candidate *candidate, int64_t now)
{
	int error = read_all(candidate, now);

	if (error)
		return error;
	port_probe_tick(candidate->ask, now);
	return write_all(candidate, now);
}

static void watch(struct candidate *candidate, int64_t now)
{
	int64_t deadline = port_probe_deadline(candidate->ask);
	int events = EV_READ;
	size_t len;

	if (port_probe_output(candidate->ask, &len, now))
		events |= EV_WRITE;
	stop_watching(candidate);
	ev_io_set(&candidate->io, serial_fd(candidate->serial), events);
	ev_io_start(candidate->loop, &candidate->io);
	if (deadline < 0)
		return;
	ev_now_update(candidate->loop);
	ev_timer_set(&candidate->timer, deadline > now ? (double)(deadline - now) / 1000 : 0, 0);
	ev_timer_start(candidate->loop, &candidate->timer);
}

static void pump(struct candidate *candidate)
{
	int64_t now = clock_now_ms();
	int error = converse(candidate, now);

	if (error) {
		fail(candidate, error, "");
		return;
	}
	take_verdict(candidate);
	if (!candidate->ask)
		return;
	if (port_probe_is_idle(candidate->ask))
		stop_watching(candidate);
	else
		watch(candidate, now);
}

static void step(struct candidate *candidate)
{
	pump(candidate);
	candidate->changed(candidate->ctx, candidate);
}

static void on_io(struct ev_loop *loop, struct ev_io *io, int events)
{
	(void)loop;
	(void)events;
	step(io->data);
}

static void on_timer(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	step(timer->data);
}

void candidate_init(struct candidate *candidate, struct ev_loop *loop, struct probed_port *port)
{
	candidate->loop = loop;
	candidate->port = port;
	candidate->port->hint = port_hint(&port->port);
	ev_io_init(&candidate->io, on_io, -1, EV_READ);
	ev_timer_init(&candidate->timer, on_timer, 0, 0);
	candidate->io.data = candidate->timer.data = candidate;
}

static const char *short_name(const struct port *port)
{
	return str_starts(port->device, "/dev/") ? port->device + 5 : port->device;
}

void candidate_begin(struct candidate *candidate, const struct serial_opening *opening, int pass_ms,
		     int no_dtr_ms)
{
	candidate->serial = opening->serial;
	if (!candidate->serial) {
		fail(candidate, opening->error, buf_str(&opening->holder));
		return;
	}
	if (no_dtr_ms < pass_ms && candidate->port->hint <= LAYOUT_LIKELY &&
	    cannot_raise_dtr(candidate))
		pass_ms = no_dtr_ms;
	candidate->ask =
		port_probe_new(short_name(&candidate->port->port), pass_ms, clock_now_ms());
	if (candidate->ask)
		pump(candidate);
	else
		fail(candidate, -ENOMEM, "");
}

void candidate_trust(struct candidate *candidate, struct serial *serial)
{
	candidate->serial = serial;
	candidate_settle(candidate, PORT_ROLE_AT, "");
}

void candidate_hurry(struct candidate *candidate, int answer_ms)
{
	if (!candidate->ask || candidate->settled)
		return;
	port_probe_hurry(candidate->ask, answer_ms);
	watch(candidate, clock_now_ms());
}

bool candidate_has_answered(const struct candidate *candidate)
{
	return candidate->ask && port_probe_answer_ms(candidate->ask) >= 0;
}

void candidate_echo_off(struct candidate *candidate)
{
	port_probe_echo_off(candidate->ask);
	watch(candidate, clock_now_ms());
	ev_feed_event(candidate->loop, &candidate->timer, EV_TIMER);
}

bool candidate_is_idle(const struct candidate *candidate)
{
	return !candidate->ask || port_probe_is_idle(candidate->ask);
}
