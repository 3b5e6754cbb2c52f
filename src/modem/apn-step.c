/* SPDX-License-Identifier: ISC */
/* The steps that find out which access points may be tried, and say which one is. */
#include <string.h>

#include "base/str.h"
#include "conf/conf.h"
#include "modem/step.h"

static enum step_outcome ask_imsi(struct script *script)
{
	if (!step_apn_is_free(script))
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CIMI");
	return STEP_SEND;
}

/* Another SIM begins anew; so does another configuration. */
static enum step_outcome ask_same_sim(struct script *script)
{
	struct apn_walk *walk = &script->apn;
	char *imsi = script->facts.imsi;
	bool same = walk->count && walk->tries[0].source != APN_CONFIG &&
		    (!*imsi || strcmp(imsi, walk->imsi) == 0);

	if (!step_apn_is_free(script) || !same)
		memset(walk, 0, sizeof(*walk));
	/* Not told this time, and the table's turn may be now. */
	else
		memcpy(imsi, walk->imsi, sizeof(walk->imsi));
	return STEP_NEXT;
}

static enum step_outcome ask_first(struct script *script)
{
	if (script->apn.count == 0 && !script->modem.contexts_hidden)
		apn_walk_begin(script);
	/* Those of the table come later. */
	if (step_apn_is_free(script) && !apn_walk_pass(script))
		script->apn.at = script->apn.count;
	return STEP_NEXT;
}

static enum step_outcome ask_rest(struct script *script)
{
	struct apn_walk *walk = &script->apn;
	struct buf text = BUF_INIT;

	if (!step_apn_is_free(script) || script->modem.contexts_hidden)
		return STEP_NEXT;
	if (step_apn_wants_table(script))
		apn_walk_complete(script);
	apn_walk_pass(script);
	script->has_spent = false;
	apn_describe(walk->tries, walk->count, walk->at, &text);
	script_say(script, "APN %s", buf_str(&text));
	buf_free(&text);
	return STEP_NEXT;
}

/* clang-format off */
#define ICCID .when = IF_APN_NEW, .fact = FACT_ICCID, .plain = true, .timeout_s = 3

static const struct step rows[] = {
	{ .ask = ask_imsi, .fact = FACT_IMSI, .plain = true, .early = true },
	{ .ask = ask_same_sim },
	{ STEP_FAMILY(iccid), ICCID },
	{ "AT+CCID", ICCID },
	{ "AT+ICCID", ICCID },
	{ "AT+CRSM=176,12258,0,0,10", ICCID },
	{ .ask = ask_first },
	/* EF-AD, EF-SPN, EF-GID1 (31.102 4.2.18, 4.2.12, 4.2.10) */
	{ SIM_FILE_AD, .when = IF_APN_TABLE, .fact = FACT_SIM_AD },
	{ SIM_FILE_SPN, .when = IF_APN_SHARED, .fact = FACT_SIM_SPN },
	{ SIM_FILE_GID1, .when = IF_APN_SHARED, .fact = FACT_SIM_GID1 },
	{ .ask = ask_rest },
};
/* clang-format on */

const struct steps steps_apn = STEPS(rows);
