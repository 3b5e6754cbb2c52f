/* SPDX-License-Identifier: ISC */
/* The PDP context's steps of preparing, and name and password for it, where the modem wants them by
 * AT. pppd gives them in any case: some modems pass on what it says, some do not. */
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/step.h"

static const char *wanted_type(const struct script *script)
{
	static const char *const types[] = {
		[CONF_PDP_IPV4] = "IP",
		[CONF_PDP_IPV6] = "IPV6",
		[CONF_PDP_IPV4V6] = "IPV4V6",
	};

	return script->modem.ipv4_only ? "IP" : types[script->conf->network.pdp_type];
}

static enum step_outcome ask_context(struct script *script)
{
	const struct modem_context *context = &script->modem.context;
	const char *apn = script->conf->network.apn;

	/* Without an APN in the config the modem's own context is good as it is. */
	if (context->cid && (!*apn || (strcasecmp(context->type, wanted_type(script)) == 0 &&
				       modem_apn_equal(context->apn, apn))))
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CGDCONT=%d,\"%s\",", script->conf->network.cid,
		   wanted_type(script));
	if (at_quote(&script->command, apn) < 0)
		return script_fail(script, CAUSE_CONFIG,
				   "network.apn has a character no APN can have");
	return STEP_SEND;
}

static enum step_outcome take_context(struct script *script, const struct at_event *reply)
{
	struct modem_context *context = &script->modem.context;

	if (reply->final.kind == AT_FINAL_OK) {
		context->cid = script->conf->network.cid;
		str_copy(context->type, sizeof(context->type), wanted_type(script));
		str_copy(context->apn, sizeof(context->apn), script->conf->network.apn);
		step_put_context(script, context);
		return STEP_NEXT;
	}
	if (script->conf->network.pdp_type != CONF_PDP_IPV4V6 || script->modem.ipv4_only ||
	    reply->final.kind == AT_FINAL_TIMEOUT)
		return script_fail_refused(script, CAUSE_CALL, reply);
	script_notice(script, "the modem has no contexts for IPv4 and IPv6 at once; "
			      "going on with IPv4");
	script->modem.ipv4_only = true;
	return STEP_AGAIN;
}

/* The form number `index` of those that | separates; NULL: there are no more. Nothing is written
 * that nobody has asked for; `none` removes what an earlier password has left. */
static const char *auth_form(const struct script *script, size_t index)
{
	const struct conf *conf = script->conf;
	bool given = *conf->network.user || *conf->network.password;
	const char *forms = conf->network.auth == CONF_AUTH_NONE ? script->family->auth_none
								 : script->family->auth;

	if (!given &&
	    (conf->network.auth == CONF_AUTH_NONE || conf->network.auth == CONF_AUTH_AUTO))
		return NULL;
	while (forms && index-- > 0) {
		forms = strchr(forms, '|');
		if (forms)
			forms++;
	}
	return forms;
}

/* What stands for a letter of family.h is a text; NULL: a number. */
static const char *auth_text(const struct script *script, char letter, const char **key)
{
	switch (letter) {
	case 'u':
		*key = "user";
		return script->conf->network.user;
	case 'p':
		*key = "password";
		return script->conf->network.password;
	case 'n':
		*key = "apn";
		return script->modem.context.apn;
	default:
		return NULL;
	}
}

static void put_number(struct script *script, char letter)
{
	const char *type = script->modem.context.type;
	int number = 0;

	if (letter == 'c')
		number = script->conf->network.cid;
	else if (letter == 't')
		number = strcasecmp(type, "IPV6") == 0     ? 2
			 : strcasecmp(type, "IPV4V6") == 0 ? 3
							   : 1;
	else if (script->conf->network.auth == CONF_AUTH_PAP)
		number = 1;
	else /* %a and %e differ in what they call either */
		number = script->conf->network.auth == CONF_AUTH_CHAP || letter == 'a' ? 2 : 3;
	buf_printf(&script->command, "%d", number);
}

static enum step_outcome ask_auth(struct script *script)
{
	const char *form = auth_form(script, script->index), *key = NULL, *text;

	if (!form)
		return STEP_NEXT;
	for (; *form && *form != '|'; form++) {
		if (*form != '%' || *++form == '%') {
			buf_append(&script->command, form, 1);
			continue;
		}
		text = auth_text(script, *form, &key);
		if (!text)
			put_number(script, *form);
		/* V.250 5.4.2.2 makes the backslash an escape, and not all modems do. */
		else if (strchr(text, '\\') || at_quote(&script->command, text) < 0)
			return script_fail(script, CAUSE_CONFIG,
					   "network.%s: this modem (%s) wants it in an AT command, "
					   "which can only carry printable ASCII without \" and \\",
					   key, script->family->name);
	}
	if (script->command.len > AT_COMMAND_MAX)
		return script_fail(script, CAUSE_CONFIG,
				   "network.user and network.password are too long for the AT "
				   "command in which this modem (%s) wants them",
				   script->family->name);
	return STEP_SEND;
}

static enum step_outcome take_auth(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind == AT_FINAL_OK)
		return STEP_NEXT;
	if (reply->final.kind != AT_FINAL_TIMEOUT && auth_form(script, ++script->index))
		return STEP_AGAIN;
	script_notice_refused(script, reply, "; the modem gets name and password from pppd alone");
	return STEP_NEXT;
}

/* clang-format off */
static const struct step rows[] = {
	{ "AT+CGDCONT?", .fact = FACT_CONTEXT, .early = true },
	{ .ask = ask_context, .take = take_context, .timeout_s = 10, .early = true },
	{ .ask = ask_auth, .take = take_auth, .flags = AT_SECRET },
};
/* clang-format on */

const struct steps steps_context = STEPS(rows);
