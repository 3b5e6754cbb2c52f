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

static void put_string(struct json_object *value, struct buf *out)
{
	const char *text =
		json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";

	str_print_safe(out, text, strlen(text));
}

static void put(struct json_object *value, struct buf *out)
{
	for (size_t i = 0; i < show_count(value); i++) {
		buf_printf(out, i ? " " : "");
		put_string(json_object_array_get_idx(value, i), out);
	}
	put_string(value, out);
}

void status_env(struct json_object *object, struct buf *out)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json_object *part = rows[i].part ? show_get(object, rows[i].part) : object;

		buf_printf(out, "%s=", rows[i].name);
		put(show_get(part, rows[i].key), out);
		buf_append(out, "", 1);
	}
}
