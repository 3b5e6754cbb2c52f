/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/json.h"
#include "ctl/server.h"
#include "daemon/at-ports.h"
#include "daemon/at-user.h"
#include "daemon/bus.h"
#include "modem/at-request.h"
#include "status/at-json.h"

struct at_user {
	struct bus *bus;
	struct at_request request;
	unsigned long ticket;       /* of the client that waits */
	struct json_object **early; /* where an answer goes while the request is being handled */
};

static enum talk_turn take_at_turn(void *job, struct at_command *command)
{
	struct at_user *user = job;

	if (user->request.pending)
		return TALK_WAIT;
	/* The client may have left meanwhile. */
	return ctl_server_awaits(user->bus->server, user->ticket) &&
			       at_request_next(&user->request, command, 0)
		       ? TALK_SEND
		       : TALK_DONE;
}

static void take_at_reply(void *job, const struct at_event *event)
{
	struct at_user *user = job;

	at_request_reply(&user->request, event);
}

static void free_at_user(struct at_user *user)
{
	user->bus->at_user = NULL;
	at_request_free(&user->request);
	free(user);
}

static void answer_at(void *ctx, const struct talk_end *end)
{
	struct at_user *user = ctx;
	struct json_object *response;

	if (end->cause == CAUSE_NONE) {
		response = ctl_success();
		json_object_object_add(response, "at", at_json_result(&user->request, end->device));
	} else {
		response = ctl_refusal(cause_name(end->cause), end->text);
	}
	if (user->early)
		*user->early = response;
	else
		ctl_server_answer(user->bus->server, user->ticket, response);
	free_at_user(user);
}

struct json_object *at_user_answer(struct bus *bus, const struct ctl_request *request)
{
	struct talk_user user = {.next = take_at_turn, .reply = take_at_reply, .over = answer_at};
	struct json_object *response = NULL, *refusal;
	struct at_user *at;
	struct buf why = BUF_INIT;

	if (bus->at_user)
		return ctl_refusal(cause_name(CAUSE_BUSY),
				   "another client's commands are running; try again in a moment");
	at = calloc(1, sizeof(*at));
	if (!at)
		return ctl_refusal(cause_name(CAUSE_INTERNAL), "out of memory");
	*at = (struct at_user){.bus = bus, .ticket = request->ticket, .early = &response};
	bus->at_user = at;
	user.job = user.ctx = at;
	at_request_init(&at->request);
	if (at_json_read(request->object, &at->request, &why) &&
	    at_request_check(&at->request, AT_REQUEST_INSTANCE, &why))
		refusal = at_ports_admit(bus, &user);
	else
		refusal = ctl_refusal(cause_name(CAUSE_USAGE), buf_str(&why));
	buf_free(&why);
	if (refusal)
		free_at_user(at);
	else if (!response)
		at->early = NULL;
	return refusal ? refusal : response;
}
