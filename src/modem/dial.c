/* SPDX-License-Identifier: ISC */
#include "base/count.h"
#include "conf/conf.h"
#include "modem/step.h"

#define DIAL_MS 60000 /* the wrong port of one modem says ERROR after these */

enum { STEP_DIAL, STEP_REASON };

/* 27.007 10.2.1.1's forms. Modems that refuse the first as a word they do not know take one of the
 * others; a refused call is not dialled again. */
static const struct {
	const char *before;
	bool with_cid;
} dial_strings[] = {
	{"ATD*99", true},
	{"ATDT*99", true},
	{"ATD*99", false},
};

#define DIAL_COUNT COUNT(dial_strings)

static enum step_ask ask_dial(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	buf_printf(&script->command, "%s", dial_strings[script->index].before);
	if (dial_strings[script->index].with_cid)
		buf_printf(&script->command, "***%d", script->conf->network.cid);
	buf_printf(&script->command, "#");
	command->flags = AT_DIAL;
	command->timeout_ms = DIAL_MS;
	return ASK_SEND;
}

/* The modem did not understand the dial string, as against: the network did not want the call. */
static bool is_not_understood(const struct at_final *final)
{
	return final->kind == AT_FINAL_ERROR || at_final_class(final) == AT_ERROR_UNSUPPORTED;
}

static enum step_outcome take_dial(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)now;
	if (reply->final.kind == AT_FINAL_CONNECT)
		return STEP_FINISH;
	buf_clear(&script->call_error);
	buf_printf(&script->call_error, "%s refused: ", reply->command);
	at_final_describe(&reply->final, &script->call_error);
	if (!is_not_understood(&reply->final))
		return STEP_NEXT;
	script->index++;
	return script->index < DIAL_COUNT ? STEP_AGAIN : STEP_NEXT;
}

/* 27.007 6.10: why the last call failed. */
static enum step_ask ask_reason(struct script *script, struct at_command *command, int64_t now)
{
	(void)command;
	(void)now;
	buf_printf(&script->command, "AT+CEER");
	return ASK_SEND;
}

static enum step_outcome take_reason(struct script *script, const struct at_event *reply,
				     int64_t now)
{
	const char *at = reply->text;
	char line[96] = "";

	(void)now;
	step_next_line(&at, line, sizeof(line));
	return script_fail(script, CAUSE_CALL, "%s%s%s%s", buf_str(&script->call_error),
			   *line ? " (" : "", line, *line ? ")" : "");
}

static const struct step steps[] = {
	[STEP_DIAL] = {ask_dial, take_dial},
	[STEP_REASON] = {ask_reason, take_reason},
};

const struct stage stage_dial = {steps, COUNT(steps)};
