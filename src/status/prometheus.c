/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "session/session.h"
#include "status/show.h"
#include "status/prometheus.h"

#define PREFIX "gobi_dial_"

struct page {
	const char *name; /* the instance's */
	struct buf *out;
};

/* In a label's value three characters are escaped. */
static void put_label(const struct page *page, const char *before, const char *name,
		      const char *value)
{
	buf_printf(page->out, "%s%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\n')
			buf_printf(page->out, "\\n");
		else if (*value == '\\' || *value == '"')
			buf_printf(page->out, "\\%c", *value);
		else
			buf_append(page->out, value, 1);
	}
	buf_printf(page->out, "\"");
}

static void begin_sample(const struct page *page, const char *name)
{
	buf_printf(page->out, PREFIX "%s", name);
	put_label(page, "{", "name", page->name);
}

/* A counter's name ends in _total, as is the custom. */
static void begin_family(const struct page *page, const char *name, const char *help)
{
	buf_printf(page->out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name,
		   strstr(name, "_total") ? "counter" : "gauge");
	begin_sample(page, name);
}

static void end_sample(const struct page *page, long long value, bool is_ms)
{
	if (is_ms)
		buf_printf(page->out, "} %lld.%03lld\n", value / 1000, value % 1000);
	else
		buf_printf(page->out, "} %lld\n", value);
}

static void put_gauge(const struct page *page, const char *name, const char *help, long long value)
{
	begin_family(page, name, help);
	end_sample(page, value, false);
}

static void put_state(const struct page *page, struct json_object *object)
{
	const char *state = show_text(object, "state");
	bool known = false;

	/* A state's series is there before the state. */
	for (int i = 0; i < SESSION_STATE_COUNT; i++) {
		const char *name = session_state_name((enum session_state)i);
		bool is = strcmp(name, state) == 0;

		if (i == 0)
			begin_family(page, "state", "Whether the instance is in that state.");
		else
			begin_sample(page, "state");
		put_label(page, ",", "state", name);
		end_sample(page, is, false);
		known |= is;
	}
	if (!known && *state) {
		begin_sample(page, "state");
		put_label(page, ",", "state", state);
		end_sample(page, 1, false);
	}
	put_gauge(page, "up", "Whether the link is up.", strcmp(state, "connected") == 0);
}

/* A number of the object, or of a part of it, with its family. Milliseconds are told in seconds. */
static const struct number {
	const char *part, *key;
	const char *name, *help;
} numbers[] = {
	{NULL, "since_ms", "state_seconds", "How long it has been in its state."},
	{NULL, "next_try_ms", "next_try_seconds", "When it dials again."},
	{NULL, "redials", "redials_total", "How often it has dialed after the first time."},
	{"ppp", "rx_bytes", "receive_bytes_total",
	 "Bytes received through the link; starts again with each link."},
	{"ppp", "tx_bytes", "transmit_bytes_total",
	 "Bytes sent through the link; starts again with each link."},
	{"signal", "percent", "signal_percent", "Strength of the signal."},
	{"signal", "rssi_dbm", "signal_rssi_dbm", "Received power."},
	{"signal", "rscp_dbm", "signal_rscp_dbm", "Received power of the pilot channel (UMTS)."},
	{"signal", "rsrp_dbm", "signal_rsrp_dbm", "Received power of the reference signals (LTE)."},
	{"signal", "rsrq_db", "signal_rsrq_db", "Quality of the reference signals (LTE)."},
	{"signal", "sinr_db", "signal_sinr_db", "Signal to interference and noise."},
	{"reject", "cause", "reject_cause",
	 "Why the network refuses, in numbers of 24.008 and 24.301."},
};

/* Texts are the labels of a 1. */
static void put_info(const struct page *page, struct json_object *part, const char *name,
		     const char *help, const char *const *keys)
{
	if (!part)
		return;
	begin_family(page, name, help);
	for (; *keys; keys++)
		put_label(page, ",", *keys, show_text(part, *keys));
	end_sample(page, 1, false);
}

void prometheus_print(struct json_object *object, const char *name, struct buf *out)
{
	static const char *const modem_keys[] = {"manufacturer", "model",    "vid",
						 "pid",          "usb_path", NULL};
	static const char *const network_keys[] = {"registration", "operator", "mccmnc",
						   "technology", NULL};
	const struct page page = {name, out};
	struct json_object *network = show_get(object, "network");
	const char *registration = show_text(network, "registration");
	struct json_object *failure = show_get(object, "last_failure");

	put_gauge(&page, "running", "Whether the instance is running.", object != NULL);
	if (!object)
		return;
	put_state(&page, object);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		const struct number *row = &numbers[i];
		struct json_object *part = row->part ? show_get(object, row->part) : object;

		if (row->part && !part)
			part = show_get(network, row->part);
		if (!show_has(part, row->key))
			continue;
		begin_family(&page, row->name, row->help);
		end_sample(&page, show_number(part, row->key), strstr(row->name, "_seconds"));
	}
	if (show_has(failure, "ago_ms")) {
		begin_family(&page, "last_failure_seconds",
			     "How long ago the last failure was, and its cause.");
		put_label(&page, ",", "cause", show_text(failure, "cause"));
		end_sample(&page, show_number(failure, "ago_ms"), true);
	}
	if (*registration) {
		put_gauge(&page, "registered", "Whether the modem is registered with a network.",
			  strncmp(registration, "home", 4) == 0 ||
				  strncmp(registration, "roaming", 7) == 0);
		if (show_has(network, "roaming"))
			put_gauge(&page, "roaming", "Whether that network is foreign.",
				  json_object_get_boolean(show_get(network, "roaming")));
		put_info(&page, network, "network_info", "Which network that is.", network_keys);
	}
	put_info(&page, show_get(object, "modem"), "modem_info", "Which modem it has.", modem_keys);
}
