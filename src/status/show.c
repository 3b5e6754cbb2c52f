/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>

#include "base/buf.h"
#include "status/show.h"

#define LABEL_WIDTH (SHOW_INDENT - 2)

struct json_object *show_get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

const char *show_text(struct json_object *object, const char *key)
{
	struct json_object *value = show_get(object, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

bool show_has(struct json_object *object, const char *key)
{
	return show_get(object, key) != NULL;
}

long long show_number(struct json_object *object, const char *key)
{
	return json_object_get_int64(show_get(object, key));
}

size_t show_count(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

void show_label(struct buf *out, const char *name)
{
	buf_printf(out, "  %-*s", LABEL_WIDTH, name);
}

void show_bar(struct buf *out, long long percent)
{
	for (int i = 0; i < 5; i++)
		buf_printf(out, percent > i * 20 ? "|" : ".");
}
