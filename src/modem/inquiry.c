/* SPDX-License-Identifier: ISC */
/*
 * The steps of `info`: read what there is to know. A question that is refused
 * leaves its fact unknown. What has to be set for the answers' forms is put
 * back in the end; the PIN is never sent, and nothing is stored.
 */
#include "conf/conf.h"
#include <string.h>

#include "at/fields.h"
#include "base/str.h"
#include "modem/step.h"

static enum step_outcome take_sim_state(struct script *script, const struct at_event *reply)
{
	enum modem_sim sim = step_sim_of_error(&reply->final);

	if (sim != MODEM_SIM_UNKNOWN)
		script->facts.sim = sim;
	script->facts.sim_early = script->facts.sim != MODEM_SIM_READY &&
				  (script->facts.sim != MODEM_SIM_PIN || !*script->conf->sim.pin) &&
				  script_is_early(script, &reply->final);
	return STEP_NEXT;
}

/* 27.007 7.3: (<stat>,"long","short","number",<AcT>),...,,(<modes>),(<formats>). A network is there
 * once for each technology. */
static void take_network(struct modem_scan *scan, char *group)
{
	char name[48], number[8], act[4] = "";
	struct mode mode;
	char *end = strrchr(group, ')');
	struct at_fields fields;
	int stat;

	if (end)
		*end = '\0';
	if (!at_fields_start(&fields, group, "(") || !at_fields_next_int(&fields, &stat) ||
	    !at_fields_next_string(&fields, name, sizeof(name)) || !at_fields_skip(&fields) ||
	    !at_fields_next_string(&fields, number, sizeof(number)) || strlen(number) < 5)
		return;
	at_fields_next_string(&fields, act, sizeof(act));
	mode = (struct mode){.allowed = (unsigned char)mode_of_act(act)};
	scan->networks++;
	scan->forbidden += stat == 3;
	scan->offered |= mode.allowed;
	str_print_safe(&scan->names, name, strlen(name));
	buf_printf(&scan->names, " (%.6s)%s", number, mode.allowed ? ", " : "");
	if (mode.allowed)
		mode_print(mode, &scan->names);
	buf_printf(&scan->names, "%s\n", stat == 3 ? ", forbidden" : stat == 2 ? ", in use" : "");
}

static enum step_outcome take_scan(struct script *script, const struct at_event *reply)
{
	const char *at = reply->text;
	struct at_fields fields;
	char line[2048], group[160];

	/* 30, no network service, is how some say that there is none. */
	script->scan.done = reply->final.kind == AT_FINAL_OK ||
			    (reply->final.kind == AT_FINAL_CME && reply->final.code == 30);
	while (step_next_line(&at, line, sizeof(line))) {
		/* An A7672S has a line for each network. */
		if (!at_fields_start(&fields, line, "+COPS:"))
			at_fields_start(&fields, line, "");
		while (at_fields_left(&fields) > 0)
			if (at_fields_next_string(&fields, group, sizeof(group)))
				take_network(&script->scan, group);
	}
	return STEP_NEXT;
}

/* clang-format off */
#define DOMAIN(name, n) \
	{ "AT+" name "?", .fact = FACT_DOMAIN, .number = n, .watched = true }, \
	{ "AT+" name "=3", .when = IF_REASON_HIDDEN, .take = step_take_reasons, .number = n }, \
	{ "AT+" name "=2", .when = IF_CELL_STILL_HIDDEN, .number = n }, \
	{ "AT+" name "?", .when = IF_CELL_HIDDEN, .fact = FACT_DOMAIN, .number = n }, \
	{ "AT+" name "=", .when = IF_CELL_HIDDEN, .number = n, .numbered = true }

static const struct step rows[] = {
	{ "AT+CMEE?", .fact = FACT_ERRORS, .number = SCRIPT_KEPT_CMEE },
	{ "AT+CMEE=1", .when = IF_ERRORS_TERSE, .number = SCRIPT_KEPT_CMEE },
	{ "AT+CGMI", .fact = FACT_MANUFACTURER, .plain = true },
	{ "AT+CGMM", .fact = FACT_MODEL, .plain = true },
	{ "AT+CGMR", .fact = FACT_REVISION, .plain = true },
	{ "AT+CGSN", .fact = FACT_IMEI, .plain = true },
	{ "AT+CPIN?", .fact = FACT_SIM, .take = take_sim_state, .timeout_s = 10 },
	{ STEP_FAMILY(pin_left), .fact = FACT_PIN_LEFT, .plain = true },
	/* 27.007 8.65, where the maker's own counter is missing or refused */
	{ "AT+CPINR=\"SIM PIN\"", .when = IF_PIN_LEFT_UNKNOWN, .fact = FACT_PIN_LEFT },
	{ "AT+EPINC?", .when = IF_PIN_LEFT_UNKNOWN, .fact = FACT_PIN_LEFT }, /* MediaTek's */
	{ "AT+CIMI", .when = IF_SIM_OPEN, .fact = FACT_IMSI, .plain = true },
	{ STEP_FAMILY(iccid), .when = IF_ICCID_UNKNOWN, .fact = FACT_ICCID, .plain = true },
	{ "AT+CCID", .when = IF_ICCID_UNKNOWN, .fact = FACT_ICCID, .plain = true },
	{ "AT+ICCID", .when = IF_ICCID_UNKNOWN, .fact = FACT_ICCID, .plain = true },
	{ "AT+CRSM=176,12258,0,0,10", .when = IF_ICCID_UNKNOWN, .fact = FACT_ICCID },
	{ SIM_FILE_AD, .when = IF_PROVIDER_ASKED, .fact = FACT_SIM_AD },
	{ SIM_FILE_SPN, .when = IF_PROVIDER_ASKED, .fact = FACT_SIM_SPN },
	{ SIM_FILE_GID1, .when = IF_PROVIDER_ASKED, .fact = FACT_SIM_GID1 },
	{ "AT+CFUN?", .fact = FACT_FUN },
	{ STEP_FAMILY(radio), .fact = FACT_RADIO, .plain = true },
	{ STEP_FAMILY(radio_else), .when = IF_RADIO_NOT_ON, .fact = FACT_RADIO, .plain = true },
	DOMAIN("CREG", SCRIPT_KEPT_CREG),
	DOMAIN("CGREG", SCRIPT_KEPT_CGREG),
	DOMAIN("CEREG", SCRIPT_KEPT_CEREG),
	{ STEP_FAMILY(reject), .when = IF_REASON_WANTED, .fact = FACT_REJECT, .plain = true },
	{ "AT+CEER", .when = IF_REASON_WANTED, .fact = FACT_REJECT },
	{ "AT+COPS?", .fact = FACT_OPERATOR, .number = SCRIPT_KEPT_COPS, .timeout_s = 15,
	  .watched = true },
	{ "AT+COPS=3,0", .when = IF_NAME_MISSING, .number = SCRIPT_KEPT_COPS },
	{ "AT+COPS=3,2", .when = IF_NUMBER_MISSING, .number = SCRIPT_KEPT_COPS },
	{ "AT+COPS?", .when = IF_KEPT, .fact = FACT_OPERATOR, .number = SCRIPT_KEPT_COPS },
	{ "AT+COPS=3,", .when = IF_KEPT, .number = SCRIPT_KEPT_COPS, .numbered = true },
	{ "AT+CSQ", .fact = FACT_CSQ, .watched = true },
	{ STEP_FAMILY(signal), .fact = FACT_SIGNAL, .plain = true, .watched = true },
	{ STEP_FAMILY(technology), .fact = FACT_SIGNAL, .plain = true, .watched = true },
	{ STEP_FAMILY(technology_else), .when = IF_TECHNOLOGY_UNKNOWN, .fact = FACT_SIGNAL,
	  .plain = true, .watched = true },
	{ "AT+CGDCONT?", .fact = FACT_CONTEXT },
	{ "AT+CMEE=", .when = IF_ERRORS_TERSE, .number = SCRIPT_KEPT_CMEE, .numbered = true },
	{ "AT+COPS=?", .when = IF_SCAN_WANTED, .take = take_scan, .timeout_s = SCRIPT_SCAN_S,
	  .plain = true },
};
/* clang-format on */

const struct steps steps_inquiry = STEPS(rows);
