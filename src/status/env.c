/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "status/env.h"
#include "status/show.h"

static const struct {
	const char *name;
	const char *part; /* NULL: the object itself */
	const char *key;
} rows[] = {
	{"GOBI_NAME", NULL, "name"},
	{"GOBI_STATE", NULL, "state"},
	{"GOBI_PORT", NULL, "port"},
	{"GOBI_MODEM", "modem", "model"},
	{"GOBI_CAUSE", "last_failure", "cause"},
	{"GOBI_TEXT", "last_failure", "text"},
	{"GOBI_IFNAME", "ppp", "ifname"},
	{"GOBI_LOCAL", "ppp", "local"},
	{"GOBI_REMOTE", "ppp", "remote"},
	{"GOBI_IPV6", "ppp", "ipv6"},
	{"GOBI_DNS", "ppp", "dns"},
	{"GOBI_OPERATOR", "network", "operator"},
	{"GOBI_MCCMNC", "network", "mccmnc"},
	{"GOBI_TECHNOLOGY", "network", "technology"},
};

void status_env(struct json_object *object, struct buf *out)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json_object *part = rows[i].part ? show_get(object, rows[i].part) : object;
		struct json_object *value = show_get(part, rows[i].key);
		bool is_list = json_object_is_type(value, json_type_array);
		size_t count = is_list ? show_count(value) : 1;

		buf_printf(out, "%s=", rows[i].name);
		for (size_t j = 0; j < count; j++) {
			struct json_object *item =
				is_list ? json_object_array_get_idx(value, j) : value;
			const char *text = json_object_is_type(item, json_type_string)
						   ? json_object_get_string(item)
						   : "";

			buf_printf(out, j ? " " : "");
			str_print_safe(out, text, strlen(text));
		}
		buf_append(out, "", 1);
	}
}
