/* SPDX-License-Identifier: ISC */
/* The radio's steps of registering: is it on, who holds it off, switch it on. */
#include "modem/power.h"

#define ON_MS 10000 /* OK to +CFUN=1 is a promise; an MC8790 takes 5 s */

enum step_ask power_ask_fun(struct script *script, struct at_command *command, int64_t now)
{
	(void)command;
	(void)now;
	if (script->radio_checked)
		return ASK_SKIP;
	buf_printf(&script->command, "AT+CFUN?");
	return ASK_SEND;
}

/* A modem without the command has its radio on. */
enum step_outcome power_take_fun(struct script *script, const struct at_event *reply, int64_t now)
{
	const char *at = reply->text;
	char line[64];

	(void)now;
	script->radio_fun = 1;
	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_cfun(line, &script->radio_fun);
	script->facts.radio = modem_radio_of_fun(script->radio_fun);
	script->radio_checked = true;
	script->radio_told = false;
	script->index = 0;
	return STEP_NEXT;
}

/* The family's own word: +CFUN? may say 1 of a radio that a pin holds off. */
enum step_ask power_ask_word(struct script *script, struct at_command *command, int64_t now)
{
	const struct modem_family *family = script->family;
	const char *text = script->index == 0   ? family->radio
			   : script->index == 1 ? family->radio_else
						: NULL;

	(void)now;
	if (script->radio_told || !text || !*text) {
		script->radio_told = true;
		return ASK_SKIP;
	}
	buf_printf(&script->command, "%s", text);
	command->prefix = "";
	return ASK_SEND;
}

enum step_outcome power_take_word(struct script *script, const struct at_event *reply, int64_t now)
{
	struct modem_radio *radio = &script->facts.radio;
	struct modem_radio word = {MODEM_RADIO_UNKNOWN, MODEM_RADIO_FREE};
	const char *at = reply->text;
	char line[160];

	(void)now;
	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_radio(line, &word);
	if (word.state == MODEM_RADIO_UNKNOWN) {
		script->index++;
		return STEP_AGAIN;
	}
	script->radio_told = true;
	/* Where it gives no reason +CFUN's own is as good. */
	if (word.reason != MODEM_RADIO_FREE ||
	    (word.state != MODEM_RADIO_ON && radio->state == MODEM_RADIO_ON))
		*radio = word;
	return STEP_NEXT;
}

/* No command of ours changes these. */
static bool is_held(const struct modem_radio *radio)
{
	return radio->state != MODEM_RADIO_ON && radio->reason != MODEM_RADIO_FREE &&
	       radio->reason != MODEM_RADIO_AIRPLANE;
}

static enum step_ask fail_off(struct script *script)
{
	enum modem_radio_reason reason = script->facts.radio.reason;
	const char *why = modem_radio_reason_text(reason);

	if (reason == MODEM_RADIO_FREE || reason == MODEM_RADIO_AIRPLANE)
		why = "a switch, a key or the W_DISABLE pin may hold it";
	script_fail(script, CAUSE_RADIO_OFF, "the radio is off (+CFUN: %d)%s: %s",
		    script->radio_fun,
		    script->radio_asked ? ", and AT+CFUN=1 does not switch it on" : "", why);
	return ASK_FAIL;
}

enum step_ask power_ask_on(struct script *script, struct at_command *command, int64_t now)
{
	const struct modem_radio *radio = &script->facts.radio;

	if (radio->state == MODEM_RADIO_ON || radio->state == MODEM_RADIO_UNKNOWN)
		return ASK_SKIP;
	if (is_held(radio) || (script->radio_asked && now - script->radio_asked_at >= ON_MS))
		return fail_off(script);
	script->radio_checked = false; /* look again */
	if (script->radio_asked)
		return ASK_SKIP;
	buf_printf(&script->command, "AT+CFUN=1");
	command->timeout_ms = 30000;
	return ASK_SEND;
}

enum step_outcome power_take_on(struct script *script, const struct at_event *reply, int64_t now)
{
	if (reply->final.kind != AT_FINAL_OK)
		return script_fail_refused(script, CAUSE_RADIO_OFF, reply);
	script->radio_asked = true;
	script->radio_asked_at = now;
	return STEP_NEXT;
}
