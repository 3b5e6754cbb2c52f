/* SPDX-License-Identifier: ISC */
/* What pppd makes of the call: negotiating, connected. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define PPP_END_MS 3000 /* from its last words to its exit */

void negotiating_enter(struct session *session, int64_t now)
{
	session_mark(session, "negotiating", now);
	if (session->goal == SESSION_GOAL_CALL)
		session_change(session, SESSION_CONNECTED, now);
}

static void take_ppp_log(struct session *session, const struct ppp_event *event)
{
	size_t n = session->ppp.dns_count;

	switch (event->type) {
	case PPP_EVENT_INTERFACE:
		str_copy(session->ppp.ifname, sizeof(session->ppp.ifname), event->value);
		break;
	case PPP_EVENT_LOCAL:
		str_copy(session->ppp.local, sizeof(session->ppp.local), event->value);
		break;
	case PPP_EVENT_REMOTE:
		str_copy(session->ppp.remote, sizeof(session->ppp.remote), event->value);
		break;
	case PPP_EVENT_IPV6_LOCAL:
		str_copy(session->ppp.ipv6, sizeof(session->ppp.ipv6), event->value);
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

/* Its exit may wait for a modem that has hung, to take the last bytes. */
static void take_ppp_end(struct session *session, const struct session_event *event)
{
	if (event->ppp->type == PPP_EVENT_TERMINATED) {
		session->wake = event->now + PPP_END_MS;
	} else if (event->ppp->type == PPP_EVENT_ECHO_LOST) {
		session->dead = true;
		session->wake = event->now + PPP_END_MS;
	}
}

static void handle_link(struct session *session, const struct session_event *event)
{
	switch (event->type) {
	case SESSION_EVENT_PORT_GONE:
		session_fail(session, event->now,
			     session->state == SESSION_CONNECTED ? CAUSE_LINK_LOST : CAUSE_PPP,
			     "the carrier was lost, or the modem unplugged");
		break;
	case SESSION_EVENT_PPP_EXIT:
		session_fail(session, event->now, event->cause, "%s", event->text);
		break;
	case SESSION_EVENT_TIMEOUT:
		session_fail(session, event->now,
			     session->state == SESSION_CONNECTED ? CAUSE_LINK_LOST : CAUSE_PPP,
			     "%s, and pppd does not end",
			     session->dead ? "the echo requests went unanswered"
					   : "pppd has ended the link");
		break;
	case SESSION_EVENT_AT:
		call_take_at(session, event);
		break;
	case SESSION_EVENT_PPP_LOG:
		take_ppp_log(session, event->ppp);
		take_ppp_end(session, event);
		break;
	default:
		break;
	}
}

void negotiating_handle(struct session *session, const struct session_event *event)
{
	handle_link(session, event);
	if (session->state != SESSION_NEGOTIATING)
		return;
	if (event->type == SESSION_EVENT_PPP_LOG && event->ppp->type == PPP_EVENT_LCP_START)
		session_mark(session, "lcp", event->now);
	if (has_address(session))
		session_change(session, SESSION_CONNECTED, event->now);
}

void negotiating_expire(struct session *session, int64_t now)
{
	session_fail(session, now, CAUSE_PPP, "PPP did not agree on an address in time");
}

void session_set_routes(struct session *session)
{
	int error = session->ops->link_up(session->ctx);

	if (error < 0)
		log_warning("%s: no default route: %s", session->ppp.ifname, strerror(-error));
}

void connected_enter(struct session *session, int64_t now)
{
	session->up_at = now;
	session->dead = false;
	session_mark(session, "connected", now);
	if (session->goal == SESSION_GOAL_CALL) {
		log_notice("%s: the call stands, %d ms after the start", session->port,
			   (int)(now - session->attempt_at));
		return;
	}
	session_set_routes(session);
	recover_note_link(session);
	log_notice("connected: %s, address %s, %d ms after the start", session->ppp.ifname,
		   *session->ppp.local ? session->ppp.local : session->ppp.ipv6,
		   (int)(now - session->attempt_at));
}

void connected_handle(struct session *session, const struct session_event *event)
{
	handle_link(session, event);
	if (session->state != SESSION_CONNECTED)
		return;
	session->dead |= event->type == SESSION_EVENT_ALARM;
	if (event->type == SESSION_EVENT_ALARM)
		session_fail(session, event->now, event->cause, "%s", event->text);
	else if (event->type == SESSION_EVENT_PPP_LOG && event->ppp->type == PPP_EVENT_IPV6_LOCAL)
		session_set_routes(session);
}
