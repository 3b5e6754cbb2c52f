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

static bool is_auto(const struct plan *plan)
{
	struct mode wanted = plan->facts.mode_wanted;

	return wanted.allowed == MODE_ALL && !wanted.preferred;
}

static bool is_due(const struct plan *plan, int64_t now)
{
	if (plan->mode.done)
		return false;
	if (plan->stage == PLAN_REGISTER && is_auto(plan))
		return now - plan->started_at >= LATE_MS;
	return plan->stage != PLAN_PREPARE || !is_auto(plan);
}

static bool only_reads(const struct plan *plan)
{
	return plan->stage != PLAN_PREPARE && plan->stage != PLAN_REGISTER;
}

static const struct mode_dialect *dialect(const struct plan *plan)
{
	return plan->mode.dialect ? plan->mode.dialect : plan->family->mode;
}

/* Another time it may say something else. */
static bool is_for_now(const struct at_final *final)
{
	enum at_error_class class = at_final_class(final);

	return final->kind == AT_FINAL_TIMEOUT ||
	       (class != AT_ERROR_OTHER && class != AT_ERROR_UNSUPPORTED);
}

/* Somebody has asked for a mode, and will not be content with another one. */
static bool insists(const struct plan *plan)
{
	return plan->stage == PLAN_PREPARE && !is_auto(plan);
}

/* Nothing came of it. */
static enum step_outcome give_up(struct plan *plan)
{
	struct mode_plan *mode = &plan->mode;
	struct buf offers = BUF_INIT;

	mode->done = true;
	if (!insists(plan))
		return STEP_NEXT;
	if (!dialect(plan)->in_use || !mode->refused)
		mode_print_choices(&mode->choices, &offers);
	if (mode->refused)
		plan_fail(plan, CAUSE_CONFIG, "the modem refuses network.mode \"%s\"%s%s",
			  plan->conf->network.mode, offers.len ? "; it says it can: " : "",
			  buf_str(&offers));
	else if (offers.len)
		plan_fail(plan, CAUSE_CONFIG, "the modem cannot do network.mode \"%s\"; it can: %s",
			  plan->conf->network.mode, buf_str(&offers));
	else
		plan_fail(plan, CAUSE_CONFIG, "the modem knows no command for network.mode \"%s\"",
			  plan->conf->network.mode);
	buf_free(&offers);
	return STEP_FAIL;
}

/* The next dialect, from reading on, which is `back` steps before; `reply` to this one, if one is
 * to blame. */
static enum step_outcome otherwise(struct plan *plan, size_t back, const struct at_event *reply)
{
	const struct mode_dialect *next = dialect(plan)->otherwise;

	if (!next && reply && insists(plan) && is_for_now(&reply->final))
		return plan_fail_refused(plan, CAUSE_NOT_REGISTERED, reply);
	if (!next)
		return give_up(plan);
	plan->mode.dialect = next;
	plan->mode.choices.count = 0;
	plan->step -= back;
	return STEP_JUMP;
}

enum step_ask mode_ask(struct plan *plan, struct at_command *command, int64_t now)
{
	if (!is_due(plan, now) || (only_reads(plan) && dialect(plan)->in_use))
		return ASK_SKIP;
	mode_print_read(dialect(plan), &plan->command);
	if (dialect(plan)->bare)
		command->prefix = "";
	return ASK_SEND;
}

/* What is in use says nothing of what else is allowed. */
static void read_mode(struct plan *plan, const struct at_event *reply)
{
	const char *at = reply->text;
	char line[160];

	plan->mode.current.mode.allowed = 0;
	while (step_next_line(&at, line, sizeof(line)))
		mode_decode(dialect(plan), line, &plan->mode.current);
	if (!dialect(plan)->in_use)
		plan->facts.mode = plan->mode.current.mode;
}

static bool is_so(const struct plan *plan)
{
	struct mode wanted = plan->facts.mode_wanted;
	struct mode current = plan->mode.current.mode;

	if (dialect(plan)->in_use)
		return is_auto(plan) || (current.allowed && !wanted.preferred &&
					 !(current.allowed & ~wanted.allowed));
	return mode_is_so(&plan->mode.choices, wanted, current);
}

static enum step_outcome settle(struct plan *plan, int64_t now)
{
	struct buf current = BUF_INIT;

	if (plan->mode.tries++ < SETTLE_MAX) {
		plan->wake_at = now + SETTLE_MS;
		return STEP_AGAIN;
	}
	plan->mode.done = true;
	mode_print(plan->mode.current.mode, &current);
	plan_notice(plan,
		    "the modem said OK to network.mode \"%s\" and its mode is "
		    "%s all the same; it may want a restart",
		    plan->conf->network.mode, buf_str(&current));
	buf_free(&current);
	return STEP_NEXT;
}

enum step_outcome mode_take(struct plan *plan, const struct at_event *reply, int64_t now)
{
	if (reply->final.kind != AT_FINAL_OK && !plan->mode.written)
		return otherwise(plan, 0, reply);
	read_mode(plan, reply);
	if (only_reads(plan))
		return STEP_NEXT;
	if (is_so(plan))
		plan->mode.done = true;
	else if (plan->mode.written)
		return settle(plan, now);
	return STEP_NEXT;
}

enum step_ask mode_ask_list(struct plan *plan, struct at_command *command, int64_t now)
{
	if (!is_due(plan, now))
		return ASK_SKIP;
	plan->mode.choices.count = 0;
	if (dialect(plan)->in_use) {
		mode_assume(dialect(plan), &plan->mode.choices);
		return ASK_SKIP;
	}
	mode_print_list(dialect(plan), &plan->command);
	if (dialect(plan)->bare)
		command->prefix = "";
	return ASK_SEND;
}

enum step_outcome mode_take_list(struct plan *plan, const struct at_event *reply, int64_t now)
{
	struct mode_choices *choices = &plan->mode.choices;
	const char *at = reply->text;
	char line[512];

	(void)now;
	while (step_next_line(&at, line, sizeof(line)))
		mode_decode_list(dialect(plan), line, choices);
	if (choices->count == 0)
		mode_assume(dialect(plan), choices);
	return choices->count ? STEP_NEXT : otherwise(plan, 1, NULL);
}

/* A mode and a network are selected by one command, so the latter is told again (27.007 7.3). */
static void print_set(struct plan *plan, const struct mode_choice *choice)
{
	const char *operator= plan->conf->network.operator;

	if (!dialect(plan)->in_use)
		mode_print_set(dialect(plan), choice->value, &plan->command);
	else if (strcmp(operator, "auto") == 0)
		buf_printf(&plan->command, "AT+COPS=0,,,%s", choice->value);
	else
		buf_printf(&plan->command, "AT+COPS=1,2,\"%s\",%s", operator, choice->value);
}

static void tell_lifting(struct plan *plan)
{
	struct buf current = BUF_INIT;

	mode_print(plan->mode.current.mode, &current);
	plan_notice(plan, "no network in %d s, and the modem's mode is %s: setting it to automatic",
		    LATE_MS / 1000, buf_str(&current));
	buf_free(&current);
}

/* What a modem offers under one name it may not offer under another. */
static enum step_ask ask_otherwise(struct plan *plan)
{
	switch (plan->mode.refused ? otherwise(plan, 2, NULL) : give_up(plan)) {
	case STEP_JUMP:
		return ASK_JUMP;
	case STEP_FAIL:
		return ASK_FAIL;
	default:
		return ASK_SKIP;
	}
}

static enum step_ask ask_leave(struct plan *plan, struct at_command *command)
{
	plan->mode.phase = MODE_LEAVING;
	buf_printf(&plan->command, "AT+COPS=2");
	command->timeout_ms = LEAVE_MS;
	return ASK_SEND;
}

static enum step_ask ask_return(struct plan *plan, struct at_command *command)
{
	const char *operator= plan->conf->network.operator;

	if (strcmp(operator, "auto") == 0)
		buf_printf(&plan->command, "AT+COPS=0");
	else
		buf_printf(&plan->command, "AT+COPS=1,2,\"%s\"", operator);
	command->timeout_ms = SELECT_MS;
	return ASK_SEND;
}

enum step_ask mode_ask_set(struct plan *plan, struct at_command *command, int64_t now)
{
	const struct mode_choice *choice;

	if (!is_due(plan, now))
		return ASK_SKIP;
	if (plan->mode.phase == MODE_RETURNING)
		return ask_return(plan, command);
	choice = mode_choose(&plan->mode.choices, plan->facts.mode_wanted);
	if (!choice)
		return ask_otherwise(plan);
	if (is_so(plan)) {
		plan->mode.done = true;
		return ASK_SKIP;
	}
	if (is_auto(plan) && plan->mode.phase == MODE_PLAIN)
		tell_lifting(plan);
	if (dialect(plan)->apart && plan->mode.phase == MODE_PLAIN)
		return ask_leave(plan, command);
	print_set(plan, choice);
	command->timeout_ms = dialect(plan)->in_use ? SELECT_MS : SET_MS;
	return ASK_SEND;
}

static enum step_outcome take_set(struct plan *plan, const struct at_event *reply)
{
	struct buf final = BUF_INIT;

	if (reply->final.kind == AT_FINAL_OK) {
		plan->mode.written = true;
		plan->mode.done = dialect(plan)->in_use;
		plan->step -= 2;
		return STEP_JUMP;
	}
	at_final_describe(&reply->final, &final);
	plan_notice(plan, "%s refused: %s", reply->command, buf_str(&final));
	buf_free(&final);
	plan->mode.refused = true;
	return otherwise(plan, 2, reply);
}

enum step_outcome mode_take_set(struct plan *plan, const struct at_event *reply, int64_t now)
{
	struct at_event set = {.type = AT_EVENT_REPLY,
			       .final = plan->mode.final,
			       .command = dialect(plan)->command};

	(void)now;
	switch (plan->mode.phase) {
	case MODE_LEAVING:
		plan->mode.phase = MODE_APART;
		return STEP_AGAIN;
	case MODE_APART:
		plan->mode.final = reply->final;
		plan->mode.phase = MODE_RETURNING;
		return STEP_AGAIN;
	case MODE_RETURNING:
		plan->mode.phase = MODE_PLAIN;
		return take_set(plan, &set);
	default:
		return take_set(plan, reply);
	}
}

void mode_describe_limit(const struct plan *plan, struct buf *out)
{
	struct mode mode = plan->facts.mode;

	if (!mode.allowed && plan->mode.written)
		mode = plan->facts.mode_wanted;
	if (!mode.allowed || mode.allowed == MODE_ALL || mode.preferred)
		return;
	buf_printf(out, "; the modem is told to use ");
	mode_print(mode, out);
	buf_printf(out, " only%s", is_auto(plan) ? "" : ", by network.mode");
}
