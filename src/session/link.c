/* SPDX-License-Identifier: ISC */
/* What pppd makes of the call: negotiating, connected. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "session/state.h"

#define PPP_END_MS 3000 /* from its last words to its exit */
#define PPP_DNS_MS 1000 /* from its first address to its last */

void session_set_routes(struct session *session)
{
	int error = session->ops->link_up(session->ctx);

	if (error < 0)
		log_warning("%s: no default route: %s", session->ppp.ifname, strerror(-error));
}

void connected_enter(struct session *session, int64_t now)
{
	session->up_at = now;
	/* What another program's PPP comes to is not known yet. */
	if (session->goal != SESSION_GOAL_CALL)
		script_succeeded(&session->script);
	session->dead = false;
	session_mark(session, "connected", now);
	if (session->goal == SESSION_GOAL_CALL) {
		log_notice("%s: the call is up, %d ms after the start", session->port,
			   (int)(now - session->attempt_at));
		/* pppd keeps a link without addresses for ever. */
		session->limit = now + session_states[SESSION_NEGOTIATING].timeout_ms;
		return;
	}
	session_set_routes(session);
	if (session->ladder.to_judge)
		log_notice("recovery: \"%s\" helped", ladder_rung_name(session->ladder.rung));
	session->ladder.to_judge = false;
	if (*session->ppp.local && session->conf->ppp.peer_dns)
		session->wake = now + PPP_DNS_MS;
	log_notice("connected: %s, address %s, %d ms after the start", session->ppp.ifname,
		   *session->ppp.local ? session->ppp.local : session->ppp.ipv6,
		   (int)(now - session->attempt_at));
}

static void take_ppp_log(struct session *session, const struct ppp_event *event, int64_t now)
{
	size_t n = session->ppp.dns_count;
	int pdp = session->conf->network.pdp_type;
	int only = event->type == PPP_EVENT_NO_IPV4 ? CONF_PDP_IPV4 : CONF_PDP_IPV6;

	switch (event->type) {
	case PPP_EVENT_INTERFACE:
		str_copy(session->ppp.ifname, sizeof(session->ppp.ifname), event->value);
		break;
	case PPP_EVENT_LOCAL:
		str_copy(session->ppp.local, sizeof(session->ppp.local), event->value);
		if (session->goal == SESSION_GOAL_CALL) {
			script_succeeded(&session->script);
			session->limit = -1;
		}
		break;
	case PPP_EVENT_REMOTE:
		str_copy(session->ppp.remote, sizeof(session->ppp.remote), event->value);
		break;
	case PPP_EVENT_IPV6_LOCAL:
		str_copy(session->ppp.ipv6, sizeof(session->ppp.ipv6), event->value);
		if (session->state == SESSION_CONNECTED)
			session_set_routes(session);
		break;
	case PPP_EVENT_DNS:
		if (n < SESSION_DNS_MAX)
			str_copy(session->ppp.dns[session->ppp.dns_count++],
				 sizeof(session->ppp.dns[0]), event->value);
		break;
	/* pppd goes on, with nothing to wait for. */
	case PPP_EVENT_NO_IPV4:
	case PPP_EVENT_NO_IPV6:
		session->ppp.no_type = pdp == only;
		if (session->state == SESSION_NEGOTIATING && pdp == only)
			session_fail(session, now, CAUSE_PPP,
				     "the network gives no IPv%d; set network.pdp_type = \"%s\" "
				     "(or \"ipv4v6\")",
				     pdp == CONF_PDP_IPV4 ? 4 : 6,
				     pdp == CONF_PDP_IPV4 ? "ipv6" : "ipv4");
		break;
	case PPP_EVENT_LCP_START:
		if (session->state == SESSION_NEGOTIATING)
			session_mark(session, "lcp", now);
		break;
	/* pppd's exit may wait for a hung modem to take the last bytes. */
	case PPP_EVENT_ECHO_LOST:
		session->dead = true;
		session->wake = now + PPP_END_MS;
		break;
	case PPP_EVENT_TERMINATED:
		session->wake = now + PPP_END_MS;
		break;
	default:
		break;
	}
	if (session->state == SESSION_NEGOTIATING && (*session->ppp.local || *session->ppp.ipv6))
		session_change(session, SESSION_CONNECTED, now);
}

void link_handle(struct session *session, const struct session_event *event)
{
	bool connected = session->state == SESSION_CONNECTED;
	enum cause cause = connected ? CAUSE_LINK_LOST : CAUSE_PPP;

	switch (event->type) {
	case SESSION_EVENT_PORT_GONE:
		session_fail(session, event->now, cause,
			     "the carrier was lost, or the modem unplugged");
		break;
	case SESSION_EVENT_PPP_EXIT:
		session_fail(session, event->now, event->cause, "%s", event->text);
		break;
	case SESSION_EVENT_TIMEOUT:
		if (connected && session->ppp_ending_at < 0) {
			session->ppp.no_dns = session->ppp.dns_count == 0;
			if (session->ppp.no_dns)
				log_warning("%s: the network gives no name servers; names will not "
					    "resolve",
					    session->ppp.ifname);
			break;
		}
		session_fail(session, event->now, cause, "%s, and pppd does not end",
			     session->dead ? "the echo requests went unanswered"
					   : "pppd has ended the link");
		break;
	case SESSION_EVENT_AT:
		call_take_at(session, event);
		break;
	case SESSION_EVENT_PPP_LOG:
		take_ppp_log(session, event->ppp, event->now);
		break;
	case SESSION_EVENT_NO_CALL:
		if (connected)
			session_fail(session, event->now, CAUSE_LINK_LOST,
				     "the modem ended the call: %s", event->text);
		else
			session_fail(session, event->now, CAUSE_CALL,
				     "the network took the call and dropped it: %s; is network.apn "
				     "right?",
				     event->text);
		break;
	case SESSION_EVENT_ALARM:
		if (!connected)
			break;
		session->dead = true;
		session_fail(session, event->now, event->cause, "%s", event->text);
		break;
	case SESSION_EVENT_LIMIT:
		session_fail(session, event->now, CAUSE_PPP,
			     "PPP did not agree on an address in time; is network.pdp_type what "
			     "the network gives?");
		break;
	default:
		break;
	}
}
