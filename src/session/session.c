/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

void session_reload(struct session *session)
{
	const struct conf *conf = session->conf;

	session->backoff.min_ms = conf->recovery.backoff_min_s * 1000;
	session->backoff.max_ms = conf->recovery.backoff_max_s * 1000;
	ladder_set(&session->ladder, &conf->recovery.ladder, power_is_configured(conf));
}

void session_init(struct session *session, const struct conf *conf, const struct session_ops *ops,
		  void *ctx, bool once, uint32_t seed)
{
	memset(session, 0, sizeof(*session));
	session->conf = conf;
	session->ops = ops;
	session->ctx = ctx;
	session->once = once;
	session->limit = -1;
	session->wake = -1;
	session->search_at = -1;
	session->up_at = -1;
	session->failed_at = -1;
	session->stop_at = -1;
	session->ppp_ending_at = -1;
	session->power_wanted = -1;
	session->backoff.seed = seed;
	session_reload(session);
	script_init(&session->script, conf);
	session->script.pins = ops->pins;
	session->script.pins_ctx = ctx;
	session->script.apns = ops->apns;
	session->script.apns_ctx = ctx;
	session->script.forms = ops->forms;
	session->script.forms_ctx = ctx;
}

void session_set_goal(struct session *session, enum session_goal goal)
{
	session->goal = goal;
	session->script.attach_first = goal == SESSION_GOAL_REGISTERED;
	session->once = session->once || goal != SESSION_GOAL_LINK;
}

void session_free(struct session *session)
{
	script_free(&session->script);
	buf_free(&session->text);
}

static void enter_state(struct session *session, enum session_state to, int64_t now)
{
	const struct state *state = &session_states[to];

	session->state = to;
	session->since = now;
	session->limit = state->timeout_ms ? now + state->timeout_ms : -1;
	session->wake = -1;
	if (state->enter)
		state->enter(session, now);
}

void session_start(struct session *session, int64_t now)
{
	enter_state(session, SESSION_PROBING, now);
}

void session_change(struct session *session, enum session_state to, int64_t now)
{
	if (!session_may_change(session->state, to)) {
		session->forbidden++;
		log_error("no way from %s to %s: please report this",
			  session_state_name(session->state), session_state_name(to));
	}
	log_info("%s -> %s", session_state_name(session->state), session_state_name(to));
	enter_state(session, to, now);
}

void session_fail(struct session *session, int64_t now, enum cause cause, const char *format, ...)
{
	va_list ap;

	buf_clear(&session->text);
	va_start(ap, format);
	buf_vprintf(&session->text, format, ap);
	va_end(ap);
	session->cause = cause;
	session->failed_in = session->state;
	session->failed_at = now;
	log_warning("%s%s%s (%s)", session->port, *session->port ? ": " : "",
		    buf_str(&session->text), cause_name(cause));
	session_change(session, SESSION_HANGING_UP, now);
}

void session_fail_call(struct session *session, int64_t now, const char *what, int error)
{
	enum cause cause = CAUSE_INTERNAL;

	if (error == -EACCES || error == -EPERM)
		cause = CAUSE_PERMISSION;
	session_fail(session, now, cause, "%s: %s", what, strerror(-error));
}

void session_mark(struct session *session, const char *step, int64_t now)
{
	struct session_mark *mark;

	if (session->timeline_count == SESSION_TIMELINE_MAX)
		return;
	mark = &session->timeline[session->timeline_count++];
	mark->step = step;
	mark->ms = (int)(now - session->attempt_at);
}

void session_stop(struct session *session, int64_t now)
{
	if (!session->stopping)
		session->stop_at = now;
	session->stopping = true;
	if (session->state == SESSION_HANGING_UP)
		hanging_up_schedule(session);
	else
		session_change(session, SESSION_HANGING_UP, now);
}

/* What the event says about the world, in whatever state it comes. */
static void note_event(struct session *session, const struct session_event *event)
{
	bool ends_ppp = false;

	/* pppd notices a hang-up by itself once the PPP discipline is on the line. It then runs its
	 * ip-down script and exits, and needs no signal from us. */
	if (event->type == SESSION_EVENT_PPP_LOG)
		ends_ppp = ppp_event_is_end(event->ppp->type);
	else if (event->type == SESSION_EVENT_PORT_GONE || event->type == SESSION_EVENT_NO_CALL)
		ends_ppp = session->state == SESSION_NEGOTIATING ||
			   session->state == SESSION_CONNECTED;
	if (ends_ppp && session->ppp_alive && session->goal == SESSION_GOAL_LINK &&
	    session->ppp_ending_at < 0)
		session->ppp_ending_at = event->now;
	if (event->type == SESSION_EVENT_PORT_GONE ||
	    (event->type == SESSION_EVENT_PPP_LOG && event->ppp->type == PPP_EVENT_LCP_TIMEOUT))
		session->ppp_mute = true;
	if (event->type == SESSION_EVENT_PPP_EXIT)
		session->ppp_alive = false;
	if (event->type == SESSION_EVENT_PROBED)
		session->probe_runs = false;
	if (event->type == SESSION_EVENT_PORTS)
		session->settled_at = event->now + (event->whole ? 0 : SESSION_SETTLE_MS);
	if (event->type == SESSION_EVENT_PORT_GONE) {
		/* While we hold it, the tty's number is not free to be used again. */
		session->ops->port_close(session->ctx);
		session->port_open = false;
		session->script.born_at = -1;
	}
}

void session_handle(struct session *session, const struct session_event *event)
{
	const struct state *state = &session_states[session->state];
	struct session_event limit = *event;

	if (session_is_over(session))
		return;
	note_event(session, event);
	switch (event->type) {
	case SESSION_EVENT_STOP:
		session_stop(session, event->now);
		break;
	case SESSION_EVENT_REDIAL:
		session->script.apn.again_at = 0;
		/* With another goal the redial is the caller's business. */
		if (session->goal != SESSION_GOAL_LINK) {
			session_stop(session, event->now);
		} else if (session->state != SESSION_PROBING && !session->switched_off) {
			/* Else a dial has just begun, or none is wanted. */
			session->redialing = true;
			if (session->state != SESSION_HANGING_UP)
				session_change(session, SESSION_HANGING_UP, event->now);
		}
		break;
	case SESSION_EVENT_POWER:
		if (event->act != POWER_ON) {
			session->power_wanted = (int)event->act;
			if (session->state != SESSION_HANGING_UP)
				session_change(session, SESSION_HANGING_UP, event->now);
		} else if (session->switched_off && session->state == SESSION_WAITING) {
			session_change(session, SESSION_PROBING, event->now);
		}
		break;
	case SESSION_EVENT_TIMEOUT:
		if (session->limit >= 0 && event->now >= session->limit) {
			session->limit = -1;
			session->wake = -1;
			limit.type = SESSION_EVENT_LIMIT;
			state->handle(session, &limit);
		} else if (session->wake >= 0 && event->now >= session->wake) {
			session->wake = -1;
			state->handle(session, event);
		}
		break;
	default:
		state->handle(session, event);
	}
}

int64_t session_deadline(const struct session *session)
{
	if (session->wake < 0)
		return session->limit;
	if (session->limit < 0 || session->wake < session->limit)
		return session->wake;
	return session->limit;
}

bool session_is_over(const struct session *session)
{
	return session->state == SESSION_STOPPED || session->state == SESSION_FAILED;
}

const char *session_state_name(enum session_state state)
{
	return session_states[state].name;
}

bool session_may_change(enum session_state from, enum session_state to)
{
	return session_states[from].next & 1u << to;
}

#define TO(state) (1u << SESSION_##state)

/* clang-format off */
const struct state session_states[SESSION_STATE_COUNT] = {
	[SESSION_WAITING]     = { "waiting", 0,
		TO(PROBING) | TO(HANGING_UP) | TO(FAILED),
		waiting_enter, backing_off_handle },
	[SESSION_BINDING]     = { "binding", 15000,
		TO(PROBING) | TO(HANGING_UP),
		binding_enter, binding_handle },
	[SESSION_PROBING]     = { "probing", 20000,
		TO(BINDING) | TO(PREPARING) | TO(HANGING_UP),
		probing_enter, probing_handle },
	[SESSION_PREPARING]   = { "preparing", 120000,
		TO(REGISTERING) | TO(HANGING_UP),
		preparing_enter, call_handle },
	[SESSION_REGISTERING] = { "registering", 0,
		TO(DIALING) | TO(HANGING_UP),
		registering_enter, call_handle },
	[SESSION_DIALING]     = { "dialing", 200000,
		TO(NEGOTIATING) | TO(HANGING_UP),
		dialing_enter, call_handle },
	[SESSION_NEGOTIATING] = { "negotiating", 100000, /* LCP, authentication, IPCP: 30 s each */
		TO(CONNECTED) | TO(HANGING_UP),
		NULL, link_handle },
	[SESSION_CONNECTED]   = { "connected", 0,
		TO(HANGING_UP),
		connected_enter, link_handle },
	[SESSION_HANGING_UP]  = { "hanging-up", 0, /* see hangup.c */
		TO(WAITING) | TO(BACKING_OFF) | TO(RECOVERING) |
		TO(STOPPED) | TO(FAILED),
		hanging_up_enter, hanging_up_handle },
	[SESSION_BACKING_OFF] = { "backing-off", 0,
		TO(PROBING) | TO(HANGING_UP),
		backing_off_enter, backing_off_handle },
	[SESSION_RECOVERING]  = { "recovering", 0,
		TO(PROBING) | TO(WAITING) | TO(BACKING_OFF) | TO(RECOVERING) |
		TO(HANGING_UP),
		recovering_enter, recovering_handle },
	[SESSION_STOPPED]     = { "stopped", 0, 0, NULL, NULL },
	[SESSION_FAILED]      = { "failed", 0, 0, NULL, NULL },
};
/* clang-format on */
