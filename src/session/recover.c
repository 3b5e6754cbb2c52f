/* SPDX-License-Identifier: ISC */
/* Recovering: one rung of the ladder, then waiting for the modem to come back. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "session/state.h"

#define RETURN_MS 90000 /* from a reset to the modem's ports */
#define REST_MS   300   /* before the port is asked again */

static enum ladder_rung next_rung(struct session *session, bool again, int64_t now)
{
	enum cause cause = session->cause;
	struct ladder_case failed = {.cause = cause,
				     .again = again,
				     .stuck = session->stuck,
				     .gone = session->modem_left,
				     .hopeless = session->wrong_modem};

	/* A modem that is reset forgets how long it was told to wait. */
	if (cause == CAUSE_NOT_REGISTERED || cause == CAUSE_CALL)
		failed.hopeless |= modem_reject_pace(&session->script.facts.reject) == REJECT_WAITS;
	if (cause == CAUSE_SIM)
		failed.hopeless |= session->script.facts.sim != MODEM_SIM_BUSY;
	if (cause == CAUSE_NOT_REGISTERED)
		failed.hopeless |=
			script_is_denied(&session->script) || session->script.facts.roaming;
	return ladder_next(&session->ladder, &failed, now);
}

bool recover_choose(struct session *session, int64_t now)
{
	struct ladder *ladder = &session->ladder;

	if (session->once)
		return false;
	/* There has been a dial since the last rung. */
	if (ladder->to_judge)
		log_notice("recovery: \"%s\" did not help: %s %s", ladder_rung_name(ladder->rung),
			   session->cause == ladder->cause ? "again" : "now",
			   cause_name(session->cause));
	ladder->to_judge = false;
	return next_rung(session, false, now) != LADDER_REDIAL;
}

static void await_modem(struct session *session, int64_t now)
{
	session->cause = CAUSE_NO_MODEM;
	session->search_at = now;
	session_change(session, SESSION_WAITING, now);
}

/* The rung has failed, without a dial. */
static void give_up_rung(struct session *session, int64_t now)
{
	session->ladder.to_judge = false;
	if (next_rung(session, true, now) != LADDER_REDIAL) {
		session_change(session, SESSION_RECOVERING, now);
	} else if (session->modem_left) {
		await_modem(session, now);
	} else {
		session->delay_ms = backoff_next(&session->backoff);
		session_change(session, SESSION_BACKING_OFF, now);
	}
}

/* The rung was not done, so it does not count. What is not there needs none, and to what may be no
 * modem at all none is done. */
static void undo_rung(struct session *session, int error, int64_t now)
{
	const char *name = ladder_rung_name(session->ladder.rung);

	ladder_undo(&session->ladder);
	if (error == -ENODEV) {
		buf_clear(&session->text);
		buf_printf(&session->text, "the modem was unplugged");
		await_modem(session, now);
	} else if (error == -EPERM) {
		log_info("recovery: the device has not answered as a modem yet, and is let be");
		session->delay_ms = backoff_next(&session->backoff);
		session_change(session, SESSION_BACKING_OFF, now);
	} else {
		log_notice("recovery: \"%s\" cannot be done here: %s", name, strerror(-error));
		give_up_rung(session, now);
	}
}

/* Off stays off, even where nothing shows that it worked. */
static void end_power(struct session *session, const char *text, bool left, int boot_ms,
		      int64_t now)
{
	bool off = session->power_wanted == POWER_OFF;

	log_notice("power: %s", text);
	session->power_wanted = -1;
	session->answered = false;
	session->search_at = -1;
	session->script.born_at = now;
	session->switched_off = off;
	session->boot_ms = boot_ms;
	if (off || left) {
		buf_clear(&session->text);
		buf_printf(&session->text, "the modem is to come back");
		await_modem(session, now);
	} else {
		session->delay_ms = REST_MS;
		session_change(session, SESSION_BACKING_OFF, now);
	}
}

void recovering_enter(struct session *session, int64_t now)
{
	enum ladder_rung rung = session->ladder.rung;
	int error;

	session->limit = now + ladder_rung_timeout_ms(rung);
	session->ports_changed = false;
	session->recovered = false;
	session->modem_left = false;
	session->answered &= rung != LADDER_POWER;
	/* What a person has asked for; the ladder has no part in it. */
	if (session->power_wanted >= 0) {
		enum power_act act = (enum power_act)session->power_wanted;

		error = session->ops->power
				? session->ops->power(session->ctx, act, !session->answered)
				: -ENOTSUP;
		session->limit = now + ladder_rung_timeout_ms(LADDER_POWER);
		if (error == 0)
			log_notice("power: \"%s\" on request", power_act_name(act));
		else
			end_power(session, strerror(-error), false, 0, now);
		if (error < 0)
			session->ops->recover_cancel(session->ctx); /* who asked is told */
		return;
	}
	error = session->ops->recover(session->ctx, rung);
	if (error < 0)
		undo_rung(session, error, now);
	else
		log_notice("recovery: \"%s\" after %d failures in a row, the last: %s (%s)",
			   ladder_rung_name(rung), session->ladder.failures,
			   buf_str(&session->text), cause_name(session->cause));
}

void recovering_handle(struct session *session, const struct session_event *event)
{
	const char *name = ladder_rung_name(session->ladder.rung);
	int64_t now = event->now;

	if (session->power_wanted >= 0) {
		if (event->type == SESSION_EVENT_LIMIT) {
			end_power(session, "it does not end", false, 0, now);
			session->ops->recover_cancel(session->ctx); /* who asked is told */
		}
		if (event->type == SESSION_EVENT_POWERED)
			end_power(session, event->text, event->left, event->boot_ms, now);
		return;
	}
	switch (event->type) {
	case SESSION_EVENT_PORTS:
		session->ports_changed = true;
		if (session->recovered)
			session->wake = session->settled_at;
		break;
	case SESSION_EVENT_POWERED:
	case SESSION_EVENT_RECOVERED:
		if (session->recovered)
			break;
		if (event->gone) {
			undo_rung(session, -ENODEV, now);
			break;
		}
		log_notice("recovery: \"%s\": %s", name, event->text);
		session->modem_left = event->left;
		session->recovered = true;
		session->answered &= !event->switched;
		session->boot_ms = event->boot_ms;
		session->script.born_at = now;
		session->limit = now + RETURN_MS;
		if (event->cause != CAUSE_NONE)
			give_up_rung(session, now);
		else if (!event->left)
			session->wake = now + REST_MS;
		else if (session->ports_changed)
			session->wake = now + SESSION_SETTLE_MS;
		break;
	case SESSION_EVENT_TIMEOUT:
		session->search_at = -1;
		session_change(session, SESSION_PROBING, now);
		break;
	case SESSION_EVENT_LIMIT:
		if (session->recovered) {
			buf_clear(&session->text);
			buf_printf(&session->text, "the modem did not come back within %d s",
				   RETURN_MS / 1000);
			log_warning("recovery: \"%s\": %s", name, buf_str(&session->text));
		} else {
			log_warning("recovery: \"%s\" does not end", name);
			session->ops->recover_cancel(session->ctx);
		}
		give_up_rung(session, now);
		break;
	default:
		break;
	}
}
