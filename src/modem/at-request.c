/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "modem/at-request.h"

void at_request_init(struct at_request *order)
{
	memset(order, 0, sizeof(*order));
	order->timeout_ms = AT_REQUEST_TIMEOUT_S * 1000;
}

void at_request_free(struct at_request *order)
{
	for (size_t i = 0; i < order->count; i++) {
		str_free_secret(order->items[i].text);
		free(order->items[i].shown);
		free(order->items[i].answer);
	}
	memset(order, 0, sizeof(*order));
}

int at_request_add(struct at_request *order, const char *text)
{
	struct at_request_item *item = &order->items[order->count];

	if (order->count == AT_REQUEST_COMMANDS_MAX)
		return -E2BIG;
	memset(item, 0, sizeof(*item));
	item->text = strdup(text);
	if (!item->text)
		return -ENOMEM;
	order->count++;
	return 0;
}

/* What may go out -----------------------------------------------------------------*/

/* Modems skip blanks (V.250 5.2.1) and take either case. */
static void squeeze(const char *text, char squeezed[AT_COMMAND_MAX + 1])
{
	size_t len = 0;

	for (; *text && len < AT_COMMAND_MAX; text++)
		if (*text != ' ')
			squeezed[len++] = (char)toupper((unsigned char)*text);
	squeezed[len] = '\0';
}

/* `name`, and then a value: reading and asking what is possible is harmless. Whatever stands
 * between them is a longer name: ^CPIN2=. */
static bool sets(const char *squeezed, const char *name)
{
	const char *at = squeezed;

	while ((at = strstr(at, name))) {
		at += strlen(name);
		at += strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
		if (at[0] == '=' && at[1] != '?')
			return true;
	}
	return false;
}

static bool sets_any(const char *squeezed, const char *const *names)
{
	for (; *names; names++)
		if (sets(squeezed, *names))
			return true;
	return false;
}

/* Behind the next ";" that is not in quotes (V.250 5.4.1). */
static const char *skip_named(const char *at)
{
	bool quoted = false;

	for (; *at && (quoted || *at != ';'); at++)
		quoted ^= *at == '"';
	return at;
}

/* The letter of the first basic command from there on, whether it stands behind an "&" or not: of
 * ATE0D*99#, of AT+CSQ;H. NULL: there is none. */
static const char *find_basic(const char *at)
{
	while (*at && !isalpha((unsigned char)*at))
		at = strchr("+^!*$%#_-", *at) ? skip_named(at) : at + 1;
	return *at ? at : NULL;
}

/* One of these letters, or one of those behind "&", is somewhere in the line. */
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

static const char *const pins[] = {"PIN", "PUK", "+CLCK", "+CPWD", "+CSIM", NULL};
static const char *const passwords[] = {"AUTH", "PDPP", "PWD", "PASS", NULL};
static const char *const breaking[] = {"+CFUN",  "+CGACT",  "+CGATT",  "+CGDCONT",
				       "+COPS",  "+CRESET", "+IPR",    "+IFC",
				       "!RESET", "^RESET",  "#REBOOT", NULL};
static const char *const words[] = {"RESET", "REBOOT", "POWD", "CPOF", NULL};

static bool is_secret(const char *squeezed)
{
	return sets_any(squeezed, pins) || sets_any(squeezed, passwords);
}

static bool breaks(const char *squeezed)
{
	if (has_basic(squeezed, "ZHQV", "FCD") || sets_any(squeezed, breaking))
		return true;
	for (const char *const *word = words; *word; word++)
		if (strstr(squeezed, *word))
			return true;
	return false;
}

/* It goes into data mode, or waits for a text: nobody here has one. */
static bool calls(const char *squeezed)
{
	return has_basic(squeezed, "DOA", "") || strstr(squeezed, "+CGDATA") ||
	       sets(squeezed, "+CMGS") || sets(squeezed, "+CMGW");
}

/* Answers in digits, or none (V.250 6.2.6, 6.2.5): nobody would find its port again. */
static bool hides(const char *squeezed)
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

static const char *objection(const char *squeezed, enum at_request_scope scope)
{
	if (sets_any(squeezed, pins))
		return "may hold a PIN, and a wrong one sent again blocks the "
		       "SIM; give it as sim.pin, or add --force";
	if (calls(squeezed))
		return "makes a call or waits for a text, and the port is "
		       "closed behind it; if that is meant, add --force";
	if (hides(squeezed))
		return "has the modem answer in digits, or not at all, and then "
		       "its port is not found; if that is meant, add --force";
	if (scope == AT_REQUEST_INSTANCE && breaks(squeezed))
		return "may end the running instance's call; stop that first, or add --force";
	return NULL;
}

static bool is_command(const char *text, struct buf *why)
{
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
	if (len > AT_COMMAND_MAX)
		buf_printf(why, "a command has %d bytes at most", AT_COMMAND_MAX);
	return len <= AT_COMMAND_MAX;
}

static bool check(const char *text, bool force, enum at_request_scope scope, struct buf *why)
{
	char squeezed[AT_COMMAND_MAX + 1];
	const char *against;

	if (!is_command(text, why))
		return false;
	squeeze(text, squeezed);
	against = force ? NULL : objection(squeezed, scope);
	if (against)
		buf_printf(why, "%.*s %s", is_secret(squeezed) ? (int)strcspn(text, "=") : 400,
			   text, against);
	explicit_bzero(squeezed, sizeof(squeezed));
	return !against;
}

bool at_request_check(const struct at_request *order, enum at_request_scope scope, struct buf *why)
{
	if (order->count == 0)
		buf_printf(why, "no command is given");
	for (size_t i = 0; i < order->count; i++)
		if (!check(order->items[i].text, order->force, scope, why))
			return false;
	return order->count > 0;
}

/* One after the other ---------------------------------------------------------------*/

bool at_request_next(struct at_request *order, struct at_command *command, int id)
{
	char squeezed[AT_COMMAND_MAX + 1];

	if (order->pending || order->index == order->count ||
	    (!order->keep_going && at_request_failure(order)))
		return false;
	*command = (struct at_command){
		.text = order->items[order->index].text,
		.prefix = "",
		.timeout_ms = order->timeout_ms,
		.id = id,
	};
	squeeze(command->text, squeezed);
	if (is_secret(squeezed))
		command->flags |= AT_SECRET;
	if (calls(squeezed))
		command->flags |= AT_DIAL;
	explicit_bzero(squeezed, sizeof(squeezed));
	order->pending = true;
	return true;
}

void at_request_reply(struct at_request *order, const struct at_event *reply)
{
	struct at_request_item *item = &order->items[order->index];
	size_t len = strlen(reply->text);
	size_t room = AT_REQUEST_ANSWER_MAX - order->kept;

	if (!order->pending)
		return;
	item->cut = len > room;
	if (item->cut)
		len = room;
	order->kept += len;
	item->done = true;
	item->final = reply->final;
	item->elapsed_ms = reply->elapsed_ms;
	item->shown = strdup(reply->command);
	item->answer = strndup(reply->text, len);
	order->pending = false;
	order->index++;
}

static bool is_fine(const struct at_request_item *item)
{
	return item->final.kind == AT_FINAL_OK || item->final.kind == AT_FINAL_CONNECT;
}

const struct at_request_item *at_request_failure(const struct at_request *order)
{
	for (size_t i = 0; i < order->index; i++)
		if (order->items[i].done && !is_fine(&order->items[i]))
			return &order->items[i];
	return NULL;
}

static enum cause cause_of(const struct at_final *final)
{
	static const enum cause by_class[] = {
		[AT_ERROR_OTHER] = CAUSE_USAGE, [AT_ERROR_BUSY] = CAUSE_SIM,
		[AT_ERROR_SIM] = CAUSE_SIM,     [AT_ERROR_PIN] = CAUSE_PIN,
		[AT_ERROR_PUK] = CAUSE_PUK,     [AT_ERROR_NETWORK] = CAUSE_NOT_REGISTERED,
		[AT_ERROR_APN] = CAUSE_CALL,    [AT_ERROR_UNSUPPORTED] = CAUSE_USAGE,
	};

	switch (final->kind) {
	case AT_FINAL_TIMEOUT:
		return CAUSE_NO_AT_PORT;
	case AT_FINAL_NO_CARRIER:
	case AT_FINAL_BUSY:
	case AT_FINAL_NO_ANSWER:
	case AT_FINAL_NO_DIALTONE:
		return CAUSE_CALL;
	default:
		return by_class[at_final_class(final)];
	}
}

enum cause at_request_cause(const struct at_request *order)
{
	const struct at_request_item *failure = at_request_failure(order);

	return failure ? cause_of(&failure->final) : CAUSE_NONE;
}
