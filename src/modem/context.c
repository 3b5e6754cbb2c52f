/* SPDX-License-Identifier: ISC */
/* The PDP context's steps of preparing. */
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/prepare.h"

enum step_ask context_ask(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	(void)command;
	buf_printf(&script->command, "AT+CGDCONT?");
	return ASK_SEND;
}

enum step_outcome context_take(struct script *script, const struct at_event *reply, int64_t now)
{
	struct modem_context context;
	const char *at = reply->text;
	char line[256];

	(void)now;
	while (step_next_line(&at, line, sizeof(line))) {
		if (!modem_decode_context(line, &context))
			continue;
		step_put_context(script, &context);
		if (context.cid == script->conf->network.cid)
			script->context = context;
	}
	return STEP_NEXT;
}

static const char *wanted_type(const struct script *script)
{
	static const char *const types[] = {
		[CONF_PDP_IPV4] = "IP",
		[CONF_PDP_IPV6] = "IPV6",
		[CONF_PDP_IPV4V6] = "IPV4V6",
	};

	return script->ipv4_only ? "IP" : types[script->conf->network.pdp_type];
}

/* Without an APN in the config the modem's own context is good as it is. */
static bool context_is_right(const struct script *script)
{
	if (script->context.cid == 0)
		return false;
	if (!*script->conf->network.apn)
		return true;
	return strcasecmp(script->context.type, wanted_type(script)) == 0 &&
	       modem_apn_equal(script->context.apn, script->conf->network.apn);
}

enum step_ask context_ask_set(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	if (context_is_right(script)) {
		script->index = 0;
		return ASK_SKIP;
	}
	buf_printf(&script->command, "AT+CGDCONT=%d,\"%s\",", script->conf->network.cid,
		   wanted_type(script));
	if (at_quote(&script->command, script->conf->network.apn) < 0) {
		script_fail(script, CAUSE_CONFIG, "network.apn has a character no APN can have");
		return ASK_FAIL;
	}
	command->timeout_ms = 10000;
	return ASK_SEND;
}

static void note_written(struct script *script)
{
	struct modem_context *context = &script->context;

	context->cid = script->conf->network.cid;
	str_copy(context->type, sizeof(context->type), wanted_type(script));
	str_copy(context->apn, sizeof(context->apn), script->conf->network.apn);
	step_put_context(script, context);
}

enum step_outcome context_take_set(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)now;
	script->index = 0; /* of the forms of authentication, which come next */
	if (reply->final.kind == AT_FINAL_OK) {
		note_written(script);
		return STEP_NEXT;
	}
	if (script->conf->network.pdp_type != CONF_PDP_IPV4V6 || script->ipv4_only ||
	    reply->final.kind == AT_FINAL_TIMEOUT)
		return script_fail_refused(script, CAUSE_CALL, reply);
	script_notice(script, "the modem has no contexts for IPv4 and IPv6 at once; "
			      "going on with IPv4");
	script->ipv4_only = true;
	return STEP_AGAIN;
}
