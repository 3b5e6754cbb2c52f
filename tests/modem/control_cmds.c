/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"

#include "control.h"
#include "escape.h"
#include "modem.h"
#include "trace.h"

/* A command's handler: what is left of its line comes in `args`. It appends what follows the "ok";
 * false: it appends what follows the "error". */
struct command {
	const char *usage; /* its first word is the name */
	bool (*run)(struct modem *modem, char *args, struct buf *answer);
};

static char *next_word(char **args)
{
	char *word = *args + strspn(*args, " ");
	char *end = word + strcspn(word, " ");

	if (*end)
		*end++ = '\0';
	*args = end + strspn(end, " ");
	return word;
}

static bool fail(struct buf *answer, const char *what, const char *value)
{
	buf_printf(answer, "%s", what);
	if (value)
		buf_printf(answer, ": %s", value);
	return false;
}

static bool number(const char *word, long min, long max, int *value, struct buf *answer)
{
	long parsed;

	if (!str_to_int(word, min, max, &parsed))
		return fail(answer, "not a number in range", word);
	*value = (int)parsed;
	return true;
}

static bool flag(const char *word, bool *value, struct buf *answer)
{
	*value = strcmp(word, "on") == 0;
	return *value || strcmp(word, "off") == 0 || fail(answer, "want on or off, not", word);
}

static struct port *port_named(struct modem *modem, const char *word, struct buf *answer)
{
	long interface;
	struct port *port = NULL;

	if (str_to_int(word, 0, 255, &interface))
		port = modem_port(modem, (int)interface);
	if (!port)
		fail(answer, "no port with this interface number", word);
	return port;
}

static bool done(int error, struct buf *answer)
{
	return error == 0 || fail(answer, strerror(-error), NULL);
}

static bool do_plug(struct modem *modem, char *args, struct buf *answer)
{
	(void)args;
	return done(modem_plug(modem), answer);
}

static bool do_unplug(struct modem *modem, char *args, struct buf *answer)
{
	bool keep_open = strcmp(next_word(&args), "keep-open") == 0;

	return done(modem_unplug(modem, keep_open), answer);
}

static bool do_replug(struct modem *modem, char *args, struct buf *answer)
{
	bool keep_open = strcmp(next_word(&args), "keep-open") == 0;

	return done(modem_unplug(modem, keep_open), answer) && done(modem_plug(modem), answer);
}

static bool do_reset(struct modem *modem, char *args, struct buf *answer)
{
	(void)args;
	(void)answer;
	modem_reset(modem);
	return true;
}

static bool do_key(struct modem *modem, char *args, struct buf *answer)
{
	char *word = next_word(&args);
	bool down = strcmp(word, "down") == 0;

	if (!down && strcmp(word, "up") != 0)
		return fail(answer, "want down or up, not", word);
	modem_press_key(modem, down);
	return true;
}

static bool do_reset_line(struct modem *modem, char *args, struct buf *answer)
{
	(void)answer;
	if (strcmp(next_word(&args), "down") == 0 && modem->powered)
		modem_reset(modem);
	return true;
}

static bool do_power(struct modem *modem, char *args, struct buf *answer)
{
	char *word = next_word(&args);
	bool on;

	if (*word) {
		if (!flag(word, &on, answer))
			return false;
		modem_set_power(modem, on);
	}
	buf_printf(answer, "%d", modem_is_on(modem));
	return true;
}

static bool do_hangup(struct modem *modem, char *args, struct buf *answer)
{
	bool quiet = strcmp(next_word(&args), "quiet") == 0;
	int calls = 0;

	for (size_t i = 0; i < modem->port_count; i++) {
		calls += modem->ports[i].call.state != CALL_NONE;
		call_hangup(&modem->ports[i].call, "control", !quiet);
	}
	return calls > 0 || fail(answer, "no call", NULL);
}

static bool do_mute(struct modem *modem, char *args, struct buf *answer)
{
	struct port *port = port_named(modem, next_word(&args), answer);

	return port && flag(next_word(&args), &port->mute, answer);
}

static bool do_say(struct modem *modem, char *args, struct buf *answer)
{
	struct port *port = port_named(modem, next_word(&args), answer);
	struct buf text = BUF_INIT;
	bool good = port != NULL;

	if (good && !escape_parse(&text, args))
		good = fail(answer, "bad escape", args);
	if (good)
		port_send(port, text.data, text.len);
	buf_free(&text);
	return good;
}

static bool set_answer(struct faults_command *fault, const char *text, bool once,
		       struct buf *answer)
{
	if (!fault)
		return fail(answer, "no memory", NULL);
	buf_clear(&fault->raw);
	fault->once = once;
	fault->has_raw = escape_parse(&fault->raw, text);
	return fault->has_raw || fail(answer, "bad escape", text);
}

static bool do_answer(struct modem *modem, char *args, struct buf *answer)
{
	char *word = next_word(&args);
	bool once = strcmp(word, "once") == 0;
	struct faults_command *fault;

	if (once)
		word = next_word(&args);
	if (!word[0])
		return fail(answer, "which command?", NULL);
	fault = faults_add(&modem->faults, word);
	if (fault && strcmp(args, "default") == 0) {
		faults_remove(&modem->faults, fault);
		return true;
	}
	return set_answer(fault, args, once, answer);
}

static bool do_latency(struct modem *modem, char *args, struct buf *answer)
{
	char *word = next_word(&args);
	struct faults_command *fault;
	int ms;

	if (!number(word, 0, 3600000, &ms, answer))
		return false;
	if (!args[0]) {
		modem->faults.latency_ms = ms;
		return true;
	}
	fault = faults_add(&modem->faults, next_word(&args));
	if (!fault)
		return fail(answer, "no memory", NULL);
	fault->latency_ms = ms;
	return true;
}

static bool do_split(struct modem *modem, char *args, struct buf *answer)
{
	struct faults *faults = &modem->faults;
	char *count = next_word(&args);

	if (args[0] && !number(next_word(&args), 0, 60000, &faults->split_gap_ms, answer))
		return false;
	return number(count, 0, 4096, &faults->split, answer);
}

/* The same bytes each time, so that a failure can be seen again; all values come, with CR and LF
 * among them. */
static bool send_many(struct modem *modem, char *args, bool letters, struct buf *answer)
{
	char *count_word = next_word(&args), *port_word = next_word(&args);
	struct port *only = NULL;
	unsigned seed = 1;
	int count;

	if (!number(count_word, 1, 1 << 20, &count, answer))
		return false;
	if (port_word[0]) {
		only = port_named(modem, port_word, answer);
		if (!only)
			return false;
	}
	for (int i = 0; i < count; i++) {
		char byte;

		seed = seed * 1103515245u + 12345u;
		byte = letters ? 'x' : (char)(seed >> 16);
		for (size_t p = 0; p < modem->port_count; p++)
			if (!only || only == &modem->ports[p])
				port_send(&modem->ports[p], &byte, 1);
	}
	return true;
}

static bool do_garbage(struct modem *modem, char *args, struct buf *answer)
{
	return send_many(modem, args, false, answer);
}

static bool do_flood(struct modem *modem, char *args, struct buf *answer)
{
	return send_many(modem, args, true, answer);
}

static bool do_registration(struct modem *modem, char *args, struct buf *answer)
{
	int stat;

	if (!number(next_word(&args), 0, 11, &stat, answer))
		return false;
	net_force(&modem->net, stat);
	return true;
}

static bool do_apn(struct modem *modem, char *args, struct buf *answer)
{
	return str_copy(modem->packet.apn, sizeof(modem->packet.apn), next_word(&args)) ||
	       fail(answer, "longer than 100 bytes", NULL);
}

/* A number at the end is the count, except where it belongs to the result: CONNECT 7200000, +CME
 * ERROR: 33. */
static char *split_count(char *args)
{
	char *last = strrchr(args, ' ');
	long count;

	if (!last || !str_to_int(last + 1, 0, 1000000, &count))
		return NULL;
	if (last[-1] == ':' || (size_t)(last - args) == strlen("CONNECT"))
		return NULL;
	*last = '\0';
	return last + 1;
}

static bool do_dial(struct modem *modem, char *args, struct buf *answer)
{
	struct faults *faults = &modem->faults;
	char *count = split_count(args);

	if (!args[0])
		return fail(answer, "which result?", NULL);
	faults->dial_count = -1;
	if (count && !number(count, 0, 1000000, &faults->dial_count, answer))
		return false;
	if (strcmp(args, "default") == 0)
		args = args + strlen(args);
	return str_copy(faults->dial, sizeof(faults->dial), args) ||
	       fail(answer, "result too long", NULL);
}

static bool do_pin_attempts(struct modem *modem, char *args, struct buf *answer)
{
	int left;

	if (!number(next_word(&args), 0, 99, &left, answer))
		return false;
	sim_set_attempts(&modem->sim, left);
	return true;
}

static bool do_cfun(struct modem *modem, char *args, struct buf *answer)
{
	int cfun;

	if (!number(next_word(&args), 0, 7, &cfun, answer))
		return false;
	modem_set_cfun(modem, cfun);
	return true;
}

static bool do_w_disable(struct modem *modem, char *args, struct buf *answer)
{
	if (!flag(next_word(&args), &modem->w_disable, answer))
		return false;
	modem_set_cfun(modem, modem->w_disable ? 0 : 1);
	return true;
}

static bool do_csq(struct modem *modem, char *args, struct buf *answer)
{
	return (args[0] && str_copy(modem->csq, sizeof(modem->csq), args)) ||
	       fail(answer, "want RSSI,BER, not", args);
}

static bool do_sim(struct modem *modem, char *args, struct buf *answer)
{
	char *word = next_word(&args);

	return sim_set_state(&modem->sim, word) || fail(answer, "no state of a SIM", word);
}

static bool do_wait_peer(struct modem *modem, char *args, struct buf *answer)
{
	return number(next_word(&args), 0, 60000, &modem->faults.wait_peer_ms, answer);
}

static bool do_drop_data(struct modem *modem, char *args, struct buf *answer)
{
	return flag(next_word(&args), &modem->faults.drop_data, answer);
}

static bool do_stats(struct modem *modem, char *args, struct buf *answer)
{
	const struct modem_stats *stats = &modem->stats;

	(void)args;
	buf_printf(answer,
		   "lines=%ld commands=%ld pins=%ld puks=%ld dials=%ld "
		   "connects=%ld hangups=%ld escapes=%ld from_host=%ld to_host=%ld overruns=%ld",
		   stats->lines, stats->commands, stats->pins, stats->puks, stats->dials,
		   stats->connects, stats->hangups, stats->escapes, stats->from_host,
		   stats->to_host, stats->overruns);
	return true;
}

static bool do_dtr(struct modem *modem, char *args, struct buf *answer)
{
	(void)args;
	for (size_t i = 0; i < modem->port_count; i++)
		buf_printf(answer, "%s%d=%s", i ? " " : "", modem->ports[i].desc->interface,
			   modem->ports[i].dtr ? "on" : "off");
	return true;
}

static bool do_state(struct modem *modem, char *args, struct buf *answer)
{
	static const char *const calls[] = {"none", "dialing", "data", "held"};

	(void)args;
	buf_printf(answer,
		   "plugged=%d booted=%d cfun=%d sim=%s pin_left=%d creg=%d cgreg=%d cereg=%d",
		   modem->plugged, modem->booted, modem->cfun, sim_state_name(&modem->sim),
		   modem->sim.pin_left, modem->net.stat[NET_CS], modem->net.stat[NET_PS],
		   modem->net.stat[NET_EPS]);
	for (size_t i = 0; i < modem->port_count; i++) {
		const struct call *call = &modem->ports[i].call;
		int interface = modem->ports[i].desc->interface;

		if (call->state != CALL_NONE)
			buf_printf(answer, " call%d=%s quiet%d=%d", interface, calls[call->state],
				   interface, call->quiet);
	}
	return true;
}

static bool do_help(struct modem *modem, char *args, struct buf *answer);

/* clang-format off */
static const struct command commands[] = {
	{ "plug", do_plug },
	{ "unplug [keep-open]", do_unplug },
	{ "replug [keep-open]", do_replug },
	{ "reset", do_reset },
	{ "key down|up", do_key },
	{ "reset-line down|up", do_reset_line },
	{ "power [on|off]", do_power },
	{ "hangup [quiet]", do_hangup },
	{ "mute PORT on|off", do_mute },
	{ "say PORT ESCAPED", do_say },
	{ "answer [once] COMMAND ESCAPED|default", do_answer },
	{ "latency MS [COMMAND]", do_latency },
	{ "split BYTES [GAP_MS]", do_split },
	{ "garbage BYTES [PORT]", do_garbage },
	{ "flood BYTES [PORT]", do_flood },
	{ "registration STAT", do_registration },
	{ "apn [NAME]", do_apn },
	{ "dial RESULT|default [COUNT]", do_dial },
	{ "pin-attempts LEFT", do_pin_attempts },
	{ "cfun N", do_cfun },
	{ "csq RSSI,BER", do_csq },
	{ "sim STATE", do_sim },
	{ "w-disable on|off", do_w_disable },
	{ "wait-peer MS", do_wait_peer },
	{ "drop-data on|off", do_drop_data },
	{ "stats", do_stats },
	{ "dtr", do_dtr },
	{ "state", do_state },
	{ "help", do_help },
};
/* clang-format on */

static bool do_help(struct modem *modem, char *args, struct buf *answer)
{
	(void)modem;
	(void)args;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		buf_printf(answer, "%s%s", i ? "; " : "", commands[i].usage);
	return true;
}

static const struct command *find(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (len == strcspn(commands[i].usage, " ") &&
		    strncmp(commands[i].usage, name, len) == 0)
			return &commands[i];
	return NULL;
}

void control_do(struct modem *modem, const char *line, struct buf *answer)
{
	struct buf text = BUF_INIT;
	char *copy = strdup(line), *args = copy;
	const struct command *command = NULL;
	bool good = false;

	if (copy) {
		args[strcspn(args, "\r")] = '\0';
		command = find(next_word(&args));
	}
	trace_event(-1, "control %s", line);
	if (command)
		good = command->run(modem, args, &text);
	else
		buf_printf(&text, "unknown command, try help");
	buf_printf(answer, "%s%s%s", good ? "ok" : "error", text.len ? " " : "", buf_str(&text));
	if (command && !good)
		buf_printf(answer, "; usage: %s", command->usage);
	buf_free(&text);
	free(copy);
}
