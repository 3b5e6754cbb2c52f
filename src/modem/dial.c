/* SPDX-License-Identifier: ISC */
#include "conf/conf.h"
#include "modem/step.h"

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

static enum step_outcome ask_dial(struct script *script)
{
	buf_printf(&script->command, "%s", dial_strings[script->index].before);
	if (dial_strings[script->index].with_cid)
		buf_printf(&script->command, "***%d", script->conf->network.cid);
	buf_printf(&script->command, "#");
	return STEP_SEND;
}

/* "Not understood" means the dial string; anything else is the network's answer to the call. */
static enum step_outcome take_dial(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind == AT_FINAL_CONNECT)
		return STEP_FINISH;
	buf_clear(&script->call_error);
	buf_printf(&script->call_error, "%s refused: ", reply->command);
	at_final_describe(&reply->final, &script->call_error);
	if (reply->final.kind != AT_FINAL_ERROR &&
	    at_final_class(&reply->final) != AT_ERROR_UNSUPPORTED)
		return STEP_NEXT;
	return ++script->index < COUNT(dial_strings) ? STEP_AGAIN : STEP_NEXT;
}

static enum step_outcome take_reason(struct script *script, const struct at_event *reply)
{
	const char *at = reply->text;
	char line[96] = "";

	step_next_line(&at, line, sizeof(line));
	return script_fail(script, CAUSE_CALL, "%s%s%s%s", buf_str(&script->call_error),
			   *line ? " (" : "", line, *line ? ")" : "");
}

/* clang-format off */
static const struct step rows[] = {
	/* The wrong port of one modem says ERROR after that minute. */
	{ .ask = ask_dial, .take = take_dial, .timeout_s = 60, .flags = AT_DIAL },
	/* 27.007 6.10: why the last call failed. */
	{ "AT+CEER", .take = take_reason },
};
/* clang-format on */

const struct steps steps_dial = STEPS(rows);
