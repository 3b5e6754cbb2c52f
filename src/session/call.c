/* SPDX-License-Identifier: ISC */
/* The stages of the AT script: preparing, registering, dialing. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define PPP_START_MS 15000 /* until pppd waits for the call */

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

/* Send the script's next command, wait as it says, or go to the next state. */
static void advance_script(struct session *session, int64_t now)
{
	struct script *script = &session->script;
	struct at_command command;
	char what[64];
	int error;

	switch (script_next(script, &command, now)) {
	case SCRIPT_COMMAND:
		error = session->ops->command(session->ctx, &command);
		if (error == 0)
			break;
		str_copy(what, sizeof(what), command.text);
		/* The PIN follows the name. */
		if (command.flags & AT_SECRET)
			what[strcspn(what, "=")] = '\0';
		session_fail_call(session, now, what, error);
		break;
	case SCRIPT_PENDING:
		break;
	case SCRIPT_WAIT:
		session->wake = script->wake_at;
		/* The script knows how long it waits for a SIM that says so. */
		if (session->state == SESSION_PREPARING && script->facts.sim == MODEM_SIM_BUSY)
			session->limit = now + session_states[SESSION_PREPARING].timeout_ms;
		break;
	case SCRIPT_DONE:
		if (session->state == SESSION_PREPARING) {
			session_change(session, SESSION_REGISTERING, now);
		} else if (session->state == SESSION_DIALING) {
			session->ops->ppp(session->ctx, SESSION_PPP_CONNECTED);
			session_mark(session, "negotiating", now);
			session_change(session, SESSION_NEGOTIATING, now);
			/* With another program's PPP, that is all. */
			if (session->goal == SESSION_GOAL_CALL)
				session_change(session, SESSION_CONNECTED, now);
		} else if (session->goal != SESSION_GOAL_REGISTERED) {
			session_change(session, SESSION_DIALING, now);
		} else {
			session->reached = true;
			session_stop(session, now);
		}
		break;
	case SCRIPT_FAILED:
		fail_script(session, now);
		break;
	}
}

bool call_take_at(struct session *session, const struct session_event *event)
{
	struct buf *notices = &session->script.notices;

	if (event->at->type == AT_EVENT_REPLY)
		script_reply(&session->script, event->at, event->now);
	else
		script_urc(&session->script, event->at->text, event->now);
	while (notices->len > 0) {
		size_t len = strcspn(buf_str(notices), "\n");

		log_write(*buf_str(notices) - '0', "%s: %.*s", session->port, (int)len - 1,
			  buf_str(notices) + 1);
		buf_consume(notices, len + 1);
	}
	buf_clear(notices); /* one that found no memory is not in the next one's way */
	if (session->script.cause == CAUSE_NONE)
		return true;
	fail_script(session, event->now);
	return false;
}

/* pppd is started here because its start-up takes as long as everything that is asked before the
 * call. */
void preparing_enter(struct session *session, int64_t now)
{
	int error = 0;

	session_mark(session, "preparing", now);
	if (session->goal != SESSION_GOAL_REGISTERED) {
		error = session->ops->ppp(session->ctx, SESSION_PPP_START);
		session->ppp_alive = error == 0;
		session->ppp_told = false;
		session->ppp_ending_at = -1;
	}
	if (error == -ENOENT) {
		session_fail(session, now, CAUSE_NO_PPP,
			     "%s does not exist; install the package ppp", PPPD_PATH);
	} else if (error == -ENOEXEC) {
		session_fail(session, now, CAUSE_NO_PPP,
			     "%s is not a program for this machine; install the package ppp",
			     PPPD_PATH);
	} else if (error == -EINVAL) {
		session_fail(session, now, CAUSE_CONFIG,
			     "the configuration does not fit in pppd's "
			     "options; see \"gobi-dial check\"");
	} else if (error < 0) {
		session_fail_call(session, now, "cannot start " PPPD_PATH, error);
	} else {
		script_start(&session->script, SCRIPT_PREPARE, now);
		advance_script(session, now);
	}
}

void registering_enter(struct session *session, int64_t now)
{
	session->limit = now + session->conf->network.register_timeout_s * 1000;
	session_mark(session, "registering", now);
	script_start(&session->script, SCRIPT_REGISTER, now);
	advance_script(session, now);
}

/* pppd waits ready before the call is made: one that starts after CONNECT misses the peer's first
 * Configure-Request and then sits out its restart timer. It flushes the port's input when it opens
 * it, so no command may be in flight until it says that it is ready. */
void dialing_enter(struct session *session, int64_t now)
{
	int error;

	session_mark(session, "dialing", now);
	session->dials++;
	session->ppp_mute = false;
	session->ppp_ready = false;
	session->wake = now + PPP_START_MS;
	error = session->ops->ppp(session->ctx, SESSION_PPP_OPEN);
	if (error < 0)
		session_fail_call(session, now, "cannot give pppd its options", error);
}

void call_handle(struct session *session, const struct session_event *event)
{
	bool before_call = session->state == SESSION_DIALING && !session->ppp_ready;
	struct buf where = BUF_INIT;

	switch (event->type) {
	case SESSION_EVENT_PORT_GONE:
		session_fail(session, event->now, CAUSE_NO_MODEM, "the port went away");
		break;
	case SESSION_EVENT_PPP_EXIT:
		session_fail(session, event->now, event->cause, "%s", event->text);
		break;
	case SESSION_EVENT_PPP_READY:
		if (session->state != SESSION_DIALING)
			break;
		session->ppp_ready = true;
		session->wake = -1;
		session_mark(session, "pppd-ready", event->now);
		script_start(&session->script, SCRIPT_DIAL, event->now);
		advance_script(session, event->now);
		break;
	case SESSION_EVENT_AT:
		if (call_take_at(session, event) && !before_call)
			advance_script(session, event->now);
		break;
	case SESSION_EVENT_TIMEOUT:
		if (before_call)
			session_fail(session, event->now, CAUSE_PPP,
				     "pppd did not get ready in %d s", PPP_START_MS / 1000);
		else
			advance_script(session, event->now);
		break;
	case SESSION_EVENT_LIMIT:
		script_describe_registration(&session->script, &where);
		if (session->state == SESSION_PREPARING)
			session_fail(session, event->now, CAUSE_NO_AT_PORT,
				     "the modem took too long to answer (last: %s)",
				     session->script.pending ? "a command without its answer"
							     : "waiting for the SIM");
		else if (session->state == SESSION_DIALING)
			session_fail(session, event->now, CAUSE_CALL,
				     "the call was neither taken nor refused");
		else
			session_fail(session, event->now, CAUSE_NOT_REGISTERED,
				     "not registered with a network after %d s (%s)",
				     session->conf->network.register_timeout_s, buf_str(&where));
		buf_free(&where);
		break;
	default:
		break;
	}
}
