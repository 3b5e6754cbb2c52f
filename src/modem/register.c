/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "at/fields.h"
#include "conf/conf.h"
#include "modem/network.h"
#include "modem/step.h"

#define POLL_MS   2000
#define DENIED_MS 15000 /* a first "denied" may be one cell's */
#define ANYWAY_MS 20000
#define REASON_MS 10000   /* without registration, until the maker's own command is asked why */
#define ON_MS     10000   /* OK to +CFUN=1 is a promise; an MC8790 takes 5 s */
#define ODD_MS    10000   /* without registration, until a number of +CFUN that is not 1 counts */
#define CUT_MS    3600000 /* of denials, before the radio goes off and on for them */

/* The operator -----------------------------------------------------------------*/

static bool operator_is_free(const struct script *script)
{
	return strcmp(script->conf->network.operator, "auto") == 0;
}

static enum step_outcome ask_select(struct script *script)
{
	const char *wanted = script->conf->network.operator;

	if (operator_is_free(script) || strcmp(script->facts.mccmnc, wanted) == 0)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+COPS=1,2,");
	if (at_quote(&script->command, wanted) < 0)
		return script_fail(script, CAUSE_CONFIG, "network.operator is not an operator");
	return STEP_SEND;
}

static enum step_outcome take_select(struct script *script, const struct at_event *reply)
{
	struct buf final = BUF_INIT;
	int reason = reply->final.kind == AT_FINAL_CME ? reply->final.code - 100 : 0;

	if (reply->final.kind == AT_FINAL_OK)
		return STEP_NEXT;
	/* "PLMN not allowed (#11)" */
	if (modem_is_cause(reason) && reason < 26)
		script->facts.reject.cause = reason;
	at_final_describe(&reply->final, &final);
	script_fail(script, CAUSE_NOT_REGISTERED,
		    "the network %s, which network.operator wants, is not to be had: %s",
		    script->conf->network.operator, buf_str(&final));
	buf_free(&final);
	return STEP_FAIL;
}

/* Not registered: somebody may have told the modem to stay with one network, or with none. Ask
 * once. */
static enum step_outcome take_selection(struct script *script, const struct at_event *reply)
{
	script->modem.selection_known =
		reply->final.kind == AT_FINAL_OK || !script_is_early(script, &reply->final);
	return STEP_NEXT;
}

static enum step_outcome ask_free_selection(struct script *script)
{
	struct script_modem *modem = &script->modem;

	if (!operator_is_free(script) || modem->selection_freed || modem->selection <= 0)
		return STEP_NEXT;
	script_notice(script,
		      "the modem is set not to look for a network by itself (+COPS: %d), and "
		      "network.operator = \"auto\" wants that",
		      modem->selection);
	modem->selection_freed = true;
	buf_printf(&script->command, "AT+COPS=0");
	return STEP_SEND;
}

/* It may have left the network that it was registered with. */
static enum step_outcome take_free(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind != AT_FINAL_OK)
		script_notice_refused(script, reply, "");
	step_forget_network(script);
	return script_jump(script, STEP_DOMAINS);
}

/* Registration -------------------------------------------------------------------*/

static enum step_outcome take_domain(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind != AT_FINAL_OK && script_lacks_command(script, &reply->final))
		script->modem.domain_missing[script->number] = true;
	if (!script->facts.registered)
		return STEP_NEXT;
	if (script_check_roaming(script) == STEP_FAIL)
		return STEP_FAIL;
	return script_jump(script, STEP_OPERATOR);
}

/* <n> = 3 */
enum step_outcome step_take_reasons(struct script *script, const struct at_event *reply)
{
	script->modem.no_reasons[script->number] = reply->final.kind != AT_FINAL_OK;
	script->modem.urcs_on[script->number] = reply->final.kind == AT_FINAL_OK;
	return STEP_NEXT;
}

static enum step_outcome take_urc(struct script *script, const struct at_event *reply)
{
	script->modem.urc_refused = reply->final.kind != AT_FINAL_OK;
	script->modem.urcs_on[script->number] = !script->modem.urc_refused;
	return STEP_NEXT;
}

static enum step_outcome take_plain_urc(struct script *script, const struct at_event *reply)
{
	script->modem.urcs_on[script->number] =
		reply->final.kind == AT_FINAL_OK || !script_is_early(script, &reply->final);
	return STEP_NEXT;
}

/* For so long that it is no longer one cell's. */
static bool is_denied_long(const struct script *script)
{
	return script->denied_at >= 0 && script->now - script->denied_at >= DENIED_MS;
}

bool script_is_denied(const struct script *script)
{
	bool denied = false;

	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		enum modem_reg stat = script->facts.registration[i].stat;

		if (stat == MODEM_REG_SEARCHING)
			return false;
		denied |= stat == MODEM_REG_DENIED;
	}
	return denied;
}

void script_describe_registration(const struct script *script, struct buf *out)
{
	const struct modem_facts *facts = &script->facts;
	const char *between = "";

	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		if (script->modem.domain_missing[i])
			continue;
		buf_printf(out, "%s%s %s", between, modem_domain_name((enum modem_domain)i),
			   modem_reg_name(script->facts.registration[i].stat));
		between = ", ";
	}
	if (strcmp(script->conf->network.operator, "auto") != 0)
		buf_printf(out, "; network.operator allows only %s",
			   script->conf->network.operator);
	mode_describe_limit(script, out);
	if (modem_stands_at(facts, MODEM_REG_HOME_SMS) ||
	    modem_stands_at(facts, MODEM_REG_ROAMING_SMS))
		buf_printf(out, "; it may send messages only: does the SIM's contract have data, "
				"and is network.apn right?");
	if (facts->reject.cause > 0) {
		buf_printf(out, "; the network's reason: ");
		modem_reject_print(&facts->reject, out);
		return;
	}
	if (facts->sim == MODEM_SIM_READY && step_apn_is_free(script) && !*facts->imsi)
		buf_printf(out, "; the SIM tells no IMSI: is it an eSIM without a profile?");
	/* Another SIM's keeps many a modem searching, without a word. */
	for (size_t i = 0; i < facts->context_count; i++)
		if (facts->contexts[i].cid == 1 && *facts->contexts[i].apn &&
		    !facts->contexts[i].reserved && !script->apn.kept &&
		    facts->domain_known[MODEM_DOMAIN_EPS])
			buf_printf(out, "; LTE attaches with the APN of context 1, \"%s\"",
				   facts->contexts[i].apn);
}

/* The maker's own word, for a modem whose +CEREG does not tell. A modem that goes on searching may
 * have been refused by all that it has found. */
static enum step_outcome ask_reason(struct script *script)
{
	struct script_modem *modem = &script->modem;
	const struct modem_facts *facts = &script->facts;

	if (!script->family->reject || facts->registered || facts->reject.cause > 0 ||
	    script->now - script->started_at < REASON_MS || script->now < modem->reason_at)
		return STEP_NEXT;
	modem->reason_at = script->now + REASON_MS;
	buf_printf(&script->command, "%s", script->family->reject);
	return STEP_SEND;
}

static void say_reason(struct script *script)
{
	const struct modem_reject *reject = &script->facts.reject;
	struct buf text = BUF_INIT;

	if (reject->cause == 0 || reject->cause == script->modem.reason_said)
		return;
	script->modem.reason_said = reject->cause;
	modem_reject_print(reject, &text);
	script_say(script, "the network refuses the modem: %s", buf_str(&text));
	buf_free(&text);
}

/* Dialing all the same ----------------------------------------------------------------*/

/* Some modems and networks never let a domain say that it is registered, and take the call. After
 * each that came to nothing it takes twice as long. A denial without a reason may be the voice
 * network's alone, and one that stands gets no second call. */
static bool may_dial_anyway(const struct script *script)
{
	int doublings = script->memory.anyway < 8 ? script->memory.anyway : 8;

	if (script->facts.registered)
		return false;
	if (script_is_denied(script))
		return is_denied_long(script) && script->memory.anyway == 0 &&
		       script->facts.reject.cause == 0 && !step_spared_context(script);
	return modem_reject_pace(&script->facts.reject) == REJECT_PASSES &&
	       script->now - script->started_at >= (int64_t)ANYWAY_MS << doublings;
}

static enum step_outcome ask_signs(struct script *script)
{
	script->modem.signs_wanted = may_dial_anyway(script);
	if (!script->modem.signs_wanted)
		return STEP_NEXT;
	script->modem.attached = -1;
	script->facts.mccmnc[0] = script->facts.operator[0] = '\0';
	buf_printf(&script->command, "AT+CGATT?");
	return STEP_SEND;
}

static enum step_outcome ask_anyway(struct script *script)
{
	const struct modem_facts *facts = &script->facts;
	const char *wanted = script->conf->network.operator;
	bool is_named = *facts->operator|| * facts->mccmnc;
	bool is_own = strlen(facts->mccmnc) >= 5 &&
		      strncmp(facts->imsi, facts->mccmnc, strlen(facts->mccmnc)) == 0;

	if (!script->modem.signs_wanted ||
	    (script->modem.attached != 1 && (!is_named || script_is_denied(script))) ||
	    (!script->conf->network.roaming && !is_own) ||
	    (!operator_is_free(script) && strcmp(facts->mccmnc, wanted) != 0))
		return STEP_NEXT;
	script_say(script, "no domain says that it is registered, but the modem %s%s; dialing all "
			   "the same",
		   script->modem.attached == 1 ? "is attached" : "names the network ",
		   script->modem.attached == 1 ? ""
		   : *facts->operator	       ? facts->operator
					       : facts->mccmnc);
	script->memory.anyway++;
	return script_jump(script, STEP_OPERATOR);
}

/* Once before it was searched for to the end, and the network is heard. */
static bool is_searched(const struct script *script)
{
	return script->memory.searched && !step_apn_is_free(script) &&
	       modem_signal_percent(&script->facts.signal) >= 0;
}

static bool cut_is_due(struct script *script)
{
	int64_t *since = &script->memory.denied_since;
	bool due = *since > 0 && script->now - *since >= CUT_MS;

	if (*since == 0 || due)
		*since = script->now;
	return due;
}

static enum step_outcome fail_denied(struct script *script)
{
	struct buf where = BUF_INIT;

	script->denied = true;
	script_describe_registration(script, &where);
	script_fail(script, CAUSE_NOT_REGISTERED, "the network denies registration (%s)%s",
		    buf_str(&where),
		    script->facts.reject.cause > 0
			    ? ""
			    : ", and does not say why; is the SIM activated, does its contract "
			      "cover this network and modem, and is network.apn right?");
	buf_free(&where);
	return STEP_FAIL;
}

/* Not registered yet: wait, and read all of it again. */
static enum step_outcome ask_repeat(struct script *script)
{
	const struct modem_context *spared = step_spared_context(script);

	say_reason(script);
	if (!script_is_denied(script)) {
		script->denied_at = -1;
		/* A SIM7080 with another SIM's APN says so until the end. */
		if (spared && is_searched(script) && script->now - script->started_at >= DENIED_MS)
			return step_overwrite(script, spared, "no registration, with a signal");
	} else if (script->denied_at < 0) {
		script->denied_at = script->now;
	} else if (is_denied_long(script)) {
		if (spared)
			return step_overwrite(script, spared, "the network denies registration");
		if (!cut_is_due(script))
			return fail_denied(script);
		script->modem.radio_cuts = true;
		return script_jump(script, STEP_RADIO_CUT);
	}
	script->wake_at = script->now + POLL_MS;
	return script_jump(script, STEP_DOMAINS);
}

/* The radio: is it on, who holds it off, switch it on -------------------------------*/

static enum step_outcome ask_fun(struct script *script)
{
	if (script->modem.radio_checked)
		return STEP_NEXT;
	script->at.flags = AT_ONE_LINE;
	buf_printf(&script->command, "AT+CFUN?");
	return STEP_SEND;
}

/* A modem without the command has its radio on. */
static enum step_outcome take_fun(struct script *script, const struct at_event *reply)
{
	struct script_modem *modem = &script->modem;
	const char *at = reply->text;
	char line[64];

	modem->radio_fun = 1;
	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_number(line, "+CFUN:", &modem->radio_fun);
	script->facts.radio = modem_radio_of_fun(modem->radio_fun);
	modem->radio_checked = true;
	modem->radio_told = false;
	return STEP_NEXT;
}

/* The family's own word: +CFUN? may say 1 of a radio that a pin holds off. */
static enum step_outcome take_radio_word(struct script *script, const struct at_event *reply)
{
	struct modem_radio *radio = &script->facts.radio;
	struct modem_radio word = {MODEM_RADIO_UNKNOWN, MODEM_RADIO_FREE};
	const char *at = reply->text;
	char line[160];

	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_radio(line, &word);
	script->modem.radio_told = word.state != MODEM_RADIO_UNKNOWN;
	/* Where it gives no reason +CFUN's own is as good. */
	if (word.reason != MODEM_RADIO_FREE ||
	    (word.state != MODEM_RADIO_UNKNOWN && word.state != MODEM_RADIO_ON &&
	     radio->state == MODEM_RADIO_ON))
		*radio = word;
	return STEP_NEXT;
}

static enum step_outcome ask_radio_on(struct script *script)
{
	const struct modem_radio *radio = &script->facts.radio;
	struct script_modem *modem = &script->modem;
	bool may_help = radio->reason == MODEM_RADIO_FREE || radio->reason == MODEM_RADIO_AIRPLANE;
	bool is_on = radio->state == MODEM_RADIO_ON || radio->state == MODEM_RADIO_UNKNOWN;

	modem->radio_told = true; /* as far as the family can tell */
	/* 5 and 6 are full power to a Telit, and factory test modes to a SIM7000. */
	modem->radio_odd = is_on && modem->radio_fun > 1 && !modem->radio_asked &&
			   !script->facts.registered && script->now - script->started_at >= ODD_MS;
	if (is_on && !modem->radio_odd)
		return STEP_NEXT;
	/* No command of ours changes the other reasons. */
	if (!may_help || (modem->radio_asked && script->now - modem->radio_asked_at >= ON_MS))
		return script_fail(script, CAUSE_RADIO_OFF, "the radio is off (+CFUN: %d)%s: %s",
				   modem->radio_fun,
				   modem->radio_asked ? ", and AT+CFUN=1 does not switch it on"
						      : "",
				   may_help ? "a switch, a key or the W_DISABLE pin may hold it"
					    : modem_radio_reason_text(radio->reason));
	modem->radio_checked = false; /* look again */
	if (modem->radio_asked)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CFUN=1");
	return STEP_SEND;
}

static enum step_outcome take_radio_on(struct script *script, const struct at_event *reply)
{
	bool done = reply->final.kind == AT_FINAL_OK;

	if (!script->modem.radio_odd && step_repeats_radio_on(script, reply))
		return STEP_AGAIN;
	if (!done && !script->modem.radio_odd)
		return script_fail_refused(script, CAUSE_RADIO_OFF, reply);
	script->modem.radio_asked = true;
	script->modem.radio_asked_at = script->now;
	return STEP_NEXT;
}

/* After some refusals a modem takes the SIM for invalid until it is switched off (24.008 4.4.4.7,
 * 24.301 5.5.1.2.5), though the operator may have let it in since. */
static enum step_outcome ask_cut(struct script *script)
{
	if (!script->modem.radio_cuts)
		return STEP_NEXT;
	script->modem.radio_cuts = false;
	script_say(script, "denied for an hour: the radio goes off and on, so that the modem asks "
			   "the network again");
	buf_printf(&script->command, "AT+CFUN=4");
	return STEP_SEND;
}

static enum step_outcome take_cut(struct script *script, const struct at_event *reply)
{
	(void)reply;
	script->modem.radio_checked = script->modem.radio_asked = false;
	script->denied_at = -1;
	step_forget_network(script);
	return STEP_NEXT;
}

/* clang-format off */
#define DOMAIN(name, n) \
	{ "AT+" name "?", .when = IF_DOMAIN_THERE, .fact = FACT_DOMAIN, .take = take_domain, \
	  .timeout_s = 10, .number = n, .label = n == MODEM_DOMAIN_CS ? STEP_DOMAINS : 0 }
/* 3 reports why a network refuses (27.007 7.2, 10.1.20, 10.1.22), 2 cells at least; a modem that
 * has neither may have 1. */
#define URC(name, n) \
	{ "AT+" name "=3", .when = IF_URC_WANTED, .take = step_take_reasons, .number = n }, \
	{ "AT+" name "=2", .when = IF_CELLS_WANTED, .take = take_urc, .number = n }, \
	{ "AT+" name "=1", .when = IF_URC_REFUSED, .take = take_plain_urc, .number = n }
#define FREE { .ask = ask_free_selection, .take = take_free, .timeout_s = 60 }

static const struct step until_registered[] = {
	{ "AT+COPS=3,2", .when = IF_OPERATOR_CHOSEN },
	{ "AT+COPS?", .when = IF_OPERATOR_CHOSEN, .fact = FACT_OPERATOR, .timeout_s = 15 },
	{ .ask = ask_select, .take = take_select, .timeout_s = 120 },
	DOMAIN("CREG", MODEM_DOMAIN_CS),
	DOMAIN("CGREG", MODEM_DOMAIN_PS),
	DOMAIN("CEREG", MODEM_DOMAIN_EPS),
	URC("CREG", MODEM_DOMAIN_CS),
	URC("CGREG", MODEM_DOMAIN_PS),
	URC("CEREG", MODEM_DOMAIN_EPS),
	{ .ask = ask_cut, .take = take_cut, .timeout_s = 30, .label = STEP_RADIO_CUT },
	{ .ask = ask_fun, .take = take_fun },
	{ STEP_FAMILY(radio), .when = IF_RADIO_UNTOLD, .take = take_radio_word, .plain = true },
	{ STEP_FAMILY(radio_else), .when = IF_RADIO_UNTOLD, .take = take_radio_word, .plain = true },
	{ .ask = ask_radio_on, .take = take_radio_on, .timeout_s = 30 },
};

static const struct step registered[] = {
	{ "AT+COPS?", .when = IF_SELECTION_UNKNOWN, .fact = FACT_OPERATOR, .take = take_selection },
	FREE,
	{ .ask = ask_signs, .fact = FACT_ATTACHED },
	{ "AT+COPS=3,2", .when = IF_OWN_WANTED },
	{ "AT+COPS?", .when = IF_SIGNS_WANTED, .fact = FACT_OPERATOR, .timeout_s = 15 },
	{ "AT+CIMI", .when = IF_OWN_WANTED, .fact = FACT_IMSI, .plain = true },
	{ .ask = ask_anyway },
	{ .ask = ask_reason, .fact = FACT_REJECT, .timeout_s = 2, .plain = true },
	{ "AT+CEER", .when = IF_REASON_WANTED, .fact = FACT_REJECT, .timeout_s = 2 },
	{ "AT+CSQ", .when = IF_SEARCHED, .fact = FACT_CSQ },
	{ .ask = ask_repeat },
	{ "AT+COPS?", .fact = FACT_OPERATOR, .label = STEP_OPERATOR },
	FREE,
	/* What is only to be shown may cost the dial one cheap command: +CSQ, or where that knows
	 * nothing (LTE alone) the maker's own; HSDPA and EDGE where +COPS says UMTS and GSM. */
	{ "AT+CSQ", .fact = FACT_CSQ },
	{ STEP_FAMILY(signal), .when = IF_SIGNAL_UNKNOWN, .fact = FACT_SIGNAL, .plain = true,
	  .timeout_s = 2 },
	{ STEP_FAMILY(technology), .when = IF_TECHNOLOGY_UNKNOWN, .fact = FACT_SIGNAL,
	  .plain = true, .timeout_s = 2 },
};
/* clang-format on */

const struct steps steps_register = STEPS(until_registered);
const struct steps steps_registered = STEPS(registered);

/* clang-format off */
static const struct step redial_rows[] = {
	{ .ask = ask_repeat },
	{ .ask = step_dial_again, .label = STEP_OPERATOR },
};
/* clang-format on */

const struct steps steps_redial = STEPS(redial_rows);
