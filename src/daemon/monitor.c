/* SPDX-License-Identifier: ISC */
/* A link that is up: what the kernel, its counters and pings say of it. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "conf/conf.h"
#include "daemon/state.h"
#include "io/clock.h"
#include "io/ifwatch.h"
#include "io/ping.h"
#include "io/route.h"
#include "ppp/pppd.h"

/* Of a link that pppd ends the kernel tells first. pppd knows why, and has said so, or is dead,
 * within this time; then it ends its scripts. */
#define GRACE_S 0.3
#define END_S   6.

static const char *ifname(const struct daemon *daemon)
{
	return daemon->session.ppp.ifname;
}

static void alarm_session(struct daemon *daemon, enum cause cause, const char *text)
{
	daemon_tell(daemon, (struct session_event){
				    .type = SESSION_EVENT_ALARM, .cause = cause, .text = text});
}

static void judge(struct daemon *daemon, bool bad)
{
	const struct watch *watch = &daemon->monitor.watch;

	if (bad)
		alarm_session(daemon, watch->cause, buf_str(&watch->text));
}

static void arm(struct daemon *daemon, ev_timer *timer, double seconds)
{
	ev_timer_stop(daemon->loop, timer);
	ev_now_update(daemon->loop);
	ev_timer_set(timer, seconds, 0.);
	ev_timer_start(daemon->loop, timer);
}

/* What the kernel says ----------------------------------------------------------*/

static void on_grace(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct daemon *daemon = timer->data;
	struct monitor *monitor = &daemon->monitor;

	(void)loop;
	(void)revents;
	if (!monitor->waits && daemon->pppd && pppd_is_ending(daemon->pppd)) {
		monitor->waits = true;
		arm(daemon, timer, END_S);
		return;
	}
	alarm_session(daemon, CAUSE_LINK_LOST, buf_str(&monitor->trouble));
}

/* The first trouble is the reason for those that follow. */
static void note_trouble(struct daemon *daemon, const char *what)
{
	struct monitor *monitor = &daemon->monitor;

	if (monitor->trouble.len > 0)
		return;
	buf_printf(&monitor->trouble, "the interface %s %s", ifname(daemon), what);
	monitor->waits = false;
	arm(daemon, &monitor->grace, GRACE_S);
}

static void look(struct daemon *daemon)
{
	const struct session *session = &daemon->session;

	if (!ifwatch_is_fine(session->ppp.ifname, session->ppp.local) ||
	    !ifwatch_is_fine(session->ppp.ifname, session->ppp.ipv6))
		note_trouble(daemon, "is down or has lost its address");
}

static void on_interface(void *ctx, enum ifwatch_event event, int family, const void *address)
{
	struct daemon *daemon = ctx;
	const char *own = family == AF_INET ? daemon->session.ppp.local : daemon->session.ppp.ipv6;

	switch (event) {
	case IFWATCH_GONE:
		note_trouble(daemon, "is gone");
		break;
	case IFWATCH_DOWN:
		note_trouble(daemon, "was set down");
		break;
	case IFWATCH_ADDRESS:
		if (ifwatch_same(own, family, address))
			note_trouble(daemon, "has lost its address");
		break;
	case IFWATCH_MISSED:
		look(daemon);
		break;
	}
}

/* What its counters say ---------------------------------------------------------*/

static void arm_count(struct daemon *daemon)
{
	int ms = watch_count_ms(&daemon->monitor.watch);

	if (ms > 0)
		arm(daemon, &daemon->monitor.count, ms / 1e3);
}

static void on_count(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct daemon *daemon = timer->data;
	unsigned long long rx, tx;
	bool bad;

	(void)loop;
	(void)revents;
	bad = route_counters(ifname(daemon), &rx, &tx) &&
	      watch_counters(&daemon->monitor.watch, rx, tx);
	arm_count(daemon);
	judge(daemon, bad);
}

/* What pings say ----------------------------------------------------------------*/

static void begin_round(struct daemon *daemon)
{
	ping_send(daemon->monitor.ping);
	arm(daemon, &daemon->monitor.round, daemon->conf->monitor.interval_s);
}

static void on_round(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct daemon *daemon = timer->data;
	struct monitor *monitor = &daemon->monitor;
	bool answered = ping_is_answered(monitor->ping), bad;

	(void)loop;
	(void)revents;
	if (!answered)
		log_info("%s: no answer to a ping in %d s", ifname(daemon),
			 daemon->conf->monitor.interval_s);
	bad = watch_ping(&monitor->watch, answered);
	if (bad)
		judge(daemon, bad);
	else
		begin_round(daemon);
}

static void start_pings(struct daemon *daemon)
{
	struct monitor *monitor = &daemon->monitor;
	int error;

	if (daemon->conf->monitor.ping.count == 0)
		return;
	monitor->ping = ping_new(daemon->loop, ifname(daemon), &daemon->conf->monitor.ping, &error);
	if (monitor->ping)
		begin_round(daemon);
	else
		log_warning("monitor.ping: no pings can be sent: %s", strerror(-error));
}

/* The link comes and goes -------------------------------------------------------*/

static void begin(struct daemon *daemon)
{
	struct monitor *monitor = &daemon->monitor;
	unsigned long long rx = 0, tx = 0;

	route_counters(ifname(daemon), &rx, &tx);
	watch_start(&monitor->watch, daemon->conf, rx, tx);
	buf_clear(&monitor->trouble);
	monitor->ifwatch = ifwatch_new(daemon->loop, ifname(daemon), on_interface, daemon);
	if (monitor->ifwatch)
		look(daemon);
	else /* where it is gone already, pppd ends */
		log_warning("the kernel does not tell of %s: %s", ifname(daemon), strerror(errno));
	arm_count(daemon);
	start_pings(daemon);
}

static void end(struct daemon *daemon)
{
	struct monitor *monitor = &daemon->monitor;

	ifwatch_free(monitor->ifwatch);
	ping_free(monitor->ping);
	monitor->ifwatch = NULL;
	monitor->ping = NULL;
	ev_timer_stop(daemon->loop, &monitor->count);
	ev_timer_stop(daemon->loop, &monitor->round);
	ev_timer_stop(daemon->loop, &monitor->grace);
}

/* A call whose PPP is another's has no interface that we know of. */
static bool has_link(const struct daemon *daemon)
{
	return daemon->session.state == SESSION_CONNECTED && daemon->goal == SESSION_GOAL_LINK;
}

void monitor_note_state(struct daemon *daemon)
{
	end(daemon);
	if (has_link(daemon))
		begin(daemon);
}

void monitor_reload(struct daemon *daemon)
{
	struct monitor *monitor = &daemon->monitor;

	if (!has_link(daemon))
		return;
	ev_timer_stop(daemon->loop, &monitor->count);
	ev_timer_stop(daemon->loop, &monitor->round);
	ping_free(monitor->ping);
	monitor->ping = NULL;
	arm_count(daemon);
	start_pings(daemon);
}

void monitor_note_modem(struct daemon *daemon, const struct modem_facts *facts)
{
	unsigned long long rx = 0, tx;

	if (daemon->session.state != SESSION_CONNECTED)
		return;
	route_counters(ifname(daemon), &rx, &tx);
	judge(daemon, watch_registration(&daemon->monitor.watch, facts, rx, clock_now_ms()));
}

enum cause monitor_start(struct daemon *daemon)
{
	struct monitor *monitor = &daemon->monitor;

	watch_init(&monitor->watch);
	watch_start(&monitor->watch, daemon->conf, 0, 0);
	ev_timer_init(&monitor->count, on_count, 0., 0.);
	ev_timer_init(&monitor->round, on_round, 0., 0.);
	ev_timer_init(&monitor->grace, on_grace, 0., 0.);
	monitor->count.data = daemon;
	monitor->round.data = daemon;
	monitor->grace.data = daemon;
	return CAUSE_NONE;
}

void monitor_stop(struct daemon *daemon)
{
	end(daemon);
	watch_free(&daemon->monitor.watch);
	buf_free(&daemon->monitor.trouble);
}
