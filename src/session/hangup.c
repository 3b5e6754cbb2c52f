/* SPDX-License-Identifier: ISC */
/* Hanging up, and what comes after. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define LINK_LASTED_MS 60000 /* a link that makes backoff and ladder start anew */
/* The same for one that nothing came through in the end: it takes a minute or two to see that, and
 * one that never carried anything has not lasted. */
#define DEAD_LINK_LASTED_MS 600000

static bool link_lasted(const struct session *session)
{
	return session->up_at >= 0 &&
	       session->since - session->up_at >=
		       (session->dead ? DEAD_LINK_LASTED_MS : LINK_LASTED_MS);
}

static int delay_by_cause(struct session *session, bool lasted)
{
	if (session->wrong_modem)
		return SESSION_REDIAL_MS;
	if (session->ladder.slow)
		return backoff_slow(&session->backoff);
	if (session->cause == CAUSE_NOT_REGISTERED && script_is_denied(&session->script))
		return backoff_slow(&session->backoff);
	switch (cause_reaction(session->cause)) {
	case CAUSE_REACTION_SLOW:
		return backoff_slow(&session->backoff);
	case CAUSE_REACTION_AT_ONCE:
		if (lasted)
			return SESSION_REDIAL_MS;
		return backoff_next(&session->backoff);
	default:
		return backoff_next(&session->backoff);
	}
}

static enum session_state next_by_cause(const struct session *session)
{
	enum cause_reaction reaction = cause_reaction(session->cause);

	if (reaction == CAUSE_REACTION_WAIT && session->failed_in == SESSION_PROBING &&
	    !(session->once && session->cause == CAUSE_FIRMWARE))
		return SESSION_WAITING;
	if (session->wrong_modem)
		return SESSION_BACKING_OFF;
	if (session->once || reaction == CAUSE_REACTION_STOP)
		return SESSION_FAILED;
	return SESSION_BACKING_OFF;
}

static void go_on(struct session *session, int64_t now)
{
	bool lasted = link_lasted(session);
	enum session_state next;

	session->up_at = -1;
	if (lasted) {
		backoff_reset(&session->backoff);
		ladder_reset(&session->ladder);
	}
	if (session->stopping)
		next = SESSION_STOPPED;
	else if (session->redialing)
		next = SESSION_BACKING_OFF;
	else
		next = next_by_cause(session);
	if (next == SESSION_BACKING_OFF && !session->redialing && recover_choose(session, now))
		next = SESSION_RECOVERING;
	if (next == SESSION_BACKING_OFF) {
		session->search_at = -1;
		session->delay_ms =
			session->redialing ? SESSION_REDIAL_MS : delay_by_cause(session, lasted);
	}
	session_change(session, next, now);
}

static void hung_up(struct session *session, int64_t now)
{
	if (session->port_open) {
		session->ops->hang_up(session->ctx);
		session->ops->port_close(session->ctx);
		session->port_open = false;
	}
	memset(&session->ppp, 0, sizeof(session->ppp));
	go_on(session, now);
}

/*
 * What is done about a pppd that does not end, in this order. A healthy pppd has been sent TERM
 * before. One that is ending by itself (hang-up, lost echoes, the network's Terminate-Request) gets
 * no signal while its scripts may run: while it waits for them, pppd passes SIGTERM and SIGHUP on to
 * them (childwait_end() in main.c of 2.4.7 to 2.5.3), and an ip-down script shot that way has told
 * nobody that the link is down. pppd itself gives its scripts 5 s. A stop has 5 s for everything,
 * of which a script gets 3.
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
	int64_t latest = session->stop_at + measures[session->rung].after_stop_ms;

	session->wake = end + measures[session->rung].after_end_ms;
	if (session->stopping && latest < session->wake)
		session->wake = latest;
}

static void tell_ppp(struct session *session)
{
	session->ppp_told = true;
	session->ops->ppp_stop(session->ctx, false);
}

void hanging_up_enter(struct session *session, int64_t now)
{
	session->rung = MEASURE_DTR;
	if (session->probe_runs) {
		session->ops->probe_cancel(session->ctx);
		session->probe_runs = false;
	}
	session->ops->bind_cancel(session->ctx);
	session->ops->recover_cancel(session->ctx);
	if (!session->ppp_alive) {
		hung_up(session, now);
		return;
	}
	/* Its log may have said so a moment ago, with the line still unread. */
	if (session->ppp_ending_at < 0 && session->ops->ppp_is_ending(session->ctx))
		session->ppp_ending_at = now;
	if (session->ppp_ending_at < 0)
		tell_ppp(session);
	hanging_up_schedule(session);
}

static void take_measure(struct session *session, int64_t now)
{
	switch (session->rung++) {
	case MEASURE_DTR:
		if (session->port_open)
			session->ops->hang_up(session->ctx);
		break;
	case MEASURE_TERM:
		/* Not twice: the second one would end the scripts. */
		if (!session->ppp_told)
			tell_ppp(session);
		break;
	case MEASURE_KILL:
		log_warning("pppd does not end; killing it");
		session->ops->ppp_stop(session->ctx, true);
		break;
	default:
		log_error("pppd cannot be killed");
		session->ppp_alive = false;
		hung_up(session, now);
		return;
	}
	hanging_up_schedule(session);
}

void hanging_up_handle(struct session *session, const struct session_event *event)
{
	if (event->type == SESSION_EVENT_TIMEOUT) {
		take_measure(session, event->now);
	} else if (event->type == SESSION_EVENT_PPP_EXIT) {
		/* The hang-up was seen first, and pppd knows better why. */
		if (event->cause == CAUSE_PPP_AUTH &&
		    (session->cause == CAUSE_LINK_LOST || session->cause == CAUSE_PPP)) {
			session->cause = CAUSE_PPP_AUTH;
			buf_clear(&session->text);
			buf_printf(&session->text, "%s", event->text);
		}
		hung_up(session, event->now);
	}
}
