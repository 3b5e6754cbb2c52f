/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"

#undef json_object_object_add
#undef json_object_array_add
#undef json_object_object_length
#undef json_object_array_length
#undef json_object_to_json_string_ext

int json_add_value(struct json_object *object, const char *key, struct json_object *value)
{
	if (object && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

int json_append_value(struct json_object *array, struct json_object *value)
{
	if (array && json_object_array_add(array, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

size_t json_count(const struct json_object *object)
{
	if (json_object_is_type(object, json_type_array))
		return (size_t)json_object_array_length(object);
	return object ? (size_t)json_object_object_length(object) : 0;
}

struct json_object *json_add_object(struct json_object *object, const char *key)
{
	struct json_object *part = json_object_new_object();

	return json_add_value(object, key, part) == 0 ? part : NULL;
}

const char *json_text(struct json_object *object, int flags)
{
	const char *text = json_object_to_json_string_ext(object, flags);

	return text ? text : "null";
}

void json_add_text(struct json_object *object, const char *key, const char *text)
{
	struct buf safe = BUF_INIT;

	if (!text || !*text)
		return;
	str_print_safe(&safe, text, strlen(text));
	json_add_value(object, key, json_object_new_string(buf_str(&safe)));
	buf_free(&safe);
}

void json_add_number(struct json_object *object, const char *key, long long number)
{
	if (number >= 0)
		json_add_value(object, key, json_object_new_int64(number));
}

void json_add_hex4(struct json_object *object, const char *key, int number)
{
	char text[8];

	if (number < 0 || number > 0xffff)
		return;
	snprintf(text, sizeof(text), "%04x", number);
	json_add_value(object, key, json_object_new_string(text));
}

/* The safe form of a text; of anything else the same object, with what is in it made safe. */
static struct json_object *make_part_safe(struct json_object *part)
{
	struct json_object *text;
	struct buf safe = BUF_INIT;

	if (!json_object_is_type(part, json_type_string)) {
		json_make_safe(part);
		return json_object_get(part);
	}
	str_print_safe(&safe, json_object_get_string(part),
		       (size_t)json_object_get_string_len(part));
	text = json_object_new_string(buf_str(&safe));
	buf_free(&safe);
	return text;
}

void json_make_safe(struct json_object *object)
{
	if (json_object_is_type(object, json_type_array)) {
		for (size_t i = 0; i < (size_t)json_object_array_length(object); i++)
			json_object_array_put_idx(
				object, i, make_part_safe(json_object_array_get_idx(object, i)));
	} else if (json_object_is_type(object, json_type_object)) {
		json_object_object_foreach(object, key, value)
			json_add_value(object, key, make_part_safe(value));
	}
}
