/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "modem/port-probe.h"

#define PASS_MS        PORT_PROBE_PASS_MS
#define EVENTS_MAX     64
#define RULES          8
#define BYTES(literal) literal, sizeof(literal) - 1

/* A port's answer to a line, or to anything that starts as `command` says when it ends in a star.
 * The first that fits counts. */
struct rule {
	const char *command;
	const char *answer;
	int nth; /* only the first `nth` times; 0: always */
};

/* How a line differs from that of a USB modem's own port. Such a port is searched, from 115200. */
struct line {
	int baud;            /* 0: any */
	int fixed;           /* the rate that the user names; 0: none */
	const char *garbage; /* said to bytes at another rate; NULL: nothing */
	bool lf;             /* only LF ends a command */
	bool mux, disc;      /* until CLD, or only DISC, ends it */
	bool advanced;       /* the same in the advanced option */
	int refused;         /* the tty cannot be set to this rate */
	enum cure {
		CURE_NONE,
		CURE_DTR,
		CURE_ESCAPE,
		CURE_LCP,
		CURE_NOTHING,
	} stuck; /* in a call, which this ends */
	int guesses[2];
	enum port_left left; /* as a run before knows */
};

static const char *const cures[] = {[CURE_DTR] = "dropping DTR",
				    [CURE_ESCAPE] = "+++",
				    [CURE_LCP] = "an LCP Terminate-Request"};

/* What it says unasked. */
struct noise {
	int at_ms, every_ms;
	const char *bytes;
	size_t len;
};

struct persona {
	const char *name;
	int latency_ms, deaf_ms;
	struct rule rules[RULES];
	struct noise noise;
	enum port_role verdict;
	int answer_ms;         /* -1: none */
	int least_ms, most_ms; /* the verdict's time */
	const char *why;
	struct line line;
	int found_baud; /* of a line */
};

#define OK    "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define MODEM                                                                     \
	{"AT", OK, 0}, {"ATQ0V1", OK, 0}, {"ATI", "\r\nMC8355\r\n\r\nOK\r\n", 0}, \
	{                                                                         \
		"AT*", ERROR, 0                                                   \
	}
#define NMEA        "$GPRMC,,V,,,,,,,,,,N*53\r\n"
#define LCP         "\x7e\xff\x7d\x23\xc0\x21\x7d\x21\x7d\x21\x7d\x20\x7d\x24\xd1\xb5\x7e"
#define DIAG_ANSWER "\x7e\x13\xff\x03\x66\x61\x7e"
#define QUESTION    "\x7e*"
#define ADVANCED    "\x7e\x03\xef\xc3\x01\x70\x7e"
#define DISC        "\xf9\x03\x53\x01\xfd\xf9"
#define CLD         "\xf9\x03\xef\x05\xc3\x01\xf2\xf9"

/* clang-format off */
static const struct persona personas[] = {
	{ "a modem", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 60, 61, "" },
	{ "with echo", 20, 0,
	  { { "AT", "AT\r\r\nOK\r\n", 0 },
	    { "AT+GOBI?", "AT+GOBI?\r\r\n+CME ERROR: 100\r\n", 0 },
	    { "ATI", "ATI\r\r\nMC8355\r\n\r\nOK\r\n", 0 } }, { 0 },
	  PORT_ROLE_AT, 20, 60, 61, "" },
	{ "NULs and noise around the answer", 20, 0,
	  { { "AT", "\0\0", 0 }, MODEM },
	  { 15, 0, BYTES("\0\0\xff\xfe;RDY\r\n\r\nOK\r\n") },
	  PORT_ROLE_AT, 15, 55, 61, "" },
	{ "loses the first AT", 20, 0, { { "AT", "", 1 }, MODEM }, { 0 },
	  PORT_ROLE_AT, 320, 700, 730, "" },
	{ "was told to answer in digits", 20, 0,
	  { { "AT", "0\r", 2 }, MODEM }, { 0 },
	  PORT_ROLE_AT, 820, 1700, 1730, "" },
	{ "was told not to answer", 20, 0, { { "AT", "", 2 }, MODEM }, { 0 },
	  PORT_ROLE_AT, 820, 1700, 1730, "" },
	{ "boots for a second", 20, 1000, { MODEM }, { 0 },
	  PORT_ROLE_AT, 1520, 3100, 3200, "" },
	{ "slow: the answers to two ATs come one after the other", 400, 0,
	  { MODEM }, { 0 },
	  PORT_ROLE_AT, 400, 1500, 1510, "" },
	{ "slower and slower: an OK to AT comes when nonsense was asked", 320, 0,
	  { { "AT", OK, 1 }, { "AT", "", 1 }, MODEM },
	  { 800, 0, BYTES(OK) },
	  PORT_ROLE_AT, 320, 1630, 1640, "" },
	{ "very late first answer", 1900, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 1900, 6000, 8000, "" },
	{ "a flood of URCs", 20, 0, { MODEM },
	  { 0, 1, BYTES("\r\n^RSSI:17\r\n") },
	  PORT_ROLE_AT, 20, 60, 65, "" },
	{ "NMEA on the AT port", 20, 600, { MODEM },
	  { 100, 100, BYTES(NMEA) },
	  PORT_ROLE_NMEA, -1, 450, 450, "" },
	{ "SIM busy on a plain AT, then awake", 20, 0,
	  { { "AT", "\r\n+CME ERROR: SIM busy\r\n", 1 }, MODEM }, { 0 },
	  PORT_ROLE_AT, 40, 80, 85, "" },
	{ "ignores what it does not know", 20, 0,
	  { { "AT", OK, 0 }, { "ATI", "\r\nZTE\r\n\r\nOK\r\n", 0 } }, { 0 },
	  PORT_ROLE_AT, 20, 900, 2500, "" },
	{ "a text was left open", 20, 0,
	  { { "AT", "\r\n> ", 1 }, { "\033AT", OK, 1 }, MODEM }, { 0 },
	  PORT_ROLE_AT, 320, 360, 730, "" },
	{ "data mode that an unknown frame ends", 20, 0,
	  { { "AT", "", 3 }, { "ATQ0V1", "", 1 }, { QUESTION, "\r\nNO CARRIER\r\n", 1 }, MODEM },
	  { 0 },
	  PORT_ROLE_AT, -2, 2120, 4500, "" },

	{ "a parrot", 20, 0, { { "*", OK, 0 } }, { 0 },
	  PORT_ROLE_AT_SECONDARY, 20, 40, 41, "says OK to nonsense" },
	{ "an echoing parrot", 20, 0,
	  { { "AT", "AT\r\r\nOK\r\n", 0 },
	    { "AT+GOBI?", "AT+GOBI?\r\r\nOK\r\n", 0 } }, { 0 },
	  PORT_ROLE_AT_SECONDARY, 20, 40, 41, "says OK to nonsense" },
	{ "a slow parrot is not taken for a late answer", 400, 0,
	  { { "*", OK, 0 } }, { 0 },
	  PORT_ROLE_AT_SECONDARY, 400, 1100, 1110, "says OK to nonsense" },
	{ "a parrot that loses the first AT", 20, 0,
	  { { "AT", "", 1 }, { "*", OK, 0 } }, { 0 },
	  PORT_ROLE_AT_SECONDARY, 320, 1300, 1400, "says OK to nonsense" },
	{ "ERROR to everything", 20, 0, { { "*", ERROR, 0 } }, { 0 },
	  PORT_ROLE_AT_SECONDARY, -1, 80, 85, "says ERROR to a plain AT" },
	{ "an APP port", 20, 0,
	  { { "AT", OK, 0 }, { "ATI", "\r\nAPP1\r\n\r\nOK\r\n", 0 },
	    { "AT*", ERROR, 0 } }, { 0 },
	  PORT_ROLE_AT_SECONDARY, 20, 60, 61, "calls itself an APP port" },
	{ "APP in a longer word is none", 20, 0,
	  { { "AT", OK, 0 }, { "ATI", "\r\nMYAPP1 APP12 APP5\r\n\r\nOK\r\n", 0 },
	    { "AT*", ERROR, 0 } }, { 0 },
	  PORT_ROLE_AT, 20, 60, 61, "" },
	{ "says OK once and is mute", 20, 0, { { "AT", OK, 1 } }, { 0 },
	  PORT_ROLE_AT_SECONDARY, 20, 900, 2500, "has stopped answering" },

	{ "GPS", 0, 0, { { "" , "", 0 } }, { 0, 1000, BYTES(NMEA) },
	  PORT_ROLE_NMEA, -1, 450, 450, "" },
	{ "GPS that starts late", 0, 0, { { "", "", 0 } },
	  { 700, 1000, BYTES(NMEA) },
	  PORT_ROLE_NMEA, -1, 700, 700, "" },
	{ "DIAG", 5, 0, { { QUESTION, DIAG_ANSWER, 0 } }, { 0 },
	  PORT_ROLE_DIAG, -1, 2105, 2110, "" },
	{ "stuck in PPP, talking", 0, 0, { { "", "", 0 } },
	  { 1000, 3000, BYTES(LCP) },
	  PORT_ROLE_PPP, -1, 1000, 1000, "" },
	{ "stuck in PPP, waiting", 5, 0, { { QUESTION, LCP, 0 } }, { 0 },
	  PORT_ROLE_PPP, -1, 2105, 2110, "" },
	{ "silent", 0, 0, { { "", "", 0 } }, { 0 },
	  PORT_ROLE_SILENT, -1, 2300, 2300, "" },
	{ "a port that echoes all there is", 1, 0,
	  { { "AT", "AT\r", 0 },
	    { QUESTION, "\x7e\0\x78\xf0\x7e", 0 } }, { 0 },
	  PORT_ROLE_SILENT, -1, 2300, 2300, "" },
	{ "a shell", 1, 0, { { "AT", "AT\r\nsh: AT: not found\r\n# ", 0 } },
	  { 0 },
	  PORT_ROLE_SILENT, -1, 2300, 2300, "" },
	{ "OK before anything was asked", 0, 5000, { { "", "", 0 } },
	  { 0, 0, BYTES(OK) },
	  PORT_ROLE_SILENT, -1, 2300, 2300, "" },
};
/* clang-format on */

struct event {
	int64_t at;
	const char *bytes;
	size_t len;
};

struct port {
	const struct persona *persona;
	struct event events[EVENTS_MAX];
	size_t count;
	int used[RULES]; /* of each rule */
	struct buf line;
	int64_t next_noise, noise_until;
	bool mux;
	bool held; /* the call, which +++ has only left */
	enum cure stuck;
	int64_t wrote_at;
};

static bool fits(const char *pattern, const char *line)
{
	size_t len = strlen(pattern);

	if (len > 0 && pattern[len - 1] == '*')
		return strncmp(pattern, line, len - 1) == 0;
	return strcmp(pattern, line) == 0;
}

static void say(struct port *port, const char *text, int64_t now)
{
	assert_true(port->count < EVENTS_MAX);
	port->events[port->count++] =
		(struct event){now + port->persona->latency_ms, text, strlen(text)};
}

static void answer(struct port *port, const char *line, int64_t now)
{
	const struct persona *persona = port->persona;

	if (now < persona->deaf_ms)
		return;
	if (strcmp(line, "ATH") == 0)
		port->held = false;
	else if (port->held)
		fail_msg("%s: %s before ATH", persona->name, line);
	for (size_t i = 0; i < RULES && persona->rules[i].command; i++) {
		const struct rule *rule = &persona->rules[i];

		if (!fits(rule->command, line) || (rule->nth && port->used[i] >= rule->nth))
			continue;
		port->used[i]++;
		say(port, rule->answer, now);
		return;
	}
}

/* A modem's line ends at CR; a frame's end at 7e is enough here. */
static void hear(struct port *port, const char *bytes, size_t len, int64_t now)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != (port->persona->line.lf ? '\n' : '\r')) {
			if (bytes[i] != '\r')
				buf_append(&port->line, &bytes[i], 1);
			if (bytes[i] != 0x7e || port->line.len < 10 || port->persona->line.lf)
				continue;
		}
		answer(port, buf_str(&port->line), now);
		buf_clear(&port->line);
	}
}

static void leave_call(struct port *port, const char *word, int64_t now)
{
	port->stuck = CURE_NONE;
	port->next_noise = -1;
	say(port, word, now);
}

/* In data mode. */
static void hear_data(struct port *port, const char *bytes, size_t len, int64_t now)
{
	static const char terminate[] = "\x7e\xff\x7d\x23\xc0\x21\x7d\x25";

	if (port->stuck == CURE_ESCAPE && len == 3 && memcmp(bytes, "+++", 3) == 0) {
		assert_true(now - port->wrote_at > 1000);
		port->held = true;
		leave_call(port, OK, now + 1000);
	} else if (port->stuck == CURE_LCP && len > 8 && memcmp(bytes, terminate, 8) == 0) {
		leave_call(port, "\r\nNO CARRIER\r\n", now);
	}
	port->wrote_at = now;
}

static void write_out(struct port_probe *ask, struct port *port, int64_t now)
{
	const char *bytes;
	size_t len;

	const struct line *line = &port->persona->line;
	int baud = port_probe_finding(ask)->baud;

	if (line->refused && baud == line->refused)
		port_probe_skip_rate(ask, now);
	if (port->stuck == CURE_DTR && port_probe_finding(ask)->dtr_low)
		leave_call(port, "\r\nNO CARRIER\r\n", now);
	while ((bytes = port_probe_output(ask, &len, now))) {
		if (port->stuck && (!line->baud || baud == line->baud))
			hear_data(port, bytes, len, now);
		else if (line->baud && baud != line->baud) {
			if (line->garbage)
				say(port, line->garbage, now);
		} else if (!port->mux) {
			hear(port, bytes, len, now);
		} else if ((len == 8 && line->mux && memcmp(bytes, CLD, len) == 0) ||
			   (line->disc && memmem(bytes, len, DISC, sizeof(DISC) - 1)) ||
			   (line->advanced && memmem(bytes, len, ADVANCED, sizeof(ADVANCED) - 1))) {
			port->mux = false;
		}
		port_probe_written(ask, len, now);
	}
}

static int64_t next_event(const struct port *port)
{
	int64_t next = port->next_noise;

	for (size_t i = 0; i < port->count; i++)
		if (port->events[i].at >= 0 && (next < 0 || port->events[i].at < next))
			next = port->events[i].at;
	return next;
}

static void speak(struct port_probe *ask, struct port *port, int64_t now)
{
	const struct noise *noise = &port->persona->noise;

	if (port->next_noise >= 0 && port->next_noise <= now) {
		port_probe_feed(ask, noise->bytes, noise->len, now);
		port->next_noise = noise->every_ms ? now + noise->every_ms : -1;
	}
	for (size_t i = 0; i < port->count; i++) {
		if (port->events[i].at < 0 || port->events[i].at > now)
			continue;
		port_probe_feed(ask, port->events[i].bytes, port->events[i].len, now);
		port->events[i].at = -1;
	}
}

/* Move time from event to event until there is a verdict. */
static int64_t run(struct port_probe *ask, struct port *port, int64_t now)
{
	for (int i = 0; i < 20000; i++) {
		int64_t deadline, event;

		speak(ask, port, now);
		port_probe_tick(ask, now);
		write_out(ask, port, now);
		if (port_probe_finding(ask)->role != PORT_ROLE_UNKNOWN && port_probe_is_idle(ask))
			return now;
		deadline = port_probe_deadline(ask);
		event = next_event(port);
		assert_true(deadline >= 0 || event >= 0);
		if (deadline >= 0 && (event < 0 || deadline < event))
			event = deadline;
		now = event > now ? event : now;
	}
	fail_msg("%s: no verdict", port->persona->name);
	return -1;
}

static void meet(struct port *port, const struct persona *persona)
{
	memset(port, 0, sizeof(*port));
	port->persona = persona;
	port->mux = persona->line.mux || persona->line.disc || persona->line.advanced;
	port->stuck = persona->line.stuck;
	port->next_noise = persona->noise.len ? persona->noise.at_ms : -1;
}

static void check(const struct persona *persona, const struct port_probe *ask, int64_t now)
{
	if (port_probe_finding(ask)->role != persona->verdict)
		fail_msg("%s: verdict %d (%s)", persona->name, port_probe_finding(ask)->role,
			 port_probe_finding(ask)->why);
	if (persona->answer_ms != -2 && port_probe_finding(ask)->answer_ms != persona->answer_ms)
		fail_msg("%s: answer after %d", persona->name, port_probe_finding(ask)->answer_ms);
	if (now < persona->least_ms || now > persona->most_ms)
		fail_msg("%s: took %d", persona->name, (int)now);
	assert_string_equal(port_probe_finding(ask)->why, persona->why);
}

static void every_persona_is_told_for_what_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(personas) / sizeof(*personas); i++) {
		struct port_probe *ask = port_probe_new("test", PASS_MS, 0);
		struct port port;

		assert_non_null(ask);
		meet(&port, &personas[i]);
		check(&personas[i], ask, run(ask, &port, 0));
		buf_free(&port.line);
		port_probe_free(ask);
	}
}

#define CONSOLE "the console of another computer"

/* clang-format off */
static const struct persona lines[] = {
	{ "a UART modem at the usual rate", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 60, 61, "", { .baud = 115200 }, 115200 },
	{ "9600 as shipped (Neoway M590)", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 2300, 2400, "", { .baud = 9600 }, 9600 },
	{ "9600, and garbage at the others (SIM900 behind a Pi)", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 500, 550, "", { .baud = 9600, .garbage = "\xfe\xf8\x86" }, 9600 },
	{ "19200 after AT+IPR (SIM800)", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 2900, 3000, "", { .baud = 19200 }, 19200 },
	{ "3000000, the last one, and slow", 150, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 150, 6500, 7400, "", { .baud = 3000000 }, 3000000 },
	{ "3000000, and garbage", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 2500, 2700, "", { .baud = 3000000, .garbage = "\xe5\x80" }, 3000000 },
	{ "garbage that comes unasked", 0, 0, { { "", "", 0 } },
	  { 0, 90, BYTES("\x80\xf8\0\xe0") },
	  PORT_ROLE_SILENT, -1, 6700, 7650, "", { .baud = 1 }, 115200 },
	{ "was told to answer in digits, at 38400", 20, 0, { { "AT", "0\r", 0 }, MODEM }, { 0 },
	  PORT_ROLE_AT, 320, 3900, 4400, "", { .baud = 38400 }, 38400 },
	{ "loses the first bytes at its rate", 20, 0, { { "AT", "", 1 }, MODEM }, { 0 },
	  PORT_ROLE_AT, 170, 2400, 2800, "", { .baud = 9600 }, 9600 },
	{ "9600, and the tty cannot do 19200", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 2900, 3000, "", { .baud = 38400, .refused = 19200 }, 38400 },
	{ "the rate is named, and another is not asked", 0, 0, { MODEM }, { 0 },
	  PORT_ROLE_SILENT, -1, 7000, 7000, "", { .baud = 9600, .fixed = 19200 }, 19200 },
	{ "LF ends a command (Nokia 6230)", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, -2, 7100, 8000, "", { .lf = true }, 115200 },
	{ "starts after seven seconds, and CR will do", 20, 7050, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 7100, 7200, "", { .baud = 115200 }, 115200 },
	{ "9600, as it was the last time", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 60, 61, "", { .baud = 9600, .guesses = { 9600 } }, 9600 },
	{ "a wrong guess costs less than a second", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 760, 800, "", { .baud = 115200, .guesses = { 9600 } }, 115200 },
	{ "killed at the higher rate", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 760, 800, "", { .baud = 921600, .guesses = { 115200, 921600 } }, 921600 },
	{ "guesses are not asked twice", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 4900, 5000, "", { .baud = 57600, .guesses = { 9600, 921600 } }, 57600 },
	{ "in a call that DTR ends", 20, 0, { MODEM }, { 0, 3000, BYTES(LCP) },
	  PORT_ROLE_AT, 20, 500, 1000, "", { .stuck = CURE_DTR }, 115200 },
	{ "in a call, at another rate, without DTR's wire", 20, 0, { MODEM },
	  { 2400, 1000, BYTES(LCP) },
	  PORT_ROLE_AT, -2, 4600, 5000, "", { .baud = 9600, .stuck = CURE_ESCAPE }, 9600 },
	/* 1 s more than the guard times of an escape that it does not know */
	{ "in a call without DTR and +++ (nRF91, SARA-R4)", 20, 0, { MODEM }, { 0, 3000, BYTES(LCP) },
	  PORT_ROLE_AT, -2, 2000 + 450, 3000 + 450, "", { .stuck = CURE_LCP }, 115200 },
	{ "in a call that nothing ends", 20, 0, { MODEM }, { 0, 3000, BYTES(LCP) },
	  PORT_ROLE_PPP, -1, 4000, 4500, "", { .stuck = CURE_NOTHING }, 115200 },
	{ "in a call in which nothing speaks", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, -2, 10000, 10500, "", { .stuck = CURE_LCP }, 115200 },
	{ "in our own call, in which nothing speaks", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, -2, 2700, 2900, "",
	  { .guesses = { 115200 }, .stuck = CURE_ESCAPE, .left = PORT_LEFT_CALLING }, 115200 },
	{ "the same at the higher rate, and only LCP ends it", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, -2, 3700, 4000, "",
	  { .baud = 460800, .guesses = { 115200, 460800 }, .stuck = CURE_LCP,
	    .left = PORT_LEFT_CALLING }, 460800 },
	{ "out of our own call by itself", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 50, 200, "", { .guesses = { 115200 }, .left = PORT_LEFT_CALLING }, 115200 },
	{ "out of our own call by a reset, and at another rate", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 5700, 6200, "",
	  { .baud = 9600, .guesses = { 115200 }, .left = PORT_LEFT_CALLING }, 9600 },
	{ "in our own call, and multiplexed", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 10550, 12000, "",
	  { .guesses = { 115200 }, .mux = true, .left = PORT_LEFT_CALLING }, 115200 },
	{ "in our own call that nothing ends", 20, 0, { MODEM }, { 0, 3000, BYTES(LCP) },
	  PORT_ROLE_PPP, -1, 4000, 12000, "",
	  { .guesses = { 115200 }, .stuck = CURE_NOTHING, .left = PORT_LEFT_CALLING }, 115200 },
	{ "left multiplexed", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 10550, 11000, "", { .mux = true }, 115200 },
	{ "left multiplexed, and only DISC ends that", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, -2, 11000, 11900, "", { .disc = true }, 115200 },
	{ "left multiplexed in the advanced option", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, -2, 11200, 12300, "", { .advanced = true }, 115200 },
	{ "left multiplexed, as is known", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 200, 700, "", { .mux = true, .left = PORT_LEFT_MUXED }, 115200 },
	{ "left multiplexed, as is known, at another rate", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 200, 700, "",
	  { .baud = 460800, .guesses = { 460800 }, .mux = true, .left = PORT_LEFT_MUXED }, 460800 },
	{ "closed down meanwhile, and at its usual rate", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 1200, 2500, "",
	  { .baud = 115200, .guesses = { 460800 }, .left = PORT_LEFT_MUXED }, 115200 },
	{ "left multiplexed, and the rate is named", 20, 0, { MODEM }, { 0 },
	  PORT_ROLE_AT, 20, 5700, 6200, "", { .baud = 9600, .fixed = 9600, .mux = true }, 9600 },
	{ "its transmitter is wired to its receiver", 1, 0,
	  { { "AT", "AT\r", 0 }, { QUESTION, "\x7e\0\x78\xf0\x7e", 0 } }, { 0 },
	  PORT_ROLE_SILENT, -1, 11800, 11800, "", { 0 }, 115200 },
	{ "nothing is there", 0, 0, { { "", "", 0 } }, { 0 },
	  PORT_ROLE_SILENT, -1, 11800, 11800, "", { .baud = 1 }, 115200 },
	{ "a login at the other end", 20, 0, { { "*", "AT\r\nraspberrypi login: ", 0 } }, { 0 },
	  PORT_ROLE_SILENT, -1, 400, 500, CONSOLE, { 0 }, 115200 },
	{ "a shell at the other end", 20, 0, { { "*", "AT\r\n-ash: AT: not found\r\n# ", 0 } }, { 0 },
	  PORT_ROLE_SILENT, -1, 400, 500, CONSOLE, { 0 }, 115200 },
	{ "a login that waits for its password, at 9600", 20, 0, { { "*", "\r\nPassword: ", 0 } },
	  { 0 }, PORT_ROLE_SILENT, -1, 2300, 2600, CONSOLE, { .baud = 9600 }, 9600 },
	{ "GPS at 4800 is not found, at 9600 it is", 0, 0, { { "", "", 0 } },
	  { 2400, 1000, BYTES(NMEA) },
	  PORT_ROLE_NMEA, -1, 2600, 2600, "", { .baud = 1 }, 9600 },
};
/* clang-format on */

static const char *cure_of(const struct line *line)
{
	if (line->stuck)
		return line->stuck == CURE_NOTHING ? "" : cures[line->stuck];
	return line->mux || line->advanced ? "CLD" : line->disc ? "DISC" : "";
}

static void a_named_uart_is_searched(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const struct persona *persona = &lines[i];
		const struct line *line = &persona->line;
		struct port_probe *ask = port_probe_new("test", PASS_MS, 0);
		const struct port_finding *found = port_probe_finding(ask);
		struct port port;
		bool silent;

		const struct port_search search = {
			.baud = line->fixed ? line->fixed : 115200,
			.fixed = line->fixed,
			.left = line->left,
			.guesses = {line->guesses[0], line->guesses[1]},
		};

		meet(&port, persona);
		port_probe_search(ask, &search, 0);
		check(persona, ask, run(ask, &port, 0));
		silent = found->role == PORT_ROLE_SILENT && !found->console;
		/* Where something answers as it is. */
		if (found->role == PORT_ROLE_AT && !found->freed)
			assert_in_range(persona->most_ms, 0, 10000);
		if (found->baud != persona->found_baud || found->wants_lf != line->lf ||
		    strcmp(found->freed ? found->freed : "", cure_of(line)) != 0)
			fail_msg("%s: baud %d, lf %d, freed by %s", persona->name, found->baud,
				 found->wants_lf, found->freed ? found->freed : "nothing");
		assert_int_equal(found->console, strcmp(persona->why, CONSOLE) == 0);
		assert_int_equal(found->echoed,
				 silent && strcmp(persona->rules[0].answer, "AT\r") == 0);
		assert_false(found->dtr_low);
		if (silent)
			assert_int_equal(found->garbled, persona->noise.len > 0);
		if (silent && !line->fixed)
			assert_string_equal(found->tried,
					    "115200, 9600, 19200, 38400, 57600, 230400, "
					    "460800, 921600, 3000000");
		buf_free(&port.line);
		port_probe_free(ask);
	}
}

static void no_setting_is_changed_but_the_echo_when_told(void **state)
{
	static const struct persona modem = {
		"a modem", 20, 0, {MODEM, {"ATE0", OK, 0}}, {0}, PORT_ROLE_AT, 20, 60, 61, ""};
	struct port_probe *ask = port_probe_new("test", PASS_MS, 0);
	struct port port;

	(void)state;
	meet(&port, &modem);
	/* AT+GOBI? is refused and the rule of ATE0 stands behind AT*. */
	check(&modem, ask, run(ask, &port, 0));
	assert_int_equal(port.used[1], 0); /* ATQ0V1 */
	assert_int_equal(port.used[3], 1);
	port_probe_set_up(ask, &(struct line_wish){.raise = 921600});
	assert_false(port_probe_is_idle(ask));
	run(ask, &port, 61);
	assert_int_equal(port.used[3], 2);
	assert_int_equal(port_probe_finding(ask)->role, PORT_ROLE_AT);
	buf_free(&port.line);
	port_probe_free(ask);
}

static void who_is_hurried_is_asked_for_a_second(void **state)
{
	static const struct persona silent = {
		"silent", 0, 0, {{"", "", 0}}, {0}, PORT_ROLE_SILENT, -1, 0, 0, ""};
	static const struct persona gps = {
		"GPS, once a second", 0,  0,   {{"", "", 0}}, {999, 1000, BYTES(NMEA)},
		PORT_ROLE_NMEA,       -1, 999, 1000,          ""};
	static const struct persona second = {"answers the second AT",
					      20,
					      0,
					      {{"AT", "", 1}, MODEM},
					      {0},
					      PORT_ROLE_AT,
					      320,
					      700,
					      730,
					      ""};
	struct port_probe *ask = port_probe_new("test", PASS_MS, 0);
	struct port port;

	(void)state;
	meet(&port, &silent);
	port_probe_hurry(ask, 20);
	assert_in_range(run(ask, &port, 0), 1200, 1200);
	buf_free(&port.line);
	port_probe_free(ask);
	ask = port_probe_new("test", PASS_MS, 0);
	meet(&port, &second);
	port_probe_hurry(ask, 20);
	check(&second, ask, run(ask, &port, 0));
	buf_free(&port.line);
	port_probe_free(ask);
	ask = port_probe_new("test", PASS_MS, 0);
	meet(&port, &gps);
	port_probe_hurry(ask, 20);
	check(&gps, ask, run(ask, &port, 0));
	buf_free(&port.line);
	port_probe_free(ask);
}

static void a_port_that_takes_no_bytes_is_silent(void **state)
{
	struct port_probe *ask = port_probe_new("test", PASS_MS, 0);
	int64_t now = 0;

	(void)state;
	while (port_probe_finding(ask)->role == PORT_ROLE_UNKNOWN) {
		port_probe_tick(ask, now);
		if (port_probe_finding(ask)->role == PORT_ROLE_UNKNOWN)
			now = port_probe_deadline(ask);
	}
	assert_int_equal(port_probe_finding(ask)->role, PORT_ROLE_SILENT);
	assert_int_equal(now, PASS_MS);
	port_probe_free(ask);
}

/* What is between the end and the answer is the machine's. */
static void a_pass_in_vain_takes_no_more_than_two_and_a_half_seconds(void **state)
{
	(void)state;
	assert_in_range(PASS_MS, 2000, 2400);
	for (size_t i = 0; i < sizeof(personas) / sizeof(*personas); i++)
		if (personas[i].verdict == PORT_ROLE_SILENT)
			assert_in_range(personas[i].most_ms, 0, PASS_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_persona_is_told_for_what_it_is),
		cmocka_unit_test(a_named_uart_is_searched),
		cmocka_unit_test(no_setting_is_changed_but_the_echo_when_told),
		cmocka_unit_test(who_is_hurried_is_asked_for_a_second),
		cmocka_unit_test(a_port_that_takes_no_bytes_is_silent),
		cmocka_unit_test(a_pass_in_vain_takes_no_more_than_two_and_a_half_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
