/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>

#include "base/json.h"
#include "io/port.h"
#include "session/session.h"
#include "status/apn-json.h"
#include "status/modem-info.h"
#include "status/rate.h"
#include "status/snapshot.h"

static struct json_object *ppp_json(const struct snapshot *from)
{
	const struct session *session = from->session;
	struct json_object *object = json_object_new_object();
	struct json_object *dns = json_object_new_array();

	json_add_text(object, "ifname", session->ppp.ifname);
	json_add_number(object, "pid", from->ppp_pid);
	json_add_text(object, "local", session->ppp.local);
	json_add_text(object, "remote", session->ppp.remote);
	json_add_text(object, "ipv6", session->ppp.ipv6);
	for (size_t i = 0; i < session->ppp.dns_count; i++)
		json_object_array_add(dns, json_object_new_string(session->ppp.dns[i]));
	json_object_object_add(object, "dns", dns);
	if (session->ppp.no_dns)
		json_object_object_add(object, "no_dns", json_object_new_boolean(true));
	if (!from->counted)
		return object;
	json_add_number(object, "rx_bytes", (long long)from->rx);
	json_add_number(object, "tx_bytes", (long long)from->tx);
	if (session->up_at < 0)
		return object;
	rate_take(from->rate, session->up_at, from->now, from->rx, from->tx);
	if (from->rate->rx_rate < 0)
		return object;
	json_add_number(object, "rx_rate", from->rate->rx_rate);
	json_add_number(object, "tx_rate", from->rate->tx_rate);
	json_add_number(object, "rate_ms", from->rate->over_ms);
	return object;
}

static void add_history(struct json_object *object, const struct session *session, int64_t now)
{
	struct json_object *failure = NULL, *recovery = NULL, *timeline = json_object_new_array();
	int64_t deadline = session_deadline(session);

	json_add_number(object, "redials", session->dials > 0 ? session->dials - 1 : 0);
	if (session->failed_at >= 0 && session->cause != CAUSE_NONE) {
		failure = json_object_new_object();
		json_add_text(failure, "cause", cause_name(session->cause));
		json_add_text(failure, "text", buf_str(&session->text));
		json_add_number(failure, "ago_ms", now - session->failed_at);
	}
	if (session->ladder.failures > 0) {
		recovery = json_object_new_object();
		json_add_text(recovery, "rung", ladder_rung_name(session->ladder.rung));
		json_add_number(recovery, "tries", session->ladder.failures);
	}
	json_object_object_add(object, "last_failure", failure);
	json_object_object_add(object, "recovery", recovery);
	if (session->state == SESSION_BACKING_OFF && deadline >= now)
		json_add_number(object, "next_try_ms", deadline - now);
	for (size_t i = 0; i < session->timeline_count; i++) {
		struct json_object *mark = json_object_new_object();

		json_add_text(mark, "step", session->timeline[i].step);
		json_add_number(mark, "ms", session->timeline[i].ms);
		json_object_array_add(timeline, mark);
	}
	json_object_object_add(object, "timeline", timeline);
}

struct json_object *snapshot_json(const struct snapshot *from)
{
	const struct session *session = from->session;
	const struct modem_identity *own = &session->script.ati;
	const struct port *port = from->port;
	bool usb = *port->manufacturer || *port->product;
	struct json_object *object = json_object_new_object(), *part;
	int64_t age_ms = from->told_at >= 0 ? from->now - from->told_at : -1;
	bool has_port = *session->port != '\0';

	json_add_text(object, "name", from->name);
	json_add_text(object, "state", session_state_name(session->state));
	json_add_number(object, "since_ms", from->now - session->since);
	json_add_text(object, "port", session->port);
	part = json_add_object(object, "modem");
	if (has_port) {
		/* Names as USB has them, or without USB as the modem itself says. */
		json_add_text(part, "manufacturer", usb ? port->manufacturer : own->manufacturer);
		json_add_text(part, "model", usb ? port->product : own->model);
		json_add_text(part, "serial", port->serial);
		json_add_text(part, "usb_path", port->usb_path);
		json_add_hex4(part, "vid", port->vid);
		json_add_hex4(part, "pid", port->pid);
	}
	json_object_object_add(object, "mux",
			       from->mux ? json_object_new_boolean(*from->mux) : NULL);
	json_object_object_add(object, "ppp", ppp_json(from));
	if (has_port) {
		part = modem_network_json(from->facts);
		json_add_number(part, "age_ms", age_ms);
		json_object_object_add(object, "network", part);
		part = modem_signal_json(from->facts);
		json_add_number(part, "age_ms", age_ms);
		json_object_object_add(object, "signal", part);
	}
	json_object_object_add(object, "apn", apn_json(&session->script));
	add_history(object, session, from->now);
	return object;
}
