/* SPDX-License-Identifier: ISC */
/*
 * The network mode's steps: read it, see what is offered, set it; setting goes
 * back to reading. Preparing does what the configuration says, and nothing at
 * all for "auto". Registering lifts with "auto" what keeps a modem from every
 * network it finds. In the other stages only the first step is taken: it reads
 * into facts.mode, and never fails.
 */
#include <string.h>

#include "conf/conf.h"
#include "modem/step.h"

#define LATE_MS    15000 /* "auto" waits so long for a network */
#define SETTLE_MS  1000  /* OK to a set is a request: look again */
#define SETTLE_MAX 5
#define LEAVE_MS   20000
#define SELECT_MS  60000 /* AT+COPS=: until the network has answered */

static bool wants_auto(const struct script *script)
{
	struct mode wanted = script->facts.mode_wanted;

	return wanted.allowed == MODE_ALL && !wanted.preferred;
}

/* The user has asked for a mode, and another one will not do. */
static bool mode_is_must(const struct script *script)
{
	return script->stage == SCRIPT_PREPARE && !wants_auto(script);
}

static const struct mode_dialect *dialect_of(const struct script *script)
{
	return script->modem.mode.dialect ? script->modem.mode.dialect : script->family->mode;
}

static bool only_reads(const struct script *script)
{
	return script->stage != SCRIPT_PREPARE && script->stage != SCRIPT_REGISTER;
}

static bool mode_is_due(const struct script *script)
{
	if (script->modem.mode.done)
		return false;
	if (only_reads(script))
		return !dialect_of(script)->in_use;
	if (script->stage == SCRIPT_REGISTER && wants_auto(script))
		return script->now - script->started_at >= LATE_MS;
	return script->stage == SCRIPT_REGISTER || !wants_auto(script);
}

/* No dialect could set the mode. */
static enum step_outcome give_up_mode(struct script *script)
{
	struct mode_progress *mode = &script->modem.mode;
	const char *wanted = script->conf->network.mode;
	struct buf offers = BUF_INIT;

	mode->done = true;
	if (!mode_is_must(script))
		return STEP_NEXT;
	if (!dialect_of(script)->in_use || !mode->refused)
		mode_print_choices(&mode->choices, &offers);
	if (mode->refused)
		script_fail(script, CAUSE_CONFIG, "the modem refuses network.mode \"%s\"%s%s",
			    wanted, offers.len ? "; it says it can: " : "", buf_str(&offers));
	else if (offers.len)
		script_fail(script, CAUSE_CONFIG,
			    "the modem cannot do network.mode \"%s\"; it can: %s", wanted,
			    buf_str(&offers));
	else
		script_fail(script, CAUSE_CONFIG,
			    "the modem knows no command for network.mode \"%s\"", wanted);
	buf_free(&offers);
	return STEP_FAIL;
}

/* Start again with the next dialect; `reply` is what this one got, if that is the reason. A refusal
 * that may be temporary does not mean that the configuration is wrong. */
static enum step_outcome try_next_dialect(struct script *script, const struct at_event *reply)
{
	const struct mode_dialect *next = dialect_of(script)->otherwise;

	if (!next && reply && mode_is_must(script)) {
		enum at_error_class class = at_final_class(&reply->final);

		if (reply->final.kind == AT_FINAL_TIMEOUT ||
		    (class != AT_ERROR_OTHER && class != AT_ERROR_UNSUPPORTED))
			return script_fail_refused(script, CAUSE_NOT_REGISTERED, reply);
	}
	if (!next)
		return give_up_mode(script);
	script->modem.mode.dialect = next;
	script->modem.mode.choices.count = 0;
	return script_jump(script, STEP_MODE);
}

static void let_answer_be_bare(struct script *script)
{
	if (dialect_of(script)->bare)
		script->at.prefix = "";
}

static enum step_outcome ask_mode(struct script *script)
{
	if (!mode_is_due(script))
		return STEP_NEXT;
	mode_print_read(dialect_of(script), &script->command);
	let_answer_be_bare(script);
	return STEP_SEND;
}

static bool mode_is_right(const struct script *script)
{
	struct mode wanted = script->facts.mode_wanted;
	struct mode current = script->modem.mode.current.mode;

	if (dialect_of(script)->in_use)
		return wants_auto(script) || (current.allowed && !wanted.preferred &&
					      !(current.allowed & ~wanted.allowed));
	return mode_is_so(&script->modem.mode.choices, wanted, current);
}

static enum step_outcome take_mode(struct script *script, const struct at_event *reply)
{
	struct mode_progress *mode = &script->modem.mode;
	struct buf current = BUF_INIT;
	const char *at = reply->text;
	char line[160];

	if (reply->final.kind != AT_FINAL_OK && !mode->written)
		return try_next_dialect(script, reply);
	mode->current.mode.allowed = 0;
	while (step_next_line(&at, line, sizeof(line))) {
		mode_decode(dialect_of(script), line, &mode->current);
		script->facts.no_roaming |= mode_bars_roaming(dialect_of(script), line);
	}
	/* The technology in use does not say what else is allowed. */
	if (!dialect_of(script)->in_use)
		script->facts.mode = mode->current.mode;
	if (only_reads(script))
		return STEP_NEXT;
	mode->done = mode_is_right(script);
	if (mode->done || !mode->written)
		return STEP_NEXT;
	if (mode->tries++ < SETTLE_MAX) {
		script->wake_at = script->now + SETTLE_MS;
		return STEP_AGAIN;
	}
	mode->done = true;
	mode_print(mode->current.mode, &current);
	script_notice(
		script,
		"the modem said OK to network.mode \"%s\" and its mode is %s all the same; it "
		"may want a restart",
		script->conf->network.mode, buf_str(&current));
	buf_free(&current);
	return STEP_NEXT;
}

static enum step_outcome ask_mode_list(struct script *script)
{
	if ((only_reads(script) && !script->scan.wanted) || !mode_is_due(script))
		return STEP_NEXT;
	script->modem.mode.choices.count = 0;
	if (dialect_of(script)->in_use) {
		mode_assume(dialect_of(script), &script->modem.mode.choices);
		return STEP_NEXT;
	}
	buf_printf(&script->command, "%s=?", dialect_of(script)->command);
	let_answer_be_bare(script);
	return STEP_SEND;
}

static enum step_outcome take_mode_list(struct script *script, const struct at_event *reply)
{
	struct mode_choices *choices = &script->modem.mode.choices;
	const char *at = reply->text;
	char line[512];

	while (step_next_line(&at, line, sizeof(line)))
		mode_decode_list(dialect_of(script), line, choices);
	if (only_reads(script)) {
		script->scan.own = (unsigned char)mode_technologies(choices);
		return STEP_NEXT;
	}
	if (choices->count == 0)
		mode_assume(dialect_of(script), choices);
	return choices->count ? STEP_NEXT : try_next_dialect(script, NULL);
}

/* Select the configured network, and the mode if there is one: one command sets both, so the
 * network has to be repeated (27.007 7.3). */
static enum step_outcome put_selection(struct script *script, const char *mode)
{
	const char *operator= script->conf->network.operator;

	if (strcmp(operator, "auto") == 0)
		buf_printf(&script->command, "AT+COPS=0%s%s", mode ? ",,," : "", mode ? mode : "");
	else
		buf_printf(&script->command, "AT+COPS=1,2,\"%s\"%s%s", operator, mode ? "," : "",
			   mode ? mode : "");
	script->at.timeout_ms = SELECT_MS;
	return STEP_SEND;
}

static enum step_outcome ask_mode_set(struct script *script)
{
	struct mode_progress *mode = &script->modem.mode;
	const struct mode_dialect *dialect = dialect_of(script);
	const struct mode_choice *choice;

	if (only_reads(script) || !mode_is_due(script))
		return STEP_NEXT;
	if (mode->phase == MODE_RETURNING)
		return put_selection(script, NULL);
	choice = mode_choose(&mode->choices, script->facts.mode_wanted);
	/* A mode that one dialect does not offer may still be offered by the next. */
	if (!choice)
		return mode->refused ? try_next_dialect(script, NULL) : give_up_mode(script);
	mode->done = mode_is_right(script);
	if (mode->done)
		return STEP_NEXT;
	if (wants_auto(script) && mode->phase == MODE_PLAIN) {
		struct buf current = BUF_INIT;

		mode_print(mode->current.mode, &current);
		script_notice(
			script,
			"no network in %d s, and the modem's mode is %s: setting it to automatic",
			LATE_MS / 1000, buf_str(&current));
		buf_free(&current);
	}
	if (dialect->apart && mode->phase == MODE_PLAIN) {
		mode->phase = MODE_LEAVING;
		buf_printf(&script->command, "AT+COPS=2");
		script->at.timeout_ms = LEAVE_MS;
		return STEP_SEND;
	}
	if (dialect->in_use)
		return put_selection(script, choice->value);
	mode_print_set(dialect, choice->value, &script->command);
	return STEP_SEND;
}

static enum step_outcome take_mode_set(struct script *script, const struct at_event *reply)
{
	struct mode_progress *mode = &script->modem.mode;
	struct at_event set = *reply;

	switch (mode->phase) {
	case MODE_LEAVING:
		mode->phase = MODE_APART;
		return STEP_AGAIN;
	case MODE_APART:
		mode->final = reply->final;
		mode->phase = MODE_RETURNING;
		return STEP_AGAIN;
	case MODE_RETURNING:
		mode->phase = MODE_PLAIN;
		set.final = mode->final;
		set.command = dialect_of(script)->command;
		break;
	case MODE_PLAIN:
		break;
	}
	if (set.final.kind == AT_FINAL_OK) {
		mode->written = true;
		mode->done = dialect_of(script)->in_use;
		return script_jump(script, STEP_MODE);
	}
	script_notice_refused(script, &set, "");
	mode->refused = true;
	return try_next_dialect(script, &set);
}

void mode_describe_limit(const struct script *script, struct buf *out)
{
	struct mode mode = script->facts.mode;

	if (script->facts.no_roaming)
		buf_printf(out, "; the modem is set not to roam (%s?)",
			   dialect_of(script)->command);
	if (!mode.allowed && script->modem.mode.written)
		mode = script->facts.mode_wanted;
	if (!mode.allowed || mode.allowed == MODE_ALL || mode.preferred)
		return;
	buf_printf(out, "; the modem is told to use ");
	mode_print(mode, out);
	buf_printf(out, " only%s", wants_auto(script) ? "" : ", by network.mode");
}

/* clang-format off */
static const struct step rows[] = {
	{ .ask = ask_mode, .take = take_mode, .label = STEP_MODE },
	{ .ask = ask_mode_list, .take = take_mode_list },
	{ .ask = ask_mode_set, .take = take_mode_set, .timeout_s = 30 },
};
/* clang-format on */

const struct steps steps_mode = STEPS(rows);
