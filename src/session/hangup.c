/* SPDX-License-Identifier: ISC */
/* Hanging up, and choosing what follows. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define LINK_LASTED_MS 60000 /* after which backoff and ladder start over */
/* The same for one that carried nothing in the end: that takes a minute or two to notice, and a
 * link that never carried anything has not lasted. */
#define DEAD_LINK_LASTED_MS 600000

#define WAIT_MAX_MS         3600000 /* what the network says may be days */

/* Whether only time, the operator or a person can mend what the network refuses. A call is tried
 * once more soon, because what the modem says of it may be of an earlier one. */
static bool refusal_lasts(struct session *session)
{
	const struct modem_reject *reject = &session->script.facts.reject;
	enum reject_pace pace = modem_reject_pace(reject);
	bool again = reject->cause == session->refused_for;

	if (session->cause != CAUSE_NOT_REGISTERED && session->cause != CAUSE_CALL)
		return false;
	session->refused_for = reject->cause;
	return pace == REJECT_WAITS ||
	       (pace == REJECT_LASTS && (again || session->cause == CAUSE_NOT_REGISTERED));
}

/* Whether the network does not want the protocol of network.pdp_type. */
static bool type_is_refused(const struct session *session)
{
	return session->ppp.no_type || (session->cause == CAUSE_CALL &&
					modem_reject_is_of_type(&session->script.facts.reject));
}

/* Whether another access point may do better: the network, or the modem, has refused this one, its
 * account, or an address. */
static bool apn_is_suspect(const struct session *session)
{
	const struct script *script = &session->script;
	const struct modem_reject *reject = &script->facts.reject;
	bool by_script = script->cause == CAUSE_CALL && session->cause == CAUSE_CALL;

	if (session->stopping || session->redialing ||
	    (reject->of_call && modem_reject_pace(reject) == REJECT_WAITS))
		return false;
	/* Of two access points alike, or one that was good: the network or the contract is so. */
	if (type_is_refused(session) && (session->type_refused || script->apn.kept))
		return false;
	switch (session->failed_in) {
	case SESSION_REGISTERING:
		if (session->cause == CAUSE_NOT_REGISTERED && script_attach_was_refused(script))
			return true;
		/* fall through */
	case SESSION_PREPARING:
		return by_script && script->modem.write == CONTEXT_REFUSED;
	case SESSION_DIALING:
		return by_script && script_call_was_refused(script);
	case SESSION_NEGOTIATING:
		return !session->ppp_mute &&
		       (session->cause == CAUSE_CALL || session->cause == CAUSE_PPP ||
			session->cause == CAUSE_PPP_AUTH);
	default:
		return false;
	}
}

/* pppd is gone, or will never go. */
static void finish_hangup(struct session *session, int64_t now)
{
	int lasted_ms = session->dead ? DEAD_LINK_LASTED_MS : LINK_LASTED_MS;
	bool lasted = session->up_at >= 0 && session->since - session->up_at >= lasted_ms;
	enum cause_reaction reaction = cause_reaction(session->cause);
	enum session_state next = SESSION_BACKING_OFF;
	int64_t wait_ms = session->script.facts.reject.wait_s * 1000LL;
	bool refusal = refusal_lasts(session);
	bool asked = session->stopping || session->redialing;
	bool no_type = type_is_refused(session), alike = no_type && session->type_refused;
	/* More than any list has are no list: a modem that calls its SIM another one each time. */
	bool has_other = apn_is_suspect(session) &&
			 script_apn_refused(&session->script, buf_str(&session->text)) &&
			 session->hurried++ < APN_TRIES_MAX;
	bool was_made = session->failed_in == SESSION_NEGOTIATING ||
			(session->failed_in == SESSION_DIALING && session->ppp_ready);

	if (!has_other)
		session->hurried = 0;
	/* One of the others may have the protocol all the same, but there is no hurry. */
	if (alike && !asked && !session->script.apn.kept)
		script_apn_refused(&session->script, buf_str(&session->text));
	session->type_refused = no_type;
	if (session->port_open) {
		session->ops->hang_up(session->ctx);
		session->ops->port_close(session->ctx);
		session->port_open = false;
	}
	memset(&session->ppp, 0, sizeof(session->ppp));
	session->up_at = -1;
	if (was_made && !asked && (session->cause == CAUSE_CALL || session->cause == CAUSE_PPP))
		script_got_no_link(&session->script);
	if (lasted) {
		backoff_reset(&session->backoff);
		ladder_reset(&session->ladder);
		session->refused_for = 0;
	}
	if (session->stopping)
		next = SESSION_STOPPED;
	else if (session->power_wanted >= 0)
		next = SESSION_RECOVERING;
	else if (session->redialing || has_other)
		next = SESSION_BACKING_OFF;
	else if (reaction == CAUSE_REACTION_WAIT && session->failed_in == SESSION_PROBING &&
		 !(session->once && session->cause == CAUSE_FIRMWARE))
		next = SESSION_WAITING;
	else if ((session->once || reaction == CAUSE_REACTION_STOP) && !session->wrong_modem)
		next = SESSION_FAILED;
	else if (recover_choose(session, now))
		next = SESSION_RECOVERING;
	if (next == SESSION_BACKING_OFF) {
		session->search_at = -1;
		if (session->redialing || session->wrong_modem || has_other)
			session->delay_ms = SESSION_REDIAL_MS;
		else if (session->cause == CAUSE_SIM && session->script.facts.sim == MODEM_SIM_BUSY)
			session->delay_ms = backoff_next(&session->backoff); /* it mends itself */
		else if (session->ladder.slow || reaction == CAUSE_REACTION_SLOW || refusal ||
			 (session->cause == CAUSE_NOT_REGISTERED &&
			  script_is_denied(&session->script)))
			session->delay_ms = backoff_slow(&session->backoff);
		else if (reaction == CAUSE_REACTION_AT_ONCE && lasted)
			session->delay_ms = SESSION_REDIAL_MS;
		else
			session->delay_ms = backoff_next(&session->backoff);
		if (refusal && !has_other && session->delay_ms < wait_ms)
			session->delay_ms = (int)(wait_ms < WAIT_MAX_MS ? wait_ms : WAIT_MAX_MS);
	}
	session_change(session, next, now);
}

/*
 * What is done about a pppd that does not end, in this order. A healthy pppd has been sent TERM
 * before. One that is ending by itself (hang-up, lost echoes, the network's Terminate-Request) gets
 * no signal while its scripts may run: while pppd waits for them it passes SIGTERM and SIGHUP on to
 * them (childwait_end() in main.c of 2.4.7 to 2.5.3), and an ip-down script killed that way has not
 * told netifd that the link is down. pppd itself gives its scripts 5 s. A stop has 5 s for
 * everything, of which the scripts get at least 3.
 */
enum { MEASURE_DTR, MEASURE_TERM, MEASURE_KILL, MEASURE_GIVE_UP };

static const struct {
	int after_end_ms;  /* after pppd was told to end, or began to */
	int after_stop_ms; /* after a stop was requested, at the latest */
} measures[] = {
	[MEASURE_DTR] = {1500, 1200},
	[MEASURE_TERM] = {6000, 3700},
	[MEASURE_KILL] = {7500, 4000},
	[MEASURE_GIVE_UP] = {9000, 4400},
};

void hanging_up_schedule(struct session *session)
{
	int64_t end = session->ppp_ending_at >= 0 ? session->ppp_ending_at : session->since;
	int64_t latest = session->stop_at + measures[session->measure].after_stop_ms;

	session->wake = end + measures[session->measure].after_end_ms;
	if (session->stopping && latest < session->wake)
		session->wake = latest;
}

void hanging_up_enter(struct session *session, int64_t now)
{
	session->measure = MEASURE_DTR;
	if (session->probe_runs) {
		session->ops->probe_cancel(session->ctx);
		session->probe_runs = false;
	}
	session->ops->bind_cancel(session->ctx);
	session->ops->recover_cancel(session->ctx);
	/* The pppd that runs us waits for the call, with whatever APN. */
	if (!session->ppp_alive ||
	    (session->goal == SESSION_GOAL_CALL && session->failed_in != SESSION_CONNECTED &&
	     apn_is_suspect(session) && script_has_other_apn(&session->script))) {
		finish_hangup(session, now);
		return;
	}
	/* Its log may have said so a moment ago, with the line still unread. */
	if (session->ppp_ending_at < 0 && session->ops->ppp(session->ctx, SESSION_PPP_IS_ENDING))
		session->ppp_ending_at = now;
	session->ppp_told = session->ppp_ending_at < 0;
	if (session->ppp_told)
		session->ops->ppp(session->ctx, SESSION_PPP_TERM);
	hanging_up_schedule(session);
}

void hanging_up_handle(struct session *session, const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PPP_EXIT) {
		/* We saw the hang-up or NO CARRIER first, but pppd knows the reason. */
		if (event->cause == CAUSE_PPP_AUTH &&
		    (session->cause == CAUSE_LINK_LOST || session->cause == CAUSE_PPP ||
		     session->cause == CAUSE_CALL)) {
			session->cause = CAUSE_PPP_AUTH;
			buf_clear(&session->text);
			buf_printf(&session->text, "%s", event->text);
			log_warning("%s: %s (%s)", session->port, event->text,
				    cause_name(event->cause));
		}
		finish_hangup(session, event->now);
	}
	if (event->type != SESSION_EVENT_TIMEOUT)
		return;
	switch (session->measure++) {
	case MEASURE_DTR:
		if (session->port_open)
			session->ops->hang_up(session->ctx);
		break;
	case MEASURE_TERM:
		/* Not twice: the second one would end the scripts. */
		if (!session->ppp_told)
			session->ops->ppp(session->ctx, SESSION_PPP_TERM);
		break;
	case MEASURE_KILL:
		log_warning("pppd does not end; killing it");
		session->ops->ppp(session->ctx, SESSION_PPP_KILL);
		break;
	default:
		log_error("pppd cannot be killed");
		session->ppp_alive = false;
		finish_hangup(session, event->now);
		return;
	}
	hanging_up_schedule(session);
}
