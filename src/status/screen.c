/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "status/show.h"
#include "status/screen.h"
#include "status/wrap.h"

#define GREEN  "\033[32m"
#define RED    "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

/* One line is made, then wrapped. */
struct screen {
	const struct screen_look *look;
	struct buf line;
	struct buf *out;
};

/* A stranger's text: even the instance may be an impostor. */
static void put_safe(struct screen *screen, const char *text)
{
	str_print_safe(&screen->line, text, strlen(text));
}

static void put_colour(struct screen *screen, const char *colour)
{
	if (screen->look->colour)
		buf_printf(&screen->line, "%s", colour);
}

static void end_line(struct screen *screen)
{
	wrap_line(screen->out, buf_str(&screen->line), SHOW_INDENT, screen->look->columns);
	buf_clear(&screen->line);
}

static void put_duration(struct buf *out, long long ms)
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

static void put_amount(struct buf *out, long long bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000. && unit < COUNT(units) - 1) {
		value /= 1000.;
		unit++;
	}
	buf_printf(out, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

/* "label     TEXT, TEXT", of those that are not "". */
static void put_list(struct screen *screen, const char *name, const char *const *texts,
		     size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!*texts[i])
			continue;
		if (!any)
			show_label(&screen->line, name);
		else
			buf_printf(&screen->line, ", ");
		put_safe(screen, texts[i]);
		any = true;
	}
	if (any)
		end_line(screen);
}

static void put_head(struct json_object *object, struct screen *screen)
{
	const char *state = show_text(object, "state");
	struct json_object *modem = show_get(object, "modem");
	const char *port = show_text(object, "port");
	bool muxed = json_object_get_boolean(show_get(object, "mux"));
	struct buf usb = BUF_INIT;

	put_safe(screen, show_text(object, "name"));
	buf_printf(&screen->line, ": ");
	put_colour(screen, strcmp(state, "connected") == 0 ? GREEN
			   : strcmp(state, "failed") == 0  ? RED
							   : YELLOW);
	put_safe(screen, *state ? state : "in an unknown state");
	put_colour(screen, PLAIN);
	if (show_has(object, "since_ms")) {
		buf_printf(&screen->line, " for ");
		put_duration(&screen->line, show_number(object, "since_ms"));
	}
	end_line(screen);
	put_list(screen, "port", (const char *[]){port, muxed ? "multiplexed" : ""}, 2);
	if (*show_text(modem, "vid"))
		buf_printf(&usb, "%s:%s, USB %s", show_text(modem, "vid"), show_text(modem, "pid"),
			   show_text(modem, "usb_path"));
	put_list(screen, "modem", (const char *[]){show_text(modem, "model"), buf_str(&usb)}, 2);
	buf_free(&usb);
}

static void put_network_and_signal(struct json_object *object, struct screen *screen)
{
	struct json_object *network = show_get(object, "network");
	struct json_object *signal = show_get(object, "signal");
	long long percent = show_number(signal, "percent"), age_ms = show_number(signal, "age_ms");
	const char *name = show_text(network, "operator");
	const char *apn = show_text(show_get(object, "apn"), "text");
	const char *texts[] = {
		*name ? name : show_text(network, "mccmnc"),
		show_text(network, "registration"),
		show_text(network, "technology"),
	};

	put_list(screen, "network", texts, COUNT(texts));
	put_list(screen, "refused",
		 (const char *[]){show_text(show_get(network, "reject"), "text")}, 1);
	put_list(screen, "apn", &apn, 1);
	if (!show_has(signal, "percent"))
		return;
	show_label(&screen->line, "signal");
	put_colour(screen, percent > 40 ? GREEN : percent > 20 ? YELLOW : RED);
	show_bar(&screen->line, percent);
	put_colour(screen, PLAIN);
	if (show_has(signal, "rssi_dbm"))
		buf_printf(&screen->line, " %lld dBm,", show_number(signal, "rssi_dbm"));
	if (show_has(signal, "rsrp_dbm"))
		buf_printf(&screen->line, " RSRP %lld dBm,", show_number(signal, "rsrp_dbm"));
	/* A modem whose only port has the call cannot be asked. */
	if (!show_has(signal, "age_ms") || (strcmp(show_text(object, "state"), "connected") == 0 &&
					    age_ms > show_number(object, "since_ms"))) {
		buf_printf(&screen->line, " before the call");
	} else {
		buf_printf(&screen->line, " ");
		put_duration(&screen->line, age_ms);
		buf_printf(&screen->line, " ago");
	}
	end_line(screen);
}

static void put_link(struct json_object *object, struct screen *screen)
{
	static const struct {
		const char *label, *rx, *tx, *unit;
	} rows[] = {
		{"traffic", "rx_bytes", "tx_bytes", ""},
		{"rate", "rx_rate", "tx_rate", "/s"},
	};
	struct json_object *ppp = show_get(object, "ppp"), *dns = show_get(ppp, "dns");
	const char *local = show_text(ppp, "local"), *ipv6 = show_text(ppp, "ipv6");

	if (!*local && !*ipv6)
		return;
	show_label(&screen->line, "link");
	put_safe(screen, show_text(ppp, "ifname"));
	buf_printf(&screen->line, ", pppd %lld", show_number(ppp, "pid"));
	end_line(screen);
	show_label(&screen->line, "address");
	put_safe(screen, local);
	buf_printf(&screen->line, "%s", *local && *ipv6 ? ", " : "");
	put_safe(screen, ipv6);
	if (*show_text(ppp, "remote")) {
		buf_printf(&screen->line, " (peer ");
		put_safe(screen, show_text(ppp, "remote"));
		buf_printf(&screen->line, ")");
	}
	end_line(screen);
	for (size_t i = 0; i < show_count(dns); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(dns, i));

		if (i == 0)
			show_label(&screen->line, "dns");
		else
			buf_printf(&screen->line, ", ");
		put_safe(screen, text ? text : "");
	}
	if (show_has(ppp, "no_dns")) {
		show_label(&screen->line, "dns");
		buf_printf(&screen->line,
			   "none: the network gives no name servers; names will not resolve");
	}
	if (screen->line.len > 0)
		end_line(screen);
	for (size_t i = 0; i < COUNT(rows) && show_has(ppp, rows[i].rx); i++) {
		show_label(&screen->line, rows[i].label);
		put_amount(&screen->line, show_number(ppp, rows[i].rx));
		buf_printf(&screen->line, "%s in, ", rows[i].unit);
		put_amount(&screen->line, show_number(ppp, rows[i].tx));
		buf_printf(&screen->line, "%s out", rows[i].unit);
		if (*rows[i].unit) {
			buf_printf(&screen->line, ", over the last ");
			put_duration(&screen->line, show_number(ppp, "rate_ms"));
		}
		end_line(screen);
	}
}

static void put_history(struct json_object *object, struct screen *screen)
{
	struct json_object *failure = show_get(object, "last_failure");
	struct json_object *timeline = show_get(object, "timeline");

	if (show_has(object, "redials")) {
		show_label(&screen->line, "redials");
		buf_printf(&screen->line, "%lld", show_number(object, "redials"));
		end_line(screen);
	}
	if (failure) {
		show_label(&screen->line, "failure");
		put_safe(screen, show_text(failure, "cause"));
		buf_printf(&screen->line, ": ");
		put_safe(screen, show_text(failure, "text"));
		buf_printf(&screen->line, ", ");
		put_duration(&screen->line, show_number(failure, "ago_ms"));
		buf_printf(&screen->line, " ago");
		end_line(screen);
	}
	if (show_has(object, "next_try_ms")) {
		show_label(&screen->line, "next try");
		buf_printf(&screen->line, "in ");
		put_duration(&screen->line, show_number(object, "next_try_ms"));
		end_line(screen);
	}
	for (size_t i = 0; i < show_count(timeline); i++) {
		struct json_object *mark = json_object_array_get_idx(timeline, i);

		show_label(&screen->line, i == 0 ? "last dial" : "");
		buf_printf(&screen->line, "%6lld ms  ", show_number(mark, "ms"));
		put_safe(screen, show_text(mark, "step"));
		end_line(screen);
	}
}

void screen_render(struct json_object *object, const struct screen_look *look, struct buf *out)
{
	struct screen screen = {.look = look, .out = out};

	put_head(object, &screen);
	put_network_and_signal(object, &screen);
	put_link(object, &screen);
	put_history(object, &screen);
	buf_free(&screen.line);
}
