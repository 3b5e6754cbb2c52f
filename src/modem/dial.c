/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "conf/conf.h"
#include "modem/step.h"

static bool form_is_free(const struct script *script)
{
	return strcmp(script->conf->network.dial, "auto") == 0;
}

/* An nRF91 attaches with context 0, and has no other unless somebody makes it. A call by ATD cannot
 * name that one. */
static int data_cid(const struct script *script)
{
	const struct modem_facts *facts = &script->facts;
	bool attached = false;

	for (size_t i = 0; i < facts->context_count; i++)
		attached |= facts->contexts[i].cid == 0;
	return attached && script->modem.context.cid == 0 && script->conf->network.cid == 0
		       ? 0
		       : script_cid(script);
}

/* The one to take; FORM_COUNT: network.dial says. */
static enum dial_form choose_form(const struct script *script)
{
	enum dial_form form = (enum dial_form)script->memory.form;

	if (!form_is_free(script))
		return strcasecmp(script->conf->network.dial, "cgdata") == 0 ? FORM_DATA
									     : FORM_COUNT;
	return form == FORM_SHORT && script_cid(script) != 1 ? FORM_CID : form;
}

void script_put_dial(const struct script *script, struct buf *out)
{
	enum dial_form form = choose_form(script);
	const char *text = form < FORM_COUNT ? step_dial_forms[form] : "ATD",
		   *at = strchr(text, '%');

	buf_printf(out, "%.*s", at ? (int)(at - text) : (int)strlen(text), text);
	if (at)
		buf_printf(out, "%d%s", form == FORM_DATA ? data_cid(script) : script_cid(script),
			   at + 2);
	if (form == FORM_COUNT)
		buf_printf(out, "%s", script->conf->network.dial);
}

static enum step_outcome ask_dial(struct script *script)
{
	script_put_dial(script, &script->command);
	script->modem.forms_tried |= 1u << choose_form(script);
	return STEP_SEND;
}

static enum step_outcome take_dial(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind == AT_FINAL_CONNECT)
		return STEP_FINISH;
	/* What refuses AT+CGDATA may not know it, which says nothing of the call. */
	if (script->memory.form != FORM_DATA ||
	    script->modem.dial_final.kind != AT_FINAL_NO_CARRIER)
		script->modem.dial_final = reply->final;
	/* The first one's answer is what tells most. */
	if (script->call_error.len == 0) {
		buf_printf(&script->call_error, "%s refused: ", reply->command);
		at_final_describe(&reply->final, &script->call_error);
	}
	return STEP_NEXT;
}

/* Whether the answer may mean the dial string rather than the call. */
static bool form_may_cure(const struct script *script, enum dial_form form)
{
	const struct at_final *final = &script->modem.dial_final;
	enum at_error_class class = at_final_class(final);

	if (script->modem.forms_tried & 1u << form || !form_is_free(script) ||
	    (form == FORM_SHORT && script_cid(script) != 1))
		return false;
	switch (final->kind) {
	case AT_FINAL_ERROR:
	case AT_FINAL_OK: /* to a service code, for which it took *99# */
		return true;
	case AT_FINAL_NO_CARRIER:
		/* Almost always the network's, so once in a modem's life here. A modem that takes
		 * *99 for a telephone's number does so with all but AT+CGDATA. */
		return (form == FORM_SHORT && !script->memory.short_tried) ||
		       (form == FORM_DATA && !script->memory.data_tried);
	case AT_FINAL_CME: /* those from 101 on are the packet network's */
		return class == AT_ERROR_UNSUPPORTED ||
		       (class == AT_ERROR_OTHER && final->code <= 100);
	default:
		return false;
	}
}

static enum step_outcome ask_form(struct script *script)
{
	bool no_carrier = script->modem.dial_final.kind == AT_FINAL_NO_CARRIER;

	if (no_carrier && !script->modem.attach_checked)
		return STEP_NEXT;
	script->memory.short_tried |= no_carrier && script->memory.form == FORM_SHORT;
	script->memory.data_tried |= script->memory.form == FORM_DATA;
	for (int form = 0; form < FORM_COUNT; form++) {
		if (step_apn_is_guess(script) && (no_carrier || script->memory.forms_futile))
			break;
		if (!form_may_cure(script, (enum dial_form)form))
			continue;
		script->memory.form = form;
		return script_jump(script, STEP_DIAL);
	}
	script->memory.forms_futile |= !no_carrier;
	script->memory.form = FORM_CID;
	return STEP_NEXT;
}

bool step_call_refused(const struct script *script)
{
	enum at_final_kind kind = script->modem.dial_final.kind;

	return kind == AT_FINAL_NO_CARRIER || kind == AT_FINAL_ERROR || kind == AT_FINAL_CME;
}

enum step_outcome step_dial_again(struct script *script)
{
	buf_clear(&script->call_error);
	script->modem.forms_tried = 0;
	return script_jump(script, STEP_DIAL);
}

/* The context under another number did not help: take the network's own for it. That of an LTE
 * modem at once, for a private SIM attaches with its APN only; IMS and the like after a second
 * dial. */
static enum step_outcome ask_spared(struct script *script)
{
	const struct modem_context *spared = step_spared_context(script);

	if (!spared || (spared->reserved && script->memory.elsewhere < 1) ||
	    !step_call_refused(script))
		return STEP_NEXT;
	return step_overwrite(script, spared, buf_str(&script->call_error));
}

/* Why: the final's own number, which is 100 more than the network's (27.007 9.2.2), or +CEER. */
static enum step_outcome take_reason(struct script *script, const struct at_event *reply)
{
	struct at_final *final = &script->modem.dial_final;
	struct modem_reject *reject = &script->facts.reject;
	const char *at = reply->text;
	char line[96] = "";

	/* The modem is well: it was the network that said nothing. */
	if (final->kind == AT_FINAL_TIMEOUT && reply->final.kind != AT_FINAL_TIMEOUT)
		final->kind = AT_FINAL_NO_ANSWER;

	step_next_line(&at, line, sizeof(line));
	if (*line)
		buf_printf(&script->call_error, " (%s)", line);
	*reject = (struct modem_reject){.cause = 0};
	if (final->kind == AT_FINAL_CME && final->code > 101 && final->code < 148)
		*reject = (struct modem_reject){.cause = final->code - 100, .of_call = true};
	else
		modem_decode_reject(line, reject);
	return STEP_NEXT;
}

static enum step_outcome fail_call(struct script *script)
{
	struct buf why = BUF_INIT;

	modem_reject_print(&script->facts.reject, &why);
	script_fail(script, CAUSE_CALL, "%s%s%s", buf_str(&script->call_error), why.len ? ": " : "",
		    buf_str(&why));
	buf_free(&why);
	return STEP_FAIL;
}

/* A network that is full may have said for how long (24.008 10.5.7.4a, T3396). */
static enum step_outcome ask_backoff(struct script *script)
{
	if (modem_reject_pace(&script->facts.reject) != REJECT_WAITS)
		return fail_call(script);
	buf_printf(&script->command, "AT+CABTRDP=");
	if (at_quote(&script->command, script->modem.context.apn) < 0)
		return fail_call(script);
	return STEP_SEND;
}

static enum step_outcome take_backoff(struct script *script, const struct at_event *reply)
{
	const char *at = reply->text;
	char line[160];

	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_backoff(line, &script->facts.reject);
	return fail_call(script);
}

/* clang-format off */
static const struct step rows[] = {
	/* The wrong port of one modem says ERROR after that minute. */
	{ .ask = ask_dial, .take = take_dial, .timeout_s = 60, .flags = AT_DIAL, .label = STEP_DIAL },
	{ .ask = ask_form },
};

static const struct step form[] = {
	{ .ask = ask_form },
};

static const struct step refused[] = {
	{ "AT+CEREG?", .when = IF_ELSEWHERE, .fact = FACT_DOMAIN, .number = MODEM_DOMAIN_EPS },
	{ .ask = ask_spared },
	/* 27.007 6.10: why the last call failed. */
	{ "AT+CEER", .take = take_reason },
	{ .ask = ask_backoff, .take = take_backoff },
};
/* clang-format on */

const struct steps steps_dial = STEPS(rows);
const struct steps steps_form = STEPS(form);
const struct steps steps_refused = STEPS(refused);
