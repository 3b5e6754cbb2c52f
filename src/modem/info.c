/* SPDX-License-Identifier: ISC */
/*
 * The stage of `info`: read what there is to know. A question that is refused
 * leaves its fact unknown. What the answers' forms take to be set is put back
 * in the end; the PIN is never sent, and nothing is stored.
 */
#include <stddef.h>
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/mode-step.h"

#define TIMEOUTS_MAX 3 /* one after the other: it does not answer any more */

struct question {
	const char *text; /* NULL: the family's own, at `number` in its row */
	bool (*wanted)(const struct script *script, int number); /* NULL: always */
	void (*take)(struct script *script, int number, const char *line);
	int number;
	bool plain;    /* answered without the command's name */
	bool numbered; /* the kept `number` ends the command */
	bool watched;  /* of SCRIPT_WATCH too */
	int timeout_ms;
};

#define KEEP(array) (array), sizeof(array)

static void take_kept(struct script *script, int number, const char *line)
{
	static const char *const prefixes[] = {"+CREG:", "+CGREG:", "+CEREG:", "", "+CMEE:"};
	struct at_fields fields;

	if (at_fields_start(&fields, line, prefixes[number]))
		at_fields_next_int(&fields, &script->kept[number]);
}

static bool errors_are_terse(const struct script *script, int number)
{
	return script->kept[number] == 0;
}

/* The first line that says something counts, more than what ATI said. */
static void take_manufacturer(struct script *script, int number, const char *line)
{
	(void)number;
	if (script->lines++ == 0)
		modem_decode_text(line, KEEP(script->facts.identity.manufacturer));
}

static void take_model(struct script *script, int number, const char *line)
{
	(void)number;
	if (script->lines++ == 0)
		modem_decode_text(line, KEEP(script->facts.identity.model));
}

static void take_revision(struct script *script, int number, const char *line)
{
	(void)number;
	if (script->lines++ == 0)
		modem_decode_text(line, KEEP(script->facts.identity.revision));
}

static void take_imei(struct script *script, int number, const char *line)
{
	(void)number;
	modem_decode_digits(line, 14, 16, KEEP(script->facts.identity.imei));
}

static void take_sim(struct script *script, int number, const char *line)
{
	(void)number;
	modem_decode_cpin(line, &script->facts.sim);
}

/* 27.007 8.65, where the maker's own counter is missing or refused. */
static bool pin_left_is_missing(const struct script *script, int number)
{
	(void)number;
	return script->facts.pin_left < 0 && script->facts.sim != MODEM_SIM_MISSING;
}

static void take_pin_left(struct script *script, int number, const char *line)
{
	(void)number;
	modem_decode_pin_left(line, &script->facts.pin_left);
}

/* The IMSI is behind the PIN. */
static bool sim_is_open(const struct script *script, int number)
{
	(void)number;
	return script->facts.sim == MODEM_SIM_READY || script->facts.sim == MODEM_SIM_UNKNOWN;
}

static bool sim_is_there(const struct script *script, int number)
{
	(void)number;
	return script->facts.sim != MODEM_SIM_MISSING && !*script->facts.iccid;
}

static void take_imsi(struct script *script, int number, const char *line)
{
	(void)number;
	modem_decode_digits(line, 6, 15, KEEP(script->facts.imsi));
}

static void take_iccid(struct script *script, int number, const char *line)
{
	(void)number;
	modem_decode_iccid(line, script->facts.iccid);
}

static void take_fun(struct script *script, int number, const char *line)
{
	struct modem_facts *facts = &script->facts;

	(void)number;
	if (modem_decode_cfun(line, &facts->fun))
		facts->radio = modem_radio_of_fun(facts->fun);
}

static void take_radio_state(struct script *script, int number, const char *line)
{
	(void)number;
	modem_decode_radio(line, &script->facts.radio);
}

static bool radio_is_off(const struct script *script, int number)
{
	(void)number;
	return script->facts.radio.state != MODEM_RADIO_ON;
}

/* Of two fields the first is <n>; with more there are cells already. */
static void take_registration(struct script *script, int number, const char *line)
{
	struct at_fields fields;

	if (step_take_registration(script, line) && script->kept[number] < 0 &&
	    at_fields_start(&fields, strchr(line, ':'), ":") && at_fields_left(&fields) == 2)
		take_kept(script, number, line);
}

/* Cells come with <n> = 2 only (27.007 7.2). */
static bool cell_is_hidden(const struct script *script, int number)
{
	return script->kept[number] == 0 || script->kept[number] == 1;
}

static void take_operator(struct script *script, int number, const char *line)
{
	struct modem_facts *facts = &script->facts;
	struct at_fields fields;
	int act = -1, format;

	if (!modem_decode_cops(line, KEEP(facts->operator), KEEP(facts->mccmnc), &act))
		return;
	if (act >= 0)
		facts->act = act;
	if (script->kept[number] < 0 && at_fields_start(&fields, line, "+COPS:") &&
	    at_fields_skip(&fields) && at_fields_next_int(&fields, &format))
		script->kept[number] = format;
}

static bool name_is_missing(const struct script *script, int number)
{
	return script->kept[number] == 2;
}

static bool number_is_missing(const struct script *script, int number)
{
	return script->kept[number] >= 0 && script->kept[number] != 2;
}

static bool is_kept(const struct script *script, int number)
{
	return script->kept[number] >= 0;
}

static void take_radio(struct script *script, int number, const char *line)
{
	const char *technology = modem_decode_technology(line);

	(void)number;
	modem_decode_signal(line, &script->facts.signal);
	if (technology)
		script->facts.technology = technology;
}

static bool technology_is_missing(const struct script *script, int number)
{
	(void)number;
	return !script->facts.technology;
}

static void take_context(struct script *script, int number, const char *line)
{
	struct modem_context context;

	(void)number;
	if (modem_decode_context(line, &context))
		step_put_context(script, &context);
}

#define FAMILY(column) .text = NULL, .number = offsetof(struct modem_family, column), .plain = true
#define DOMAIN(name, kept)                                                   \
	{"AT+" name "?", NULL, take_registration, kept, .watched = true},    \
		{"AT+" name "=2", cell_is_hidden, NULL, kept},               \
		{"AT+" name "?", cell_is_hidden, take_registration, kept},   \
	{                                                                    \
		"AT+" name "=", cell_is_hidden, NULL, kept, .numbered = true \
	}

/* clang-format off */
static const struct question questions[] = {
	{ "AT+CMEE?", NULL, take_kept, SCRIPT_KEPT_CMEE },
	{ "AT+CMEE=1", errors_are_terse, NULL, SCRIPT_KEPT_CMEE },
	{ "AT+CGMI", NULL, take_manufacturer, .plain = true },
	{ "AT+CGMM", NULL, take_model, .plain = true },
	{ "AT+CGMR", NULL, take_revision, .plain = true },
	{ "AT+CGSN", NULL, take_imei, .plain = true },
	{ "AT+CPIN?", NULL, take_sim, .timeout_ms = 10000 },
	{ FAMILY(pin_left), .take = take_pin_left },
	{ "AT+CPINR=\"SIM PIN\"", pin_left_is_missing, take_pin_left },
	{ "AT+CIMI", sim_is_open, take_imsi, .plain = true },
	{ FAMILY(iccid), .wanted = sim_is_there, .take = take_iccid },
	{ "AT+CCID", sim_is_there, take_iccid, .plain = true },
	{ "AT+ICCID", sim_is_there, take_iccid, .plain = true },
	{ "AT+CRSM=176,12258,0,0,10", sim_is_there, take_iccid },
	{ "AT+CFUN?", NULL, take_fun },
	{ FAMILY(radio), .take = take_radio_state },
	{ FAMILY(radio_else), .wanted = radio_is_off,
	  .take = take_radio_state },
	DOMAIN("CREG", SCRIPT_KEPT_CREG),
	DOMAIN("CGREG", SCRIPT_KEPT_CGREG),
	DOMAIN("CEREG", SCRIPT_KEPT_CEREG),
	{ "AT+COPS?", NULL, take_operator, SCRIPT_KEPT_COPS, .timeout_ms = 15000,
	  .watched = true },
	{ "AT+COPS=3,0", name_is_missing, NULL, SCRIPT_KEPT_COPS },
	{ "AT+COPS=3,2", number_is_missing, NULL, SCRIPT_KEPT_COPS },
	{ "AT+COPS?", is_kept, take_operator, SCRIPT_KEPT_COPS },
	{ "AT+COPS=3,", is_kept, NULL, SCRIPT_KEPT_COPS, .numbered = true },
	{ "AT+CSQ", NULL, take_radio, .watched = true },
	{ FAMILY(signal), .take = take_radio, .watched = true },
	{ FAMILY(technology), .take = take_radio, .watched = true },
	{ FAMILY(technology_else), .wanted = technology_is_missing,
	  .take = take_radio, .watched = true },
	{ "AT+CGDCONT?", NULL, take_context },
	{ "AT+CMEE=", errors_are_terse, NULL, SCRIPT_KEPT_CMEE, .numbered = true },
};
/* clang-format on */

static const char *text_of(const struct script *script, const struct question *question)
{
	if (question->text)
		return question->text;
	return *(const char *const *)((const char *)script->family + question->number);
}

/* In a hurry only what puts back is left, and that ends in a kept number. */
static bool is_wanted(const struct script *script, const struct question *question)
{
	const char *text = text_of(script, question);

	if (script->stage == SCRIPT_WATCH && !question->watched)
		return false;
	return text && *text && (question->numbered || !script->winding_up) &&
	       (!question->wanted || question->wanted(script, question->number));
}

static enum step_ask ask(struct script *script, struct at_command *command, int64_t now)
{
	const struct question *question = &questions[script->index];

	(void)now;
	if (script->index >= COUNT(questions))
		return ASK_SKIP;
	if (!is_wanted(script, question)) {
		script->index++;
		return ASK_JUMP;
	}
	buf_printf(&script->command, "%s", text_of(script, question));
	if (question->numbered)
		buf_printf(&script->command, "%d", script->kept[question->number]);
	if (question->plain)
		command->prefix = "";
	if (question->timeout_ms)
		command->timeout_ms = question->timeout_ms;
	return ASK_SEND;
}

static void take_error(struct script *script, const struct at_final *final)
{
	switch (at_final_class(final)) {
	case AT_ERROR_PIN:
		script->facts.sim = MODEM_SIM_PIN;
		break;
	case AT_ERROR_PUK:
		script->facts.sim = MODEM_SIM_PUK;
		break;
	case AT_ERROR_BUSY:
		script->facts.sim = MODEM_SIM_BUSY;
		break;
	case AT_ERROR_SIM:
		script->facts.sim = final->code == 10 ? MODEM_SIM_MISSING : MODEM_SIM_FAILED;
		break;
	default:
		break;
	}
}

static enum step_outcome take(struct script *script, const struct at_event *reply, int64_t now)
{
	const struct question *question = &questions[script->index++];
	const char *at = reply->text;
	char line[256];

	(void)now;
	script->timeouts = reply->final.kind == AT_FINAL_TIMEOUT ? script->timeouts + 1 : 0;
	if (script->timeouts >= TIMEOUTS_MAX)
		return script_fail(script, CAUSE_NO_AT_PORT, "the modem has stopped answering");
	script->lines = 0;
	while (question->take && step_next_line(&at, line, sizeof(line)))
		question->take(script, question->number, line);
	if (question->take == take_sim)
		take_error(script, &reply->final);
	return script->index < COUNT(questions) ? STEP_AGAIN : STEP_NEXT;
}

static enum step_ask ask_mode(struct script *script, struct at_command *command, int64_t now)
{
	return script->winding_up ? ASK_SKIP : mode_ask(script, command, now);
}

static const struct step steps[] = {{ask, take}, {ask_mode, mode_take}};

const struct stage stage_info = {steps, COUNT(steps)};
const struct stage stage_watch = {steps, 1};
