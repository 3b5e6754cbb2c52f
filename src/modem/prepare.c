/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "at/secret.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/step.h"

#define BUSY_RETRY_MS 1000

/* Fourteen digits are the modem's; a check digit or a version follows. */
static enum step_outcome check_imei(struct script *script, const struct at_event *reply)
{
	const char *imei = script->facts.identity.imei;
	char wanted[15];

	str_copy(wanted, sizeof(wanted), script->conf->modem.imei);
	if (reply->final.kind != AT_FINAL_OK)
		return script_fail_refused(script, CAUSE_NO_MODEM, reply);
	/* An answer without any IMEI says nothing about the modem. */
	script->wrong_modem = *imei && !strstr(imei, wanted);
	if (!strstr(reply->text, wanted))
		return script_fail(script, CAUSE_NO_MODEM,
				   "another modem: its IMEI is %s, and modem.imei is %s",
				   reply->text, script->conf->modem.imei);
	return STEP_NEXT;
}

/* A SARA-R4 that has just started says "SIM busy" even to AT&C1. */
static enum step_outcome take_setting(struct script *script, const struct at_event *reply)
{
	if (at_final_class(&reply->final) != AT_ERROR_BUSY ||
	    !script_is_early(script, &reply->final))
		return STEP_NEXT;
	script->wake_at = script->now + BUSY_RETRY_MS;
	return STEP_AGAIN;
}

static enum step_outcome ask_init(struct script *script)
{
	if (script->index >= script->conf->modem.init.count)
		return STEP_NEXT;
	buf_printf(&script->command, "%s", script->conf->modem.init.items[script->index]);
	if (at_secrets_in(buf_str(&script->command)))
		script->at.flags |= AT_SECRET;
	return STEP_SEND;
}

static enum step_outcome take_init(struct script *script, const struct at_event *reply)
{
	if (take_setting(script, reply) == STEP_AGAIN)
		return STEP_AGAIN;
	if (reply->final.kind != AT_FINAL_OK)
		script_notice_refused(script, reply, " (a command of modem.init)");
	script->index++;
	return STEP_AGAIN;
}

/* clang-format off */
static const struct step rows[] = {
	{ "AT+CMEE=1", .take = take_setting },
	/* DCD follows the carrier, and DTR down hangs up. */
	{ "AT&C1&D2", .take = take_setting },
	/* Before anything that only the right modem may get, the PIN above all. */
	{ "AT+CGSN", .when = IF_IMEI_CONFIGURED, .fact = FACT_IMEI, .take = check_imei, .plain = true,
	  .early = true },
	{ .ask = ask_init, .take = take_init, .plain = true, .timeout_s = 15 },
};
/* clang-format on */

const struct steps steps_prepare = STEPS(rows);
