/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* Without blanks and in upper case: modems skip blanks (V.250 5.2.1) and take either case. */
static void squeeze_command(const char *text, char squeezed[AT_COMMAND_MAX + 1])
{
	size_t len = 0;

	for (; *text && len < AT_COMMAND_MAX; text++)
		if (*text != ' ')
			squeezed[len++] = (char)toupper((unsigned char)*text);
	squeezed[len] = '\0';
}

/* Whether one of `names` is followed by a value; reading, and asking for the possible values, is
 * harmless. The name may go on: ^CPIN2=. */
static bool sets_any(const char *squeezed, const char *const *names)
{
	for (; *names; names++)
		for (const char *at = squeezed; (at = strstr(at, *names));) {
			at += strlen(*names);
			at += strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
			if (at[0] == '=' && at[1] != '?')
				return true;
		}
	return false;
}

/* The letter of the first basic command from `at` on, whether an "&" comes before it or not: of
 * ATE0D*99#, of AT+CSQ;H. NULL: there is none. */
static const char *find_basic(const char *at)
{
	bool quoted = false;

	while (*at && !isalpha((unsigned char)*at)) {
		if (!strchr("+^!*$%#_-", *at)) {
			at++;
			continue;
		}
		/* An extended command: skip to the next ";" outside quotes (V.250 5.4.1). */
		for (; *at && (quoted || *at != ';'); at++)
			quoted ^= *at == '"';
	}
	return *at ? at : NULL;
}

/* Whether the line has a basic command of one of these letters, or one of the others after an "&". */
static bool has_basic(const char *squeezed, const char *letters, const char *behind_ampersand)
{
	const char *at = squeezed + strlen("AT");

	while ((at = find_basic(at))) {
		if (strchr(at[-1] == '&' ? behind_ampersand : letters, *at))
			return true;
		at++;
	}
	return false;
}

static const char *const pin_names[] = {"PIN", "PUK", "+CLCK", "+CPWD", "+CSIM", NULL};
static const char *const password_names[] = {"AUTH", "PDPP", "PWD", "PASS", NULL};
static const char *const breaking_names[] = {"+CFUN",  "+CGACT",  "+CGATT",  "+CGDCONT",
					     "+COPS",  "+CRESET", "+IPR",    "+IFC",
					     "!RESET", "^RESET",  "#REBOOT", NULL};
static const char *const breaking_words[] = {"RESET", "REBOOT", "POWD", "CPOF", NULL};
static const char *const text_names[] = {"+CMGS", "+CMGW", NULL};

static bool has_secret(const char *squeezed)
{
	return sets_any(squeezed, pin_names) || sets_any(squeezed, password_names);
}

static bool breaks_call(const char *squeezed)
{
	if (has_basic(squeezed, "ZHQV", "FCD") || sets_any(squeezed, breaking_names))
		return true;
	for (const char *const *word = breaking_words; *word; word++)
		if (strstr(squeezed, *word))
			return true;
	return false;
}

/* It goes into data mode, or waits for a text, which nobody here has. */
static bool makes_call(const char *squeezed)
{
	return has_basic(squeezed, "DOA", "") || strstr(squeezed, "+CGDATA") ||
	       sets_any(squeezed, text_names);
}

/* Turns answers into digits, or off (V.250 6.2.6, 6.2.5): no probe would find the port again. */
static bool hides_port(const char *squeezed)
{
	const char *at = squeezed + strlen("AT");

	while ((at = find_basic(at))) {
		char fine = *at == 'V' ? '1' : '0';

		if (at[-1] != '&' && (*at == 'V' || *at == 'Q') && at[1] != fine && at[1] != '?')
			return true;
		at++;
	}
	return false;
}

static const char *find_objection(const char *squeezed, enum at_request_scope scope)
{
	if (sets_any(squeezed, pin_names))
		return "may hold a PIN, and a wrong one sent again blocks the SIM; "
		       "set sim.pin instead, or add --force";
	if (makes_call(squeezed))
		return "makes a call or waits for a text, and the port is closed after it; "
		       "if that is meant, add --force";
	if (hides_port(squeezed))
		return "makes the modem answer in digits, or not at all, and then its port is not "
		       "found; if that is meant, add --force";
	if (scope == AT_REQUEST_INSTANCE && breaks_call(squeezed))
		return "may end the running instance's call; stop that first, or add --force";
	return NULL;
}

/* Says why not, naming no more of the command than may be shown. */
static bool check_command(const char *text, bool force, enum at_request_scope scope,
			  struct buf *why)
{
	char squeezed[AT_COMMAND_MAX + 1];
	const char *objection;
	size_t len = strlen(text);

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
	squeeze_command(text, squeezed);
	objection = force ? NULL : find_objection(squeezed, scope);
	if (objection)
		buf_printf(why, "%.*s %s", has_secret(squeezed) ? (int)strcspn(text, "=") : 400,
			   text, objection);
	explicit_bzero(squeezed, sizeof(squeezed));
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
	char squeezed[AT_COMMAND_MAX + 1];

	if (request->pending || request->index == request->count ||
	    (!request->keep_going && at_request_failure(request)))
		return false;
	*command = (struct at_command){
		.text = request->items[request->index].text,
		.prefix = "",
		.timeout_ms = request->timeout_ms,
		.id = id,
	};
	squeeze_command(command->text, squeezed);
	if (has_secret(squeezed))
		command->flags |= AT_SECRET;
	if (makes_call(squeezed))
		command->flags |= AT_DIAL;
	explicit_bzero(squeezed, sizeof(squeezed));
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
