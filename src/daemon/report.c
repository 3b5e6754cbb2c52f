/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "daemon/bus.h"
#include "daemon/report.h"
#include "io/clock.h"
#include "io/probe.h"
#include "io/route.h"
#include "io/pppd.h"
#include "status/snapshot.h"

void report_probe(const struct probe_result *result, struct buf *out)
{
	if (result->chosen >= 0) {
		buf_printf(out, "%s answers AT", result->ports[result->chosen].port.device);
		return;
	}
	buf_printf(out, "%s", cause_text(result->cause));
	for (size_t i = 0; i < result->count; i++) {
		const struct probed_port *port = &result->ports[i];

		buf_printf(out, "%s%s %s", i == 0 ? ": " : "; ", port->port.device,
			   port_role_name(port->role));
		if (port->role == PORT_ROLE_BUSY)
			buf_printf(out, ", held by %s", port->holder);
		else if (port->role == PORT_ROLE_PPP)
			buf_printf(out, ", it was left in a call");
		else if (*port->reason)
			buf_printf(out, ", %s", port->reason);
	}
}

static void fill_ppp(struct status *status, struct bus *bus, int64_t now)
{
	const struct session *session = &bus->session;
	unsigned long long rx, tx;

	status->ppp.pid = bus->pppd ? pppd_pid(bus->pppd) : -1;
	status->ppp.ifname = session->ppp.ifname;
	status->ppp.local = session->ppp.local;
	status->ppp.remote = session->ppp.remote;
	status->ppp.ipv6 = session->ppp.ipv6;
	status->ppp.dns_count = session->ppp.dns_count;
	for (size_t i = 0; i < session->ppp.dns_count; i++)
		status->ppp.dns[i] = session->ppp.dns[i];
	if (!route_counters(session->ppp.ifname, &rx, &tx))
		return;
	status->ppp.rx_bytes = (long long)rx;
	status->ppp.tx_bytes = (long long)tx;
	if (session->up_at < 0)
		return;
	rate_take(&bus->rate, session->up_at, now, rx, tx);
	if (bus->rate.rx_rate < 0)
		return;
	status->ppp.rx_rate = bus->rate.rx_rate;
	status->ppp.tx_rate = bus->rate.tx_rate;
	status->ppp.rate_ms = bus->rate.over_ms;
}

static void fill_history(struct status *status, const struct session *session, int64_t now)
{
	int64_t deadline = session_deadline(session);

	status->redials = session->dials > 0 ? session->dials - 1 : 0;
	if (session->failed_at >= 0) {
		status->failure.cause = session->cause;
		status->failure.text = buf_str(&session->text);
		status->failure.ago_ms = now - session->failed_at;
	}
	if (session->ladder.failures > 0) {
		status->recovery.rung = ladder_rung_name(session->ladder.rung);
		status->recovery.tries = session->ladder.failures;
	}
	if (session->state == SESSION_BACKING_OFF && deadline >= now)
		status->next_try_ms = deadline - now;
	status->timeline_count = session->timeline_count;
	for (size_t i = 0; i < session->timeline_count; i++) {
		status->timeline[i].step = session->timeline[i].step;
		status->timeline[i].ms = session->timeline[i].ms;
	}
}

struct json_object *report_status(struct bus *bus)
{
	const struct session *session = &bus->session;
	const struct modem_identity *own = &session->script.ati;
	const struct port *port = &bus->port;
	/* USB's names for it, or where there are none its own. */
	bool usb = *port->manufacturer || *port->product;
	int64_t now = clock_now_ms(), told_at = bus->facts ? bus->facts_at : bus->heard_at;
	struct status status = {
		.name = bus->name,
		.state = session_state_name(session->state),
		.since_ms = now - session->since,
		.port = session->port,
		.vid = -1,
		.pid = -1,
		.ppp = {.rx_bytes = -1,
			.tx_bytes = -1,
			.rx_rate = -1,
			.tx_rate = -1,
			.rate_ms = -1},
		.next_try_ms = -1,
	};

	if (*session->port) {
		status.manufacturer = usb ? port->manufacturer : own->manufacturer;
		status.product = usb ? port->product : own->model;
		status.serial = port->serial;
		status.usb_path = port->usb_path;
		status.vid = port->vid;
		status.pid = port->pid;
		status.facts = bus->facts ? bus->facts : &session->script.facts;
		status.facts_age_ms = told_at >= 0 ? now - told_at : -1;
	}
	fill_ppp(&status, bus, now);
	fill_history(&status, session, now);
	return status_to_json(&status);
}
