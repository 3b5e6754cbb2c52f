/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "status/show.h"
#include "status/snapshot.h"
#include "status/wrap.h"

#define GREEN  "\033[32m"
#define RED    "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

/* One line of it is made, then laid out. */
struct screen {
	struct status_look look;
	struct buf line;
	struct buf *out;
};

/* A stranger's text, for the instance may be one, too. */
static void put(struct screen *screen, const char *text)
{
	str_print_safe(&screen->line, text, strlen(text));
}

static void say(struct screen *screen, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct screen *screen, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&screen->line, format, ap);
	va_end(ap);
}

static void paint(struct screen *screen, const char *colour)
{
	if (screen->look.colour)
		say(screen, "%s", colour);
}

static void end_line(struct screen *screen)
{
	wrap_line(screen->out, buf_str(&screen->line), SHOW_INDENT, screen->look.columns);
	buf_clear(&screen->line);
}

static void label(struct screen *screen, const char *name)
{
	show_label(&screen->line, name);
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
		return GREEN;
	if (strcmp(state, "failed") == 0)
		return RED;
	return YELLOW;
}

static void render_state(struct json_object *object, struct screen *screen)
{
	const char *state = show_text(object, "state");

	put(screen, show_text(object, "name"));
	say(screen, ": ");
	paint(screen, colour_of(state));
	put(screen, *state ? state : "in a state that is not known");
	paint(screen, PLAIN);
	if (show_has(object, "since_ms")) {
		say(screen, " for ");
		duration(&screen->line, show_number(object, "since_ms"));
	}
	end_line(screen);
}

/* "label     TEXT, TEXT", of those that are there. */
static void list(struct screen *screen, const char *name, const char *const *texts, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!*texts[i])
			continue;
		if (!any)
			label(screen, name);
		else
			say(screen, ", ");
		put(screen, texts[i]);
		any = true;
	}
	if (any)
		end_line(screen);
}

static void render_modem(struct json_object *object, struct screen *screen)
{
	struct json_object *modem = show_get(object, "modem");
	const char *port = show_text(object, "port");
	const char *vid = show_text(modem, "vid");
	struct buf usb = BUF_INIT;
	const char *texts[2];

	list(screen, "port", &port, 1);
	if (*vid)
		buf_printf(&usb, "%s:%s, USB %s", vid, show_text(modem, "pid"),
			   show_text(modem, "usb_path"));
	texts[0] = show_text(modem, "model");
	texts[1] = buf_str(&usb);
	list(screen, "modem", texts, 2);
	buf_free(&usb);
}

/* Since the call has the only port nobody can ask. */
static void render_age(struct json_object *object, struct json_object *signal,
		       struct screen *screen)
{
	long long age_ms = show_number(signal, "age_ms");

	if (!show_has(signal, "age_ms") || (strcmp(show_text(object, "state"), "connected") == 0 &&
					    age_ms > show_number(object, "since_ms"))) {
		say(screen, " before the call");
		return;
	}
	say(screen, " ");
	duration(&screen->line, age_ms);
	say(screen, " ago");
}

static void render_signal(struct json_object *object, struct screen *screen)
{
	struct json_object *signal = show_get(object, "signal");
	long long percent = show_number(signal, "percent");

	if (!show_has(signal, "percent"))
		return;
	label(screen, "signal");
	paint(screen, percent > 40 ? GREEN : percent > 20 ? YELLOW : RED);
	show_bar(&screen->line, percent);
	paint(screen, PLAIN);
	if (show_has(signal, "rssi_dbm"))
		say(screen, " %lld dBm,", show_number(signal, "rssi_dbm"));
	if (show_has(signal, "rsrp_dbm"))
		say(screen, " RSRP %lld dBm,", show_number(signal, "rsrp_dbm"));
	render_age(object, signal, screen);
	end_line(screen);
}

static void render_network(struct json_object *object, struct screen *screen)
{
	struct json_object *network = show_get(object, "network");
	const char *name = show_text(network, "operator");
	const char *texts[] = {
		*name ? name : show_text(network, "mccmnc"),
		show_text(network, "registration"),
		show_text(network, "technology"),
	};

	list(screen, "network", texts, 3);
	render_signal(object, screen);
}

static void render_address(struct json_object *ppp, struct screen *screen)
{
	const char *local = show_text(ppp, "local");
	const char *ipv6 = show_text(ppp, "ipv6");

	label(screen, "address");
	put(screen, local);
	say(screen, "%s", *local && *ipv6 ? ", " : "");
	put(screen, ipv6);
	if (*show_text(ppp, "remote")) {
		say(screen, " (peer ");
		put(screen, show_text(ppp, "remote"));
		say(screen, ")");
	}
	end_line(screen);
}

static void render_dns(struct json_object *dns, struct screen *screen)
{
	if (show_count(dns) == 0)
		return;
	label(screen, "dns");
	for (size_t i = 0; i < show_count(dns); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(dns, i));

		say(screen, "%s", i ? ", " : "");
		put(screen, text ? text : "");
	}
	end_line(screen);
}

static void render_traffic(struct json_object *ppp, struct screen *screen)
{
	if (!show_has(ppp, "rx_bytes"))
		return;
	label(screen, "traffic");
	amount(&screen->line, show_number(ppp, "rx_bytes"));
	say(screen, " in, ");
	amount(&screen->line, show_number(ppp, "tx_bytes"));
	say(screen, " out");
	end_line(screen);
	if (!show_has(ppp, "rx_rate"))
		return;
	label(screen, "rate");
	amount(&screen->line, show_number(ppp, "rx_rate"));
	say(screen, "/s in, ");
	amount(&screen->line, show_number(ppp, "tx_rate"));
	say(screen, "/s out, over the last ");
	duration(&screen->line, show_number(ppp, "rate_ms"));
	end_line(screen);
}

static void render_link(struct json_object *object, struct screen *screen)
{
	struct json_object *ppp = show_get(object, "ppp");

	if (!*show_text(ppp, "local") && !*show_text(ppp, "ipv6"))
		return;
	label(screen, "link");
	put(screen, show_text(ppp, "ifname"));
	say(screen, ", pppd %lld", show_number(ppp, "pid"));
	end_line(screen);
	render_address(ppp, screen);
	render_dns(show_get(ppp, "dns"), screen);
	render_traffic(ppp, screen);
}

static void render_failure(struct json_object *object, struct screen *screen)
{
	struct json_object *failure = show_get(object, "last_failure");

	if (show_has(object, "redials")) {
		label(screen, "redials");
		say(screen, "%lld", show_number(object, "redials"));
		end_line(screen);
	}
	if (failure) {
		label(screen, "failure");
		put(screen, show_text(failure, "cause"));
		say(screen, ": ");
		put(screen, show_text(failure, "text"));
		say(screen, ", ");
		duration(&screen->line, show_number(failure, "ago_ms"));
		say(screen, " ago");
		end_line(screen);
	}
	if (show_has(object, "next_try_ms")) {
		label(screen, "next try");
		say(screen, "in ");
		duration(&screen->line, show_number(object, "next_try_ms"));
		end_line(screen);
	}
}

static void render_timeline(struct json_object *object, struct screen *screen)
{
	struct json_object *timeline = show_get(object, "timeline");

	for (size_t i = 0; i < show_count(timeline); i++) {
		struct json_object *mark = json_object_array_get_idx(timeline, i);

		label(screen, i == 0 ? "last dial" : "");
		say(screen, "%6lld ms  ", show_number(mark, "ms"));
		put(screen, show_text(mark, "step"));
		end_line(screen);
	}
}

void status_render(struct json_object *object, const struct status_look *look, struct buf *out)
{
	struct screen screen = {.look = *look, .out = out};

	render_state(object, &screen);
	render_modem(object, &screen);
	render_network(object, &screen);
	render_link(object, &screen);
	render_failure(object, &screen);
	render_timeline(object, &screen);
	buf_free(&screen.line);
}
