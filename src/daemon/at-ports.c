/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "base/json.h"
#include "ctl/server.h"
#include "daemon/at-ports.h"
#include "daemon/bus.h"
#include "daemon/second-port.h"

bool at_ports_are_held(const struct bus *bus)
{
	return prober_is_busy(&bus->prober) || closer_is_busy(&bus->closer) ||
	       second_port_is_busy(bus);
}

struct json_object *at_ports_admit(struct bus *bus, const struct talk_user *user)
{
	const struct session *session = &bus->session;
	const char *state = session_state_name(session->state);
	struct json_object *refusal;
	struct buf text = BUF_INIT;
	bool is_free = false;
	int error = 0;

	if (session->state == SESSION_CONNECTED) {
		error = second_port_lend(bus, user);
		if (error == -ENODEV)
			buf_printf(&text,
				   "%s is in the call, and the modem has no second AT port that "
				   "is known; \"gobi-dial stop %s\" frees it",
				   session->port, bus->name);
	} else if (session->state == SESSION_REGISTERING) {
		error = talk_add(&bus->talk, user);
		talk_run(&bus->talk);
	} else if (session->state != SESSION_WAITING && session->state != SESSION_BACKING_OFF) {
		buf_printf(&text,
			   "the instance uses its port for itself while it is %s; try again in a "
			   "moment",
			   state);
	} else if (at_ports_are_held(bus)) {
		buf_printf(&text, "the instance is still releasing its port; try again in a "
				  "moment");
	} else {
		buf_printf(&text, "it has no port open while it is %s", state);
		is_free = true;
	}
	if (error == -ENOSPC)
		buf_printf(&text, "too many wait for the port; try again in a moment");
	if (text.len == 0)
		return NULL;
	refusal = ctl_refusal(cause_name(CAUSE_BUSY), buf_str(&text));
	if (is_free)
		json_object_object_add(refusal, "port_free", json_object_new_boolean(1));
	buf_free(&text);
	return refusal;
}

void at_ports_on_state(struct bus *bus)
{
	talk_dismiss(&bus->talk, bus->ticket, CAUSE_BUSY, AT_PORTS_MOVED_ON);
}
