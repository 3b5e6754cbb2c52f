/* SPDX-License-Identifier: ISC */
/* What the control socket is asked. */
#include <json-c/json.h>
#include <string.h>

#include "base/count.h"
#include "base/json.h"
#include "ctl/server.h"
#include "daemon/report.h"
#include "daemon/state.h"
#include "ppp/pppd.h"
#include "status/modem-info.h"

struct json_object *requests_status(struct daemon *daemon)
{
	struct json_object *response = ctl_success();
	int64_t told_at;
	const struct modem_facts *facts = spare_facts(daemon, &told_at);

	json_object_object_add(response, "status",
			       report_status(&daemon->session, daemon->name, &daemon->port,
					     daemon->pppd ? pppd_pid(daemon->pppd) : -1, facts,
					     told_at, &daemon->rate));
	return response;
}

static struct json_object *answer_status(struct daemon *daemon, const struct ctl_request *request)
{
	(void)request;
	return requests_status(daemon);
}

static struct json_object *answer_follow(struct daemon *daemon, const struct ctl_request *request)
{
	(void)request;
	if (ctl_server_follow(daemon->server) < 0)
		return ctl_refusal(cause_name(CAUSE_BUSY), "as many follow it as may");
	daemon_be_followed(daemon);
	return requests_status(daemon);
}

/* What has been learnt of the modem on the way to the call, and during it on another port: nothing
 * is asked for it. */
static struct json_object *answer_info(struct daemon *daemon, const struct ctl_request *request)
{
	const struct session *session = &daemon->session;
	int64_t told_at;
	const struct modem_facts *facts = spare_facts(daemon, &told_at);
	struct json_object *response;

	(void)request;
	if (!*session->port)
		return ctl_refusal(cause_name(CAUSE_NO_MODEM), "it has no modem at the moment");
	response = ctl_success();
	json_object_object_add(response, "info", modem_info_json(facts, session->port, "instance"));
	json_object_object_add(response, "state",
			       json_object_new_string(session_state_name(session->state)));
	json_add_text(response, "usb_path", daemon->port.usb_path);
	return response;
}

static struct json_object *answer_stop(struct daemon *daemon, const struct ctl_request *request)
{
	(void)request;
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_STOP});
	return ctl_success();
}

static struct json_object *answer_redial(struct daemon *daemon, const struct ctl_request *request)
{
	(void)request;
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_REDIAL});
	return ctl_success();
}

static struct json_object *answer_reload(struct daemon *daemon, const struct ctl_request *request)
{
	(void)request;
	return reload(daemon);
}

static const struct {
	const char *command;
	struct json_object *(*answer)(struct daemon *daemon, const struct ctl_request *request);
} requests[] = {
	{"status", answer_status}, {"follow", answer_follow}, {"info", answer_info},
	{"stop", answer_stop},     {"redial", answer_redial}, {"reload", answer_reload},
	{"at", orders_answer},
};

struct json_object *requests_answer(void *ctx, const struct ctl_request *request)
{
	for (size_t i = 0; i < COUNT(requests); i++)
		if (strcmp(requests[i].command, request->command) == 0)
			return requests[i].answer(ctx, request);
	return ctl_refusal(cause_name(CAUSE_USAGE), "no such command");
}
