/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "at/secret.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/at-request.h"

void at_request_init(struct at_request *request)
{
	memset(request, 0, sizeof(*request));
	request->timeout_ms = AT_REQUEST_TIMEOUT_S * 1000;
}

void at_request_free(struct at_request *request)
{
	for (size_t i = 0; i < request->count; i++) {
		str_free_secret(request->items[i].text);
		free(request->items[i].shown);
		free(request->items[i].answer);
	}
	memset(request, 0, sizeof(*request));
}

int at_request_add(struct at_request *request, const char *text)
{
	struct at_request_item *item = &request->items[request->count];

	if (request->count == AT_REQUEST_COMMANDS_MAX)
		return -E2BIG;
	memset(item, 0, sizeof(*item));
	item->text = strdup(text);
	if (!item->text)
		return -ENOMEM;
	request->count++;
	return 0;
}

/* What a command may do. */
enum effect {
	EFFECT_PIN = 1 << 0,    /* tell the SIM a PIN */
	EFFECT_SECRET = 1 << 1, /* hold one, so that it must not be shown */
	EFFECT_CALL = 1 << 2,   /* go into data mode, or wait for a text, which nobody here has */
	EFFECT_HIDE = 1 << 3,   /* turn answers into digits, or off: no probe would find the port */
	EFFECT_BREAK = 1 << 4,  /* end a call that stands */
};

/* Names in extended commands. Reading a value, and asking for the possible ones, is harmless, and a
 * name may go on: +CGACT2=. */
static const struct {
	char name[9];
	bool sets; /* only if a value follows */
	unsigned char effects;
} names[] = {
	/* clang-format off */
	{ "+CGDATA",  false, EFFECT_CALL },
	{ "+CMGS",    true,  EFFECT_CALL },
	{ "+CMGW",    true,  EFFECT_CALL },
	{ "+CFUN",    true,  EFFECT_BREAK },
	{ "+CGACT",   true,  EFFECT_BREAK },
	{ "+CGATT",   true,  EFFECT_BREAK },
	{ "+CGDCONT", true,  EFFECT_BREAK },
	{ "+COPS",    true,  EFFECT_BREAK },
	{ "+IPR",     true,  EFFECT_BREAK },
	{ "+IFC",     true,  EFFECT_BREAK },
	{ "RESET",    false, EFFECT_BREAK },
	{ "REBOOT",   false, EFFECT_BREAK },
	{ "POWD",     false, EFFECT_BREAK },
	{ "CPOF",     false, EFFECT_BREAK },
	/* clang-format on */
};

/* The basic commands of the line: ATE0D*99# has two, AT+CSQ;H one. */
static unsigned basic_effects(const char *line)
{
	unsigned effects = 0;
	bool quoted = false;

	for (const char *at = line + strlen("AT"); *at; at++) {
		if (strchr("+^!*$%#_-", *at)) {
			/* An extended one: skip to the next ";" outside quotes (V.250 5.4.1). */
			for (; *at && (quoted || *at != ';'); at++)
				quoted ^= *at == '"';
			if (!*at)
				break;
		}
		if (!isalpha((unsigned char)*at))
			continue;
		if (strchr(at[-1] == '&' ? "FCD" : "ZHQV", *at))
			effects |= EFFECT_BREAK;
		if (at[-1] != '&' && strchr("DOA", *at))
			effects |= EFFECT_CALL;
		/* V.250 6.2.6 and 6.2.5: V0 answers in digits, Q1 not at all. */
		if (at[-1] != '&' && (*at == 'V' || *at == 'Q') &&
		    at[1] != (*at == 'V' ? '1' : '0') && at[1] != '?')
			effects |= EFFECT_HIDE;
	}
	return effects;
}

static unsigned command_effects(const char *text)
{
	char line[AT_COMMAND_MAX + 1];
	unsigned effects, secrets = at_secrets_in(text);
	size_t len = 0;

	/* Modems skip blanks (V.250 5.2.1) and take either case. */
	for (; *text && len < AT_COMMAND_MAX; text++)
		if (*text != ' ')
			line[len++] = (char)toupper((unsigned char)*text);
	line[len] = '\0';
	effects = basic_effects(line);
	if (secrets & AT_SECRET_PIN)
		effects |= EFFECT_PIN;
	if (secrets)
		effects |= EFFECT_SECRET;
	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].sets ? at_sets_value(line, names[i].name)
				  : strstr(line, names[i].name) != NULL)
			effects |= names[i].effects;
	explicit_bzero(line, sizeof(line));
	return effects;
}

/* Says why not, naming no more of the command than may be shown. */
static bool check_command(const char *text, bool force, enum at_request_scope scope,
			  struct buf *why)
{
	const char *objection = NULL;
	size_t len = strlen(text);
	unsigned effects;

	if (!str_starts_nocase(text, "AT")) {
		buf_printf(why, "a command has to begin with AT");
		return false;
	}
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e) {
			buf_printf(why, "a command has to be printable ASCII");
			return false;
		}
	if (len > AT_COMMAND_MAX) {
		buf_printf(why, "a command has at most %d bytes", AT_COMMAND_MAX);
		return false;
	}
	effects = command_effects(text);
	if (force)
		return true;
	if (effects & EFFECT_PIN)
		objection = "may hold a PIN, and a wrong one sent again blocks the SIM; "
			    "set sim.pin instead, or add --force";
	else if (effects & EFFECT_CALL)
		objection = "makes a call or waits for a text, and the port is closed after it; "
			    "if that is meant, add --force";
	else if (effects & EFFECT_HIDE)
		objection = "makes the modem answer in digits, or not at all, and then its port is "
			    "not found; if that is meant, add --force";
	else if (scope == AT_REQUEST_INSTANCE && (effects & EFFECT_BREAK))
		objection = "may end the running instance's call; stop that first, or add --force";
	if (objection)
		buf_printf(why, "%.*s %s",
			   effects & EFFECT_SECRET ? (int)strcspn(text, "=0123456789")
						   : AT_COMMAND_MAX,
			   text, objection);
	return !objection;
}

bool at_request_check(const struct at_request *request, enum at_request_scope scope,
		      struct buf *why)
{
	if (request->count == 0)
		buf_printf(why, "no command was given");
	for (size_t i = 0; i < request->count; i++)
		if (!check_command(request->items[i].text, request->force, scope, why))
			return false;
	return request->count > 0;
}

bool at_request_next(struct at_request *request, struct at_command *command, int id)
{
	unsigned effects;

	if (request->pending || request->index == request->count ||
	    (!request->keep_going && at_request_failure(request)))
		return false;
	*command = (struct at_command){
		.text = request->items[request->index].text,
		.prefix = "",
		.timeout_ms = request->timeout_ms,
		.id = id,
	};
	effects = command_effects(command->text);
	if (effects & EFFECT_SECRET)
		command->flags |= AT_SECRET;
	if (effects & EFFECT_CALL)
		command->flags |= AT_DIAL;
	request->pending = true;
	return true;
}

void at_request_reply(struct at_request *request, const struct at_event *reply)
{
	struct at_request_item *item = &request->items[request->index];
	size_t len = strlen(reply->text);
	size_t room = AT_REQUEST_ANSWER_MAX - request->kept;

	if (!request->pending)
		return;
	item->cut = len > room;
	if (item->cut)
		len = room;
	request->kept += len;
	item->done = true;
	item->final = reply->final;
	item->elapsed_ms = reply->elapsed_ms;
	item->shown = strdup(reply->command);
	item->answer = strndup(reply->text, len);
	request->pending = false;
	request->index++;
}

const struct at_request_item *at_request_failure(const struct at_request *request)
{
	for (size_t i = 0; i < request->index; i++) {
		const struct at_request_item *item = &request->items[i];

		if (item->done && item->final.kind != AT_FINAL_OK &&
		    item->final.kind != AT_FINAL_CONNECT)
			return item;
	}
	return NULL;
}

enum cause at_request_cause(const struct at_request *request)
{
	static const enum cause by_class[] = {
		[AT_ERROR_OTHER] = CAUSE_USAGE, [AT_ERROR_BUSY] = CAUSE_SIM,
		[AT_ERROR_SIM] = CAUSE_SIM,     [AT_ERROR_PIN] = CAUSE_PIN,
		[AT_ERROR_PUK] = CAUSE_PUK,     [AT_ERROR_NETWORK] = CAUSE_NOT_REGISTERED,
		[AT_ERROR_APN] = CAUSE_CALL,    [AT_ERROR_UNSUPPORTED] = CAUSE_USAGE,
	};
	const struct at_request_item *failure = at_request_failure(request);

	if (!failure)
		return CAUSE_NONE;
	switch (failure->final.kind) {
	case AT_FINAL_TIMEOUT:
		return CAUSE_NO_AT_PORT;
	case AT_FINAL_NO_CARRIER:
	case AT_FINAL_BUSY:
	case AT_FINAL_NO_ANSWER:
	case AT_FINAL_NO_DIALTONE:
		return CAUSE_CALL;
	default:
		return by_class[at_final_class(&failure->final)];
	}
}
