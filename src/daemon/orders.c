/* SPDX-License-Identifier: ISC */
/* AT commands from the control socket. */
#include <json-c/json.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "ctl/server.h"
#include "daemon/state.h"
#include "io/atport.h"
#include "io/serial.h"
#include "status/order.h"

#define ORDER_ID 0x6f72

static void forget(struct daemon *daemon)
{
	at_request_free(&daemon->orders.order);
	daemon->orders.ticket = 0;
	daemon->orders.atport = NULL;
}

static void answer(struct daemon *daemon, struct json_object *response)
{
	ctl_server_answer(daemon->server, daemon->orders.ticket, response);
	forget(daemon);
}

void orders_fail(struct daemon *daemon, enum cause cause, const char *text)
{
	if (daemon->orders.ticket)
		answer(daemon, ctl_refusal(cause_name(cause), text));
}

bool orders_wait(const struct daemon *daemon)
{
	return daemon->orders.ticket && !daemon->orders.atport;
}

bool orders_run(const struct daemon *daemon, const struct atport *atport)
{
	return daemon->orders.ticket && atport && daemon->orders.atport == atport;
}

static void finish(struct daemon *daemon)
{
	struct orders *orders = &daemon->orders;
	struct json_object *response = ctl_success();

	json_object_object_add(
		response, "at",
		order_to_json(&orders->order, serial_device(atport_serial(orders->atport))));
	answer(daemon, response);
}

static void pump(struct daemon *daemon)
{
	struct orders *orders = &daemon->orders;
	struct at_command command;

	/* He may have left in between. */
	if (!ctl_server_awaits(daemon->server, orders->ticket))
		forget(daemon);
	else if (!at_request_next(&orders->order, &command, ORDER_ID))
		finish(daemon);
	else if (atport_send(orders->atport, &command) < 0)
		orders_fail(daemon, CAUSE_BUSY, "the port takes no command");
}

void orders_begin(struct daemon *daemon, struct atport *atport)
{
	daemon->orders.atport = atport;
	pump(daemon);
}

void orders_take(struct daemon *daemon, const struct at_event *event)
{
	if (event->type != AT_EVENT_REPLY || event->id != ORDER_ID)
		return;
	at_request_reply(&daemon->orders.order, event);
	pump(daemon);
}

/* The call's own port: it is asked every second or so whether there is a network, and in between it
 * is free. */
static bool call_port_is_free(const struct daemon *daemon)
{
	const struct session *session = &daemon->session;

	return daemon->atport && session->state == SESSION_REGISTERING &&
	       !session->script.pending && session->script.cause == CAUSE_NONE;
}

void orders_try(struct daemon *daemon)
{
	if (orders_wait(daemon) && call_port_is_free(daemon))
		orders_begin(daemon, daemon->atport);
}

void orders_note_state(struct daemon *daemon)
{
	if (daemon->orders.ticket)
		orders_fail(daemon, CAUSE_BUSY,
			    "the instance has gone on to dial or to hang up; try again");
}

void orders_stop(struct daemon *daemon)
{
	forget(daemon);
}

static struct json_object *__attribute__((format(printf, 1, 2))) refuse(const char *format, ...)
{
	struct buf text = BUF_INIT;
	struct json_object *response;
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	response = ctl_refusal(cause_name(CAUSE_BUSY), buf_str(&text));
	buf_free(&text);
	return response;
}

/* Where it can run; NULL: it will. */
static struct json_object *place(struct daemon *daemon)
{
	const struct session *session = &daemon->session;
	struct json_object *response;

	switch (session->state) {
	case SESSION_CONNECTED:
		if (spare_wake(daemon))
			return NULL;
		return refuse("%s is in the call, and the modem has no second "
			      "AT port that is known; \"gobi-dial stop %s\" frees it",
			      session->port, daemon->name);
	case SESSION_REGISTERING:
		return NULL;
	case SESSION_WAITING:
	case SESSION_BACKING_OFF:
		if (host_holds_ports(daemon))
			return refuse("the instance is still letting go of its "
				      "port; try again in a moment");
		response = refuse("it has no port open while it is %s",
				  session_state_name(session->state));
		json_object_object_add(response, "port_free", json_object_new_boolean(1));
		return response;
	default:
		return refuse("the instance uses its port for itself while it "
			      "is %s; try again in a moment",
			      session_state_name(session->state));
	}
}

static struct json_object *take_order(struct daemon *daemon, const struct ctl_request *request,
				      struct buf *why)
{
	struct orders *orders = &daemon->orders;
	struct json_object *response;

	if (!order_from_json(request->object, &orders->order, why) ||
	    !at_request_check(&orders->order, AT_REQUEST_INSTANCE, why))
		return ctl_refusal(cause_name(CAUSE_USAGE), buf_str(why));
	response = place(daemon);
	if (!response)
		orders->ticket = request->ticket;
	return response;
}

struct json_object *orders_answer(struct daemon *daemon, const struct ctl_request *request)
{
	struct orders *orders = &daemon->orders;
	struct buf why = BUF_INIT;
	struct json_object *response;

	if (orders->ticket)
		return refuse("somebody else's commands run already; try again in a moment");
	at_request_init(&orders->order);
	response = take_order(daemon, request, &why);
	buf_free(&why);
	if (response)
		forget(daemon);
	else
		orders_try(daemon);
	return response;
}
