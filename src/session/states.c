/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define RESCAN_MS      60000 /* should a uevent have been lost */
#define SETTLE_MS      250   /* from one new tty to the device's last */
#define PASS_PAUSE_MS  500   /* between two passes of the probe */
#define PPP_START_MS   15000 /* until pppd waits for the call */
#define RUNG_MS        1500  /* of hanging up: TERM, DTR, KILL */
#define REDIAL_MS      300   /* DTR stays low so long at least */
#define LINK_LASTED_MS 60000 /* a link that makes the backoff start anew */

static void fail_call(struct session *session, int64_t now, const char *what,
		      int error)
{
	enum cause cause = CAUSE_INTERNAL;

	if (error == -EACCES || error == -EPERM)
		cause = CAUSE_PERMISSION;
	session_fail(session, now, cause, "%s: %s", what, strerror(-error));
}

/* waiting --------------------------------------------------------------------*/

static void waiting_enter(struct session *session, int64_t now)
{
	int wait_ms = session->conf->modem.wait_s * 1000;

	session->limit = now + RESCAN_MS;
	if (session->once && session->search_at + wait_ms < session->limit)
		session->limit = session->search_at + wait_ms;
	log_notice("%s; waiting for it", buf_str(&session->text));
}

static void waiting_handle(struct session *session,
			   const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PORTS)
		session->wake = event->now + SETTLE_MS;
	else if (event->type == SESSION_EVENT_TIMEOUT)
		session_change(session, SESSION_PROBING, event->now);
}

static void waiting_expire(struct session *session, int64_t now)
{
	if (session->once)
		session_change(session, SESSION_FAILED, now);
	else
		session_change(session, SESSION_PROBING, now);
}

/* probing --------------------------------------------------------------------*/

static void start_probe(struct session *session, int64_t now)
{
	int error = session->ops->probe(session->ctx);

	session->ports_changed = false;
	session->probe_runs = error == 0;
	if (error < 0)
		fail_call(session, now, "cannot look for ports", error);
}

static void probing_enter(struct session *session, int64_t now)
{
	session->redialing = false;
	session->attempt_at = now;
	session->timeline_count = 0;
	session->port[0] = '\0';
	if (session->search_at < 0)
		session->search_at = now;
	memset(&session->ppp, 0, sizeof(session->ppp));
	session_mark(session, "probing", now);
	start_probe(session, now);
}

static void probe_again_or_fail(struct session *session,
				const struct session_event *event)
{
	int64_t until = session->search_at + session->conf->modem.wait_s * 1000;
	bool may_come = event->cause == CAUSE_NO_AT_PORT &&
			event->now + PASS_PAUSE_MS < until;

	if (session->ports_changed || may_come) {
		log_info("%s; asking again", event->text);
		session->limit =
			event->now + session_states[SESSION_PROBING].timeout_ms;
		session->wake = event->now + PASS_PAUSE_MS;
		return;
	}
	session_fail(session, event->now, event->cause, "%s", event->text);
}

static void probing_handle(struct session *session,
			   const struct session_event *event)
{
	switch (event->type) {
	case SESSION_EVENT_PORTS:
		session->ports_changed = true;
		break;
	case SESSION_EVENT_TIMEOUT:
		start_probe(session, event->now);
		break;
	case SESSION_EVENT_PROBED:
		if (event->cause != CAUSE_NONE) {
			probe_again_or_fail(session, event);
			break;
		}
		str_copy(session->port, sizeof(session->port), event->port);
		session->port_open = true;
		session->search_at = -1;
		session_change(session, SESSION_PREPARING, event->now);
		break;
	default:
		break;
	}
}

static void probing_expire(struct session *session, int64_t now)
{
	session_fail(session, now, CAUSE_INTERNAL,
		     "the probe of the ports did not end");
}

/* preparing, registering, dialing: the plan's stages -------------------------*/

static void log_notices(struct session *session)
{
	struct buf *notices = &session->plan.notices;
	size_t len;

	while (notices->len > 0) {
		len = strcspn(buf_str(notices), "\n");
		log_warning("%s: %.*s", session->port, (int)len,
			    buf_str(notices));
		buf_consume(notices, len + 1);
	}
}

static void pump_plan(struct session *session, int64_t now,
		      void (*done)(struct session *session, int64_t now))
{
	struct plan *plan = &session->plan;
	struct at_command command;
	int error;

	switch (plan_next(plan, &command, now)) {
	case PLAN_COMMAND:
		error = session->ops->command(session->ctx, &command);
		if (error < 0)
			fail_call(session, now, command.text, error);
		break;
	case PLAN_PENDING:
		break;
	case PLAN_WAIT:
		session->wake = plan->wake_at;
		break;
	case PLAN_DONE:
		done(session, now);
		break;
	case PLAN_FAILED:
		session_fail(session, now, plan->cause, "%s",
			     buf_str(&plan->text));
		break;
	}
}

static void handle_at(struct session *session,
		      const struct session_event *event)
{
	if (event->at->type == AT_EVENT_REPLY)
		plan_reply(&session->plan, event->at, event->now);
	else
		plan_urc(&session->plan, event->at->text, event->now);
	log_notices(session);
}

static void handle_plan(struct session *session,
			const struct session_event *event,
			void (*done)(struct session *session, int64_t now))
{
	switch (event->type) {
	case SESSION_EVENT_PORT_GONE:
		session_fail(session, event->now, CAUSE_NO_MODEM,
			     "the port went away");
		break;
	case SESSION_EVENT_PPP_EXIT:
		session_fail(session, event->now, event->cause, "%s",
			     event->text);
		break;
	case SESSION_EVENT_AT:
		handle_at(session, event);
		pump_plan(session, event->now, done);
		break;
	case SESSION_EVENT_TIMEOUT:
		pump_plan(session, event->now, done);
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
	if (error == -ENOENT)
		session_fail(session, now, CAUSE_NO_PPP,
			     "%s is not there; install the package ppp",
			     PPPD_PATH);
	else if (error == -EINVAL)
		session_fail(session, now, CAUSE_CONFIG,
			     "the configuration does not fit in pppd's "
			     "options; see \"gobi-dial check\"");
	else if (error < 0)
		fail_call(session, now, "cannot start " PPPD_PATH, error);
	return error == 0;
}

static void preparing_enter(struct session *session, int64_t now)
{
	session_mark(session, "preparing", now);
	if (!start_ppp(session, now))
		return;
	plan_start(&session->plan, PLAN_PREPARE, now);
	pump_plan(session, now, preparing_done);
}

static void preparing_handle(struct session *session,
			     const struct session_event *event)
{
	handle_plan(session, event, preparing_done);
}

static void preparing_expire(struct session *session, int64_t now)
{
	session_fail(session, now, CAUSE_NO_AT_PORT,
		     "the modem took too long to answer (last: %s)",
		     session->plan.pending ? "a command without its answer"
					   : "waiting for the SIM");
}

static void registering_done(struct session *session, int64_t now)
{
	session_change(session, SESSION_DIALING, now);
}

static void registering_enter(struct session *session, int64_t now)
{
	session->limit = now + session->conf->network.register_timeout_s * 1000;
	session_mark(session, "registering", now);
	plan_start(&session->plan, PLAN_REGISTER, now);
	pump_plan(session, now, registering_done);
}

static void registering_handle(struct session *session,
			       const struct session_event *event)
{
	handle_plan(session, event, registering_done);
}

static void registering_expire(struct session *session, int64_t now)
{
	struct buf where = BUF_INIT;

	plan_describe_registration(&session->plan, &where);
	session_fail(session, now, CAUSE_NOT_REGISTERED,
		     "not registered with a network after %d s (%s)",
		     session->conf->network.register_timeout_s,
		     buf_str(&where));
	buf_free(&where);
}

/* pppd is up and waiting before the call is made: one that starts after
 * CONNECT is late for the peer's first Configure-Request and then sits out
 * its restart timer. It flushes the port's input when it opens it, so no
 * command may be in flight until it says that it is ready. */
static void dialing_enter(struct session *session, int64_t now)
{
	int error;

	session_mark(session, "dialing", now);
	session->dials++;
	session->ppp_ready = false;
	session->wake = now + PPP_START_MS;
	error = session->ops->ppp_open(session->ctx);
	if (error < 0)
		fail_call(session, now, "cannot give pppd its options", error);
}

static void dialing_done(struct session *session, int64_t now)
{
	session->ops->ppp_connected(session->ctx);
	session_change(session, SESSION_NEGOTIATING, now);
}

static void dialing_handle(struct session *session,
			   const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PPP_READY) {
		session->ppp_ready = true;
		session->wake = -1;
		session_mark(session, "pppd-ready", event->now);
		plan_start(&session->plan, PLAN_DIAL, event->now);
		pump_plan(session, event->now, dialing_done);
	} else if (event->type == SESSION_EVENT_TIMEOUT &&
		   !session->ppp_ready) {
		session_fail(session, event->now, CAUSE_PPP,
			     "pppd did not get ready in %d s",
			     PPP_START_MS / 1000);
	} else if (event->type == SESSION_EVENT_AT && !session->ppp_ready) {
		handle_at(session, event);
	} else {
		handle_plan(session, event, dialing_done);
	}
}

static void dialing_expire(struct session *session, int64_t now)
{
	session_fail(session, now, CAUSE_CALL,
		     "the call was neither taken nor refused");
}

/* negotiating and connected ---------------------------------------------------*/

static void negotiating_enter(struct session *session, int64_t now)
{
	session_mark(session, "negotiating", now);
}

static void take_ppp_log(struct session *session, const struct ppp_event *event)
{
	size_t n = session->ppp.dns_count;

	switch (event->type) {
	case PPP_EVENT_INTERFACE:
		str_copy(session->ppp.ifname, sizeof(session->ppp.ifname),
			 event->value);
		break;
	case PPP_EVENT_LOCAL:
		str_copy(session->ppp.local, sizeof(session->ppp.local),
			 event->value);
		break;
	case PPP_EVENT_REMOTE:
		str_copy(session->ppp.remote, sizeof(session->ppp.remote),
			 event->value);
		break;
	case PPP_EVENT_IPV6_LOCAL:
		str_copy(session->ppp.ipv6, sizeof(session->ppp.ipv6),
			 event->value);
		break;
	case PPP_EVENT_DNS:
		if (n < SESSION_DNS_MAX)
			str_copy(session->ppp.dns[session->ppp.dns_count++],
				 sizeof(session->ppp.dns[0]), event->value);
		break;
	default:
		break;
	}
}

static bool has_address(const struct session *session)
{
	return *session->ppp.local || *session->ppp.ipv6;
}

static void handle_link(struct session *session,
			const struct session_event *event)
{
	switch (event->type) {
	case SESSION_EVENT_PORT_GONE:
		session_fail(session, event->now, CAUSE_LINK_LOST,
			     "the carrier was lost, or the modem unplugged");
		break;
	case SESSION_EVENT_PPP_EXIT:
		session_fail(session, event->now, event->cause, "%s",
			     event->text);
		break;
	case SESSION_EVENT_PPP_LOG:
		take_ppp_log(session, event->ppp);
		break;
	default:
		break;
	}
}

static void negotiating_handle(struct session *session,
			       const struct session_event *event)
{
	handle_link(session, event);
	if (session->state != SESSION_NEGOTIATING)
		return;
	if (event->type == SESSION_EVENT_PPP_LOG &&
	    event->ppp->type == PPP_EVENT_LCP_START)
		session_mark(session, "lcp", event->now);
	if (has_address(session))
		session_change(session, SESSION_CONNECTED, event->now);
}

static void negotiating_expire(struct session *session, int64_t now)
{
	session_fail(session, now, CAUSE_PPP,
		     "PPP did not agree on an address in time");
}

static void set_routes(struct session *session)
{
	int error = session->ops->link_up(session->ctx);

	if (error < 0)
		log_warning("%s: no default route: %s", session->ppp.ifname,
			    strerror(-error));
}

static void connected_enter(struct session *session, int64_t now)
{
	session->up_at = now;
	session_mark(session, "connected", now);
	set_routes(session);
	log_notice("connected: %s, address %s, %d ms after the start",
		   session->ppp.ifname,
		   *session->ppp.local ? session->ppp.local : session->ppp.ipv6,
		   (int)(now - session->attempt_at));
}

static void connected_handle(struct session *session,
			     const struct session_event *event)
{
	handle_link(session, event);
	if (session->state == SESSION_CONNECTED &&
	    event->type == SESSION_EVENT_PPP_LOG &&
	    event->ppp->type == PPP_EVENT_IPV6_LOCAL)
		set_routes(session);
}

/* hanging up and what comes after ---------------------------------------------*/

static int delay_by_cause(struct session *session, bool lasted)
{
	if (session->cause == CAUSE_NOT_REGISTERED && session->plan.denied)
		return backoff_slow(&session->backoff);
	switch (cause_reaction(session->cause)) {
	case CAUSE_REACTION_SLOW:
		return backoff_slow(&session->backoff);
	case CAUSE_REACTION_AT_ONCE:
		if (lasted)
			return REDIAL_MS;
		return backoff_next(&session->backoff);
	default:
		return backoff_next(&session->backoff);
	}
}

static enum session_state next_by_cause(const struct session *session)
{
	enum cause_reaction reaction = cause_reaction(session->cause);

	if (reaction == CAUSE_REACTION_WAIT &&
	    session->failed_in == SESSION_PROBING)
		return SESSION_WAITING;
	if (session->once || reaction == CAUSE_REACTION_STOP)
		return SESSION_FAILED;
	return SESSION_BACKING_OFF;
}

static void go_on(struct session *session, int64_t now)
{
	bool lasted = session->up_at >= 0 &&
		      session->since - session->up_at >= LINK_LASTED_MS;
	enum session_state next;

	session->up_at = -1;
	if (lasted)
		backoff_reset(&session->backoff);
	if (session->stopping)
		next = SESSION_STOPPED;
	else if (session->redialing)
		next = SESSION_BACKING_OFF;
	else
		next = next_by_cause(session);
	if (next == SESSION_BACKING_OFF) {
		session->search_at = -1;
		session->delay_ms = session->redialing
					    ? REDIAL_MS
					    : delay_by_cause(session, lasted);
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
	go_on(session, now);
}

static void hanging_up_enter(struct session *session, int64_t now)
{
	session->rung = 0;
	if (session->probe_runs) {
		session->ops->probe_cancel(session->ctx);
		session->probe_runs = false;
	}
	if (!session->ppp_alive) {
		hung_up(session, now);
		return;
	}
	session->ops->ppp_stop(session->ctx, false);
	session->wake = now + RUNG_MS;
}

/* TERM has not been enough: DTR, then KILL, then without pppd's farewell. */
static void climb(struct session *session, int64_t now)
{
	session->wake = now + RUNG_MS;
	switch (++session->rung) {
	case 1:
		if (session->port_open)
			session->ops->hang_up(session->ctx);
		break;
	case 2:
		log_warning("pppd does not end; killing it");
		session->ops->ppp_stop(session->ctx, true);
		break;
	default:
		log_error("pppd cannot be killed");
		session->ppp_alive = false;
		hung_up(session, now);
	}
}

static void hanging_up_handle(struct session *session,
			      const struct session_event *event)
{
	if (event->type == SESSION_EVENT_TIMEOUT) {
		climb(session, event->now);
	} else if (event->type == SESSION_EVENT_PPP_EXIT) {
		/* The hang-up was seen first, and pppd knows better why. */
		if (event->cause == CAUSE_PPP_AUTH &&
		    session->cause == CAUSE_LINK_LOST) {
			session->cause = CAUSE_PPP_AUTH;
			buf_clear(&session->text);
			buf_printf(&session->text, "%s", event->text);
		}
		hung_up(session, event->now);
	}
}

static void hanging_up_expire(struct session *session, int64_t now)
{
	session->ppp_alive = false;
	hung_up(session, now);
}

static void backing_off_enter(struct session *session, int64_t now)
{
	session->limit = now + session->delay_ms;
	if (session->delay_ms > REDIAL_MS)
		log_notice("next try in %d s",
			   (session->delay_ms + 999) / 1000);
}

/* What a modem that has just come (back) may have mended. */
static bool ports_may_mend(enum cause cause)
{
	return cause == CAUSE_NO_MODEM || cause == CAUSE_NO_AT_PORT ||
	       cause == CAUSE_LINK_LOST || cause == CAUSE_BUSY;
}

static void backing_off_handle(struct session *session,
			       const struct session_event *event)
{
	if (event->type == SESSION_EVENT_PORTS &&
	    ports_may_mend(session->cause))
		session->wake = event->now + SETTLE_MS;
	else if (event->type == SESSION_EVENT_TIMEOUT)
		session_change(session, SESSION_PROBING, event->now);
}

static void backing_off_expire(struct session *session, int64_t now)
{
	session_change(session, SESSION_PROBING, now);
}

static void ignore(struct session *session, const struct session_event *event)
{
	(void)session;
	(void)event;
}

#define TO(state) (1u << SESSION_##state)

/* clang-format off */
const struct state session_states[SESSION_STATE_COUNT] = {
	[SESSION_WAITING]     = { "waiting", 0,
		TO(PROBING) | TO(HANGING_UP) | TO(FAILED),
		waiting_enter, waiting_handle, waiting_expire },
	[SESSION_PROBING]     = { "probing", 10000,
		TO(PREPARING) | TO(HANGING_UP),
		probing_enter, probing_handle, probing_expire },
	[SESSION_PREPARING]   = { "preparing", 120000,
		TO(REGISTERING) | TO(HANGING_UP),
		preparing_enter, preparing_handle, preparing_expire },
	[SESSION_REGISTERING] = { "registering", 0,
		TO(DIALING) | TO(HANGING_UP),
		registering_enter, registering_handle, registering_expire },
	[SESSION_DIALING]     = { "dialing", 200000,
		TO(NEGOTIATING) | TO(HANGING_UP),
		dialing_enter, dialing_handle, dialing_expire },
	[SESSION_NEGOTIATING] = { "negotiating", 60000,
		TO(CONNECTED) | TO(HANGING_UP),
		negotiating_enter, negotiating_handle, negotiating_expire },
	[SESSION_CONNECTED]   = { "connected", 0,
		TO(HANGING_UP),
		connected_enter, connected_handle, NULL },
	[SESSION_HANGING_UP]  = { "hanging-up", 4900,
		TO(WAITING) | TO(BACKING_OFF) | TO(STOPPED) | TO(FAILED),
		hanging_up_enter, hanging_up_handle, hanging_up_expire },
	[SESSION_BACKING_OFF] = { "backing-off", 0,
		TO(PROBING) | TO(HANGING_UP),
		backing_off_enter, backing_off_handle, backing_off_expire },
	[SESSION_STOPPED]     = { "stopped", 0, 0, NULL, ignore, NULL },
	[SESSION_FAILED]      = { "failed", 0, 0, NULL, ignore, NULL },
};
/* clang-format on */
