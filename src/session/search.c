/* SPDX-License-Identifier: ISC */
/* Waiting for a modem, looking for its port, giving that another driver, and waiting to try
 * again. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define RESCAN_MS     60000 /* should a uevent have been lost */
#define PASS_PAUSE_MS 500   /* between two passes of the probe */

/* When a search that has found nothing has taken long enough. */
static int64_t search_end(const struct session *session)
{
	return session->search_at + session->conf->modem.wait_s * 1000;
}

int64_t session_ports_at(const struct session_event *event)
{
	return event->now + (event->whole ? 0 : SESSION_SETTLE_MS);
}

void waiting_enter(struct session *session, int64_t now)
{
	session->limit = now + RESCAN_MS;
	if (session->once && search_end(session) < session->limit)
		session->limit = search_end(session);
	log_notice("%s; waiting for it%s", buf_str(&session->text),
		   session->cause == CAUSE_FIRMWARE ? " to come back changed" : "");
}

void waiting_handle(struct session *session, const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PORTS)
		session->wake = session_ports_at(event);
	else if (event->type == SESSION_EVENT_TIMEOUT)
		session_change(session, SESSION_PROBING, event->now);
}

void waiting_expire(struct session *session, int64_t now)
{
	if (session->once && now >= search_end(session))
		session_change(session, SESSION_FAILED, now);
	else
		session_change(session, SESSION_PROBING, now);
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
		session_fail(session, now, CAUSE_CONFIG, "modem.port: %s is no tty",
			     session->conf->modem.port);
	else if (error < 0)
		session_fail_call(session, now, "cannot look for ports", error);
}

void probing_enter(struct session *session, int64_t now)
{
	session->port[0] = '\0';
	/* Binding is a part of the attempt, and so is the probe after it. */
	if (!session->bound) {
		session->attempt_at = now;
		session->timeline_count = 0;
	}
	session->bound = session->redialing = false;
	session->wrong_modem = session->stuck = session->modem_left = false;
	if (session->search_at < 0)
		session->search_at = now;
	session_mark(session, "probing", now);
	start_probe(session, now);
}

static void probe_again_or_fail(struct session *session, const struct session_event *event)
{
	/* Closing a port that is in data mode may have ended that; twice in it is for the
	 * ladder. */
	bool stuck = event->stuck && session->stuck && !session->once;
	bool may_come = event->cause == CAUSE_NO_AT_PORT && !stuck &&
			event->now + PASS_PAUSE_MS < search_end(session);

	session->stuck = event->stuck;
	if (session->ports_changed || may_come) {
		log_info("%s; asking again", event->text);
		session->limit = event->now + session_states[SESSION_PROBING].timeout_ms;
		session->wake = event->now + PASS_PAUSE_MS;
		return;
	}
	session_fail(session, event->now, event->cause, "%s", event->text);
}

/* Once for a device that is plugged in: may_bind is false after that. */
static bool may_bind(const struct session *session, const struct session_event *event)
{
	return event->may_bind && !session->ports_changed &&
	       (event->cause == CAUSE_NO_AT_PORT || event->cause == CAUSE_NO_MODEM) &&
	       strcmp(session->conf->modem.driver, "auto") == 0;
}

void probing_handle(struct session *session, const struct session_event *event)
{
	switch (event->type) {
	case SESSION_EVENT_PORTS:
		session->ports_changed = true;
		break;
	case SESSION_EVENT_TIMEOUT:
		start_probe(session, event->now);
		break;
	case SESSION_EVENT_PROBED:
		if (may_bind(session, event)) {
			session_change(session, SESSION_BINDING, event->now);
			break;
		}
		if (event->cause != CAUSE_NONE) {
			probe_again_or_fail(session, event);
			break;
		}
		str_copy(session->port, sizeof(session->port), event->port);
		session->script.family = event->family;
		modem_decode_ati(event->identity ? event->identity : "", &session->script.ati);
		session->port_open = true;
		session->search_at = -1;
		session_change(session, SESSION_PREPARING, event->now);
		break;
	default:
		break;
	}
}

void probing_expire(struct session *session, int64_t now)
{
	if (session->probe_runs)
		session_fail(session, now, CAUSE_NO_AT_PORT,
			     "the probe of the ports does not end: the modem "
			     "does not answer on USB");
	else
		session_fail(session, now, CAUSE_NO_AT_PORT,
			     "the last port does not close: the modem does not answer on USB");
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

/* Whether it has worked or not, the next probe will tell. */
void binding_handle(struct session *session, const struct session_event *event)
{
	if (event->type != SESSION_EVENT_BOUND)
		return;
	session->bound = true;
	session_change(session, SESSION_PROBING, event->now);
}

void binding_expire(struct session *session, int64_t now)
{
	session->ops->bind_cancel(session->ctx);
	session->bound = true;
	session_change(session, SESSION_PROBING, now);
}

void backing_off_enter(struct session *session, int64_t now)
{
	session->limit = now + session->delay_ms;
	if (session->delay_ms > SESSION_REDIAL_MS)
		log_notice("next try in %d s", (session->delay_ms + 999) / 1000);
}

/* What a modem that has just come (back) may have mended. */
static bool ports_may_mend(enum cause cause)
{
	return cause == CAUSE_NO_MODEM || cause == CAUSE_NO_AT_PORT || cause == CAUSE_LINK_LOST ||
	       cause == CAUSE_PPP || cause == CAUSE_BUSY;
}

void backing_off_handle(struct session *session, const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PORTS && ports_may_mend(session->cause))
		session->wake = session_ports_at(event);
	else if (event->type == SESSION_EVENT_TIMEOUT)
		session_change(session, SESSION_PROBING, event->now);
}

void backing_off_expire(struct session *session, int64_t now)
{
	session_change(session, SESSION_PROBING, now);
}
