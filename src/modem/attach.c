/* SPDX-License-Identifier: ISC */
/* Attaching to the packet network. Most modems do so for the call; some want to be told. The dial
 * asks after a refused call, so that it costs nothing where all is well. */
#include "at/fields.h"
#include "modem/step.h"

static enum step_outcome ask_attached(struct script *script)
{
	if (script->modem.attach_checked ||
	    !(script->stage == SCRIPT_DIAL ? step_call_refused(script) : script->attach_first))
		return STEP_NEXT;
	script->modem.attached = -1;
	buf_printf(&script->command, "AT+CGATT?");
	return STEP_SEND;
}

/* One that does not tell may want to be told all the same. */
static enum step_outcome take_attached(struct script *script, const struct at_event *reply)
{
	script->modem.attach_checked = true;
	script->modem.attach_wanted =
		script->modem.attached == 0 ||
		(script->modem.attached < 0 && reply->final.kind != AT_FINAL_TIMEOUT);
	return STEP_NEXT;
}

static enum step_outcome ask_attach(struct script *script)
{
	if (!script->modem.attach_wanted)
		return STEP_NEXT;
	script->modem.attach_wanted = false; /* once */
	buf_printf(&script->command, "AT+CGATT=1");
	return STEP_SEND;
}

static enum step_outcome take_attach(struct script *script, const struct at_event *reply)
{
	bool told = script->modem.attached == 0;

	if (reply->final.kind != AT_FINAL_OK) {
		script->memory.unattached += told;
		script_notice_refused(script, reply,
				      told ? " (the modem is not attached: +CGATT: 0)" : "");
		return STEP_NEXT;
	}
	script->modem.attached = 1;
	script_say(script, "%s",
		   told ? "the modem was registered, but not attached to the packet network "
			  "(+CGATT: 0); it is now"
			: "the modem does not tell whether it is attached to the packet network; "
			  "it has been told to attach");
	return script->stage == SCRIPT_DIAL ? step_dial_again(script) : STEP_NEXT;
}

/* clang-format off */
static const struct step rows[] = {
	{ .ask = ask_attached, .fact = FACT_ATTACHED, .take = take_attached },
	{ .ask = ask_attach, .take = take_attach, .timeout_s = 60 },
};
/* clang-format on */

const struct steps steps_attach = STEPS(rows);
