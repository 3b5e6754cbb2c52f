/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "status/status.h"

#define LABEL_WIDTH 10

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

/* "" where there is none. */
static const char *text(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key);

	return json_object_is_type(value, json_type_string)
		       ? json_object_get_string(value)
		       : "";
}

static bool has(struct json_object *object, const char *key)
{
	return get(object, key) != NULL;
}

static long long number(struct json_object *object, const char *key)
{
	return json_object_get_int64(get(object, key));
}

static size_t count(struct json_object *array)
{
	return json_object_is_type(array, json_type_array)
		       ? json_object_array_length(array)
		       : 0;
}

static void label(struct buf *out, const char *name)
{
	buf_printf(out, "  %-*s", LABEL_WIDTH, name);
}

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
	const char *state = text(object, "state");

	buf_printf(out, "%s: %s%s%s", text(object, "name"),
		   colour ? colour_of(state) : "", state,
		   colour ? "\033[0m" : "");
	if (has(object, "since_ms")) {
		buf_printf(out, " for ");
		duration(out, number(object, "since_ms"));
	}
	buf_printf(out, "\n");
}

static void render_modem(struct json_object *object, struct buf *out)
{
	struct json_object *modem = get(object, "modem");

	if (*text(object, "port")) {
		label(out, "port");
		buf_printf(out, "%s\n", text(object, "port"));
	}
	if (!*text(modem, "model") && !*text(modem, "vid"))
		return;
	label(out, "modem");
	buf_printf(out, "%s", text(modem, "model"));
	if (*text(modem, "vid"))
		buf_printf(out, "%s%s:%s, USB %s",
			   *text(modem, "model") ? ", " : "",
			   text(modem, "vid"), text(modem, "pid"),
			   text(modem, "usb_path"));
	buf_printf(out, "\n");
}

static void bar(struct buf *out, long long percent)
{
	for (int i = 0; i < 5; i++)
		buf_printf(out, percent > i * 20 ? "|" : ".");
}

static void render_network(struct json_object *object, struct buf *out)
{
	struct json_object *network = get(object, "network");
	struct json_object *signal = get(object, "signal");
	const char *name = text(network, "operator");

	if (!network)
		return;
	label(out, "network");
	buf_printf(out, "%s", *name ? name : text(network, "mccmnc"));
	if (*name || *text(network, "mccmnc"))
		buf_printf(out, ", ");
	buf_printf(out, "%s", text(network, "registration"));
	if (*text(network, "technology"))
		buf_printf(out, ", %s", text(network, "technology"));
	buf_printf(out, "\n");
	if (has(signal, "rssi_dbm")) {
		label(out, "signal");
		bar(out, number(signal, "percent"));
		buf_printf(out, " %lld dBm, before the call\n",
			   number(signal, "rssi_dbm"));
	}
}

static void render_link(struct json_object *object, struct buf *out)
{
	struct json_object *ppp = get(object, "ppp");
	struct json_object *dns = get(ppp, "dns");

	if (!*text(ppp, "local") && !*text(ppp, "ipv6"))
		return;
	label(out, "link");
	buf_printf(out, "%s, pppd %lld\n", text(ppp, "ifname"),
		   number(ppp, "pid"));
	label(out, "address");
	buf_printf(out, "%s%s%s", text(ppp, "local"),
		   *text(ppp, "local") && *text(ppp, "ipv6") ? ", " : "",
		   text(ppp, "ipv6"));
	if (*text(ppp, "remote"))
		buf_printf(out, " (peer %s)", text(ppp, "remote"));
	buf_printf(out, "\n");
	if (count(dns) > 0) {
		label(out, "dns");
		for (size_t i = 0; i < count(dns); i++)
			buf_printf(out, "%s%s", i ? ", " : "",
				   json_object_get_string(
					   json_object_array_get_idx(dns, i)));
		buf_printf(out, "\n");
	}
	if (has(ppp, "rx_bytes")) {
		label(out, "traffic");
		amount(out, number(ppp, "rx_bytes"));
		buf_printf(out, " in, ");
		amount(out, number(ppp, "tx_bytes"));
		buf_printf(out, " out\n");
	}
}

static void render_failure(struct json_object *object, struct buf *out)
{
	struct json_object *failure = get(object, "last_failure");

	if (has(object, "redials")) {
		label(out, "redials");
		buf_printf(out, "%lld\n", number(object, "redials"));
	}
	if (failure) {
		label(out, "failure");
		buf_printf(out, "%s: %s, ", text(failure, "cause"),
			   text(failure, "text"));
		duration(out, number(failure, "ago_ms"));
		buf_printf(out, " ago\n");
	}
	if (has(object, "next_try_ms")) {
		label(out, "next try");
		buf_printf(out, "in ");
		duration(out, number(object, "next_try_ms"));
		buf_printf(out, "\n");
	}
}

static void render_timeline(struct json_object *object, struct buf *out)
{
	struct json_object *timeline = get(object, "timeline");

	if (count(timeline) == 0)
		return;
	label(out, "last dial");
	for (size_t i = 0; i < count(timeline); i++) {
		struct json_object *mark =
			json_object_array_get_idx(timeline, i);

		if (i > 0)
			label(out, "");
		buf_printf(out, "%6lld ms  %s\n", number(mark, "ms"),
			   text(mark, "step"));
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
