/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/count.h"
#include "base/log.h"
#include "conf/conf.h"
#include "ctl/server.h"
#include "daemon/at-user.h"
#include "daemon/bus.h"
#include "daemon/power.h"
#include "daemon/reload.h"
#include "daemon/report.h"
#include "daemon/requests.h"
#include "io/clock.h"
#include "io/rundir.h"
#include "base/json.h"
#include "status/modem-info.h"

#define FOLLOW_S 1. /* followers get the status at each change and this often */

static struct json_object *answer_status(struct bus *bus)
{
	struct json_object *response = ctl_success();

	json_object_object_add(response, "status", report_status(bus));
	return response;
}

/* The same, with how the signal was. */
static struct json_object *answer_history(struct bus *bus)
{
	struct json_object *response = answer_status(bus);

	json_object_object_add(json_object_object_get(response, "status"), "history",
			       history_json(&bus->history, clock_now_ms()));
	return response;
}

static struct json_object *answer_follow(struct bus *bus)
{
	if (ctl_server_follow(bus->server) < 0)
		return ctl_refusal(cause_name(CAUSE_BUSY), "too many clients follow already");
	if (!ev_is_active(&bus->follow))
		ev_timer_again(bus->loop, &bus->follow);
	return answer_status(bus);
}

/* What was learnt about the modem before the call, and during it on the second port. The modem is
 * not asked. */
static struct json_object *answer_info(struct bus *bus)
{
	const struct session *session = &bus->session;
	struct json_object *response;

	if (!*session->port)
		return ctl_refusal(cause_name(CAUSE_NO_MODEM), "it has no modem at the moment");
	response = ctl_success();
	json_object_object_add(response, "info",
			       modem_info_json(bus->facts ? bus->facts : &session->script.facts,
					       session->port, "instance"));
	json_object_object_add(response, "state",
			       json_object_new_string(session_state_name(session->state)));
	json_add_text(response, "usb_path", bus->port.usb_path);
	return response;
}

/* A row says what answers: a function, one that needs the request, or the session's event. */
static struct json_object *answer_request(void *ctx, const struct ctl_request *request)
{
	static const struct {
		const char *command;
		struct json_object *(*answer)(struct bus *bus);
		struct json_object *(*take)(struct bus *bus, const struct ctl_request *request);
		enum session_event_type event;
	} requests[] = {
		{"status", .answer = answer_status},   {"history", .answer = answer_history},
		{"follow", .answer = answer_follow},   {"info", .answer = answer_info},
		{"stop", .event = SESSION_EVENT_STOP}, {"redial", .event = SESSION_EVENT_REDIAL},
		{"reload", .answer = reload_conf},     {"at", .take = at_user_answer},
		{"power", .take = power_answer},
	};

	for (size_t i = 0; i < COUNT(requests); i++) {
		if (strcmp(requests[i].command, request->command) != 0)
			continue;
		if (requests[i].answer)
			return requests[i].answer(ctx);
		if (requests[i].take)
			return requests[i].take(ctx, request);
		bus_tell(ctx, (struct session_event){.type = requests[i].event});
		return ctl_success();
	}
	return ctl_refusal(cause_name(CAUSE_USAGE), "no such command");
}

void requests_on_change(struct bus *bus)
{
	if (ctl_server_followers(bus->server) > 0)
		ctl_server_publish(bus->server, answer_status(bus));
	else
		ev_timer_stop(bus->loop, &bus->follow);
}

static void on_follow(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)revents;
	requests_on_change(watcher->data);
}

static int set_group(struct bus *bus)
{
	const char *group = bus->conf->control.group;
	int error = ctl_server_set_group(bus->server, group);

	if (error == -ENOENT)
		log_error("control.group: there is no group \"%s\"", group);
	else if (error < 0)
		log_error("control.group: \"%s\": %s", group, strerror(-error));
	return error;
}

/* What the modem said before the call counts as well. */
void requests_on_state(struct bus *bus)
{
	if (bus->session.state == SESSION_CONNECTED)
		history_add(&bus->history, &bus->session.script.facts.signal, clock_now_ms());
}

void requests_on_facts(struct bus *bus)
{
	if (bus->facts)
		history_add(&bus->history, &bus->facts->signal, bus->facts_at);
}

void requests_on_reload(struct bus *bus)
{
	set_group(bus);
}

enum cause requests_start(struct bus *bus)
{
	char path[256];
	int error;

	ev_timer_init(&bus->follow, on_follow, FOLLOW_S, FOLLOW_S);
	bus->follow.data = bus;
	rundir_path(path, sizeof(path), bus->name, "sock");
	bus->server = ctl_server_new(bus->loop, path, answer_request, bus, &error);
	if (!bus->server)
		return bus_explain(CAUSE_INTERNAL, path, error);
	error = set_group(bus);
	return error == 0                                                ? CAUSE_NONE
	       : error == -ENOENT || error == -EPERM || error == -EACCES ? CAUSE_CONFIG
									 : CAUSE_INTERNAL;
}

void requests_stop(struct bus *bus)
{
	ctl_server_free(bus->server);
}
