/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "conf/conf.h"
#include "modem/mode-step.h"

#define LATE_MS    15000 /* "auto" waits so long for a network */
#define SETTLE_MS  1000  /* OK to a set is a request: look again */
#define SETTLE_MAX 5
#define SET_MS     30000
#define LEAVE_MS   20000
#define SELECT_MS  60000 /* AT+COPS=: until the network has answered */

static bool is_auto(const struct script *script)
{
	struct mode wanted = script->facts.mode_wanted;

	return wanted.allowed == MODE_ALL && !wanted.preferred;
}

static bool is_due(const struct script *script, int64_t now)
{
	if (script->mode.done)
		return false;
	if (script->stage == SCRIPT_REGISTER && is_auto(script))
		return now - script->started_at >= LATE_MS;
	return script->stage != SCRIPT_PREPARE || !is_auto(script);
}

static bool only_reads(const struct script *script)
{
	return script->stage != SCRIPT_PREPARE && script->stage != SCRIPT_REGISTER;
}

static const struct mode_dialect *dialect(const struct script *script)
{
	return script->mode.dialect ? script->mode.dialect : script->family->mode;
}

/* Another time it may say something else. */
static bool is_for_now(const struct at_final *final)
{
	enum at_error_class class = at_final_class(final);

	return final->kind == AT_FINAL_TIMEOUT ||
	       (class != AT_ERROR_OTHER && class != AT_ERROR_UNSUPPORTED);
}

/* Somebody has asked for a mode, and will not be content with another one. */
static bool insists(const struct script *script)
{
	return script->stage == SCRIPT_PREPARE && !is_auto(script);
}

/* Nothing came of it. */
static enum step_outcome give_up(struct script *script)
{
	struct mode_script *mode = &script->mode;
	struct buf offers = BUF_INIT;

	mode->done = true;
	if (!insists(script))
		return STEP_NEXT;
	if (!dialect(script)->in_use || !mode->refused)
		mode_print_choices(&mode->choices, &offers);
	if (mode->refused)
		script_fail(script, CAUSE_CONFIG, "the modem refuses network.mode \"%s\"%s%s",
			    script->conf->network.mode, offers.len ? "; it says it can: " : "",
			    buf_str(&offers));
	else if (offers.len)
		script_fail(script, CAUSE_CONFIG,
			    "the modem cannot do network.mode \"%s\"; it can: %s",
			    script->conf->network.mode, buf_str(&offers));
	else
		script_fail(script, CAUSE_CONFIG,
			    "the modem knows no command for network.mode \"%s\"",
			    script->conf->network.mode);
	buf_free(&offers);
	return STEP_FAIL;
}

/* The next dialect, from reading on, which is `back` steps before; `reply` to this one, if one is
 * to blame. */
static enum step_outcome otherwise(struct script *script, size_t back, const struct at_event *reply)
{
	const struct mode_dialect *next = dialect(script)->otherwise;

	if (!next && reply && insists(script) && is_for_now(&reply->final))
		return script_fail_refused(script, CAUSE_NOT_REGISTERED, reply);
	if (!next)
		return give_up(script);
	script->mode.dialect = next;
	script->mode.choices.count = 0;
	script->step -= back;
	return STEP_JUMP;
}

enum step_ask mode_ask(struct script *script, struct at_command *command, int64_t now)
{
	if (!is_due(script, now) || (only_reads(script) && dialect(script)->in_use))
		return ASK_SKIP;
	mode_print_read(dialect(script), &script->command);
	if (dialect(script)->bare)
		command->prefix = "";
	return ASK_SEND;
}

/* What is in use says nothing of what else is allowed. */
static void read_mode(struct script *script, const struct at_event *reply)
{
	const char *at = reply->text;
	char line[160];

	script->mode.current.mode.allowed = 0;
	while (step_next_line(&at, line, sizeof(line)))
		mode_decode(dialect(script), line, &script->mode.current);
	if (!dialect(script)->in_use)
		script->facts.mode = script->mode.current.mode;
}

static bool is_so(const struct script *script)
{
	struct mode wanted = script->facts.mode_wanted;
	struct mode current = script->mode.current.mode;

	if (dialect(script)->in_use)
		return is_auto(script) || (current.allowed && !wanted.preferred &&
					   !(current.allowed & ~wanted.allowed));
	return mode_is_so(&script->mode.choices, wanted, current);
}

static enum step_outcome settle(struct script *script, int64_t now)
{
	struct buf current = BUF_INIT;

	if (script->mode.tries++ < SETTLE_MAX) {
		script->wake_at = now + SETTLE_MS;
		return STEP_AGAIN;
	}
	script->mode.done = true;
	mode_print(script->mode.current.mode, &current);
	script_notice(script,
		      "the modem said OK to network.mode \"%s\" and its mode is "
		      "%s all the same; it may want a restart",
		      script->conf->network.mode, buf_str(&current));
	buf_free(&current);
	return STEP_NEXT;
}

enum step_outcome mode_take(struct script *script, const struct at_event *reply, int64_t now)
{
	if (reply->final.kind != AT_FINAL_OK && !script->mode.written)
		return otherwise(script, 0, reply);
	read_mode(script, reply);
	if (only_reads(script))
		return STEP_NEXT;
	if (is_so(script))
		script->mode.done = true;
	else if (script->mode.written)
		return settle(script, now);
	return STEP_NEXT;
}

enum step_ask mode_ask_list(struct script *script, struct at_command *command, int64_t now)
{
	if (!is_due(script, now))
		return ASK_SKIP;
	script->mode.choices.count = 0;
	if (dialect(script)->in_use) {
		mode_assume(dialect(script), &script->mode.choices);
		return ASK_SKIP;
	}
	mode_print_list(dialect(script), &script->command);
	if (dialect(script)->bare)
		command->prefix = "";
	return ASK_SEND;
}

enum step_outcome mode_take_list(struct script *script, const struct at_event *reply, int64_t now)
{
	struct mode_choices *choices = &script->mode.choices;
	const char *at = reply->text;
	char line[512];

	(void)now;
	while (step_next_line(&at, line, sizeof(line)))
		mode_decode_list(dialect(script), line, choices);
	if (choices->count == 0)
		mode_assume(dialect(script), choices);
	return choices->count ? STEP_NEXT : otherwise(script, 1, NULL);
}

/* A mode and a network are selected by one command, so the latter is told again (27.007 7.3). */
static void print_set(struct script *script, const struct mode_choice *choice)
{
	const char *operator= script->conf->network.operator;

	if (!dialect(script)->in_use)
		mode_print_set(dialect(script), choice->value, &script->command);
	else if (strcmp(operator, "auto") == 0)
		buf_printf(&script->command, "AT+COPS=0,,,%s", choice->value);
	else
		buf_printf(&script->command, "AT+COPS=1,2,\"%s\",%s", operator, choice->value);
}

static void tell_lifting(struct script *script)
{
	struct buf current = BUF_INIT;

	mode_print(script->mode.current.mode, &current);
	script_notice(script,
		      "no network in %d s, and the modem's mode is %s: setting it to automatic",
		      LATE_MS / 1000, buf_str(&current));
	buf_free(&current);
}

/* What a modem offers under one name it may not offer under another. */
static enum step_ask ask_otherwise(struct script *script)
{
	switch (script->mode.refused ? otherwise(script, 2, NULL) : give_up(script)) {
	case STEP_JUMP:
		return ASK_JUMP;
	case STEP_FAIL:
		return ASK_FAIL;
	default:
		return ASK_SKIP;
	}
}

static enum step_ask ask_leave(struct script *script, struct at_command *command)
{
	script->mode.phase = MODE_LEAVING;
	buf_printf(&script->command, "AT+COPS=2");
	command->timeout_ms = LEAVE_MS;
	return ASK_SEND;
}

static enum step_ask ask_return(struct script *script, struct at_command *command)
{
	const char *operator= script->conf->network.operator;

	if (strcmp(operator, "auto") == 0)
		buf_printf(&script->command, "AT+COPS=0");
	else
		buf_printf(&script->command, "AT+COPS=1,2,\"%s\"", operator);
	command->timeout_ms = SELECT_MS;
	return ASK_SEND;
}

enum step_ask mode_ask_set(struct script *script, struct at_command *command, int64_t now)
{
	const struct mode_choice *choice;

	if (!is_due(script, now))
		return ASK_SKIP;
	if (script->mode.phase == MODE_RETURNING)
		return ask_return(script, command);
	choice = mode_choose(&script->mode.choices, script->facts.mode_wanted);
	if (!choice)
		return ask_otherwise(script);
	if (is_so(script)) {
		script->mode.done = true;
		return ASK_SKIP;
	}
	if (is_auto(script) && script->mode.phase == MODE_PLAIN)
		tell_lifting(script);
	if (dialect(script)->apart && script->mode.phase == MODE_PLAIN)
		return ask_leave(script, command);
	print_set(script, choice);
	command->timeout_ms = dialect(script)->in_use ? SELECT_MS : SET_MS;
	return ASK_SEND;
}

static enum step_outcome take_set(struct script *script, const struct at_event *reply)
{
	struct buf final = BUF_INIT;

	if (reply->final.kind == AT_FINAL_OK) {
		script->mode.written = true;
		script->mode.done = dialect(script)->in_use;
		script->step -= 2;
		return STEP_JUMP;
	}
	at_final_describe(&reply->final, &final);
	script_notice(script, "%s refused: %s", reply->command, buf_str(&final));
	buf_free(&final);
	script->mode.refused = true;
	return otherwise(script, 2, reply);
}

enum step_outcome mode_take_set(struct script *script, const struct at_event *reply, int64_t now)
{
	struct at_event set = {.type = AT_EVENT_REPLY,
			       .final = script->mode.final,
			       .command = dialect(script)->command};

	(void)now;
	switch (script->mode.phase) {
	case MODE_LEAVING:
		script->mode.phase = MODE_APART;
		return STEP_AGAIN;
	case MODE_APART:
		script->mode.final = reply->final;
		script->mode.phase = MODE_RETURNING;
		return STEP_AGAIN;
	case MODE_RETURNING:
		script->mode.phase = MODE_PLAIN;
		return take_set(script, &set);
	default:
		return take_set(script, reply);
	}
}

void mode_describe_limit(const struct script *script, struct buf *out)
{
	struct mode mode = script->facts.mode;

	if (!mode.allowed && script->mode.written)
		mode = script->facts.mode_wanted;
	if (!mode.allowed || mode.allowed == MODE_ALL || mode.preferred)
		return;
	buf_printf(out, "; the modem is told to use ");
	mode_print(mode, out);
	buf_printf(out, " only%s", is_auto(script) ? "" : ", by network.mode");
}
