/* SPDX-License-Identifier: ISC */
/*
 * The steps of `info`: read what there is to know. A question that is refused
 * leaves its fact unknown. What has to be set for the answers' forms is put
 * back in the end; the PIN is never sent, and nothing is stored.
 */
#include <stddef.h>
#include <string.h>

#include "at/fields.h"
#include "modem/step.h"

#define KEEP(array) (array), sizeof(array)

static bool is_kept(const struct script *script)
{
	return script->modem.kept[script->number] >= 0;
}

static void line_kept(struct script *script, const char *line)
{
	static const char *const prefixes[] = {"+CREG:", "+CGREG:", "+CEREG:", "", "+CMEE:"};
	struct at_fields fields;

	if (at_fields_start(&fields, line, prefixes[script->number]))
		at_fields_next_int(&fields, &script->modem.kept[script->number]);
}

static bool errors_are_terse(const struct script *script)
{
	return script->modem.kept[SCRIPT_KEPT_CMEE] == 0;
}

/* The first line that says something counts, more than what ATI said. */
enum { MANUFACTURER, MODEL, REVISION };

static void line_identity(struct script *script, const char *line)
{
	struct modem_identity *identity = &script->facts.identity;

	if (script->lines > 0)
		return;
	if (script->number == MANUFACTURER)
		modem_decode_text(line, KEEP(identity->manufacturer));
	else if (script->number == MODEL)
		modem_decode_text(line, KEEP(identity->model));
	else
		modem_decode_text(line, KEEP(identity->revision));
}

static void line_imei(struct script *script, const char *line)
{
	modem_decode_digits(line, 14, 16, KEEP(script->facts.identity.imei));
}

static void line_sim(struct script *script, const char *line)
{
	modem_decode_cpin(line, &script->facts.sim);
}

static enum step_outcome take_sim_state(struct script *script, const struct at_event *reply)
{
	enum modem_sim sim = step_sim_of_error(&reply->final);

	if (sim != MODEM_SIM_UNKNOWN)
		script->facts.sim = sim;
	return STEP_NEXT;
}

static bool pin_left_is_missing(const struct script *script)
{
	return script->facts.pin_left < 0 && script->facts.sim != MODEM_SIM_MISSING;
}

/* The IMSI is behind the PIN. */
static bool sim_is_open(const struct script *script)
{
	return script->facts.sim == MODEM_SIM_READY || script->facts.sim == MODEM_SIM_UNKNOWN;
}

static bool iccid_is_missing(const struct script *script)
{
	return script->facts.sim != MODEM_SIM_MISSING && !*script->facts.iccid;
}

static void line_imsi(struct script *script, const char *line)
{
	modem_decode_digits(line, 6, 15, KEEP(script->facts.imsi));
}

static void line_fun(struct script *script, const char *line)
{
	struct modem_facts *facts = &script->facts;

	if (modem_decode_cfun(line, &facts->fun))
		facts->radio = modem_radio_of_fun(facts->fun);
}

static void line_radio(struct script *script, const char *line)
{
	modem_decode_radio(line, &script->facts.radio);
}

static bool radio_is_not_on(const struct script *script)
{
	return script->facts.radio.state != MODEM_RADIO_ON;
}

/* Of two fields the first is <n>; with more there are cells already. */
static void line_domain(struct script *script, const char *line)
{
	struct at_fields fields;

	if (step_take_registration(script, line) && !is_kept(script) &&
	    at_fields_start(&fields, strchr(line, ':'), ":") && at_fields_left(&fields) == 2)
		line_kept(script, line);
}

/* Cells come with <n> = 2 only (27.007 7.2). */
static bool cell_is_hidden(const struct script *script)
{
	return script->modem.kept[script->number] == 0 || script->modem.kept[script->number] == 1;
}

static void line_operator_form(struct script *script, const char *line)
{
	struct modem_facts *facts = &script->facts;
	struct at_fields fields;
	int act = -1, format;

	if (!modem_decode_cops(line, KEEP(facts->operator), KEEP(facts->mccmnc), &act))
		return;
	if (act >= 0)
		facts->act = act;
	if (!is_kept(script) && at_fields_start(&fields, line, "+COPS:") &&
	    at_fields_skip(&fields) && at_fields_next_int(&fields, &format))
		script->modem.kept[script->number] = format;
}

static bool name_is_missing(const struct script *script)
{
	return script->modem.kept[SCRIPT_KEPT_COPS] == 2;
}

static bool number_is_missing(const struct script *script)
{
	return is_kept(script) && script->modem.kept[SCRIPT_KEPT_COPS] != 2;
}

static bool technology_is_missing(const struct script *script)
{
	return !script->facts.technology;
}

/* clang-format off */
#define DOMAIN(name, n) \
	{ "AT+" name "?", .line = line_domain, .number = n, .watched = true }, \
	{ "AT+" name "=2", .when = cell_is_hidden, .number = n }, \
	{ "AT+" name "?", .when = cell_is_hidden, .line = line_domain, .number = n }, \
	{ "AT+" name "=", .when = cell_is_hidden, .number = n, .numbered = true }

static const struct step rows[] = {
	{ "AT+CMEE?", .line = line_kept, .number = SCRIPT_KEPT_CMEE },
	{ "AT+CMEE=1", .when = errors_are_terse },
	{ "AT+CGMI", .line = line_identity, .number = MANUFACTURER, .plain = true },
	{ "AT+CGMM", .line = line_identity, .number = MODEL, .plain = true },
	{ "AT+CGMR", .line = line_identity, .number = REVISION, .plain = true },
	{ "AT+CGSN", .line = line_imei, .plain = true },
	{ "AT+CPIN?", .line = line_sim, .take = take_sim_state, .timeout_ms = 10000 },
	{ STEP_FAMILY(pin_left), .line = step_line_pin_left, .plain = true },
	/* 27.007 8.65, where the maker's own counter is missing or refused */
	{ "AT+CPINR=\"SIM PIN\"", .when = pin_left_is_missing, .line = step_line_pin_left },
	{ "AT+CIMI", .when = sim_is_open, .line = line_imsi, .plain = true },
	{ STEP_FAMILY(iccid), .when = iccid_is_missing, .line = step_line_iccid, .plain = true },
	{ "AT+CCID", .when = iccid_is_missing, .line = step_line_iccid, .plain = true },
	{ "AT+ICCID", .when = iccid_is_missing, .line = step_line_iccid, .plain = true },
	{ "AT+CRSM=176,12258,0,0,10", .when = iccid_is_missing, .line = step_line_iccid },
	{ "AT+CFUN?", .line = line_fun },
	{ STEP_FAMILY(radio), .line = line_radio, .plain = true },
	{ STEP_FAMILY(radio_else), .when = radio_is_not_on, .line = line_radio, .plain = true },
	DOMAIN("CREG", SCRIPT_KEPT_CREG),
	DOMAIN("CGREG", SCRIPT_KEPT_CGREG),
	DOMAIN("CEREG", SCRIPT_KEPT_CEREG),
	{ "AT+COPS?", .line = line_operator_form, .number = SCRIPT_KEPT_COPS, .timeout_ms = 15000,
	  .watched = true },
	{ "AT+COPS=3,0", .when = name_is_missing },
	{ "AT+COPS=3,2", .when = number_is_missing, .number = SCRIPT_KEPT_COPS },
	{ "AT+COPS?", .when = is_kept, .line = line_operator_form, .number = SCRIPT_KEPT_COPS },
	{ "AT+COPS=3,", .when = is_kept, .number = SCRIPT_KEPT_COPS, .numbered = true },
	{ "AT+CSQ", .line = step_line_signal, .watched = true },
	{ STEP_FAMILY(signal), .line = step_line_signal, .plain = true, .watched = true },
	{ STEP_FAMILY(technology), .line = step_line_signal, .plain = true, .watched = true },
	{ STEP_FAMILY(technology_else), .when = technology_is_missing, .line = step_line_signal,
	  .plain = true, .watched = true },
	{ "AT+CGDCONT?", .line = step_line_context },
	{ "AT+CMEE=", .when = errors_are_terse, .number = SCRIPT_KEPT_CMEE, .numbered = true },
};
/* clang-format on */

const struct steps steps_inquiry = STEPS(rows);
