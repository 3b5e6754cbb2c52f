/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "status/show.h"
#include "status/status.h"

static void duration(struct buf *out, long long ms)
{
	long long s = ms / 1000;

	if (s < 60)
		buf_printf(out, "%lld.%lld s", s, ms % 1000 / 100);
	else if (s < 3600)
		buf_printf(out, "%lld min %lld s", s / 60, s % 60);
	else if (s < 86400)
		buf_printf(out, "%lld h %lld min", s / 3600, s / 60 % 60);
	else
		buf_printf(out, "%lld d %lld h", s / 86400, s / 3600 % 24);
}

static void amount(struct buf *out, long long bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000. && unit < 4) {
		value /= 1000.;
		unit++;
	}
	buf_printf(out, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static const char *colour_of(const char *state)
{
	if (strcmp(state, "connected") == 0)
		return "\033[32m";
	if (strcmp(state, "failed") == 0)
		return "\033[31m";
	return "\033[33m";
}

static void render_state(struct json_object *object, bool colour,
			 struct buf *out)
{
	const char *state = show_text(object, "state");

	buf_printf(out, "%s: %s%s%s", show_text(object, "name"),
		   colour ? colour_of(state) : "", state,
		   colour ? "\033[0m" : "");
	if (show_has(object, "since_ms")) {
		buf_printf(out, " for ");
		duration(out, show_number(object, "since_ms"));
	}
	buf_printf(out, "\n");
}

static void render_modem(struct json_object *object, struct buf *out)
{
	struct json_object *modem = show_get(object, "modem");

	if (*show_text(object, "port")) {
		show_label(out, "port");
		buf_printf(out, "%s\n", show_text(object, "port"));
	}
	if (!*show_text(modem, "model") && !*show_text(modem, "vid"))
		return;
	show_label(out, "modem");
	buf_printf(out, "%s", show_text(modem, "model"));
	if (*show_text(modem, "vid"))
		buf_printf(out, "%s%s:%s, USB %s",
			   *show_text(modem, "model") ? ", " : "",
			   show_text(modem, "vid"), show_text(modem, "pid"),
			   show_text(modem, "usb_path"));
	buf_printf(out, "\n");
}

static void render_network(struct json_object *object, struct buf *out)
{
	struct json_object *network = show_get(object, "network");
	struct json_object *signal = show_get(object, "signal");
	const char *name = show_text(network, "operator");

	if (!network)
		return;
	show_label(out, "network");
	buf_printf(out, "%s", *name ? name : show_text(network, "mccmnc"));
	if (*name || *show_text(network, "mccmnc"))
		buf_printf(out, ", ");
	buf_printf(out, "%s", show_text(network, "registration"));
	if (*show_text(network, "technology"))
		buf_printf(out, ", %s", show_text(network, "technology"));
	buf_printf(out, "\n");
	if (show_has(signal, "percent")) {
		show_label(out, "signal");
		show_bar(out, show_number(signal, "percent"));
		if (show_has(signal, "rssi_dbm"))
			buf_printf(out, " %lld dBm,",
				   show_number(signal, "rssi_dbm"));
		if (show_has(signal, "rsrp_dbm"))
			buf_printf(out, " RSRP %lld dBm,",
				   show_number(signal, "rsrp_dbm"));
		buf_printf(out, " before the call\n");
	}
}

static void render_link(struct json_object *object, struct buf *out)
{
	struct json_object *ppp = show_get(object, "ppp");
	struct json_object *dns = show_get(ppp, "dns");

	if (!*show_text(ppp, "local") && !*show_text(ppp, "ipv6"))
		return;
	show_label(out, "link");
	buf_printf(out, "%s, pppd %lld\n", show_text(ppp, "ifname"),
		   show_number(ppp, "pid"));
	show_label(out, "address");
	buf_printf(out, "%s%s%s", show_text(ppp, "local"),
		   *show_text(ppp, "local") && *show_text(ppp, "ipv6") ? ", "
								       : "",
		   show_text(ppp, "ipv6"));
	if (*show_text(ppp, "remote"))
		buf_printf(out, " (peer %s)", show_text(ppp, "remote"));
	buf_printf(out, "\n");
	if (show_count(dns) > 0) {
		show_label(out, "dns");
		for (size_t i = 0; i < show_count(dns); i++)
			buf_printf(out, "%s%s", i ? ", " : "",
				   json_object_get_string(
					   json_object_array_get_idx(dns, i)));
		buf_printf(out, "\n");
	}
	if (show_has(ppp, "rx_bytes")) {
		show_label(out, "traffic");
		amount(out, show_number(ppp, "rx_bytes"));
		buf_printf(out, " in, ");
		amount(out, show_number(ppp, "tx_bytes"));
		buf_printf(out, " out\n");
	}
}

static void render_failure(struct json_object *object, struct buf *out)
{
	struct json_object *failure = show_get(object, "last_failure");

	if (show_has(object, "redials")) {
		show_label(out, "redials");
		buf_printf(out, "%lld\n", show_number(object, "redials"));
	}
	if (failure) {
		show_label(out, "failure");
		buf_printf(out, "%s: %s, ", show_text(failure, "cause"),
			   show_text(failure, "text"));
		duration(out, show_number(failure, "ago_ms"));
		buf_printf(out, " ago\n");
	}
	if (show_has(object, "next_try_ms")) {
		show_label(out, "next try");
		buf_printf(out, "in ");
		duration(out, show_number(object, "next_try_ms"));
		buf_printf(out, "\n");
	}
}

static void render_timeline(struct json_object *object, struct buf *out)
{
	struct json_object *timeline = show_get(object, "timeline");

	if (show_count(timeline) == 0)
		return;
	show_label(out, "last dial");
	for (size_t i = 0; i < show_count(timeline); i++) {
		struct json_object *mark =
			json_object_array_get_idx(timeline, i);

		if (i > 0)
			show_label(out, "");
		buf_printf(out, "%6lld ms  %s\n", show_number(mark, "ms"),
			   show_text(mark, "step"));
	}
}

void status_render(struct json_object *object, bool colour, struct buf *out)
{
	render_state(object, colour, out);
	render_modem(object, out);
	render_network(object, out);
	render_link(object, out);
	render_failure(object, out);
	render_timeline(object, out);
}
