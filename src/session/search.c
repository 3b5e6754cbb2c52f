/* SPDX-License-Identifier: ISC */
/* Waiting for a modem, finding its AT port, rebinding the port's driver, and waiting to retry. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define RESCAN_MS     60000 /* in case a uevent was lost */
#define PASS_PAUSE_MS 500   /* between two passes of the probe */
#define ABSENT_MS     60000 /* after which a modem is not just starting anew */

/* How long a search may go on finding nothing. */
static int64_t search_end(const struct session *session)
{
	int wait_ms = session->conf->modem.wait_s * 1000;

	return session->search_at + (session->boot_ms > wait_ms ? session->boot_ms : wait_ms);
}

/* A modem that has just come (back) may have cured these. */
static void wake_for_ports(struct session *session)
{
	enum cause cause = session->cause;

	if (session->state == SESSION_WAITING || cause == CAUSE_NO_MODEM ||
	    cause == CAUSE_NO_AT_PORT || cause == CAUSE_LINK_LOST || cause == CAUSE_PPP ||
	    cause == CAUSE_BUSY || cause == CAUSE_POWER)
		session->wake = session->settled_at;
}

/* It may have come back while its last port was being closed, or a rung was under way. */
static void wake_if_ports_came(struct session *session)
{
	if (session->failed_at >= 0 && session->settled_at > session->failed_at)
		wake_for_ports(session);
}

void waiting_enter(struct session *session, int64_t now)
{
	if (session->switched_off) {
		log_notice("the modem is switched off, until \"gobi-dial power on\"");
		return;
	}
	wake_if_ports_came(session);
	session->limit = now + RESCAN_MS;
	if (session->once && search_end(session) < session->limit)
		session->limit = search_end(session);
	log_notice("%s; waiting for it%s", buf_str(&session->text),
		   session->cause == CAUSE_FIRMWARE ? " to come back changed" : "");
}

static void start_probe(struct session *session, int64_t now)
{
	int error = session->ops->probe(session->ctx);

	session->ports_changed = false;
	session->probe_runs = error == 0;
	/* The last port is not closed yet. */
	if (error == -EAGAIN)
		session->wake = now + PASS_PAUSE_MS / 10;
	else if (error == -ENOTTY)
		session_fail(session, now, CAUSE_CONFIG, "modem.port: %s is not a tty",
			     session->conf->modem.port);
	else if (error < 0)
		session_fail_call(session, now, "cannot look for ports", error);
}

/* Have the modem switched on if that may be all it lacks. True: POWERED comes. */
static bool wake_modem(struct session *session, bool silent, int64_t now)
{
	int error = session->ops->power ? session->ops->power(session->ctx, POWER_ON, silent)
					: -ENOTSUP;

	session->power_asked |= silent;
	session->waking = error == 0;
	if (error < 0 && error != -ENOTSUP)
		log_warning("cannot switch the modem on: %s", strerror(-error));
	if (session->waking) {
		session->limit = now + ladder_rung_timeout_ms(LADDER_POWER);
		session->wake = -1;
	}
	return session->waking;
}

static void take_power_result(struct session *session, const struct session_event *event)
{
	if (!session->waking)
		return;
	session->waking = false;
	session->limit = event->now + session_states[SESSION_PROBING].timeout_ms;
	if (event->cause != CAUSE_NONE) {
		session_fail(session, event->now, event->cause, "%s", event->text);
		return;
	}
	session->boot_ms = event->boot_ms;
	if (event->switched) {
		log_notice("the modem is switched on: %s", event->text);
		session_mark(session, "power", event->now);
		session->search_at = event->now;
		session->script.born_at = event->now;
		session->answered = false;
		session->woken = !event->sure;
	}
	start_probe(session, event->now);
}

void probing_enter(struct session *session, int64_t now)
{
	session->port[0] = '\0';
	/* Binding, and the probe after it, belong to the same attempt. */
	if (!session->bound) {
		session->attempt_at = now;
		session->timeline_count = 0;
	}
	session->bound = session->redialing = false;
	session->wrong_modem = session->stuck = session->modem_left = false;
	session->woken = session->power_asked = session->switched_off = false;
	if (session->search_at < 0)
		session->search_at = now;
	session_mark(session, "probing", now);
	if (!wake_modem(session, false, now))
		start_probe(session, now);
}

static void take_probe_result(struct session *session, const struct session_event *event)
{
	bool no_port = event->cause == CAUSE_NO_AT_PORT;
	int64_t born_at = session->script.born_at;
	bool stuck = event->stuck && session->stuck && !session->once;
	bool absent = event->cause == CAUSE_NO_MODEM;

	/* A modem that is lost while its line is set up is none that is off. */
	session->answered |= event->spoke;
	if (event->fresh) {
		session->script.memory.sim_wakes = 0;
		session->script.apn.again_at = 0;
		ladder_renew(&session->ladder);
		backoff_reset(&session->backoff);
	}

	/* At most once per plug-in of a device: after that event->may_bind is false. */
	if (event->may_bind && !session->ports_changed &&
	    (no_port || event->cause == CAUSE_NO_MODEM) &&
	    strcmp(session->conf->modem.driver, "auto") == 0) {
		session_change(session, SESSION_BINDING, event->now);
		return;
	}
	if (event->cause == CAUSE_NONE) {
		str_copy(session->port, sizeof(session->port), event->port);
		session->script.family = event->family;
		if (event->age_ms > 0 ? born_at < event->now - event->age_ms : born_at < 0)
			session->script.born_at = event->now - event->age_ms;
		modem_decode_ati(event->identity ? event->identity : "", &session->script.ati);
		session->port_open = session->answered = true;
		session->boot_ms = 0;
		session->search_at = -1;
		session_change(session, SESSION_PREPARING, event->now);
		return;
	}
	/* Where no plug-in tells a modem's age, its first answer does. */
	session->script.born_at = -1;
	/* A modem that has answered is hung rather than off: a press might switch it off. One on
	 * USB may have gone for a moment to start anew. */
	if (!session->ports_changed && !session->power_asked &&
	    (absent ? event->now - session->search_at >= ABSENT_MS
		    : event->silent && !session->answered) &&
	    wake_modem(session, true, event->now))
		return;
	/* Closing a port that is in data mode may have ended that; finding it so twice in a row is
	 * for the ladder. */
	session->stuck = event->stuck;
	if (session->ports_changed || ((absent ? session->woken : no_port && !stuck) &&
				       event->now + PASS_PAUSE_MS < search_end(session))) {
		log_info("%s; asking again", event->text);
		session->limit = event->now + session_states[SESSION_PROBING].timeout_ms;
		session->wake = event->now + PASS_PAUSE_MS;
		return;
	}
	session->boot_ms = 0;
	if (session->woken && (event->silent || absent))
		session_fail(session, event->now, CAUSE_POWER, "the power key had no effect: %s",
			     event->text);
	else
		session_fail(session, event->now, event->cause, "%s", event->text);
}

void probing_handle(struct session *session, const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PORTS)
		session->ports_changed = true;
	else if (event->type == SESSION_EVENT_TIMEOUT && !session->waking)
		start_probe(session, event->now);
	else if (event->type == SESSION_EVENT_PROBED)
		take_probe_result(session, event);
	else if (event->type == SESSION_EVENT_POWERED)
		take_power_result(session, event);
	else if (event->type == SESSION_EVENT_LIMIT && session->waking)
		session_fail(session, event->now, CAUSE_POWER,
			     "switching the modem on does not end");
	else if (event->type == SESSION_EVENT_LIMIT)
		session_fail(session, event->now, CAUSE_NO_AT_PORT, "%s",
			     session->probe_runs ? "the probe of the ports does not end: the modem "
						   "does not answer on USB"
						 : "the last port does not close: the modem does "
						   "not answer on USB");
}

void binding_enter(struct session *session, int64_t now)
{
	int error;

	session_mark(session, "binding", now);
	error = session->ops->bind(session->ctx);
	if (error < 0)
		session_fail_call(session, now,
				  "cannot move the AT interface to a driver that raises DTR",
				  error);
}

/* The next probe will tell whether it worked. */
void binding_handle(struct session *session, const struct session_event *event)
{
	if (event->type == SESSION_EVENT_LIMIT)
		session->ops->bind_cancel(session->ctx);
	else if (event->type != SESSION_EVENT_BOUND)
		return;
	session->bound = true;
	session_change(session, SESSION_PROBING, event->now);
}

void backing_off_enter(struct session *session, int64_t now)
{
	wake_if_ports_came(session);
	session->limit = now + session->delay_ms;
	if (session->delay_ms > SESSION_REDIAL_MS)
		log_notice("next try in %d s", (session->delay_ms + 999) / 1000);
}

/* Also of WAITING. */
void backing_off_handle(struct session *session, const struct session_event *event)
{
	bool waiting = session->state == SESSION_WAITING;

	if (session->switched_off)
		return;
	if (event->type == SESSION_EVENT_PORTS) {
		wake_for_ports(session);
	} else if (event->type == SESSION_EVENT_LIMIT && waiting && session->once &&
		   event->now >= search_end(session)) {
		session_change(session, SESSION_FAILED, event->now);
	} else if (event->type == SESSION_EVENT_LIMIT || event->type == SESSION_EVENT_TIMEOUT) {
		session_change(session, SESSION_PROBING, event->now);
	}
}
