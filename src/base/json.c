/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"

void json_add_text(struct json_object *object, const char *key, const char *text)
{
	struct buf safe = BUF_INIT;

	if (!text || !*text)
		return;
	str_print_safe(&safe, text, strlen(text));
	json_object_object_add(object, key, json_object_new_string(buf_str(&safe)));
	buf_free(&safe);
}

void json_add_number(struct json_object *object, const char *key, long long number)
{
	if (number >= 0)
		json_object_object_add(object, key, json_object_new_int64(number));
}

void json_add_hex4(struct json_object *object, const char *key, int number)
{
	char text[8];

	if (number < 0 || number > 0xffff)
		return;
	snprintf(text, sizeof(text), "%04x", number);
	json_object_object_add(object, key, json_object_new_string(text));
}
