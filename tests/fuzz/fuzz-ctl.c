/* SPDX-License-Identifier: ISC */
/* A line from a client of the control socket: nothing that it says gets a PIN, a second command or
 * a call past the check. */
#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "fuzz.h"

#include "base/buf.h"
#include "ctl/server.h"
#include "modem/at-request.h"
#include "status/at-json.h"

static void claim_harmless(const char *text)
{
	CLAIM(strncasecmp(text, "AT", 2) == 0);
	CLAIM(strlen(text) <= AT_COMMAND_MAX);
	for (const char *at = text; *at; at++)
		CLAIM(*at >= 0x20 && *at <= 0x7e);
}

static void take(const struct at_request *given, struct at_request *order)
{
	static const char *const finals[] = {"OK", "ERROR", "+CME ERROR: 11", "NO CARRIER"};
	struct at_command command;

	for (size_t i = 0; at_request_next(order, &command, 1); i++) {
		const struct at_event reply = {.type = AT_EVENT_REPLY,
					       .final = at_final_parse(finals[i % 4], true),
					       .text = given->items[i].text,
					       .command = "AT"};

		claim_harmless(command.text);
		CLAIM(order->force || !(command.flags & AT_DIAL));
		CLAIM(order->force || !strcasestr(command.text, "CPIN="));
		at_request_reply(order, &reply);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	struct buf why = BUF_INIT, out = BUF_INIT;
	struct json_object *request, *object;
	struct at_request order;

	if (!line)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	request = ctl_request_parse(line, strlen(line));
	at_request_init(&order);
	if (request && at_json_read(request, &order, &why)) {
		if (at_request_check(&order, AT_REQUEST_INSTANCE, &why)) {
			take(&order, &order);
			object = at_json_result(&order, "tty");
			at_json_render(object, &out);
			at_json_failure(object, &out);
			json_object_put(object);
		} else {
			CLAIM(why.len > 0);
		}
	}
	/* The client shows what an instance says, which may be another's. */
	at_json_render(request, &out);
	at_json_failure(request, &out);
	at_request_free(&order);
	json_object_put(request);
	buf_free(&why);
	buf_free(&out);
	free(line);
	return 0;
}
