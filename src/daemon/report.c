/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "daemon/bus.h"
#include "daemon/report.h"
#include "io/clock.h"
#include "io/probe.h"
#include "io/route.h"
#include "io/pppd.h"
#include "io/usb.h"
#include "status/snapshot.h"

void report_probe(const struct probe_result *result, struct buf *out)
{
	size_t shown = 0;

	if (result->chosen >= 0) {
		const struct probed_port *chosen = &result->ports[result->chosen];

		buf_printf(out, "%s answers AT%s%s", chosen->port.device,
			   *chosen->reason ? ", " : "", chosen->reason);
		return;
	}
	buf_printf(out, "%s", cause_text(result->cause));
	for (size_t i = 0; i < result->count; i++) {
		const struct probed_port *port = &result->ports[i];

		/* Whoever has a modem need not hear of what is none. */
		if (port->role == PORT_ROLE_OTHER && result->cause != CAUSE_NO_MODEM)
			continue;
		buf_printf(out, "%s%s %s", shown++ == 0 ? ": " : "; ", port->port.device,
			   port_role_name(port->role));
		if (port->role == PORT_ROLE_BUSY)
			buf_printf(out, ", held by %s", port->holder);
		else if (port->role == PORT_ROLE_PPP)
			buf_printf(out, ", it was left in a call");
		else if (*port->reason)
			buf_printf(out, ", %s", port->reason);
	}
	if (result->cause == CAUSE_NO_MODEM)
		report_stick("; ", out);
}

void report_stick(const char *before, struct buf *out)
{
	struct usb_device device;
	enum stick stick = usb_find_stick(&device, "");

	if (stick != STICK_NONE)
		buf_printf(out, "%sUSB %s (%04x:%04x) is %s", before, device.path,
			   (unsigned)device.vid, (unsigned)device.pid, stick_text(stick));
}

struct json_object *report_status(struct bus *bus)
{
	const struct session *session = &bus->session;
	const bool mux = muxer_mux(&bus->muxer) != NULL;
	struct snapshot from = {
		.name = bus->name,
		.session = session,
		.port = &bus->port,
		.mux = session->port_open ? &mux : NULL,
		.ppp_pid = bus->pppd ? pppd_pid(bus->pppd) : -1,
		.facts = bus->facts ? bus->facts : &session->script.facts,
		.told_at = bus->facts ? bus->facts_at : bus->heard_at,
		.rate = &bus->rate,
		.now = clock_now_ms(),
	};

	from.counted = route_counters(session->ppp.ifname, &from.rx, &from.tx);
	return snapshot_json(&from);
}
