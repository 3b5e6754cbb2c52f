/* SPDX-License-Identifier: ISC */
/* The PDP context's steps of preparing. */
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/prepare.h"

enum step_ask context_ask(struct plan *plan, struct at_command *command, int64_t now)
{
	(void)now;
	(void)command;
	buf_printf(&plan->command, "AT+CGDCONT?");
	return ASK_SEND;
}

enum step_outcome context_take(struct plan *plan, const struct at_event *reply, int64_t now)
{
	struct modem_context context;
	const char *at = reply->text;
	char line[256];

	(void)now;
	while (step_next_line(&at, line, sizeof(line))) {
		if (!modem_decode_context(line, &context))
			continue;
		step_put_context(plan, &context);
		if (context.cid == plan->conf->network.cid)
			plan->context = context;
	}
	return STEP_NEXT;
}

static const char *wanted_type(const struct plan *plan)
{
	static const char *const types[] = {
		[CONF_PDP_IPV4] = "IP",
		[CONF_PDP_IPV6] = "IPV6",
		[CONF_PDP_IPV4V6] = "IPV4V6",
	};

	return plan->ipv4_only ? "IP" : types[plan->conf->network.pdp_type];
}

/* Without an APN in the config the modem's own context is good as it is. */
static bool context_is_right(const struct plan *plan)
{
	if (plan->context.cid == 0)
		return false;
	if (!*plan->conf->network.apn)
		return true;
	return strcasecmp(plan->context.type, wanted_type(plan)) == 0 &&
	       modem_apn_equal(plan->context.apn, plan->conf->network.apn);
}

enum step_ask context_ask_set(struct plan *plan, struct at_command *command, int64_t now)
{
	(void)now;
	if (context_is_right(plan)) {
		plan->index = 0;
		return ASK_SKIP;
	}
	buf_printf(&plan->command, "AT+CGDCONT=%d,\"%s\",", plan->conf->network.cid,
		   wanted_type(plan));
	if (at_quote(&plan->command, plan->conf->network.apn) < 0) {
		plan_fail(plan, CAUSE_CONFIG, "network.apn has a character no APN can have");
		return ASK_FAIL;
	}
	command->timeout_ms = 10000;
	return ASK_SEND;
}

static void note_written(struct plan *plan)
{
	struct modem_context *context = &plan->context;

	context->cid = plan->conf->network.cid;
	str_copy(context->type, sizeof(context->type), wanted_type(plan));
	str_copy(context->apn, sizeof(context->apn), plan->conf->network.apn);
	step_put_context(plan, context);
}

enum step_outcome context_take_set(struct plan *plan, const struct at_event *reply, int64_t now)
{
	(void)now;
	plan->index = 0; /* of the forms of authentication, which come next */
	if (reply->final.kind == AT_FINAL_OK) {
		note_written(plan);
		return STEP_NEXT;
	}
	if (plan->conf->network.pdp_type != CONF_PDP_IPV4V6 || plan->ipv4_only ||
	    reply->final.kind == AT_FINAL_TIMEOUT)
		return plan_fail_refused(plan, CAUSE_CALL, reply);
	plan_notice(plan, "the modem has no contexts for IPv4 and IPv6 at once; "
			  "going on with IPv4");
	plan->ipv4_only = true;
	return STEP_AGAIN;
}
