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
static const char *forms_of(const struct plan *plan)
{
	const struct conf *conf = plan->conf;
	bool given = *conf->network.user || *conf->network.password;

	switch (conf->network.auth) {
	case CONF_AUTH_NONE:
		return given ? plan->family->auth_none : NULL;
	case CONF_AUTH_AUTO:
		return given ? plan->family->auth : NULL;
	default:
		return plan->family->auth;
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

static int method(const struct plan *plan, int either)
{
	switch (plan->conf->network.auth) {
	case CONF_AUTH_PAP:
		return 1;
	case CONF_AUTH_CHAP:
		return 2;
	default:
		return either;
	}
}

static int context_type(const struct plan *plan)
{
	if (strcasecmp(plan->context.type, "IPV6") == 0)
		return 2;
	return strcasecmp(plan->context.type, "IPV4V6") == 0 ? 3 : 1;
}

/* V.250 5.4.2.2 makes the backslash an escape, and not all modems do. */
static bool put_text(struct plan *plan, const char *key, const char *text)
{
	if (!strchr(text, '\\') && at_quote(&plan->command, text) == 0)
		return true;
	plan_fail(plan, CAUSE_CONFIG,
		  "network.%s: this modem (%s) wants it in an AT command, which "
		  "can carry printable ASCII without \" and \\ only",
		  key, plan->family->name);
	return false;
}

/* The letters of family.h. */
static bool put_letter(struct plan *plan, char letter)
{
	switch (letter) {
	case 'u':
		return put_text(plan, "user", plan->conf->network.user);
	case 'p':
		return put_text(plan, "password", plan->conf->network.password);
	case 'n':
		return put_text(plan, "apn", plan->context.apn);
	case 'c':
		buf_printf(&plan->command, "%d", plan->conf->network.cid);
		break;
	case 't':
		buf_printf(&plan->command, "%d", context_type(plan));
		break;
	case 'a':
		buf_printf(&plan->command, "%d", method(plan, 2));
		break;
	case 'e':
		buf_printf(&plan->command, "%d", method(plan, 3));
		break;
	default:
		buf_append(&plan->command, &letter, 1);
	}
	return true;
}

static bool put_form(struct plan *plan, const char *form)
{
	for (; *form && *form != '|'; form++) {
		if (*form != '%')
			buf_append(&plan->command, form, 1);
		else if (!put_letter(plan, *++form))
			return false;
	}
	if (plan->command.len <= AT_COMMAND_MAX)
		return true;
	plan_fail(plan, CAUSE_CONFIG,
		  "network.user and network.password are too long for the AT "
		  "command in which this modem (%s) wants them",
		  plan->family->name);
	return false;
}

enum step_ask auth_ask(struct plan *plan, struct at_command *command, int64_t now)
{
	const char *form = form_at(forms_of(plan), plan->index);

	(void)now;
	if (!form)
		return ASK_SKIP;
	if (!put_form(plan, form))
		return ASK_FAIL;
	command->flags = AT_SECRET;
	command->prefix = NULL;
	return ASK_SEND;
}

enum step_outcome auth_take(struct plan *plan, const struct at_event *reply, int64_t now)
{
	struct buf final = BUF_INIT;

	(void)now;
	if (reply->final.kind == AT_FINAL_OK)
		return STEP_NEXT;
	if (reply->final.kind != AT_FINAL_TIMEOUT && form_at(forms_of(plan), ++plan->index))
		return STEP_AGAIN;
	at_final_describe(&reply->final, &final);
	plan_notice(plan, "%s refused: %s; the modem hears of name and password from pppd alone",
		    reply->command, buf_str(&final));
	buf_free(&final);
	return STEP_NEXT;
}
