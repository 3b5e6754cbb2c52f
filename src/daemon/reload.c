/* SPDX-License-Identifier: ISC */
/* A new configuration for the running instance. `struct conf` stays where it is and changes its
 * values, because everybody has borrowed it: some at once, the others when a search for ports
 * begins and nobody is in the middle of using them. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "ctl/server.h"
#include "daemon/bus.h"
#include "daemon/reload.h"
#include "io/conf-load.h"
#include "io/notify.h"
#include "base/json.h"

void reload_stop(struct bus *bus)
{
	if (bus->next)
		conf_free(bus->next);
	free(bus->next);
	bus->next = NULL;
}

static void swap_values(struct bus *bus, struct conf *with, bool now)
{
	for (const struct conf_key *key = conf_keys; key->name; key++)
		if (key->now == now)
			conf_key_swap(key, bus->own, with);
}

void reload_apply_next(struct bus *bus)
{
	if (!bus->next)
		return;
	swap_values(bus, bus->next, false);
	reload_stop(bus);
	log_notice("the new configuration is in force");
}

/* Takes the values in `fresh`; what is left there is the caller's to free. */
static struct json_object *apply_values(struct bus *bus, struct conf *fresh)
{
	struct json_object *changed = json_object_new_array();
	struct json_object *response = ctl_success();
	bool waits = false;
	char name[64];

	for (const struct conf_key *key = conf_keys; key->name; key++) {
		struct json_object *row;

		if (conf_key_equal(key, bus->own, fresh))
			continue;
		waits |= !key->now;
		snprintf(name, sizeof(name), "%s.%s", key->group, key->name);
		log_notice("%s has changed: %s", name,
			   key->now ? "in force now" : "from the next dial on");
		row = json_object_new_object();
		json_add_text(row, "key", name);
		json_add_text(row, "applies", key->now ? "now" : "next-dial");
		json_object_array_add(changed, row);
	}
	json_object_object_add(response, "changed", changed);
	swap_values(bus, fresh, true);
	bus_tell_reload(bus);
	reload_stop(bus);
	if (waits)
		bus->next = malloc(sizeof(*bus->next));
	if (bus->next) {
		*bus->next = *fresh;
		memset(fresh, 0, sizeof(*fresh));
	} else if (waits) {
		log_error("out of memory: the new configuration is not used at the next dial");
	}
	return response;
}

struct json_object *reload_conf(struct bus *bus)
{
	struct json_object *response, *lines;
	struct buf errors = BUF_INIT, line = BUF_INIT;
	struct conf fresh;
	int error;

	if (!bus->own)
		return ctl_refusal(cause_name(CAUSE_USAGE), "this instance makes one call; the "
							    "next one reads the configuration");
	notify_reloading();
	error = bus->source.optional ? conf_load_if_there(&fresh, bus->source.path, &errors)
				     : conf_load(&fresh, bus->source.path, &errors);
	if (error == 0) {
		response = apply_values(bus, &fresh);
	} else {
		response = ctl_refusal(cause_name(error == -ENOMEM ? CAUSE_INTERNAL : CAUSE_CONFIG),
				       "the old configuration stays in force");
		lines = json_object_new_array();
		for (size_t len; errors.len > 0; buf_consume(&errors, len)) {
			len = strcspn(buf_str(&errors), "\n");
			buf_clear(&line);
			buf_append(&line, buf_str(&errors), len);
			log_error("%s", buf_str(&line));
			json_object_array_add(lines, json_object_new_string(buf_str(&line)));
			len += buf_str(&errors)[len] == '\n';
		}
		json_object_object_add(response, "errors", lines);
	}
	conf_free(&fresh);
	buf_free(&errors);
	buf_free(&line);
	notify_send("READY=1");
	return response;
}
