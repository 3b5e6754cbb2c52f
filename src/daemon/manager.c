/* SPDX-License-Identifier: ISC */
#include "daemon/bus.h"
#include "daemon/manager.h"
#include "io/notify.h"

/* A stop takes 5 s, whatever TimeoutStopSec= somebody has set. */
#define STOPPING "STOPPING=1\nEXTEND_TIMEOUT_USEC=6000000"

/* This only says that the loop runs; the session has timeouts of its own. */
static void on_watchdog(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)watcher;
	(void)revents;
	notify_send("WATCHDOG=1");
}

/* Ready means answering on the socket and looking for the modem. A link takes as long as it takes,
 * and the boot must not wait for it. */
enum cause manager_start(struct bus *bus)
{
	int ms = bus->goal == SESSION_GOAL_LINK ? notify_init() : 0;
	double pause = ms / 2000.;

	ev_timer_init(&bus->watchdog, on_watchdog, pause, pause);
	if (ms > 0)
		ev_timer_start(bus->loop, &bus->watchdog);
	notify_send("READY=1");
	return CAUSE_NONE;
}

void manager_on_change(struct bus *bus)
{
	const struct session *session = &bus->session;
	enum session_state state = session->state;
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s", session_state_name(state));
	if (state == SESSION_CONNECTED)
		buf_printf(&text, ": %s, address %s", session->ppp.ifname,
			   *session->ppp.local ? session->ppp.local : session->ppp.ipv6);
	else if (state == SESSION_RECOVERING)
		buf_printf(&text, ": %s, after: %s (%s)", ladder_rung_name(session->ladder.rung),
			   buf_str(&session->text), cause_name(session->cause));
	else if (state == SESSION_WAITING || state == SESSION_BACKING_OFF ||
		 state == SESSION_FAILED)
		buf_printf(&text, ": %s (%s)", buf_str(&session->text), cause_name(session->cause));
	else if (*session->port)
		buf_printf(&text, ", %s", session->port);
	notify_status(buf_str(&text));
	buf_free(&text);
	if (session->stopping || session_is_over(session))
		notify_send(STOPPING);
}
