/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/count.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/network.h"
#include "modem/step.h"

#define COMMAND_TIMEOUT_MS 5000
#define TIMEOUTS_MAX       3 /* of one question after the other: the modem no longer answers */
#define YOUNG_MS           60000
#define EARLY_RETRY_MS     1000
#define UNATTACHED_MAX     3     /* calls that the attach explains, and no access point */
#define SEARCH_MS          20000 /* a registration that comes to nothing sooner proves nothing */

/* What is wrong with a context may show as late as in the call, so that its steps are in each. */
static const struct steps *const stages[][10] = {
	[SCRIPT_PREPARE] = {&steps_prepare, &steps_sim, &steps_cdma, &steps_mode, &steps_contexts,
			    &steps_apn, &steps_context, &steps_account},
	/* A modem may not have known its SIM in time. */
	[SCRIPT_REGISTER] = {&steps_context, &steps_account, &steps_register, &steps_sim,
			     &steps_mode, &steps_registered, &steps_attach},
	[SCRIPT_DIAL] = {&steps_dial, &steps_attach, &steps_form, &steps_activate, &steps_refused,
			 &steps_context, &steps_account, &steps_register, &steps_redial},
	[SCRIPT_INFO] = {&steps_inquiry, &steps_mode},
	[SCRIPT_WATCH] = {&steps_inquiry},
};

static const struct step *find_step(const struct script *script)
{
	size_t index = script->step;

	for (const struct steps *const *part = stages[script->stage]; *part; part++) {
		if (index < (*part)->count)
			return &(*part)->rows[index];
		index -= (*part)->count;
	}
	return NULL;
}

static void forget_modem(struct script *script)
{
	struct modem_facts *facts = &script->facts;

	memset(facts, 0, sizeof(*facts));
	memset(&script->modem, 0, sizeof(script->modem));
	facts->identity = script->ati;
	facts->pin_left = -1;
	facts->act = -1;
	facts->fun = -1;
	script->modem.attached = -1;
	modem_signal_clear(&facts->signal);
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		facts->registration[i] =
			(struct modem_registration){MODEM_REG_IDLE, .lac = -1, .ci = -1, .act = -1};
	for (int i = 0; i < SCRIPT_KEPT_COUNT; i++)
		script->modem.kept[i] = -1;
	mode_parse(script->conf->network.mode, &facts->mode_wanted);
}

void script_init(struct script *script, const struct conf *conf)
{
	memset(script, 0, sizeof(*script));
	script->conf = conf;
	script->family = modem_family_find(0, "");
	script->born_at = -1;
	script->as_is.source = APN_SIM;
	script->as_is.as_is = true;
	forget_modem(script);
}

void script_free(struct script *script)
{
	buf_free(&script->command);
	buf_free(&script->text);
	buf_free(&script->notices);
	buf_free(&script->call_error);
	buf_free(&script->scan.names);
}

void script_start(struct script *script, enum script_stage stage, int64_t now)
{
	if (stage == SCRIPT_PREPARE && script->stage == SCRIPT_REGISTER)
		script->memory.searched = modem_stands_at(&script->facts, MODEM_REG_SEARCHING) &&
					  now - script->started_at >= SEARCH_MS;
	if (stage == SCRIPT_PREPARE || stage == SCRIPT_INFO)
		forget_modem(script);
	if (stage == SCRIPT_PREPARE) {
		char model[sizeof(script->memory.model)];

		/* Another model than last time knows nothing of what the last one has taught us. */
		snprintf(model, sizeof(model), "%.30s %.30s", script->ati.manufacturer,
			 script->ati.model);
		if (strcmp(model, script->memory.model) != 0) {
			memset(&script->memory, 0, sizeof(script->memory));
			str_copy(script->memory.model, sizeof(script->memory.model), model);
			step_recall_form(script);
		}
		script->memory.form = script->memory.form_good;
	}
	if (stage == SCRIPT_DIAL) {
		script->memory.searched = false;
		buf_clear(&script->call_error);
	}
	if (stage == SCRIPT_WATCH) {
		modem_signal_clear(&script->facts.signal);
		script->facts.technology = NULL;
	}
	script->stage = stage;
	script->step = script->index = 0;
	script->pending = false;
	script->wake_at = script->started_at = now;
	script->denied_at = -1;
	script->early_at = -1;
	script->timeouts = 0;
	script->winding_up = script->wrong_modem = script->denied = false;
	script->cause = CAUSE_NONE;
	buf_clear(&script->text);
}

void script_succeeded(struct script *script)
{
	script->memory.elsewhere = script->memory.anyway = script->memory.unattached = 0;
	step_keep_form(script);
	script->memory.toggle_futile = false;
	script->memory.forms_futile = false;
	script->memory.sim_wakes = 0;
	script->memory.denied_since = 0;
	script_apn_worked(script);
}

bool script_call_was_refused(const struct script *script)
{
	const struct at_final *final = &script->modem.dial_final;
	enum at_error_class class = at_final_class(final);

	if (!modem_reject_is_of_apn(&script->facts.reject) ||
	    (script->modem.attached == 0 && script->memory.unattached <= UNATTACHED_MAX))
		return false;
	/* 30, 31: the gateway's refusal, and one without a reason. */
	if (final->kind == AT_FINAL_CME)
		return final->code == 130 || final->code == 131 || class == AT_ERROR_APN ||
		       class == AT_ERROR_OTHER || class == AT_ERROR_UNSUPPORTED;
	return final->kind == AT_FINAL_NO_CARRIER || final->kind == AT_FINAL_ERROR ||
	       final->kind == AT_FINAL_NO_ANSWER || final->kind == AT_FINAL_OK;
}

/* 24.301 9.9.3.9: 19 is the session's failure. Many modems tell neither the reason nor the denial,
 * and go on searching: then a guess of ours in the attach is as likely as no network. All are
 * tried once, so that a SIM without a contract costs no more flash; in the end the modem gets its
 * own again, which may be somebody's only copy, or else the last one stays. */
bool script_attach_was_refused(const struct script *script)
{
	const struct modem_facts *facts = &script->facts;
	const struct apn_walk *walk = &script->apn;
	int reason = facts->reject.of_call ? 0 : facts->reject.cause;
	const struct apn_try *used = script_apn(script);
	bool is_first = script->modem.cid == 1, is_guess = used->source == APN_TABLE;
	bool is_ours = *used->apn && !used->as_is && used->source != APN_REMEMBERED;
	bool has_own = walk->tries[0].as_is && *walk->tries[0].apn;
	bool is_last = has_own ? walk->at == 0 && walk->rounds > 0 : !script_has_other_apn(script);

	if (facts->registered || !facts->domain_known[MODEM_DOMAIN_EPS] || is_last ||
	    (reason != 0 && reason != 19))
		return false;
	return reason == 19 || (script->denied && (is_first || !is_guess)) ||
	       (is_first && (is_ours || (has_own && walk->at > 0)) &&
		walk->written & 1U << walk->at);
}

void script_got_no_link(struct script *script)
{
	script->memory.elsewhere += script->modem.cid_chosen && script->modem.cid > 1;
	script->memory.untold += !script->modem.contexts_told;
}

void script_wind_up(struct script *script)
{
	script->winding_up = true;
}

static enum step_outcome ask_step(struct script *script, const struct step *step)
{
	const char *text = step->text;
	enum step_outcome outcome = STEP_SEND;

	script->number = step->number;
	if (step->family)
		text = *(const char *const *)((const char *)script->family + step->family);
	if ((!text && !step->ask) || !step_is_needed(script, step))
		return STEP_NEXT;
	buf_clear(&script->command);
	script->at = (struct at_command){
		.prefix = step->plain ? "" : NULL,
		.timeout_ms = step->timeout_s ? step->timeout_s * 1000 : COMMAND_TIMEOUT_MS,
		.flags = step->flags,
	};
	if (step->fact && step->fact < FACT_SIGNAL)
		script->at.flags |= AT_ONE_LINE;
	if (step->ask)
		outcome = step->ask(script);
	else
		buf_printf(&script->command, "%s", text);
	if (step->numbered)
		buf_printf(&script->command, "%d", script->modem.kept[step->number]);
	script->at.text = buf_str(&script->command);
	if (script->at.prefix)
		return outcome;
	/* "+CPIN:" of "AT+CPIN?": what an answer's lines begin with; "" for a basic command. */
	script->at.prefix = "";
	if (script->command.len >= 3 && strchr("+^!*$%#_", script->at.text[2])) {
		size_t len = strcspn(script->at.text + 2, "=?;");

		if (len + 2 <= sizeof(script->prefix)) {
			memcpy(script->prefix, script->at.text + 2, len);
			memcpy(script->prefix + len, ":", 2);
			script->at.prefix = script->prefix;
		}
	}
	return outcome;
}

enum script_verdict script_next(struct script *script, struct at_command *command, int64_t now)
{
	script->now = now;
	while (script->cause == CAUSE_NONE && !script->pending) {
		const struct step *step = find_step(script);

		if (now < script->wake_at)
			return SCRIPT_WAIT;
		if (!step)
			return SCRIPT_DONE;
		switch (ask_step(script, step)) {
		case STEP_SEND:
			/* Half a command may be another one. */
			if (script->command.failed) {
				script_fail(script, CAUSE_INTERNAL, "no command is sent: %s",
					    strerror(ENOMEM));
				break;
			}
			*command = script->at;
			script->pending = true;
			return SCRIPT_COMMAND;
		case STEP_NEXT:
			script->step++;
			script->index = 0;
			break;
		default:
			break;
		}
	}
	return script->cause != CAUSE_NONE ? SCRIPT_FAILED : SCRIPT_PENDING;
}

bool script_is_early(const struct script *script, const struct at_final *final)
{
	return script->born_at >= 0 && script->now - script->born_at < YOUNG_MS &&
	       at_final_class(final) != AT_ERROR_UNSUPPORTED;
}

bool script_lacks_command(const struct script *script, const struct at_final *final)
{
	enum at_error_class class = at_final_class(final);

	/* Busy, no SIM, no network are no word on the command itself. */
	return final->kind != AT_FINAL_TIMEOUT &&
	       (class == AT_ERROR_OTHER || class == AT_ERROR_UNSUPPORTED) &&
	       !script_is_early(script, final);
}

/* Whether an answer that ends the stage, or that nobody judges, comes too early to be believed. One
 * that waits for its SIM asks for that first. */
static bool repeat_early(struct script *script, const struct step *step,
			 const struct at_event *reply)
{
	bool says_nothing = reply->final.kind != AT_FINAL_OK || (step->plain && !*reply->text);
	size_t here = script->step;

	if (!step->early || !says_nothing || !script_is_early(script, &reply->final))
		return false;
	if (script->early_at < 0)
		script->early_at = script->now;
	if (script->now - script->early_at >= SCRIPT_EARLY_MS)
		return false;
	script->cause = CAUSE_NONE;
	buf_clear(&script->text);
	script->wake_at = script->now + EARLY_RETRY_MS;
	if (script->facts.sim == MODEM_SIM_UNKNOWN)
		script_jump(script, STEP_SIM);
	if (script->step > here)
		script->step = here;
	return true;
}

void script_reply(struct script *script, const struct at_event *reply, int64_t now)
{
	const struct step *step = find_step(script);
	enum step_outcome outcome = STEP_NEXT;
	const char *at = reply->text;
	char line[256];

	if (!script->pending || !step)
		return;
	script->pending = false;
	script->now = now;
	if (script->stage >= SCRIPT_INFO && !step->ask) {
		script->timeouts = reply->final.kind == AT_FINAL_TIMEOUT ? script->timeouts + 1 : 0;
		if (script->timeouts >= TIMEOUTS_MAX) {
			script_fail(script, CAUSE_NO_AT_PORT, "the modem has stopped answering");
			return;
		}
	}
	for (script->lines = 0; step->fact && step_next_line(&at, line, sizeof(line));
	     script->lines++)
		step_take_line(script, step, line);
	if (step->take)
		outcome = step->take(script, reply);
	if ((outcome == STEP_FAIL || !step->take) && repeat_early(script, step, reply))
		return;
	if (outcome == STEP_NEXT) {
		script->step++;
		script->index = 0;
	} else if (outcome == STEP_FINISH) {
		script->step = SIZE_MAX;
	}
}

enum step_outcome script_jump(struct script *script, enum step_label label)
{
	const struct step *step;

	script->index = 0;
	for (script->step = 0; (step = find_step(script)) && step->label != label; script->step++)
		;
	return STEP_AGAIN;
}

enum step_outcome script_check_roaming(struct script *script)
{
	if (!script->facts.roaming || script->conf->network.roaming)
		return STEP_NEXT;
	return script_fail(script, CAUSE_NOT_REGISTERED,
			   "registered with a foreign network, and "
			   "network.roaming = false forbids its use");
}

/* What a modem says when it has started, and then when its SIM has. */
static bool is_start(const char *line, bool *of_modem)
{
	static const char *const words[] = {
		"RDY",       ";RDY",     "APP RDY",   "*ATREADY", "^SYSSTART",  "+SYSSTART",
		"",          "+CPIN",    "SIM READY", "+SIM",     "+QUSIM",     "+QSIMSTAT",
		"^SIMST",    "#QSS",     "^SCKS",     "+ZUSIMR",  "+UUSIMSTAT", "Call Ready",
		"SMS Ready", "SMS DONE", "PB DONE",   "+PBREADY"};

	*of_modem = true;
	for (size_t i = 0; i < COUNT(words); i++) {
		*of_modem &= *words[i] != '\0';
		if (*words[i] && str_starts_nocase(line, words[i]))
			return true;
	}
	return false;
}

void script_urc(struct script *script, const char *line, int64_t now)
{
	bool waits = script->stage < SCRIPT_DIAL && script->wake_at > now, of_modem;

	modem_decode_cpin(line, &script->facts.sim);
	if (is_start(line, &of_modem)) {
		if (of_modem)
			script->born_at = now;
		/* It has forgotten what was set. */
		if (of_modem && script->stage == SCRIPT_PREPARE && !script->pending &&
		    !script->modem.pin_sent)
			script->step = script->index = 0;
		if (waits)
			script->wake_at = now;
	}
	if (!script->facts.registered && script->stage < SCRIPT_DIAL)
		modem_decode_reject(line, &script->facts.reject);
	if (!step_take_registration(script, line) || script->stage >= SCRIPT_INFO)
		return;
	if (script_check_roaming(script) != STEP_FAIL && script->stage == SCRIPT_REGISTER &&
	    script->facts.registered)
		script->wake_at = now;
}

enum step_outcome script_fail(struct script *script, enum cause cause, const char *format, ...)
{
	va_list ap;

	script->cause = cause;
	buf_clear(&script->text);
	va_start(ap, format);
	buf_vprintf(&script->text, format, ap);
	va_end(ap);
	return STEP_FAIL;
}

enum step_outcome script_fail_refused(struct script *script, enum cause cause,
				      const struct at_event *reply)
{
	struct buf final = BUF_INIT;

	at_final_describe(&reply->final, &final);
	script_fail(script, cause, "%s refused: %s", reply->command, buf_str(&final));
	buf_free(&final);
	return STEP_FAIL;
}

static void add_notice(struct script *script, enum log_level level, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));
static void add_notice(struct script *script, enum log_level level, const char *format, va_list ap)
{
	buf_printf(&script->notices, "%d", (int)level);
	buf_vprintf(&script->notices, format, ap);
	buf_append(&script->notices, "\n", 1);
}

void script_say(struct script *script, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_notice(script, LOG_LEVEL_NOTICE, format, ap);
	va_end(ap);
}

void script_notice(struct script *script, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_notice(script, LOG_LEVEL_WARNING, format, ap);
	va_end(ap);
}

void script_notice_refused(struct script *script, const struct at_event *reply, const char *more)
{
	struct buf final = BUF_INIT;

	at_final_describe(&reply->final, &final);
	script_notice(script, "%s refused: %s%s", reply->command, buf_str(&final), more);
	buf_free(&final);
}
