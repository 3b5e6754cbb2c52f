/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <string.h>

#include "conf/conf.h"
#include "modem/mode-step.h"

#define COMMAND_TIMEOUT_MS 5000

static const struct stage *stage(const struct plan *plan)
{
	static const struct stage *const stages[] = {
		[PLAN_PREPARE] = &stage_prepare, [PLAN_REGISTER] = &stage_register,
		[PLAN_DIAL] = &stage_dial,       [PLAN_INFO] = &stage_info,
		[PLAN_WATCH] = &stage_watch,
	};

	return stages[plan->stage];
}

static void forget_modem(struct plan *plan)
{
	struct modem_facts *facts = &plan->facts;

	memset(facts, 0, sizeof(*facts));
	facts->identity = plan->ati;
	facts->pin_left = -1;
	facts->act = -1;
	modem_signal_clear(&facts->signal);
	facts->fun = -1;
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		facts->registration[i] = (struct modem_registration){
			.stat = MODEM_REG_IDLE, .lac = -1, .ci = -1, .act = -1};
		plan->domain_missing[i] = false;
	}
	memset(&plan->context, 0, sizeof(plan->context));
	memset(&plan->mode, 0, sizeof(plan->mode));
	mode_parse(plan->conf->network.mode, &facts->mode_wanted);
	plan->ipv4_only = false;
	plan->selection = -1;
	plan->selection_freed = false;
	plan->pin_sent = false;
	plan->pin_taken = false;
	plan->urcs_on = false;
	plan->radio_checked = false;
	plan->radio_told = false;
	plan->radio_asked = false;
	for (int i = 0; i < PLAN_KEPT_COUNT; i++)
		plan->kept[i] = -1;
	plan->timeouts = 0;
}

void plan_init(struct plan *plan, const struct conf *conf)
{
	memset(plan, 0, sizeof(*plan));
	plan->conf = conf;
	plan->family = modem_family_find(0, "");
	forget_modem(plan);
}

void plan_free(struct plan *plan)
{
	buf_free(&plan->command);
	buf_free(&plan->text);
	buf_free(&plan->notices);
	buf_free(&plan->call_error);
}

void plan_start(struct plan *plan, enum plan_stage which, int64_t now)
{
	if (which == PLAN_PREPARE || which == PLAN_INFO)
		forget_modem(plan);
	if (which == PLAN_WATCH) {
		modem_signal_clear(&plan->facts.signal);
		plan->facts.technology = NULL;
		plan->timeouts = 0;
	}
	plan->stage = which;
	plan->step = 0;
	plan->index = 0;
	plan->pending = false;
	plan->wake_at = now;
	plan->started_at = now;
	plan->denied_at = -1;
	plan->denied = false;
	plan->winding_up = false;
	plan->wrong_modem = false;
	plan->cause = CAUSE_NONE;
	buf_clear(&plan->text);
}

void plan_wind_up(struct plan *plan)
{
	plan->winding_up = true;
}

/* "+CPIN:" of "AT+CPIN?": what an answer's lines begin with; "" for a basic command. */
static const char *default_prefix(struct plan *plan)
{
	const char *name = buf_str(&plan->command);
	size_t len;

	if (plan->command.len < 3 || !strchr("+^!*$%#_", name[2]))
		return "";
	name += strlen("AT");
	len = strcspn(name, "=?;");
	if (len + 2 > sizeof(plan->prefix))
		return "";
	memcpy(plan->prefix, name, len);
	memcpy(plan->prefix + len, ":", 2);
	return plan->prefix;
}

static enum step_ask ask(struct plan *plan, struct at_command *command, int64_t now)
{
	const struct step *step = &stage(plan)->steps[plan->step];
	enum step_ask asked;

	buf_clear(&plan->command);
	*command = (struct at_command){.timeout_ms = COMMAND_TIMEOUT_MS};
	asked = step->ask(plan, command, now);
	command->text = buf_str(&plan->command);
	if (!command->prefix)
		command->prefix = default_prefix(plan);
	return asked;
}

enum plan_verdict plan_next(struct plan *plan, struct at_command *command, int64_t now)
{
	while (plan->cause == CAUSE_NONE && !plan->pending) {
		if (now < plan->wake_at)
			return PLAN_WAIT;
		if (plan->step >= stage(plan)->count)
			return PLAN_DONE;
		switch (ask(plan, command, now)) {
		case ASK_SEND:
			plan->pending = true;
			return PLAN_COMMAND;
		case ASK_SKIP:
			plan->step++;
			break;
		case ASK_JUMP:
		case ASK_FAIL:
			break;
		}
	}
	return plan->cause != CAUSE_NONE ? PLAN_FAILED : PLAN_PENDING;
}

void plan_reply(struct plan *plan, const struct at_event *reply, int64_t now)
{
	const struct step *step = &stage(plan)->steps[plan->step];

	if (!plan->pending)
		return;
	plan->pending = false;
	switch (step->take(plan, reply, now)) {
	case STEP_NEXT:
		plan->step++;
		break;
	case STEP_FINISH:
		plan->step = stage(plan)->count;
		break;
	case STEP_AGAIN:
	case STEP_JUMP:
	case STEP_FAIL:
		break;
	}
}

void plan_urc(struct plan *plan, const char *line, int64_t now)
{
	modem_decode_cpin(line, &plan->facts.sim);
	if (!step_take_registration(plan, line) || plan->stage >= PLAN_INFO)
		return;
	if (step_check_roaming(plan) != STEP_FAIL && plan->stage == PLAN_REGISTER &&
	    plan->facts.registered)
		plan->wake_at = now;
}

enum step_outcome plan_fail(struct plan *plan, enum cause cause, const char *format, ...)
{
	va_list ap;

	plan->cause = cause;
	buf_clear(&plan->text);
	va_start(ap, format);
	buf_vprintf(&plan->text, format, ap);
	va_end(ap);
	return STEP_FAIL;
}

enum step_outcome plan_fail_refused(struct plan *plan, enum cause cause,
				    const struct at_event *reply)
{
	plan->cause = cause;
	buf_clear(&plan->text);
	buf_printf(&plan->text, "%s refused: ", reply->command);
	at_final_describe(&reply->final, &plan->text);
	return STEP_FAIL;
}

void plan_notice(struct plan *plan, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&plan->notices, format, ap);
	va_end(ap);
	buf_append(&plan->notices, "\n", 1);
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

enum step_outcome step_take_any(struct plan *plan, const struct at_event *reply, int64_t now)
{
	(void)plan;
	(void)reply;
	(void)now;
	return STEP_NEXT;
}

static bool is_new(const struct modem_registration *a, const struct modem_registration *b)
{
	return a->stat != b->stat || a->act != b->act;
}

enum step_outcome step_take_radio(struct plan *plan, const struct at_event *reply, int64_t now)
{
	const char *at = reply->text, *technology;
	char line[256];

	(void)now;
	while (step_next_line(&at, line, sizeof(line))) {
		modem_decode_signal(line, &plan->facts.signal);
		technology = modem_decode_technology(line);
		if (technology)
			plan->facts.technology = technology;
	}
	return STEP_NEXT;
}

bool step_take_registration(struct plan *plan, const char *line)
{
	struct modem_facts *facts = &plan->facts;
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

enum step_outcome step_check_roaming(struct plan *plan)
{
	if (!plan->facts.roaming || plan->conf->network.roaming)
		return STEP_NEXT;
	return plan_fail(plan, CAUSE_NOT_REGISTERED,
			 "registered with a foreign network, and "
			 "network.roaming = false forbids its use");
}

void step_put_context(struct plan *plan, const struct modem_context *context)
{
	struct modem_facts *facts = &plan->facts;
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

void plan_describe_registration(const struct plan *plan, struct buf *out)
{
	const char *between = "";

	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		if (plan->domain_missing[i])
			continue;
		buf_printf(out, "%s%s %s", between, modem_domain_name((enum modem_domain)i),
			   modem_reg_name(plan->facts.registration[i].stat));
		between = ", ";
	}
	if (strcmp(plan->conf->network.operator, "auto") != 0)
		buf_printf(out, "; network.operator allows only %s", plan->conf->network.operator);
	mode_describe_limit(plan, out);
}
