/* SPDX-License-Identifier: ISC */
/* Checks a link that is up: what the kernel, its counters, pings and the modem say about it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "conf/conf.h"
#include "daemon/bus.h"
#include "daemon/monitor.h"
#include "io/clock.h"
#include "io/ifwatch.h"
#include "io/ping.h"
#include "io/route.h"
#include "session/watch.h"

/* When pppd ends a link, the kernel says so first. But pppd knows why: within this time it has said
 * it, or is dead; then its scripts take their time. */
#define GRACE_S 0.3
#define END_S   6.

struct monitor {
	struct bus *bus;
	const char *ifname;
	struct watch watch;
	struct ifwatch *ifwatch;
	struct ping *ping;
	ev_timer count; /* of bytes */
	ev_timer round; /* of pings */
	ev_timer grace; /* for pppd to give a better reason */
	bool waits;     /* for pppd, which has said that it is ending */
	struct buf trouble;
};

static void alarm_session(struct monitor *monitor, enum cause cause, const struct buf *text)
{
	bus_tell(monitor->bus, (struct session_event){.type = SESSION_EVENT_ALARM,
						      .cause = cause,
						      .text = buf_str(text)});
}

static void arm_timer(struct monitor *monitor, ev_timer *timer, double seconds)
{
	ev_timer_stop(monitor->bus->loop, timer);
	ev_now_update(monitor->bus->loop);
	ev_timer_set(timer, seconds, 0.);
	ev_timer_start(monitor->bus->loop, timer);
}

static void on_grace(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct monitor *monitor = timer->data;

	(void)loop;
	(void)revents;
	if (!monitor->waits && monitor->bus->ops.ppp(monitor->bus, SESSION_PPP_IS_ENDING)) {
		monitor->waits = true;
		arm_timer(monitor, timer, END_S);
		return;
	}
	alarm_session(monitor, CAUSE_LINK_LOST, &monitor->trouble);
}

static void on_interface(void *ctx, enum ifwatch_event event, int family, const void *address)
{
	struct monitor *monitor = ctx;
	const struct session *session = &monitor->bus->session;
	const char *own = family == AF_INET ? session->ppp.local : session->ppp.ipv6;
	const char *what = NULL;

	switch (event) {
	case IFWATCH_GONE:
		what = "is gone";
		break;
	case IFWATCH_DOWN:
		what = "was set down";
		break;
	case IFWATCH_ADDRESS:
		if (ifwatch_same(own, family, address))
			what = "has lost its address";
		break;
	case IFWATCH_MISSED:
		if (!ifwatch_is_fine(monitor->ifname, session->ppp.local) ||
		    !ifwatch_is_fine(monitor->ifname, session->ppp.ipv6))
			what = "is down or has lost its address";
		break;
	}
	/* The first trouble causes the others. */
	if (!what || monitor->trouble.len > 0)
		return;
	buf_printf(&monitor->trouble, "the interface %s %s", monitor->ifname, what);
	monitor->waits = false;
	arm_timer(monitor, &monitor->grace, GRACE_S);
}

static void on_count(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct monitor *monitor = timer->data;
	unsigned long long rx, tx;
	bool bad = route_counters(monitor->ifname, &rx, &tx) &&
		   watch_counters(&monitor->watch, rx, tx);

	(void)loop;
	(void)revents;
	arm_timer(monitor, timer, watch_count_ms(&monitor->watch) / 1e3);
	if (bad)
		alarm_session(monitor, monitor->watch.cause, &monitor->watch.text);
}

static void on_round(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct monitor *monitor = timer->data;
	int interval_s = monitor->bus->conf->monitor.interval_s;
	bool answered = ping_is_answered(monitor->ping);

	(void)loop;
	(void)revents;
	if (!answered)
		log_info("%s: no answer to a ping in %d s", monitor->ifname, interval_s);
	if (watch_ping(&monitor->watch, answered)) {
		alarm_session(monitor, monitor->watch.cause, &monitor->watch.text);
		return;
	}
	ping_send(monitor->ping);
	arm_timer(monitor, timer, interval_s);
}

/* What monitor.* asks for, on a link that is up; and the end of what it asked for before. A call
 * whose PPP is another's has no interface that we know of. */
void monitor_on_reload(struct bus *bus)
{
	struct monitor *monitor = bus->monitor;
	int error;

	ev_timer_stop(bus->loop, &monitor->count);
	ev_timer_stop(bus->loop, &monitor->round);
	ping_free(monitor->ping);
	monitor->ping = NULL;
	if (bus->session.state != SESSION_CONNECTED || bus->goal != SESSION_GOAL_LINK)
		return;
	if (watch_count_ms(&monitor->watch) > 0)
		arm_timer(monitor, &monitor->count, watch_count_ms(&monitor->watch) / 1e3);
	if (bus->conf->monitor.ping.count == 0)
		return;
	monitor->ping = ping_new(bus->loop, monitor->ifname, &bus->conf->monitor.ping, &error);
	if (monitor->ping) {
		ping_send(monitor->ping);
		arm_timer(monitor, &monitor->round, bus->conf->monitor.interval_s);
	} else {
		log_warning("monitor.ping: no pings can be sent: %s", strerror(-error));
	}
}

void monitor_on_state(struct bus *bus)
{
	struct monitor *monitor = bus->monitor;
	unsigned long long rx = 0, tx = 0;

	ifwatch_free(monitor->ifwatch);
	monitor->ifwatch = NULL;
	ev_timer_stop(bus->loop, &monitor->grace);
	monitor_on_reload(bus);
	if (bus->session.state != SESSION_CONNECTED || bus->goal != SESSION_GOAL_LINK)
		return;
	route_counters(monitor->ifname, &rx, &tx);
	watch_start(&monitor->watch, bus->conf, rx, tx);
	buf_clear(&monitor->trouble);
	monitor->ifwatch = ifwatch_new(bus->loop, monitor->ifname, on_interface, monitor);
	if (monitor->ifwatch)
		on_interface(monitor, IFWATCH_MISSED, AF_INET, NULL);
	else /* if it is gone already, pppd ends */
		log_warning("the kernel does not report changes of %s: %s", monitor->ifname,
			    strerror(errno));
}

void monitor_on_facts(struct bus *bus)
{
	struct monitor *monitor = bus->monitor;
	unsigned long long rx = 0, tx;

	if (bus->session.state != SESSION_CONNECTED)
		return;
	/* A modem that never said it was registered, and took the call, cannot lose the network. */
	if (!bus->session.script.facts.registered && !bus->facts->registered)
		return;
	route_counters(monitor->ifname, &rx, &tx);
	if (watch_registration(&monitor->watch, bus->facts, rx, clock_now_ms()))
		alarm_session(monitor, monitor->watch.cause, &monitor->watch.text);
}

enum cause monitor_start(struct bus *bus)
{
	struct monitor *monitor = calloc(1, sizeof(*monitor));

	bus->monitor = monitor;
	if (!monitor)
		return bus_explain(CAUSE_INTERNAL, "the monitor", -ENOMEM);
	monitor->bus = bus;
	monitor->ifname = bus->session.ppp.ifname;
	watch_start(&monitor->watch, bus->conf, 0, 0);
	ev_timer_init(&monitor->count, on_count, 0., 0.);
	ev_timer_init(&monitor->round, on_round, 0., 0.);
	ev_timer_init(&monitor->grace, on_grace, 0., 0.);
	monitor->count.data = monitor->round.data = monitor->grace.data = monitor;
	return CAUSE_NONE;
}

void monitor_stop(struct bus *bus)
{
	struct monitor *monitor = bus->monitor;

	if (!monitor)
		return;
	ifwatch_free(monitor->ifwatch);
	ping_free(monitor->ping);
	ev_timer_stop(bus->loop, &monitor->count);
	ev_timer_stop(bus->loop, &monitor->round);
	ev_timer_stop(bus->loop, &monitor->grace);
	watch_free(&monitor->watch);
	buf_free(&monitor->trouble);
	free(monitor);
	bus->monitor = NULL;
}
