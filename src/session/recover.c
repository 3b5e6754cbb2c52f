/* SPDX-License-Identifier: ISC */
/* Recovering: one rung of the ladder, and the modem's return. */
#include <string.h>

#include "base/log.h"
#include "session/state.h"

#define RETURN_MS 90000 /* from a reset to the modem's ports */
#define REST_MS   300   /* before the port is asked again */

static bool is_lasting(const struct session *session)
{
	return session->script.facts.sim != MODEM_SIM_BUSY;
}

static struct ladder_case what_failed(const struct session *session)
{
	enum cause cause = session->cause;

	return (struct ladder_case){
		.cause = cause,
		.stuck = session->stuck,
		.gone = session->modem_left,
		.hopeless = session->wrong_modem || (cause == CAUSE_SIM && is_lasting(session)) ||
			    (cause == CAUSE_NOT_REGISTERED &&
			     (script_is_denied(&session->script) || session->script.facts.roaming)),
	};
}

/* A dial has been made since the last rung. */
static void judge(struct session *session)
{
	struct ladder *ladder = &session->ladder;

	if (!ladder->to_judge)
		return;
	ladder->to_judge = false;
	log_notice("recovery: \"%s\" did not help: %s %s", ladder_rung_name(ladder->rung),
		   session->cause == ladder->cause ? "again" : "now", cause_name(session->cause));
}

bool recover_choose(struct session *session, int64_t now)
{
	struct ladder_case failed = what_failed(session);

	if (session->once)
		return false;
	judge(session);
	return ladder_next(&session->ladder, &failed, now) != LADDER_REDIAL;
}

void recover_note_link(struct session *session)
{
	struct ladder *ladder = &session->ladder;

	if (!ladder->to_judge)
		return;
	ladder->to_judge = false;
	log_notice("recovery: \"%s\" helped", ladder_rung_name(ladder->rung));
}

/* This rung has come to nothing, without a dial. */
static void give_up(struct session *session, int64_t now)
{
	struct ladder_case failed = what_failed(session);

	session->ladder.to_judge = false;
	if (ladder_next(&session->ladder, &failed, now) != LADDER_REDIAL) {
		session_change(session, SESSION_RECOVERING, now);
		return;
	}
	if (session->modem_left) {
		session->cause = CAUSE_NO_MODEM;
		session->search_at = now;
		session_change(session, SESSION_WAITING, now);
		return;
	}
	session->delay_ms = backoff_next(&session->backoff);
	session_change(session, SESSION_BACKING_OFF, now);
}

void recovering_enter(struct session *session, int64_t now)
{
	enum ladder_rung rung = session->ladder.rung;
	int error;

	log_notice("recovery: \"%s\" after %d failures in a row, the last: %s (%s)",
		   ladder_rung_name(rung), session->ladder.failures, buf_str(&session->text),
		   cause_name(session->cause));
	session->limit = now + ladder_rung_timeout_ms(rung);
	session->ports_changed = false;
	session->recovered = false;
	session->modem_left = false;
	error = session->ops->recover(session->ctx, rung);
	if (error == 0)
		return;
	log_notice("recovery: \"%s\" cannot be done here: %s", ladder_rung_name(rung),
		   strerror(-error));
	give_up(session, now);
}

static void recovered(struct session *session, const struct session_event *event)
{
	int64_t now = event->now;

	log_notice("recovery: \"%s\": %s", ladder_rung_name(session->ladder.rung), event->text);
	session->modem_left = event->left;
	session->recovered = true;
	session->limit = now + RETURN_MS;
	if (event->cause != CAUSE_NONE)
		give_up(session, now);
	else if (!event->left)
		session->wake = now + REST_MS;
	else if (session->ports_changed)
		session->wake = now + SESSION_SETTLE_MS;
}

void recovering_handle(struct session *session, const struct session_event *event)
{
	switch (event->type) {
	case SESSION_EVENT_PORTS:
		session->ports_changed = true;
		if (session->recovered)
			session->wake = session_ports_at(event);
		break;
	case SESSION_EVENT_RECOVERED:
		if (!session->recovered)
			recovered(session, event);
		break;
	case SESSION_EVENT_TIMEOUT:
		session->search_at = -1;
		session_change(session, SESSION_PROBING, event->now);
		break;
	default:
		break;
	}
}

void recovering_expire(struct session *session, int64_t now)
{
	const char *name = ladder_rung_name(session->ladder.rung);

	if (session->recovered) {
		buf_clear(&session->text);
		buf_printf(&session->text, "the modem did not come back within %d s",
			   RETURN_MS / 1000);
		log_warning("recovery: \"%s\": %s", name, buf_str(&session->text));
	} else {
		log_warning("recovery: \"%s\" does not end", name);
		session->ops->recover_cancel(session->ctx);
	}
	give_up(session, now);
}
