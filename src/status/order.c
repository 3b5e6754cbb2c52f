/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "modem/at-request.h"
#include "status/order.h"
#include "status/show.h"

static bool add_commands(struct json_object *array, struct at_request *order, struct buf *why)
{
	size_t count = json_object_is_type(array, json_type_array)
			       ? (size_t)json_object_array_length(array)
			       : 0;

	if (count == 0 || count > AT_REQUEST_COMMANDS_MAX) {
		buf_printf(why, "\"arguments\" is a list of 1 to %d commands",
			   AT_REQUEST_COMMANDS_MAX);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);
		const char *text = json_object_get_string(item);

		/* One with a NUL in it would be cut there. */
		if (!json_object_is_type(item, json_type_string) ||
		    strlen(text) != (size_t)json_object_get_string_len(item)) {
			buf_printf(why, "a command is a text");
			return false;
		}
		if (at_request_add(order, text) < 0) {
			buf_printf(why, "out of memory");
			return false;
		}
	}
	return true;
}

bool order_from_json(struct json_object *object, struct at_request *order, struct buf *why)
{
	long long ms = AT_REQUEST_TIMEOUT_S * 1000;

	if (show_has(object, "timeout_ms"))
		ms = show_number(object, "timeout_ms");
	if (ms < 1000 || ms > AT_REQUEST_TIMEOUT_MAX * 1000) {
		buf_printf(why, "\"timeout_ms\" is 1000 to %d", AT_REQUEST_TIMEOUT_MAX * 1000);
		return false;
	}
	order->timeout_ms = (int)ms;
	order->keep_going = json_object_get_boolean(show_get(object, "keep_going"));
	order->force = json_object_get_boolean(show_get(object, "force"));
	return add_commands(show_get(object, "arguments"), order, why);
}

static void add_flag(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

void order_to_request(const struct at_request *order, struct json_object *request)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < order->count; i++)
		json_object_array_add(array, json_object_new_string(order->items[i].text));
	json_object_object_add(request, "arguments", array);
	json_add_number(request, "timeout_ms", order->timeout_ms);
	add_flag(request, "keep_going", order->keep_going);
	add_flag(request, "force", order->force);
}

static struct json_object *lines_of(const char *answer)
{
	struct json_object *array = json_object_new_array();
	struct buf line = BUF_INIT;

	while (answer && *answer) {
		size_t len = strcspn(answer, "\n");

		buf_clear(&line);
		str_print_safe(&line, answer, len);
		json_object_array_add(array, json_object_new_string(buf_str(&line)));
		answer += len + (answer[len] == '\n');
	}
	buf_free(&line);
	return array;
}

static struct json_object *item_to_json(const struct at_request_item *item)
{
	struct json_object *object = json_object_new_object();
	struct buf result = BUF_INIT;

	at_final_describe(&item->final, &result);
	json_add_text(object, "command", item->shown);
	add_flag(object, "ok",
		 item->final.kind == AT_FINAL_OK || item->final.kind == AT_FINAL_CONNECT);
	json_object_object_add(object, "lines", lines_of(item->answer));
	if (item->cut)
		add_flag(object, "cut", true);
	json_add_text(object, "result", buf_str(&result));
	json_add_number(object, "ms", item->elapsed_ms);
	buf_free(&result);
	return object;
}

struct json_object *order_to_json(const struct at_request *order, const char *port)
{
	struct json_object *object = json_object_new_object();
	struct json_object *array = json_object_new_array();

	json_add_text(object, "port", port);
	json_add_text(object, "cause", cause_name(at_request_cause(order)));
	for (size_t i = 0; i < order->index; i++)
		json_object_array_add(array, item_to_json(&order->items[i]));
	json_object_object_add(object, "commands", array);
	return object;
}

static struct json_object *item_at(struct json_object *object, size_t index)
{
	return json_object_array_get_idx(show_get(object, "commands"), index);
}

void order_render(struct json_object *object, struct buf *out)
{
	size_t count = show_count(show_get(object, "commands"));

	for (size_t i = 0; i < count; i++) {
		struct json_object *item = item_at(object, i);
		struct json_object *lines = show_get(item, "lines");

		for (size_t j = 0; j < show_count(lines); j++)
			buf_printf(out, "%s\n",
				   json_object_get_string(json_object_array_get_idx(lines, j)));
		if (show_has(item, "cut"))
			buf_printf(out, "... (cut)\n");
		buf_printf(out, "%s\n", show_text(item, "result"));
	}
}

void order_describe_failure(struct json_object *object, struct buf *out)
{
	size_t count = show_count(show_get(object, "commands"));

	for (size_t i = 0; i < count; i++) {
		struct json_object *item = item_at(object, i);

		if (json_object_get_boolean(show_get(item, "ok")))
			continue;
		buf_printf(out, "%s: %s: %s", show_text(object, "port"), show_text(item, "command"),
			   show_text(item, "result"));
		return;
	}
}
