/* SPDX-License-Identifier: ISC */
/* What the rows of all stages have in common: when a step is needed, and what its answer tells. */
#include <string.h>

#include "at/fields.h"
#include "conf/conf.h"
#include "modem/network.h"
#include "modem/step.h"

#define RADIO_ON_TRIES 5

#define KEEP(array)    (array), sizeof(array)

bool step_is_needed(const struct script *script, const struct step *step)
{
	const struct modem_facts *facts = &script->facts;
	const struct script_modem *modem = &script->modem;
	const struct conf *conf = script->conf;
	bool pin_is_wanted = facts->sim == MODEM_SIM_PIN && *conf->sim.pin &&
			     (!modem->pin_sent || modem->pin_doubted);
	bool pin_is_pending = facts->sim == MODEM_SIM_READY && modem->pin_pending;
	bool operator_is_free = strcmp(conf->network.operator, "auto") == 0;
	int kept = modem->kept[step->number];
	bool domain_is_registered = step->number < MODEM_DOMAIN_COUNT &&
				    modem_reg_is_registered(facts->registration[step->number].stat);

	/* What is left when winding up is what puts back, and that ends in a kept number. */
	if ((script->winding_up && !step->numbered) ||
	    (script->stage == SCRIPT_WATCH && !step->watched))
		return false;
	switch ((enum step_when)step->when) {
	case IF_ALWAYS:
		return true;
	case IF_IMEI_CONFIGURED:
		return *conf->modem.imei;
	case IF_SIM_UNSETTLED:
		return script->stage == SCRIPT_PREPARE || facts->sim != MODEM_SIM_READY;
	case IF_SIM_UNKNOWN:
		return facts->sim == MODEM_SIM_UNKNOWN;
	case IF_PIN_LEFT_WANTED:
		return pin_is_wanted && facts->pin_left < 0;
	case IF_PIN_LEFT_GUESSED:
		return pin_is_wanted && facts->pin_left < 0 && !script->family->pin_left;
	case IF_ICCID_WANTED:
		return (pin_is_wanted || pin_is_pending) && !*facts->iccid;
	case IF_IMEI_WANTED:
		return (pin_is_wanted || pin_is_pending) && !*facts->identity.imei;
	case IF_APN_NEW:
		return step_apn_is_new(script) && script->apns && !*facts->iccid;
	case IF_APN_TABLE:
		return step_apn_wants_table(script) && script->providers && *facts->imsi;
	case IF_APN_SHARED:
		return step_apn_is_shared(script);
	case IF_OPERATOR_CHOSEN:
		return !operator_is_free;
	case IF_SELECTION_UNKNOWN:
		return operator_is_free && !modem->selection_known;
	case IF_DOMAIN_THERE:
		return !modem->domain_missing[step->number];
	case IF_URC_WANTED:
		return !modem->urcs_on[step->number] && !modem->domain_missing[step->number] &&
		       !modem->no_reasons[step->number];
	case IF_CELLS_WANTED:
		return !modem->urcs_on[step->number] && modem->no_reasons[step->number];
	case IF_URC_REFUSED:
		return !modem->urcs_on[step->number] && !modem->domain_missing[step->number] &&
		       modem->urc_refused;
	case IF_REASON_WANTED:
		return !facts->registered && facts->reject.cause == 0 &&
		       modem_stands_at(facts, MODEM_REG_DENIED);
	case IF_SEARCHED:
		return script->memory.searched && modem_signal_percent(&facts->signal) < 0;
	case IF_SIGNS_WANTED:
		return modem->signs_wanted;
	case IF_OWN_WANTED:
		return modem->signs_wanted && !conf->network.roaming;
	case IF_ELSEWHERE:
		return modem->cid > 1 && modem->cid_chosen &&
		       !facts->domain_known[MODEM_DOMAIN_EPS];
	case IF_RADIO_UNTOLD:
		return !modem->radio_told;
	case IF_RADIO_NOT_ON:
		return facts->radio.state != MODEM_RADIO_ON;
	case IF_SIGNAL_UNKNOWN:
		return modem_signal_percent(&facts->signal) < 0;
	case IF_TECHNOLOGY_UNKNOWN:
		return !facts->technology;
	case IF_PIN_LEFT_UNKNOWN:
		return facts->pin_left < 0 && facts->sim != MODEM_SIM_MISSING;
	case IF_SIM_OPEN: /* the IMSI is behind the PIN */
		return facts->sim == MODEM_SIM_READY || facts->sim == MODEM_SIM_UNKNOWN;
	case IF_PROVIDER_ASKED:
		return script->providers && *facts->imsi;
	case IF_ICCID_UNKNOWN:
		return facts->sim != MODEM_SIM_MISSING && !*facts->iccid;
	case IF_KEPT:
		return kept >= 0;
	case IF_CELL_HIDDEN: /* cells come with <n> = 2 only (27.007 7.2) */
		return kept == 0 || kept == 1;
	case IF_REASON_HIDDEN: /* why there is none comes with <n> = 3 */
		return (kept == 0 || kept == 1) && !domain_is_registered;
	case IF_CELL_STILL_HIDDEN:
		return (kept == 0 || kept == 1) &&
		       (domain_is_registered || modem->no_reasons[step->number]);
	case IF_NAME_MISSING:
		return kept == 2;
	case IF_NUMBER_MISSING:
		return kept >= 0 && kept != 2;
	case IF_SCAN_WANTED:
		return script->scan.wanted;
	case IF_ERRORS_TERSE:
		return kept == 0;
	}
	return true;
}

bool step_next_line(const char **at, char *line, size_t size)
{
	size_t len = strcspn(*at, "\n");

	if (**at == '\0')
		return false;
	if (size > len)
		size = len + 1;
	memcpy(line, *at, size - 1);
	line[size - 1] = '\0';
	*at += len + ((*at)[len] == '\n');
	return true;
}

void step_forget_network(struct script *script)
{
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		script->facts.registration[i].stat = MODEM_REG_IDLE;
	script->facts.registered = false;
}

bool step_repeats_radio_on(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind == AT_FINAL_OK || script->index++ >= RADIO_ON_TRIES)
		return false;
	script->wake_at = script->now + 1000;
	return true;
}

bool step_take_registration(struct script *script, const char *line)
{
	struct modem_facts *facts = &script->facts;
	struct modem_registration found, *kept;
	enum modem_domain domain;

	if (!modem_decode_registration(line, &domain, &found))
		return false;
	kept = &facts->registration[domain];
	facts->domain_known[domain] = true;
	/* A line without a cell does not wipe out the cell of the same state. */
	if (kept->stat != found.stat || kept->act != found.act || found.lac >= 0)
		*kept = found;
	if (found.cause > 0)
		facts->reject = (struct modem_reject){.cause = found.cause};
	facts->registered = false;
	facts->roaming = false;
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		enum modem_reg stat = facts->registration[i].stat;

		if (!modem_reg_is_registered(stat))
			continue;
		facts->registered = true;
		facts->roaming |= modem_reg_is_roaming(stat);
		if (facts->registration[i].act >= 0)
			facts->act = facts->registration[i].act;
	}
	if (facts->registered)
		facts->reject = (struct modem_reject){.cause = 0};
	return true;
}

void step_put_context(struct script *script, const struct modem_context *context)
{
	struct modem_facts *facts = &script->facts;
	size_t i = 0;

	while (i < facts->context_count && facts->contexts[i].cid != context->cid)
		i++;
	/* Modems list them in order, but the first ones matter most. */
	if (i == MODEM_CONTEXTS_MAX && context->cid > facts->contexts[--i].cid)
		return;
	facts->contexts[i] = *context;
	if (i == facts->context_count)
		facts->context_count++;
}

static void take_operator(struct script *script, const char *line)
{
	struct modem_facts *facts = &script->facts;
	struct script_modem *modem = &script->modem;
	struct at_fields fields;
	int act = -1, format;

	if (modem_decode_number(line, "+COPS:", &modem->selection))
		modem->selection_known = true;
	if (!modem_decode_cops(line, KEEP(facts->operator), KEEP(facts->mccmnc), &act))
		return;
	if (act >= 0)
		facts->act = act;
	if (modem->kept[SCRIPT_KEPT_COPS] < 0 && at_fields_start(&fields, line, "+COPS:") &&
	    at_fields_skip(&fields) && at_fields_next_int(&fields, &format))
		modem->kept[SCRIPT_KEPT_COPS] = format;
}

void step_take_line(struct script *script, const struct step *step, const char *line)
{
	struct modem_facts *facts = &script->facts;
	int *kept = &script->modem.kept[step->number];
	struct modem_context context;
	struct modem_reject reject;
	struct at_fields fields;
	const char *technology;

	switch ((enum step_fact)step->fact) {
	case FACT_NONE:
		break;
	/* The first line that says something counts, more than what ATI said. */
	case FACT_MANUFACTURER:
		if (script->lines == 0)
			modem_decode_text(line, KEEP(facts->identity.manufacturer));
		break;
	case FACT_MODEL:
		if (script->lines == 0)
			modem_decode_text(line, KEEP(facts->identity.model));
		break;
	case FACT_REVISION:
		if (script->lines == 0)
			modem_decode_text(line, KEEP(facts->identity.revision));
		break;
	case FACT_IMEI:
		modem_decode_digits(line, 14, 16, KEEP(facts->identity.imei));
		break;
	case FACT_IMSI:
		modem_decode_digits(line, 6, 15, KEEP(facts->imsi));
		break;
	case FACT_SIM:
		modem_decode_cpin(line, &facts->sim);
		break;
	case FACT_PIN_LEFT:
		modem_decode_pin_left(line, &facts->pin_left);
		break;
	case FACT_ICCID:
		modem_decode_iccid(line, facts->iccid);
		break;
	case FACT_SIM_AD:
		modem_decode_mnc_digits(line, &facts->mnc_digits);
		break;
	case FACT_SIM_SPN:
		modem_decode_spn(line, facts->spn);
		break;
	case FACT_SIM_GID1:
		modem_decode_gid1(line, facts->gid1);
		break;
	case FACT_FUN:
		if (modem_decode_number(line, "+CFUN:", &facts->fun))
			facts->radio = modem_radio_of_fun(facts->fun);
		break;
	case FACT_RADIO:
		modem_decode_radio(line, &facts->radio);
		break;
	case FACT_DOMAIN:
		/* Of two fields the first is <n>; with more there are cells already. */
		if (step_take_registration(script, line) && *kept < 0 &&
		    at_fields_start(&fields, strchr(line, ':'), ":") &&
		    at_fields_left(&fields) == 2)
			at_fields_next_int(&fields, kept);
		break;
	case FACT_OPERATOR:
		take_operator(script, line);
		break;
	case FACT_ERRORS:
		if (at_fields_start(&fields, line, "+CMEE:"))
			at_fields_next_int(&fields, kept);
		break;
	case FACT_CSQ:
	case FACT_SIGNAL:
		technology = modem_decode_technology(line);
		if (technology)
			facts->technology = technology;
		modem_decode_signal(line, &facts->signal);
		break;
	case FACT_REJECT:
		/* What +CEER says at the wrong time is of an earlier call, whose causes go on where
		 * those of a registration end. */
		if (!facts->registered && modem_decode_reject(line, &reject) &&
		    (!reject.of_call || reject.cause <= 25))
			facts->reject = (struct modem_reject){.cause = reject.cause};
		break;
	case FACT_CONTEXT:
		if (!modem_decode_context(line, &context))
			break;
		step_put_context(script, &context);
		break;
	case FACT_ATTACHED:
		if (at_fields_start(&fields, line, "+CGATT:"))
			at_fields_next_int(&fields, &script->modem.attached);
		break;
	}
}
