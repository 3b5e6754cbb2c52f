/* SPDX-License-Identifier: ISC */
/* The state of the context, after a refused call. Most modems activate it for the call. Some want
 * that done before, and some refuse a call while another program has left it active. */
#include "at/fields.h"
#include "modem/step.h"

/* What the packet network itself refuses (27.007 9.2.2) is not cured by this. */
static enum step_outcome ask_active(struct script *script)
{
	const struct at_final *final = &script->modem.dial_final;
	bool by_network = final->kind == AT_FINAL_CME && final->code > 101 && final->code < 148;

	if (script->modem.active_checked || step_apn_is_guess(script) ||
	    script->memory.toggle_futile || by_network || !step_call_refused(script))
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CGACT?");
	return STEP_SEND;
}

/* LTE's first context is active since the attach, and ending it ends the registration. */
static enum step_outcome take_active(struct script *script, const struct at_event *reply)
{
	struct script_modem *modem = &script->modem;
	bool lte = script->facts.domain_known[MODEM_DOMAIN_EPS] &&
		   modem_reg_is_registered(script->facts.registration[MODEM_DOMAIN_EPS].stat);
	const char *at = reply->text;
	struct at_fields fields;
	int cid, state = 0;
	char line[64];

	modem->active_checked = true;
	while (step_next_line(&at, line, sizeof(line)))
		if (at_fields_start(&fields, line, "+CGACT:") &&
		    at_fields_next_int(&fields, &cid) && cid == script_cid(script))
			at_fields_next_int(&fields, &state);
	modem->active = state == 1;
	if (reply->final.kind != AT_FINAL_TIMEOUT && !(modem->active && lte))
		modem->toggles = 2;
	return STEP_NEXT;
}

static enum step_outcome ask_toggle(struct script *script)
{
	struct script_modem *modem = &script->modem;

	if (modem->toggles == 0)
		return STEP_NEXT;
	modem->toggles--;
	modem->active = !modem->active;
	script->memory.toggle_futile = true; /* until a link comes of it */
	buf_printf(&script->command, "AT+CGACT=%d,%d", modem->active, script_cid(script));
	return STEP_SEND;
}

static enum step_outcome take_toggle(struct script *script, const struct at_event *reply)
{
	struct script_modem *modem = &script->modem;

	if (reply->final.kind != AT_FINAL_OK)
		modem->toggles = 0;
	/* Its reason says more than that of the call. */
	if (reply->final.kind == AT_FINAL_CME)
		script_notice_refused(script, reply, "");
	if (modem->toggles == 0)
		return STEP_NEXT;
	script_say(script, "%s; context %d is %s now, for another try",
		   buf_str(&script->call_error), script_cid(script),
		   modem->active ? "active" : "not active");
	return step_dial_again(script);
}

/* clang-format off */
static const struct step rows[] = {
	{ .ask = ask_active, .take = take_active },
	{ .ask = ask_toggle, .take = take_toggle, .timeout_s = 30 },
};
/* clang-format on */

const struct steps steps_activate = STEPS(rows);
