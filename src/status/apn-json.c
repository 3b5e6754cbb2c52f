/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "modem/script.h"
#include "status/apn-json.h"
#include "status/show.h"

static void add_try(struct json_object *object, const struct script *script,
		    const struct apn_try *tries, size_t count, size_t at)
{
	enum apn_source source = tries[at].source;
	const char *value = tries[at].apn;
	struct buf text = BUF_INIT;

	apn_describe(tries, count, at, &text);
	/* network.apn = "": what the modem's context names. */
	if (source == APN_CONFIG && tries[at].as_is) {
		value = script->modem.context.apn;
		source = script->facts.domain_known[MODEM_DOMAIN_EPS] ? APN_NETWORK : APN_SIM;
	}
	json_object_object_add(object, "value", json_object_new_string(""));
	json_add_text(object, "value", value);
	json_add_text(object, "source", apn_source_name(source));
	json_add_text(object, "text", buf_str(&text));
	buf_free(&text);
}

struct json_object *apn_json(const struct script *script)
{
	const struct apn_walk *walk = &script->apn;
	struct json_object *object, *list;
	struct apn_try tries[APN_TRIES_MAX];
	size_t count = apn_walk_list(script, tries);

	if (count == 0)
		return NULL;
	object = json_object_new_object();
	list = json_object_new_array();
	add_try(object, script, tries, count, walk->at < count ? walk->at : 0);
	for (size_t i = 0; i < count; i++) {
		struct json_object *one = json_object_new_object();

		add_try(one, script, tries, count, i);
		json_add_text(one, "user", script_account_with(script, &tries[i]).user);
		if (i < walk->count)
			json_add_text(one, "refused", walk->refused[i]);
		json_object_array_add(list, one);
	}
	json_object_object_add(object, "tries", list);
	return object;
}

void apn_render(struct json_object *apn, bool all, struct buf *out)
{
	struct json_object *tries = show_get(apn, "tries");

	for (size_t i = 0; i < show_count(tries); i++) {
		struct json_object *one = json_object_array_get_idx(tries, i);
		const char *user = show_text(one, "user"), *refused = show_text(one, "refused");

		if (!all && !*refused)
			continue;
		if (all)
			buf_printf(out, "%2zu  ", i + 1);
		buf_printf(out, "%s", show_text(one, "text"));
		if (all && *user)
			buf_printf(out, ", user name \"%s\"", user);
		if (*refused)
			buf_printf(out, "%s%s", all ? "; refused: " : ": ", refused);
		buf_append(out, "\n", 1);
	}
}
