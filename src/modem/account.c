/* SPDX-License-Identifier: ISC */
/* Name and password for the context, where the modem wants them by AT. pppd gives them in any case:
 * some modems pass on what it says, some do not. */
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "conf/conf.h"
#include "modem/step.h"

/* The form number `index` of those that | separates; NULL: there are no more. Nothing is written
 * that nobody has asked for; `none` removes what an earlier password has left. */
static const char *auth_form(const struct script *script, size_t index)
{
	const struct conf_account account = script_account(script);
	bool given = *account.user || *account.password;
	int cid = script->modem.cid;
	/* An earlier access point's is not for this one. */
	bool clears = !given && account.auth == CONF_AUTH_AUTO && cid > 0 && cid < 32 &&
		      script->memory.accounts & 1U << cid;
	const char *forms = clears || account.auth == CONF_AUTH_NONE ? script->family->auth_none
								     : script->family->auth;

	if (!given && !clears && (account.auth == CONF_AUTH_NONE || account.auth == CONF_AUTH_AUTO))
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
		return script_account(script).user;
	case 'p':
		*key = "password";
		return script_account(script).password;
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
		number = script_cid(script);
	else if (letter == 't')
		number = strcasecmp(type, "IPV6") == 0     ? 2
			 : strcasecmp(type, "IPV4V6") == 0 ? 3
							   : 1;
	else if (script_account(script).auth == CONF_AUTH_PAP)
		number = 1;
	else /* %a and %e differ in what they call either */
		number = script_account(script).auth == CONF_AUTH_CHAP || letter == 'a' ? 2 : 3;
	buf_printf(&script->command, "%d", number);
}

/* What the form cannot carry is left to PPP's own authentication. */
static enum step_outcome leave_to_pppd(struct script *script, const char *key, const char *why)
{
	buf_clear(&script->command);
	script_say(script,
		   "network.%s %s the AT command in which this modem (%s) wants it; pppd alone "
		   "gives name and password",
		   key, why, script->family->name);
	return STEP_NEXT;
}

static enum step_outcome ask_auth(struct script *script)
{
	const char *form = auth_form(script, script->index), *key = "user", *text;

	if (!form || script->modem.cid == 0 || script->modem.account_cid == script->modem.cid)
		return STEP_NEXT;
	script->modem.account_cid = script->modem.cid;
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
			return leave_to_pppd(
				script, key,
				"has characters (\", \\ or no ASCII) that do not fit in");
	}
	if (script->command.len > AT_COMMAND_MAX)
		return leave_to_pppd(script, "user, or network.password,", "is too long for");
	return STEP_SEND;
}

static enum step_outcome take_auth(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind == AT_FINAL_OK) {
		const struct conf_account account = script_account(script);
		unsigned bit = script->modem.cid < 32 ? 1U << script->modem.cid : 0;

		script->memory.accounts &= ~bit;
		if ((*account.user || *account.password) && account.auth != CONF_AUTH_NONE)
			script->memory.accounts |= bit;
		return STEP_NEXT;
	}
	if (reply->final.kind != AT_FINAL_TIMEOUT && auth_form(script, ++script->index)) {
		script->modem.account_cid = 0;
		return STEP_AGAIN;
	}
	script_notice_refused(script, reply, "; the modem gets name and password from pppd alone");
	return STEP_NEXT;
}

/* clang-format off */
static const struct step rows[] = {
	{ .ask = ask_auth, .take = take_auth, .flags = AT_SECRET },
};
/* clang-format on */

const struct steps steps_account = STEPS(rows);
