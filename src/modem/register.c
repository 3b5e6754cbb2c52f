/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "conf/conf.h"
#include "modem/mode-step.h"
#include "modem/power.h"

#define POLL_MS   2000
#define DENIED_MS 15000 /* a first "denied" may be one cell's */
#define SELECT_MS 120000
#define FREE_MS   60000
#define SHOWN_MS  2000 /* for an answer that is only to be shown */

enum {
	STEP_FORMAT,
	STEP_SELECTED,
	STEP_SELECT,
	STEP_CREG,
	STEP_CGREG,
	STEP_CEREG,
	STEP_URC_CREG,
	STEP_URC_CGREG,
	STEP_URC_CEREG,
	STEP_CFUN,
	STEP_POWER,
	STEP_SET_CFUN,
	STEP_MODE,
	STEP_MODE_LIST,
	STEP_SET_MODE,
	STEP_SELECTION,
	STEP_FREE,
	STEP_REPEAT,
	STEP_OPERATOR,
	STEP_FREE_LATE,
	STEP_SIGNAL,
	STEP_MORE_SIGNAL,
	STEP_TECHNOLOGY
};

static bool operator_is_free(const struct script *script)
{
	return strcmp(script->conf->network.operator, "auto") == 0;
}

static enum step_ask ask_format(struct script *script, struct at_command *command, int64_t now)
{
	(void)command;
	(void)now;
	if (operator_is_free(script))
		return ASK_SKIP;
	buf_printf(&script->command, "AT+COPS=3,2");
	return ASK_SEND;
}

static enum step_ask ask_selected(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	if (operator_is_free(script))
		return ASK_SKIP;
	buf_printf(&script->command, "AT+COPS?");
	command->timeout_ms = 15000;
	return ASK_SEND;
}

static enum step_outcome take_operator(struct script *script, const struct at_event *reply,
				       int64_t now)
{
	struct modem_facts *facts = &script->facts;
	const char *at = reply->text;
	char line[160];
	int act = -1;

	(void)now;
	while (step_next_line(&at, line, sizeof(line))) {
		modem_decode_selection(line, &script->selection);
		modem_decode_cops(line, facts->operator, sizeof(facts->operator), facts->mccmnc,
				  sizeof(facts->mccmnc), &act);
	}
	if (act >= 0)
		facts->act = act;
	return STEP_NEXT;
}

static enum step_ask ask_operator(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	buf_printf(&script->command, "AT+COPS?");
	command->timeout_ms = 5000;
	return ASK_SEND;
}

static enum step_ask ask_select(struct script *script, struct at_command *command, int64_t now)
{
	const char *wanted = script->conf->network.operator;

	(void)now;
	if (operator_is_free(script) || strcmp(script->facts.mccmnc, wanted) == 0)
		return ASK_SKIP;
	buf_printf(&script->command, "AT+COPS=1,2,");
	if (at_quote(&script->command, wanted) < 0) {
		script_fail(script, CAUSE_CONFIG, "network.operator is none");
		return ASK_FAIL;
	}
	command->timeout_ms = SELECT_MS;
	return ASK_SEND;
}

static enum step_outcome take_select(struct script *script, const struct at_event *reply,
				     int64_t now)
{
	struct buf final = BUF_INIT;

	(void)now;
	if (reply->final.kind == AT_FINAL_OK)
		return STEP_NEXT;
	at_final_describe(&reply->final, &final);
	script_fail(script, CAUSE_NOT_REGISTERED,
		    "the network %s, which network.operator wants, is not to be had: %s",
		    script->conf->network.operator, buf_str(&final));
	buf_free(&final);
	return STEP_FAIL;
}

/* Not registered: somebody may have told the modem to stay with one network, or with none. */
static enum step_ask ask_selection(struct script *script, struct at_command *command, int64_t now)
{
	if (!operator_is_free(script) || script->selection >= 0)
		return ASK_SKIP;
	script->selection = 0; /* asked once */
	return ask_operator(script, command, now);
}

static enum step_ask ask_free_selection(struct script *script, struct at_command *command,
					int64_t now)
{
	(void)now;
	if (!operator_is_free(script) || script->selection_freed || script->selection <= 0)
		return ASK_SKIP;
	script_notice(script,
		      "the modem is set not to look for a network by itself "
		      "(+COPS: %d), and network.operator = \"auto\" wants that",
		      script->selection);
	script->selection_freed = true;
	buf_printf(&script->command, "AT+COPS=0");
	command->timeout_ms = FREE_MS;
	return ASK_SEND;
}

/* Where it was registered before, it may be no more. */
static enum step_outcome take_free(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)reply;
	(void)now;
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		script->facts.registration[i].stat = MODEM_REG_IDLE;
	script->step = STEP_CREG;
	return STEP_JUMP;
}

static enum modem_domain domain_of(const struct script *script, size_t first_step)
{
	return (enum modem_domain)(script->step - first_step);
}

static const char *const domain_commands[] = {"AT+CREG", "AT+CGREG", "AT+CEREG"};

static enum step_ask ask_domain(struct script *script, struct at_command *command, int64_t now)
{
	enum modem_domain domain = domain_of(script, STEP_CREG);

	(void)now;
	if (script->domain_missing[domain])
		return ASK_SKIP;
	buf_printf(&script->command, "%s?", domain_commands[domain]);
	command->timeout_ms = 10000;
	return ASK_SEND;
}

static enum step_outcome take_domain(struct script *script, const struct at_event *reply,
				     int64_t now)
{
	const char *at = reply->text;
	char line[128];

	(void)now;
	while (step_next_line(&at, line, sizeof(line)))
		step_take_registration(script, line);
	if (reply->final.kind != AT_FINAL_OK && reply->final.kind != AT_FINAL_TIMEOUT)
		script->domain_missing[domain_of(script, STEP_CREG)] = true;
	if (!script->facts.registered)
		return STEP_NEXT;
	if (step_check_roaming(script) == STEP_FAIL)
		return STEP_FAIL;
	script->step = STEP_OPERATOR;
	return STEP_JUMP;
}

static enum step_ask ask_urc(struct script *script, struct at_command *command, int64_t now)
{
	enum modem_domain domain = domain_of(script, STEP_URC_CREG);

	(void)command;
	(void)now;
	if (script->urcs_on || script->domain_missing[domain])
		return ASK_SKIP;
	buf_printf(&script->command, "%s=%d", domain_commands[domain], script->index == 0 ? 2 : 1);
	return ASK_SEND;
}

/* 2 tells cells too; a modem that has not got it may have 1. */
static enum step_outcome take_urc(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)now;
	if (reply->final.kind == AT_FINAL_OK || script->index++ > 0) {
		script->index = 0;
		return STEP_NEXT;
	}
	return STEP_AGAIN;
}

static enum step_ask ask_fun(struct script *script, struct at_command *command, int64_t now)
{
	script->urcs_on = true;
	return power_ask_fun(script, command, now);
}

bool script_is_denied(const struct script *script)
{
	bool denied = false;

	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		enum modem_reg stat = script->facts.registration[i].stat;

		if (stat == MODEM_REG_SEARCHING)
			return false;
		denied |= stat == MODEM_REG_DENIED;
	}
	return denied;
}

/* Not registered yet: wait, and read all again. */
static enum step_ask ask_repeat(struct script *script, struct at_command *command, int64_t now)
{
	(void)command;
	if (!script_is_denied(script))
		script->denied_at = -1;
	else if (script->denied_at < 0)
		script->denied_at = now;
	else if (now - script->denied_at >= DENIED_MS) {
		struct buf where = BUF_INIT;

		script->denied = true;
		script_describe_registration(script, &where);
		script_fail(script, CAUSE_NOT_REGISTERED,
			    "the network denies registration (%s): the SIM's "
			    "subscription does not cover it",
			    buf_str(&where));
		buf_free(&where);
		return ASK_FAIL;
	}
	script->step = STEP_CREG;
	script->wake_at = now + POLL_MS;
	return ASK_JUMP;
}

static enum step_ask ask_signal(struct script *script, struct at_command *command, int64_t now)
{
	(void)command;
	(void)now;
	buf_printf(&script->command, "AT+CSQ");
	return ASK_SEND;
}

/* What is only to be shown may cost the dial one cheap command: +CSQ, or where that knows nothing
 * (LTE alone) the maker's own. */
static enum step_ask ask_more_signal(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	if (modem_signal_percent(&script->facts.signal) >= 0 || !script->family->signal)
		return ASK_SKIP;
	buf_printf(&script->command, "%s", script->family->signal);
	command->prefix = "";
	command->timeout_ms = SHOWN_MS;
	return ASK_SEND;
}

/* HSDPA and EDGE against what +COPS calls UMTS and GSM. */
static enum step_ask ask_technology(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	if (script->facts.technology || !script->family->technology)
		return ASK_SKIP;
	buf_printf(&script->command, "%s", script->family->technology);
	command->prefix = "";
	command->timeout_ms = SHOWN_MS;
	return ASK_SEND;
}

/* clang-format off */
static const struct step steps[] = {
	[STEP_FORMAT]    = { ask_format,   step_take_any },
	[STEP_SELECTED]  = { ask_selected, take_operator },
	[STEP_SELECT]    = { ask_select,   take_select },
	[STEP_CREG]      = { ask_domain,   take_domain },
	[STEP_CGREG]     = { ask_domain,   take_domain },
	[STEP_CEREG]     = { ask_domain,   take_domain },
	[STEP_URC_CREG]  = { ask_urc,      take_urc },
	[STEP_URC_CGREG] = { ask_urc,      take_urc },
	[STEP_URC_CEREG] = { ask_urc,      take_urc },
	[STEP_CFUN]      = { ask_fun,      power_take_fun },
	[STEP_POWER]     = { power_ask_word, power_take_word },
	[STEP_SET_CFUN]  = { power_ask_on, power_take_on },
	[STEP_MODE]      = { mode_ask,     mode_take },
	[STEP_MODE_LIST] = { mode_ask_list, mode_take_list },
	[STEP_SET_MODE]  = { mode_ask_set, mode_take_set },
	[STEP_SELECTION] = { ask_selection, take_operator },
	[STEP_FREE]      = { ask_free_selection,     take_free },
	[STEP_REPEAT]    = { ask_repeat,   step_take_any },
	[STEP_OPERATOR]  = { ask_operator, take_operator },
	[STEP_FREE_LATE] = { ask_free_selection,     take_free },
	[STEP_SIGNAL]    = { ask_signal,   step_take_radio },
	[STEP_MORE_SIGNAL] = { ask_more_signal, step_take_radio },
	[STEP_TECHNOLOGY] = { ask_technology, step_take_radio },
};
/* clang-format on */

const struct stage stage_register = {steps, COUNT(steps)};
