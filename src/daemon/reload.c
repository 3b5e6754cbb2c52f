/* SPDX-License-Identifier: ISC */
/* Another configuration for the instance that runs. All of it stays where it is and changes its
 * values, for everybody has borrowed it: some at once, the others when a search begins, while
 * nobody is in the middle of using them. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "ctl/server.h"
#include "daemon/daemon.h"
#include "daemon/state.h"
#include "io/conf-load.h"
#include "io/notify.h"

static void forget_next(struct daemon *daemon)
{
	if (daemon->has_next)
		conf_free(&daemon->next);
	daemon->has_next = false;
}

static void swap(struct daemon *daemon, struct conf *with, bool now)
{
	for (const struct conf_key *key = conf_keys; key->name; key++)
		if (key->now == now)
			conf_key_swap(key, daemon->own, with);
}

void reload_take_next(struct daemon *daemon)
{
	if (!daemon->has_next)
		return;
	swap(daemon, &daemon->next, false);
	forget_next(daemon);
	log_notice("the new configuration is in force");
}

/* What is other than what is in force; whether any of it has to wait. */
static bool list_changes(const struct daemon *daemon, const struct conf *fresh,
			 struct json_object *changed)
{
	bool waits = false;
	char name[64];

	for (const struct conf_key *key = conf_keys; key->name; key++) {
		const char *when = key->now ? "now" : "next-dial";
		struct json_object *row;

		if (conf_key_equal(key, daemon->own, fresh))
			continue;
		waits |= !key->now;
		snprintf(name, sizeof(name), "%s.%s", key->group, key->name);
		log_notice("%s has changed: %s", name,
			   key->now ? "in force now" : "from the next dial on");
		row = json_object_new_object();
		json_add_text(row, "key", name);
		json_add_text(row, "applies", when);
		json_object_array_add(changed, row);
	}
	return waits;
}

/* Takes what is in `fresh`, and leaves something to be freed. */
static struct json_object *apply(struct daemon *daemon, struct conf *fresh)
{
	struct json_object *changed = json_object_new_array();
	struct json_object *response = ctl_success();
	bool waits = list_changes(daemon, fresh, changed);
	bool reroute = host_routes_withdraw(daemon, fresh);

	swap(daemon, fresh, true);
	if (reroute)
		session_set_routes(&daemon->session);
	daemon_set_group(daemon);
	session_reload(&daemon->session);
	monitor_reload(daemon);
	spare_reload(daemon);
	forget_next(daemon);
	if (waits) {
		daemon->next = *fresh;
		daemon->has_next = true;
		memset(fresh, 0, sizeof(*fresh));
	}
	json_object_object_add(response, "changed", changed);
	return response;
}

static struct json_object *refuse(const struct buf *errors)
{
	struct json_object *response, *lines = json_object_new_array();
	const char *at = buf_str(errors);
	struct buf line = BUF_INIT;

	for (size_t len; *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		buf_clear(&line);
		buf_append(&line, at, len);
		log_error("%s", buf_str(&line));
		json_object_array_add(lines, json_object_new_string(buf_str(&line)));
	}
	buf_free(&line);
	response = ctl_refusal(cause_name(CAUSE_CONFIG), "the old configuration stays in force");
	json_object_object_add(response, "errors", lines);
	return response;
}

static int load(const struct daemon_source *source, struct conf *fresh, struct buf *errors)
{
	return source->optional ? conf_load_if_there(fresh, source->path, errors)
				: conf_load(fresh, source->path, errors);
}

struct json_object *reload(struct daemon *daemon)
{
	struct json_object *response;
	struct buf errors = BUF_INIT;
	struct conf fresh;
	int error;

	if (!daemon->own)
		return ctl_refusal(cause_name(CAUSE_USAGE),
				   "it makes one call, and the next one reads "
				   "the configuration anew");
	notify_reloading();
	error = load(&daemon->source, &fresh, &errors);
	if (error == 0)
		response = apply(daemon, &fresh);
	else
		response = refuse(&errors);
	conf_free(&fresh);
	buf_free(&errors);
	notify_send("READY=1");
	return response;
}

void reload_stop(struct daemon *daemon)
{
	forget_next(daemon);
}
