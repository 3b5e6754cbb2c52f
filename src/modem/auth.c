/* SPDX-License-Identifier: ISC */
/* Name and password for the context, where the modem wants them by AT. pppd gives them in any case:
 * some modems pass on what it says, some do not. */
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "conf/conf.h"
#include "modem/prepare.h"

/* Nothing is written that nobody has asked for; `none` takes away what an earlier password has
 * left. */
static const char *forms_of(const struct script *script)
{
	const struct conf *conf = script->conf;
	bool given = *conf->network.user || *conf->network.password;

	switch (conf->network.auth) {
	case CONF_AUTH_NONE:
		return given ? script->family->auth_none : NULL;
	case CONF_AUTH_AUTO:
		return given ? script->family->auth : NULL;
	default:
		return script->family->auth;
	}
}

/* The form number `index` of those that | separates; NULL: there are no more. */
static const char *form_at(const char *forms, size_t index)
{
	while (forms && index-- > 0) {
		forms = strchr(forms, '|');
		if (forms)
			forms++;
	}
	return forms;
}

static int method(const struct script *script, int either)
{
	switch (script->conf->network.auth) {
	case CONF_AUTH_PAP:
		return 1;
	case CONF_AUTH_CHAP:
		return 2;
	default:
		return either;
	}
}

static int context_type(const struct script *script)
{
	if (strcasecmp(script->context.type, "IPV6") == 0)
		return 2;
	return strcasecmp(script->context.type, "IPV4V6") == 0 ? 3 : 1;
}

/* V.250 5.4.2.2 makes the backslash an escape, and not all modems do. */
static bool put_text(struct script *script, const char *key, const char *text)
{
	if (!strchr(text, '\\') && at_quote(&script->command, text) == 0)
		return true;
	script_fail(script, CAUSE_CONFIG,
		    "network.%s: this modem (%s) wants it in an AT command, which "
		    "can carry printable ASCII without \" and \\ only",
		    key, script->family->name);
	return false;
}

/* The letters of family.h. */
static bool put_letter(struct script *script, char letter)
{
	switch (letter) {
	case 'u':
		return put_text(script, "user", script->conf->network.user);
	case 'p':
		return put_text(script, "password", script->conf->network.password);
	case 'n':
		return put_text(script, "apn", script->context.apn);
	case 'c':
		buf_printf(&script->command, "%d", script->conf->network.cid);
		break;
	case 't':
		buf_printf(&script->command, "%d", context_type(script));
		break;
	case 'a':
		buf_printf(&script->command, "%d", method(script, 2));
		break;
	case 'e':
		buf_printf(&script->command, "%d", method(script, 3));
		break;
	default:
		buf_append(&script->command, &letter, 1);
	}
	return true;
}

static bool put_form(struct script *script, const char *form)
{
	for (; *form && *form != '|'; form++) {
		if (*form != '%')
			buf_append(&script->command, form, 1);
		else if (!put_letter(script, *++form))
			return false;
	}
	if (script->command.len <= AT_COMMAND_MAX)
		return true;
	script_fail(script, CAUSE_CONFIG,
		    "network.user and network.password are too long for the AT "
		    "command in which this modem (%s) wants them",
		    script->family->name);
	return false;
}

enum step_ask auth_ask(struct script *script, struct at_command *command, int64_t now)
{
	const char *form = form_at(forms_of(script), script->index);

	(void)now;
	if (!form)
		return ASK_SKIP;
	if (!put_form(script, form))
		return ASK_FAIL;
	command->flags = AT_SECRET;
	command->prefix = NULL;
	return ASK_SEND;
}

enum step_outcome auth_take(struct script *script, const struct at_event *reply, int64_t now)
{
	struct buf final = BUF_INIT;

	(void)now;
	if (reply->final.kind == AT_FINAL_OK)
		return STEP_NEXT;
	if (reply->final.kind != AT_FINAL_TIMEOUT && form_at(forms_of(script), ++script->index))
		return STEP_AGAIN;
	at_final_describe(&reply->final, &final);
	script_notice(script,
		      "%s refused: %s; the modem hears of name and password from pppd alone",
		      reply->command, buf_str(&final));
	buf_free(&final);
	return STEP_NEXT;
}
