/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "daemon/bus.h"
#include "io/clock.h"

#define STOP_MS  4300 /* from a stop to the last of the ports */
#define ALONE_MS 3000 /* without a stop */
#define LATE_MS  200  /* for all of them at least, */
#define LEAST_MS 20   /* and for each: one that does not hang takes milliseconds */

enum cause bus_start(struct bus *bus, const struct part *parts, size_t count)
{
	enum cause cause = CAUSE_NONE;

	bus->parts = parts;
	bus->part_count = count;
	bus->told = SESSION_STATE_COUNT;
	bus->heard_at = -1;
	while (bus->started < count && cause == CAUSE_NONE) {
		const struct part *part = &parts[bus->started++];

		if (part->start)
			cause = part->start(bus);
	}
	return cause;
}

void bus_stop(struct bus *bus)
{
	while (bus->started > 0) {
		const struct part *part = &bus->parts[--bus->started];

		if (part->stop)
			part->stop(bus);
	}
}

enum cause bus_explain(enum cause cause, const char *what, int error)
{
	if (error == -EACCES || error == -EPERM)
		cause = CAUSE_PERMISSION;
	log_error("%s: %s%s", what, strerror(-error),
		  error == -EACCES || error == -EPERM ? "; run it as root" : "");
	return cause;
}

/* When the state changes only the first address is known; the others follow line by line. */
static void tell_listeners(struct bus *bus)
{
	const struct session *session = &bus->session;
	bool state = bus->told != session->state;
	unsigned addresses = 0;

	if (session->state == SESSION_CONNECTED)
		addresses = (*session->ppp.local != 0) + (*session->ppp.remote != 0) +
			    (*session->ppp.ipv6 != 0) + (unsigned)session->ppp.dns_count;
	if (!state && bus->told_addresses == addresses)
		return;
	bus->told = session->state;
	bus->told_addresses = addresses;
	for (size_t i = 0; state && i < bus->started; i++)
		if (bus->parts[i].on_state)
			bus->parts[i].on_state(bus);
	for (size_t i = 0; i < bus->started; i++)
		if (bus->parts[i].on_change)
			bus->parts[i].on_change(bus);
}

void bus_rearm(struct bus *bus)
{
	int64_t deadline = session_deadline(&bus->session);
	int64_t ms = deadline - clock_now_ms();

	ev_timer_stop(bus->loop, &bus->deadline);
	if (session_is_over(&bus->session)) {
		ev_break(bus->loop, EVBREAK_ALL);
		return;
	}
	if (deadline < 0)
		return;
	ev_now_update(bus->loop);
	ev_timer_set(&bus->deadline, ms > 0 ? (double)ms / 1e3 : 0., 0.);
	ev_timer_start(bus->loop, &bus->deadline);
}

enum cause bus_begin(struct bus *bus)
{
	session_start(&bus->session, clock_now_ms());
	tell_listeners(bus);
	bus_rearm(bus);
	return CAUSE_NONE;
}

void bus_tell(struct bus *bus, struct session_event event)
{
	event.now = clock_now_ms();
	session_handle(&bus->session, &event);
	tell_listeners(bus);
	bus_rearm(bus);
}

void bus_tell_reload(struct bus *bus)
{
	for (size_t i = 0; i < bus->started; i++)
		if (bus->parts[i].on_reload)
			bus->parts[i].on_reload(bus);
}

void bus_tell_facts(struct bus *bus, const struct modem_facts *facts)
{
	bus->facts = facts;
	bus->facts_at = clock_now_ms();
	for (size_t i = 0; i < bus->started; i++)
		if (bus->parts[i].on_facts)
			bus->parts[i].on_facts(bus);
}

int bus_close_ms(struct bus *bus)
{
	int64_t now = clock_now_ms(), left;

	if (bus->close_end == 0) {
		bus->close_end =
			bus->session.stop_at >= 0 ? bus->session.stop_at + STOP_MS : now + ALONE_MS;
		/* A hook may have taken it all. */
		if (bus->close_end < now + LATE_MS)
			bus->close_end = now + LATE_MS;
	}
	left = bus->close_end - now;
	return left < LEAST_MS ? LEAST_MS : left > ALONE_MS ? ALONE_MS : (int)left;
}
