/* SPDX-License-Identifier: ISC */
/* What the control socket is asked. */
#include <json-c/json.h>
#include <string.h>

#include "ctl/server.h"
#include "daemon/report.h"
#include "daemon/state.h"
#include "ppp/pppd.h"
#include "status/info.h"
#include "status/json.h"

struct json_object *requests_status(struct daemon *daemon)
{
	struct json_object *response = ctl_success();

	json_object_object_add(
		response, "status",
		report_status(&daemon->session, daemon->name, &daemon->port,
			      daemon->pppd ? pppd_pid(daemon->pppd) : -1,
			      &daemon->rate));
	return response;
}

static struct json_object *answer_follow(struct daemon *daemon)
{
	if (ctl_server_follow(daemon->server) < 0)
		return ctl_refusal(cause_name(CAUSE_BUSY),
				   "as many follow it as may");
	daemon_be_followed(daemon);
	return requests_status(daemon);
}

/* What has been learnt of the modem on the way to the call: nothing is asked
 * for it. */
static struct json_object *answer_info(struct daemon *daemon)
{
	const struct session *session = &daemon->session;
	struct json_object *response;

	if (!*session->port)
		return ctl_refusal(cause_name(CAUSE_NO_MODEM),
				   "it has no modem at the moment");
	response = ctl_success();
	json_object_object_add(
		response, "info",
		info_to_json(&session->plan.facts, session->port, "instance"));
	json_object_object_add(
		response, "state",
		json_object_new_string(session_state_name(session->state)));
	json_add_text(response, "usb_path", daemon->port.usb_path);
	return response;
}

static struct json_object *answer_stop(struct daemon *daemon)
{
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_STOP});
	return ctl_success();
}

static struct json_object *answer_redial(struct daemon *daemon)
{
	daemon_tell(daemon,
		    (struct session_event){.type = SESSION_EVENT_REDIAL});
	return ctl_success();
}

static const struct {
	const char *command;
	struct json_object *(*answer)(struct daemon *daemon);
} requests[] = {
	{"status", requests_status}, {"follow", answer_follow},
	{"info", answer_info},       {"stop", answer_stop},
	{"redial", answer_redial},   {"reload", reload},
};

struct json_object *requests_answer(void *ctx, const char *command)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (strcmp(requests[i].command, command) == 0)
			return requests[i].answer(ctx);
	return ctl_refusal(cause_name(CAUSE_USAGE), "no such command");
}
