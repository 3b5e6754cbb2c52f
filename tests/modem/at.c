/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "io/clock.h"

#include "at.h"
#include "at_cmds.h"
#include "at_parse.h"
#include "modem.h"
#include "trace.h"

#define PENDING_MAX 4096

static void run(struct at *at);

/* What came while a command ran. Much of it may be data by now. */
static void drain(struct at *at)
{
	struct buf late = at->pending;

	at->pending = (struct buf)BUF_INIT;
	at_feed(at, late.data, late.len);
	buf_free(&late);
}

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct at *at = timer->data;

	(void)loop;
	(void)revents;
	run(at);
	drain(at);
}

void at_set_defaults(struct at *at)
{
	const struct desc *desc = at->port->modem->desc;
	struct at_settings *settings = &at->settings;

	memset(settings, 0, sizeof(*settings));
	settings->echo = desc->at.echo;
	settings->verbose = true;
	settings->cmee = desc->at.cmee;
	settings->dtr_mode = desc->at.dtr_mode;
	settings->dcd_mode = desc->at.carrier_mode;
	settings->level = 4;
	settings->s[3] = '\r';
	settings->s[4] = '\n';
	settings->s[5] = '\b';
	settings->s[7] = 50;
	settings->s[12] = desc->call.guard_ms / 20;
	str_copy(settings->charset, sizeof(settings->charset), "IRA");
}

void at_init(struct at *at, struct port *port)
{
	memset(at, 0, sizeof(*at));
	at->port = port;
	ev_timer_init(&at->timer, timer_cb, 0.0, 0.0);
	at->timer.data = at;
	at_set_defaults(at);
}

static void stop(struct at *at)
{
	ev_timer_stop(at->port->modem->loop, &at->timer);
	at->running = false;
	at->fetched = false;
}

void at_free(struct at *at)
{
	stop(at);
	buf_free(&at->line);
	buf_free(&at->pending);
}

void at_reset(struct at *at)
{
	stop(at);
	buf_clear(&at->line);
	buf_clear(&at->pending);
	at->last[0] = '\0';
	at_set_defaults(at);
}

bool at_matches(const char *pattern, const char *full)
{
	size_t len;

	if (str_starts_nocase(pattern, "AT"))
		pattern += 2;
	len = strlen(pattern);
	if (len > 1 && pattern[len - 1] == '*')
		return strncasecmp(pattern, full, len - 1) == 0;
	return strcasecmp(pattern, full) == 0;
}

static const struct desc_command *find_row(struct at *at, bool builtin)
{
	struct modem *modem = at->port->modem;
	const struct desc *desc = modem->desc;

	for (size_t i = 0; i < desc->commands.count; i++) {
		const struct desc_command *row = &desc->commands.items[i];

		if (modem->used[i] || row->builtin != builtin)
			continue;
		if (row->until_ms > 0 && clock_now_ms() - modem->booted_at >= row->until_ms)
			continue;
		if (row->port >= 0 && row->port != at->port->desc->interface)
			continue;
		if (at_matches(row->command, at->cmd.full))
			return row;
	}
	return NULL;
}

/* What a row says beside its answer. */
static void apply_row(struct at *at, const struct desc_command *row)
{
	struct modem *modem = at->port->modem;

	if (row->once)
		modem->used[row - modem->desc->commands.items] = true;
	if (row->set && strcmp(row->value, "${args}") == 0)
		modem_set_variable(modem, row->set, at->cmd.args);
	else if (row->set)
		modem_set_variable(modem, row->set, row->value);
	if (row->effect == DESC_EFFECT_RESET)
		modem_reset(modem);
}

/* "03" of "03, Automatic": what stands in the command. */
static size_t choice_len(const char *choice)
{
	const char *name = strstr(choice, ", ");

	return name ? (size_t)(name - choice) : strlen(choice);
}

/* The choice that the command's arguments begin with, the longest one. */
static const char *find_choice(struct at *at, const struct desc_command *row)
{
	const char *args = at->cmd.args, *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < row->choices.count; i++) {
		const char *choice = row->choices.items[i];
		size_t len = choice_len(choice);

		if (strncasecmp(args, choice, len) != 0 || (args[len] && args[len] != ',') ||
		    len < longest)
			continue;
		best = choice;
		longest = len;
	}
	return best;
}

/* 27.007 9.2.1 "incorrect parameters" for what is no choice. */
static int play_choice(struct at *at, const struct desc_command *row)
{
	const char *choice = find_choice(at, row);

	if (!choice)
		return 50;
	if (row->set)
		modem_set_variable(at->port->modem, row->set, choice);
	return AT_OK;
}

static int play_raw(struct at *at, const struct buf *raw)
{
	port_send(at->port, buf_str(raw), raw->len);
	return AT_SILENT;
}

static int play_row(struct at *at, const struct desc_command *row)
{
	struct modem *modem = at->port->modem;
	struct buf text = BUF_INIT;

	if (row->choices.count > 0)
		return play_choice(at, row);
	if (row->raw) {
		modem_expand(modem, &text, row->raw);
		play_raw(at, &text);
	}
	for (size_t i = 0; !row->raw && i < row->lines.count; i++) {
		buf_clear(&text);
		modem_expand(modem, &text, row->lines.items[i]);
		at_info(at, "%s", buf_str(&text));
	}
	buf_free(&text);
	apply_row(at, row);
	if (row->raw)
		return AT_SILENT;
	at->text = row->result;
	return strcmp(row->result, "OK") == 0 ? AT_OK : AT_TEXT;
}

static int play_fault(struct at *at, struct faults_command *fault)
{
	int result = play_raw(at, &fault->raw);

	if (fault->once)
		faults_remove(&at->port->modem->faults, fault);
	return result;
}

static int execute(struct at *at)
{
	struct modem *modem = at->port->modem;
	struct faults_command *fault = faults_find(&modem->faults, at->cmd.full);
	const struct desc_command *row;

	at->infos = 0;
	at->text = NULL;
	modem->stats.commands++;
	noise_at(modem->noise, NOISE_BEFORE, at->port, at->cmd.full);
	if (fault && fault->has_raw)
		return play_fault(at, fault);
	row = find_row(at, false);
	if (row)
		return play_row(at, row);
	row = find_row(at, true);
	if (row)
		apply_row(at, row);
	if (at->port->desc->role == DESC_ROLE_PARROT)
		return AT_OK;
	return at_dispatch(at, &at->cmd);
}

/* The row that tells how long the command takes: its own, or the one of a built-in command. */
static const struct desc_command *find_timing(struct at *at)
{
	const struct desc_command *row = find_row(at, false);

	return row ? row : find_row(at, true);
}

/* Before a line's first command the modem's usual latency; before each one what is said of it. */
static int latency_ms(struct at *at)
{
	struct modem *modem = at->port->modem;
	const struct faults_command *fault = faults_find(&modem->faults, at->cmd.full);
	const struct desc_command *row = find_timing(at);
	int ms = at->first ? modem->faults.latency_ms : 0;

	if (fault && fault->latency_ms >= 0)
		return fault->latency_ms;
	if (row)
		return ms + row->latency_ms;
	if (strcmp(at->cmd.name, "D") == 0)
		return ms + modem->desc->call.dial_ms;
	if (strcasecmp(at->cmd.full, "+COPS=?") == 0)
		return ms + modem->desc->network.scan_ms;
	return ms;
}

/* Fetch the next command; false when the line is over. A bare AT has one empty command. */
static bool fetch(struct at *at)
{
	if (at_parse_command(&at->rest, &at->cmd))
		return true;
	if (!at->first)
		return false;
	memset(&at->cmd, 0, sizeof(at->cmd));
	at->cmd.args = at->cmd.full;
	return true;
}

/* True when the command has to wait for its time. */
static bool wait_latency(struct at *at)
{
	int ms = latency_ms(at);

	at->first = false;
	at->fetched = true;
	if (ms <= 0)
		return false;
	ev_timer_set(&at->timer, ms / 1000.0, 0.0);
	ev_timer_start(at->port->modem->loop, &at->timer);
	return true;
}

static void finish(struct at *at, int result)
{
	at->running = false;
	at->fetched = false;
	at_say_final(at, result);
	noise_at(at->port->modem->noise, NOISE_AFTER, at->port, at->cmd.full);
	if (result == AT_CONNECT)
		call_begin(&at->port->call);
	if (result == AT_OK && at->port->modem->mux.wanted)
		mux_begin(&at->port->modem->mux);
}

static void run(struct at *at)
{
	while (at->running) {
		int result = AT_OK;

		if (!at->fetched) {
			if (!fetch(at)) {
				finish(at, AT_OK);
				return;
			}
			if (wait_latency(at))
				return;
		}
		result = execute(at);
		if (result == AT_PENDING)
			return;
		at->fetched = false;
		if (result != AT_OK)
			finish(at, result);
	}
}

void at_result(struct at *at, int result)
{
	if (!at->running)
		return;
	finish(at, result);
	drain(at);
}

/* Everything before the AT is noise (V.250 5.2.1). */
static const char *find_at(const char *line)
{
	while (*line && strncasecmp(line, "AT", 2) != 0)
		line++;
	return *line ? line + 2 : NULL;
}

static void start(struct at *at)
{
	at->port->modem->stats.lines++;
	at->rest = at->last;
	at->first = true;
	at->running = true;
	at->fetched = false;
	run(at);
}

static void end_of_line(struct at *at)
{
	const char *body = find_at(buf_str(&at->line));

	if (body) {
		str_copy(at->last, sizeof(at->last), body);
		buf_clear(&at->line);
		start(at);
		return;
	}
	buf_clear(&at->line);
}

static void take(struct at *at, char c)
{
	if (c == '\n' && at->line.len == 0 && !at->port->modem->desc->at.lf_only) {
		/* MC8790 takes the LF of CR LF for a line of its own. */
		if (at->port->modem->desc->at.lf_error)
			at_say_final(at, AT_ERROR);
		return;
	}
	if (at->settings.echo)
		port_send(at->port, &c, 1);
	if (c == (at->port->modem->desc->at.lf_only ? '\n' : at->settings.s[3])) {
		end_of_line(at);
	} else if (c == at->settings.s[5]) {
		if (at->line.len > 0)
			at->line.data[--at->line.len] = '\0';
	} else if (at->line.len >= AT_LINE_MAX + 2) {
		buf_clear(&at->line);
		at_say_final(at, AT_ERROR);
	} else if ((unsigned char)c >= 0x20) {
		buf_append(&at->line, &c, 1);
		if (strcasecmp(buf_str(&at->line), "A/") == 0) {
			buf_clear(&at->line);
			start(at);
		}
	}
}

/* A byte while ATD or another long command runs ends it (V.250 5.6.1); the rest of a line end does
 * not. */
static bool aborts(struct at *at, char c)
{
	const struct desc_command *row = find_timing(at);

	if (!at->fetched || c == '\r' || c == '\n')
		return false;
	return strcmp(at->cmd.name, "D") == 0 || strcasecmp(at->cmd.full, "+COPS=?") == 0 ||
	       (row && row->abortable);
}

static void abort_command(struct at *at)
{
	bool dial = strcmp(at->cmd.name, "D") == 0;

	trace_event(at->port->desc->interface, "aborted %s", at->cmd.full);
	ev_timer_stop(at->port->modem->loop, &at->timer);
	if (dial)
		call_cancel(&at->port->call);
	finish(at, dial ? AT_NO_CARRIER : AT_OK);
}

void at_feed(struct at *at, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (call_is_data(&at->port->call)) {
			call_feed(&at->port->call, bytes + i, len - i);
			return;
		}
		if (!at->running)
			take(at, bytes[i]);
		else if (aborts(at, bytes[i]))
			abort_command(at);
		else if (at->pending.len < PENDING_MAX)
			buf_append(&at->pending, bytes + i, 1);
	}
}
