/* SPDX-License-Identifier: ISC */
/* Which dial string a model takes, from run to run. */
#include <string.h>

#include "modem/step.h"

const char *const step_dial_forms[FORM_COUNT] = {
	[FORM_CID] = "ATD*99***%d#",   [FORM_SHORT] = "ATD*99#", /* means context 1 */
	[FORM_TONE] = "ATDT*99***%d#", [FORM_DATA] = "AT+CGDATA=\"PPP\",%d",
	[FORM_IP] = "ATD*98*%d#",
};

/* An unknown model may be any. */
static bool model_is_known(const struct script *script)
{
	return script->forms && *script->ati.model;
}

void step_recall_form(struct script *script)
{
	char text[64];

	if (!model_is_known(script) ||
	    !script->forms->recall(script->forms_ctx, script->memory.model, text, sizeof(text)))
		return;
	for (int form = 0; form < FORM_COUNT; form++)
		if (strcmp(text, step_dial_forms[form]) == 0)
			script->memory.form_good = form;
}

void step_keep_form(struct script *script)
{
	int form = script->memory.form;

	if (form != script->memory.form_good && model_is_known(script))
		script->forms->keep(script->forms_ctx, script->memory.model,
				    form == FORM_CID ? "" : step_dial_forms[form]);
	script->memory.form_good = form;
}
