/* SPDX-License-Identifier: ISC */
/* The steps of preparing for a modem that knows of no SIM: CDMA's have none, and no contexts. */
#include <string.h>
#include <strings.h>

#include "base/count.h"
#include "base/str.h"
#include "modem/step.h"

#define NOT_SERVED "gobi-dial serves modems with a SIM for GSM, UMTS, LTE or 5G"

/* V.250 6.1.9 and the standards' numbers: +GCAP: +CIS707-A, CIS-856, +MS, +ES. A modem for both
 * says +CGSM too. And instead of an IMEI it has an ESN or a MEID. */
static enum step_outcome take_kind(struct script *script, const struct at_event *reply)
{
	static const char *const words[] = {"IS707", "IS-707", "IS856", "IS-856", "ESN", "MEID"};

	for (size_t i = 0; i < COUNT(words) && !strcasestr(reply->text, "CGSM"); i++)
		if (strcasestr(reply->text, words[i]))
			return script_fail(script, CAUSE_NO_MODEM,
					   "a CDMA modem without a SIM (%s): " NOT_SERVED,
					   reply->text);
	return STEP_NEXT;
}

static enum step_outcome take_contexts(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind == AT_FINAL_OK || reply->final.kind == AT_FINAL_TIMEOUT)
		return STEP_NEXT;
	if (script_is_early(script, &reply->final)) {
		script->wake_at = script->now + 1000;
		return script_jump(script, STEP_SIM);
	}
	return script_fail(script, CAUSE_NO_MODEM,
			   "the modem knows neither a SIM (AT+CPIN?) nor contexts (AT+CGDCONT?), "
			   "as a CDMA modem does not: " NOT_SERVED);
}

/* clang-format off */
static const struct step rows[] = {
	{ "AT+GCAP", .when = IF_SIM_UNKNOWN, .take = take_kind, .timeout_s = 3 },
	{ "AT+GSN", .when = IF_SIM_UNKNOWN, .take = take_kind, .plain = true, .timeout_s = 3 },
	{ "AT+CGDCONT?", .when = IF_SIM_UNKNOWN, .take = take_contexts, .early = true },
};
/* clang-format on */

const struct steps steps_cdma = STEPS(rows);
