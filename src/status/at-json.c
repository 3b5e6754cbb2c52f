/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "modem/at-request.h"
#include "status/at-json.h"
#include "status/show.h"

bool at_json_read(struct json_object *object, struct at_request *request, struct buf *why)
{
	struct json_object *array = show_get(object, "arguments");
	size_t count = show_count(array);
	long long ms = AT_REQUEST_TIMEOUT_S * 1000;

	if (show_has(object, "timeout_ms"))
		ms = show_number(object, "timeout_ms");
	if (ms < 1000 || ms > AT_REQUEST_TIMEOUT_MAX * 1000) {
		buf_printf(why, "\"timeout_ms\" has to be 1000 to %d",
			   AT_REQUEST_TIMEOUT_MAX * 1000);
		return false;
	}
	request->timeout_ms = (int)ms;
	request->keep_going = json_object_get_boolean(show_get(object, "keep_going"));
	request->force = json_object_get_boolean(show_get(object, "force"));
	if (count == 0 || count > AT_REQUEST_COMMANDS_MAX) {
		buf_printf(why, "\"arguments\" has to be a list of 1 to %d commands",
			   AT_REQUEST_COMMANDS_MAX);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);
		const char *text = json_object_get_string(item);

		/* A NUL would cut the command. */
		if (!json_object_is_type(item, json_type_string) ||
		    strlen(text) != (size_t)json_object_get_string_len(item)) {
			buf_printf(why, "a command has to be a text");
			return false;
		}
		if (at_request_add(request, text) < 0) {
			buf_printf(why, "out of memory");
			return false;
		}
	}
	return true;
}

static void add_flag(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

void at_json_request(const struct at_request *request, struct json_object *object)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < request->count; i++)
		json_object_array_add(array, json_object_new_string(request->items[i].text));
	json_object_object_add(object, "arguments", array);
	json_add_number(object, "timeout_ms", request->timeout_ms);
	add_flag(object, "keep_going", request->keep_going);
	add_flag(object, "force", request->force);
}

struct json_object *at_json_result(const struct at_request *request, const char *port)
{
	struct json_object *object = json_object_new_object();
	struct json_object *array = json_object_new_array();
	struct buf text = BUF_INIT;

	json_add_text(object, "port", port);
	json_add_text(object, "cause", cause_name(at_request_cause(request)));
	for (size_t i = 0; i < request->index; i++) {
		const struct at_request_item *item = &request->items[i];
		struct json_object *command = json_object_new_object();
		struct json_object *lines = json_object_new_array();

		json_add_text(command, "command", item->shown);
		add_flag(command, "ok",
			 item->final.kind == AT_FINAL_OK || item->final.kind == AT_FINAL_CONNECT);
		for (const char *at = item->answer; at && *at;) {
			size_t len = strcspn(at, "\n");

			buf_clear(&text);
			str_print_safe(&text, at, len);
			json_object_array_add(lines, json_object_new_string(buf_str(&text)));
			at += len + (at[len] == '\n');
		}
		json_object_object_add(command, "lines", lines);
		if (item->cut)
			add_flag(command, "cut", true);
		buf_clear(&text);
		at_final_describe(&item->final, &text);
		json_add_text(command, "result", buf_str(&text));
		json_add_number(command, "ms", item->elapsed_ms);
		json_object_array_add(array, command);
	}
	json_object_object_add(object, "commands", array);
	buf_free(&text);
	return object;
}

void at_json_render(struct json_object *object, struct buf *out)
{
	struct json_object *commands = show_get(object, "commands");

	for (size_t i = 0; i < show_count(commands); i++) {
		struct json_object *item = json_object_array_get_idx(commands, i);
		struct json_object *lines = show_get(item, "lines");

		for (size_t j = 0; j < show_count(lines); j++)
			buf_printf(out, "%s\n",
				   json_object_get_string(json_object_array_get_idx(lines, j)));
		if (show_has(item, "cut"))
			buf_printf(out, "... (cut)\n");
		buf_printf(out, "%s\n", show_text(item, "result"));
	}
}

void at_json_failure(struct json_object *object, struct buf *out)
{
	struct json_object *commands = show_get(object, "commands");

	for (size_t i = 0; i < show_count(commands); i++) {
		struct json_object *item = json_object_array_get_idx(commands, i);

		if (json_object_get_boolean(show_get(item, "ok")))
			continue;
		buf_printf(out, "%s: %s: %s", show_text(object, "port"), show_text(item, "command"),
			   show_text(item, "result"));
		return;
	}
}
