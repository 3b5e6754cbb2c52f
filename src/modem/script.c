/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <string.h>

#include "conf/conf.h"
#include "modem/mode-step.h"

#define COMMAND_TIMEOUT_MS 5000

static const struct stage *stage(const struct script *script)
{
	static const struct stage *const stages[] = {
		[SCRIPT_PREPARE] = &stage_prepare, [SCRIPT_REGISTER] = &stage_register,
		[SCRIPT_DIAL] = &stage_dial,       [SCRIPT_INFO] = &stage_info,
		[SCRIPT_WATCH] = &stage_watch,
	};

	return stages[script->stage];
}

static void forget_modem(struct script *script)
{
	struct modem_facts *facts = &script->facts;

	memset(facts, 0, sizeof(*facts));
	facts->identity = script->ati;
	facts->pin_left = -1;
	facts->act = -1;
	modem_signal_clear(&facts->signal);
	facts->fun = -1;
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		facts->registration[i] = (struct modem_registration){
			.stat = MODEM_REG_IDLE, .lac = -1, .ci = -1, .act = -1};
		script->domain_missing[i] = false;
	}
	memset(&script->context, 0, sizeof(script->context));
	memset(&script->mode, 0, sizeof(script->mode));
	mode_parse(script->conf->network.mode, &facts->mode_wanted);
	script->ipv4_only = false;
	script->selection = -1;
	script->selection_freed = false;
	script->pin_sent = false;
	script->pin_taken = false;
	script->urcs_on = false;
	script->radio_checked = false;
	script->radio_told = false;
	script->radio_asked = false;
	for (int i = 0; i < SCRIPT_KEPT_COUNT; i++)
		script->kept[i] = -1;
	script->timeouts = 0;
}

void script_init(struct script *script, const struct conf *conf)
{
	memset(script, 0, sizeof(*script));
	script->conf = conf;
	script->family = modem_family_find(0, "");
	forget_modem(script);
}

void script_free(struct script *script)
{
	buf_free(&script->command);
	buf_free(&script->text);
	buf_free(&script->notices);
	buf_free(&script->call_error);
}

void script_start(struct script *script, enum script_stage which, int64_t now)
{
	if (which == SCRIPT_PREPARE || which == SCRIPT_INFO)
		forget_modem(script);
	if (which == SCRIPT_WATCH) {
		modem_signal_clear(&script->facts.signal);
		script->facts.technology = NULL;
		script->timeouts = 0;
	}
	script->stage = which;
	script->step = 0;
	script->index = 0;
	script->pending = false;
	script->wake_at = now;
	script->started_at = now;
	script->denied_at = -1;
	script->denied = false;
	script->winding_up = false;
	script->wrong_modem = false;
	script->cause = CAUSE_NONE;
	buf_clear(&script->text);
}

void script_wind_up(struct script *script)
{
	script->winding_up = true;
}

/* "+CPIN:" of "AT+CPIN?": what an answer's lines begin with; "" for a basic command. */
static const char *default_prefix(struct script *script)
{
	const char *name = buf_str(&script->command);
	size_t len;

	if (script->command.len < 3 || !strchr("+^!*$%#_", name[2]))
		return "";
	name += strlen("AT");
	len = strcspn(name, "=?;");
	if (len + 2 > sizeof(script->prefix))
		return "";
	memcpy(script->prefix, name, len);
	memcpy(script->prefix + len, ":", 2);
	return script->prefix;
}

static enum step_ask ask(struct script *script, struct at_command *command, int64_t now)
{
	const struct step *step = &stage(script)->steps[script->step];
	enum step_ask asked;

	buf_clear(&script->command);
	*command = (struct at_command){.timeout_ms = COMMAND_TIMEOUT_MS};
	asked = step->ask(script, command, now);
	command->text = buf_str(&script->command);
	if (!command->prefix)
		command->prefix = default_prefix(script);
	return asked;
}

enum script_verdict script_next(struct script *script, struct at_command *command, int64_t now)
{
	while (script->cause == CAUSE_NONE && !script->pending) {
		if (now < script->wake_at)
			return SCRIPT_WAIT;
		if (script->step >= stage(script)->count)
			return SCRIPT_DONE;
		switch (ask(script, command, now)) {
		case ASK_SEND:
			script->pending = true;
			return SCRIPT_COMMAND;
		case ASK_SKIP:
			script->step++;
			break;
		case ASK_JUMP:
		case ASK_FAIL:
			break;
		}
	}
	return script->cause != CAUSE_NONE ? SCRIPT_FAILED : SCRIPT_PENDING;
}

void script_reply(struct script *script, const struct at_event *reply, int64_t now)
{
	const struct step *step = &stage(script)->steps[script->step];

	if (!script->pending)
		return;
	script->pending = false;
	switch (step->take(script, reply, now)) {
	case STEP_NEXT:
		script->step++;
		break;
	case STEP_FINISH:
		script->step = stage(script)->count;
		break;
	case STEP_AGAIN:
	case STEP_JUMP:
	case STEP_FAIL:
		break;
	}
}

void script_urc(struct script *script, const char *line, int64_t now)
{
	modem_decode_cpin(line, &script->facts.sim);
	if (!step_take_registration(script, line) || script->stage >= SCRIPT_INFO)
		return;
	if (step_check_roaming(script) != STEP_FAIL && script->stage == SCRIPT_REGISTER &&
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
	script->cause = cause;
	buf_clear(&script->text);
	buf_printf(&script->text, "%s refused: ", reply->command);
	at_final_describe(&reply->final, &script->text);
	return STEP_FAIL;
}

void script_notice(struct script *script, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&script->notices, format, ap);
	va_end(ap);
	buf_append(&script->notices, "\n", 1);
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

enum step_outcome step_take_any(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)script;
	(void)reply;
	(void)now;
	return STEP_NEXT;
}

static bool is_new(const struct modem_registration *a, const struct modem_registration *b)
{
	return a->stat != b->stat || a->act != b->act;
}

enum step_outcome step_take_radio(struct script *script, const struct at_event *reply, int64_t now)
{
	const char *at = reply->text, *technology;
	char line[256];

	(void)now;
	while (step_next_line(&at, line, sizeof(line))) {
		modem_decode_signal(line, &script->facts.signal);
		technology = modem_decode_technology(line);
		if (technology)
			script->facts.technology = technology;
	}
	return STEP_NEXT;
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
	if (is_new(kept, &found) || found.lac >= 0)
		*kept = found;
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
	return true;
}

enum step_outcome step_check_roaming(struct script *script)
{
	if (!script->facts.roaming || script->conf->network.roaming)
		return STEP_NEXT;
	return script_fail(script, CAUSE_NOT_REGISTERED,
			   "registered with a foreign network, and "
			   "network.roaming = false forbids its use");
}

void step_put_context(struct script *script, const struct modem_context *context)
{
	struct modem_facts *facts = &script->facts;
	size_t i = 0;

	while (i < facts->context_count && facts->contexts[i].cid != context->cid)
		i++;
	if (i == MODEM_CONTEXTS_MAX)
		return;
	facts->contexts[i] = *context;
	if (i == facts->context_count)
		facts->context_count++;
}

bool modem_network_is_known(const struct modem_facts *facts)
{
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		if (facts->domain_known[i])
			return true;
	return false;
}

bool modem_stands_at(const struct modem_facts *facts, enum modem_reg stat)
{
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		if (facts->domain_known[i] && facts->registration[i].stat == stat)
			return true;
	return false;
}

const char *modem_technology(const struct modem_facts *facts)
{
	return facts->technology ? facts->technology : modem_act_name(facts->act);
}

void script_describe_registration(const struct script *script, struct buf *out)
{
	const char *between = "";

	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		if (script->domain_missing[i])
			continue;
		buf_printf(out, "%s%s %s", between, modem_domain_name((enum modem_domain)i),
			   modem_reg_name(script->facts.registration[i].stat));
		between = ", ";
	}
	if (strcmp(script->conf->network.operator, "auto") != 0)
		buf_printf(out, "; network.operator allows only %s",
			   script->conf->network.operator);
	mode_describe_limit(script, out);
}
