/* SPDX-License-Identifier: ISC */
/* The script's stages: preparing, registering, dialing. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define PPP_START_MS 15000 /* until pppd waits for the call */

static void log_notices(struct session *session)
{
	struct buf *notices = &session->script.notices;
	size_t len;

	while (notices->len > 0) {
		len = strcspn(buf_str(notices), "\n");
		log_warning("%s: %.*s", session->port, (int)len, buf_str(notices));
		buf_consume(notices, len + 1);
	}
}

static void fail_command(struct session *session, int64_t now, const struct at_command *command,
			 int error)
{
	char what[64];

	str_copy(what, sizeof(what), command->text);
	/* Behind the name stands the PIN. */
	if (command->flags & AT_SECRET)
		what[strcspn(what, "=")] = '\0';
	session_fail_call(session, now, what, error);
}

static void fail_script(struct session *session, int64_t now)
{
	const struct script *script = &session->script;
	struct buf host = BUF_INIT;

	session->wrong_modem = script->wrong_modem && session->ops->exclude(session->ctx);
	if (script->cause == CAUSE_RADIO_OFF && session->ops->radio_blocked &&
	    session->ops->radio_blocked(session->ctx, &host)) {
		session->script.facts.radio.reason = MODEM_RADIO_RFKILL;
		session_fail(session, now, script->cause, "%s; %s", buf_str(&script->text),
			     buf_str(&host));
	} else {
		session_fail(session, now, script->cause, "%s", buf_str(&script->text));
	}
	buf_free(&host);
}

static void pump_script(struct session *session, int64_t now,
			void (*done)(struct session *session, int64_t now))
{
	struct script *script = &session->script;
	struct at_command command;
	int error;

	switch (script_next(script, &command, now)) {
	case SCRIPT_COMMAND:
		error = session->ops->command(session->ctx, &command);
		if (error < 0)
			fail_command(session, now, &command, error);
		break;
	case SCRIPT_PENDING:
		break;
	case SCRIPT_WAIT:
		session->wake = script->wake_at;
		break;
	case SCRIPT_DONE:
		done(session, now);
		break;
	case SCRIPT_FAILED:
		fail_script(session, now);
		break;
	}
}

bool call_take_at(struct session *session, const struct session_event *event)
{
	if (event->at->type == AT_EVENT_REPLY)
		script_reply(&session->script, event->at, event->now);
	else
		script_urc(&session->script, event->at->text, event->now);
	log_notices(session);
	if (session->script.cause == CAUSE_NONE)
		return true;
	fail_script(session, event->now);
	return false;
}

static void handle_script(struct session *session, const struct session_event *event,
			  void (*done)(struct session *session, int64_t now))
{
	switch (event->type) {
	case SESSION_EVENT_PORT_GONE:
		session_fail(session, event->now, CAUSE_NO_MODEM, "the port went away");
		break;
	case SESSION_EVENT_PPP_EXIT:
		session_fail(session, event->now, event->cause, "%s", event->text);
		break;
	case SESSION_EVENT_AT:
		if (call_take_at(session, event))
			pump_script(session, event->now, done);
		break;
	case SESSION_EVENT_TIMEOUT:
		pump_script(session, event->now, done);
		break;
	default:
		break;
	}
}

static void preparing_done(struct session *session, int64_t now)
{
	session_change(session, SESSION_REGISTERING, now);
}

/* pppd's start-up takes as long as all that is asked before the call. */
static bool start_ppp(struct session *session, int64_t now)
{
	int error = session->ops->ppp_start(session->ctx);

	session->ppp_alive = error == 0;
	session->ppp_told = false;
	session->ppp_ending_at = -1;
	if (error == -ENOENT)
		session_fail(session, now, CAUSE_NO_PPP, "%s is not there; install the package ppp",
			     PPPD_PATH);
	else if (error == -EINVAL)
		session_fail(session, now, CAUSE_CONFIG,
			     "the configuration does not fit in pppd's "
			     "options; see \"gobi-dial check\"");
	else if (error < 0)
		session_fail_call(session, now, "cannot start " PPPD_PATH, error);
	return error == 0;
}

void preparing_enter(struct session *session, int64_t now)
{
	session_mark(session, "preparing", now);
	if (session->goal != SESSION_GOAL_REGISTERED && !start_ppp(session, now))
		return;
	script_start(&session->script, SCRIPT_PREPARE, now);
	pump_script(session, now, preparing_done);
}

void preparing_handle(struct session *session, const struct session_event *event)
{
	handle_script(session, event, preparing_done);
}

void preparing_expire(struct session *session, int64_t now)
{
	session_fail(session, now, CAUSE_NO_AT_PORT, "the modem took too long to answer (last: %s)",
		     session->script.pending ? "a command without its answer"
					     : "waiting for the SIM");
}

static void registering_done(struct session *session, int64_t now)
{
	if (session->goal != SESSION_GOAL_REGISTERED) {
		session_change(session, SESSION_DIALING, now);
		return;
	}
	session->reached = true;
	session_stop(session, now);
}

void registering_enter(struct session *session, int64_t now)
{
	session->limit = now + session->conf->network.register_timeout_s * 1000;
	session_mark(session, "registering", now);
	script_start(&session->script, SCRIPT_REGISTER, now);
	pump_script(session, now, registering_done);
}

void registering_handle(struct session *session, const struct session_event *event)
{
	handle_script(session, event, registering_done);
}

void registering_expire(struct session *session, int64_t now)
{
	struct buf where = BUF_INIT;

	script_describe_registration(&session->script, &where);
	session_fail(session, now, CAUSE_NOT_REGISTERED,
		     "not registered with a network after %d s (%s)",
		     session->conf->network.register_timeout_s, buf_str(&where));
	buf_free(&where);
}

/* pppd is up and waiting before the call is made: one that starts after CONNECT is late for the
 * peer's first Configure-Request and then sits out its restart timer. It flushes the port's input
 * when it opens it, so no command may be in flight until it says that it is ready. */
void dialing_enter(struct session *session, int64_t now)
{
	int error;

	session_mark(session, "dialing", now);
	session->dials++;
	session->ppp_ready = false;
	session->wake = now + PPP_START_MS;
	error = session->ops->ppp_open(session->ctx);
	if (error < 0)
		session_fail_call(session, now, "cannot give pppd its options", error);
}

static void dialing_done(struct session *session, int64_t now)
{
	session->ops->ppp_connected(session->ctx);
	session_change(session, SESSION_NEGOTIATING, now);
}

void dialing_handle(struct session *session, const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PPP_READY) {
		session->ppp_ready = true;
		session->wake = -1;
		session_mark(session, "pppd-ready", event->now);
		script_start(&session->script, SCRIPT_DIAL, event->now);
		pump_script(session, event->now, dialing_done);
	} else if (event->type == SESSION_EVENT_TIMEOUT && !session->ppp_ready) {
		session_fail(session, event->now, CAUSE_PPP, "pppd did not get ready in %d s",
			     PPP_START_MS / 1000);
	} else if (event->type == SESSION_EVENT_AT && !session->ppp_ready) {
		call_take_at(session, event);
	} else {
		handle_script(session, event, dialing_done);
	}
}

void dialing_expire(struct session *session, int64_t now)
{
	session_fail(session, now, CAUSE_CALL, "the call was neither taken nor refused");
}
