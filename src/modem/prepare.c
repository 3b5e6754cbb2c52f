/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/mode-step.h"
#include "modem/prepare.h"

/* DCD follows the carrier, and DTR down hangs up. */
static enum step_ask ask_line(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	(void)command;
	buf_printf(&script->command, "AT&C1&D2");
	return ASK_SEND;
}

static enum step_ask ask_errors(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	(void)command;
	buf_printf(&script->command, "AT+CMEE=1");
	return ASK_SEND;
}

/* Before anything that only the right modem may get, the PIN above all. */
static enum step_ask ask_imei(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	if (!*script->conf->modem.imei)
		return ASK_SKIP;
	buf_printf(&script->command, "AT+CGSN");
	command->prefix = "";
	return ASK_SEND;
}

/* Fourteen digits are the modem's; a check digit or a version follows. */
static enum step_outcome take_imei(struct script *script, const struct at_event *reply, int64_t now)
{
	char wanted[15];

	(void)now;
	str_copy(wanted, sizeof(wanted), script->conf->modem.imei);
	modem_decode_digits(reply->text, 14, 16, script->facts.identity.imei,
			    sizeof(script->facts.identity.imei));
	if (reply->final.kind != AT_FINAL_OK)
		return script_fail_refused(script, CAUSE_NO_MODEM, reply);
	/* An answer without any IMEI tells nothing of the modem. */
	script->wrong_modem =
		*script->facts.identity.imei && !strstr(script->facts.identity.imei, wanted);
	if (!strstr(reply->text, wanted))
		return script_fail(script, CAUSE_NO_MODEM,
				   "another modem: its IMEI is %s, and modem.imei is %s",
				   reply->text, script->conf->modem.imei);
	return STEP_NEXT;
}

static enum step_ask ask_init(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	if (script->index >= script->conf->modem.init.count)
		return ASK_SKIP;
	buf_printf(&script->command, "%s", script->conf->modem.init.items[script->index]);
	command->prefix = "";
	command->timeout_ms = 15000;
	return ASK_SEND;
}

static enum step_outcome take_init(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)now;
	if (reply->final.kind != AT_FINAL_OK) {
		struct buf final = BUF_INIT;

		at_final_describe(&reply->final, &final);
		script_notice(script, "%s (modem.init) refused: %s", reply->command,
			      buf_str(&final));
		buf_free(&final);
	}
	script->index++;
	return STEP_AGAIN;
}

/* clang-format off */
static const struct step steps[] = {
	[PREPARE_LINE]        = { ask_line,         step_take_any },
	[PREPARE_ERRORS]      = { ask_errors,       step_take_any },
	[PREPARE_IMEI]        = { ask_imei,         take_imei },
	[PREPARE_INIT]        = { ask_init,         take_init },
	[PREPARE_SIM]         = { sim_ask,          sim_take },
	[PREPARE_PIN_LEFT]    = { sim_ask_pin_left, sim_take_pin_left },
	[PREPARE_ICCID]       = { sim_ask_iccid,    sim_take_iccid },
	[PREPARE_PIN_IMEI]    = { sim_ask_imei,     sim_take_imei },
	[PREPARE_PIN]         = { sim_ask_pin,      sim_take_pin },
	[PREPARE_MODE]        = { mode_ask,         mode_take },
	[PREPARE_MODE_LIST]   = { mode_ask_list,    mode_take_list },
	[PREPARE_SET_MODE]    = { mode_ask_set,     mode_take_set },
	[PREPARE_CONTEXT]     = { context_ask,      context_take },
	[PREPARE_SET_CONTEXT] = { context_ask_set,  context_take_set },
	[PREPARE_AUTH]        = { auth_ask,         auth_take },
};
/* clang-format on */

const struct stage stage_prepare = {steps, COUNT(steps)};
