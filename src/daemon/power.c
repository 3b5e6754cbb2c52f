/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>

#include "base/buf.h"
#include "base/json.h"
#include "conf/conf.h"
#include "ctl/server.h"
#include "daemon/bus.h"
#include "daemon/modem-care.h"
#include "io/port.h"
#include "io/power-key.h"
#include "status/show.h"

static void answer_client(struct bus *bus, enum cause cause, const char *text)
{
	unsigned long ticket = bus->care->power.ticket;
	struct json_object *response;

	if (ticket == 0)
		return;
	bus->care->power.ticket = 0;
	response = cause == CAUSE_NONE ? ctl_success() : ctl_refusal(cause_name(cause), text);
	json_add_text(response, "text", text);
	ctl_server_answer(bus->server, ticket, response);
}

static void on_power_done(void *ctx, int result)
{
	struct bus *bus = ctx;
	struct session_event event = {.type = SESSION_EVENT_POWERED};
	bool wired = power_wiring(bus->conf).status;
	struct buf text = BUF_INIT;

	if (result < 0)
		result = POWER_RESULT_BROKEN;
	power_key_explain(bus->conf, (enum power_result)result, &text);
	event.text = buf_str(&text);
	event.switched = result == POWER_RESULT_DONE || result == POWER_RESULT_NO_EFFECT;
	event.sure = wired && result == POWER_RESULT_DONE;
	/* The bridge to a UART stays on USB. */
	event.left = event.switched && *bus->care->recovery.port.usb_path &&
		     !port_is_uart(&bus->care->recovery.port);
	if (event.switched || result == POWER_RESULT_STARTING)
		event.boot_ms = bus->care->power.times.boot_ms;
	if (result > POWER_RESULT_STARTING)
		event.cause = CAUSE_POWER;
	bus->care->recovery.flaps.expected |= event.left;
	answer_client(bus, event.cause, event.text);
	bus_tell(bus, event);
	buf_free(&text);
}

static struct power_job make_job(const struct bus *bus, enum power_act act, bool silent)
{
	return (struct power_job){
		.conf = bus->conf,
		.name = bus->name,
		.act = act,
		.times = power_times(bus->conf, bus->session.script.family,
				     bus->care->power.identity),
		.silent = silent,
	};
}

int power_start(void *ctx, enum power_act act, bool silent)
{
	struct bus *bus = ctx;
	struct power *power = &bus->care->power;
	const struct power_job job = make_job(bus, act, silent);
	const struct worker_task task = {
		.work = power_key_do, .arg = &job, .done = on_power_done, .ctx = bus};

	if (!power_is_configured(bus->conf) ||
	    (act == POWER_ON && !silent && !power_wiring(bus->conf).status))
		return -ENOTSUP;
	worker_abandon(&power->worker, SIGTERM);
	power->times = job.times;
	return worker_start(&power->worker, bus->loop, &task);
}

void power_cancel(struct bus *bus)
{
	worker_abandon(&bus->care->power.worker, SIGTERM);
	/* It goes to a person's request next. */
	if (bus->session.power_wanted < 0)
		answer_client(bus, CAUSE_BUSY, "the instance has gone on to something else");
}

void power_leave(struct bus *bus)
{
	struct power_job job = make_job(bus, POWER_OFF, !bus->session.answered);
	const struct worker_task task = {.work = power_key_do, .arg = &job};
	struct worker *worker = &bus->care->power.worker;

	job.brief = true;
	if (bus->session.state != SESSION_STOPPED || bus->goal != SESSION_GOAL_LINK ||
	    !bus->conf->power.off_at_stop || !power_is_configured(bus->conf))
		return;
	if (worker_start(worker, bus->loop, &task) == 0)
		worker_abandon(worker, 0);
}

struct json_object *power_answer(struct bus *bus, const struct ctl_request *request)
{
	enum power_act act = power_act_find(show_text(request->object, "act"));
	struct power *power = &bus->care->power;

	if (act == POWER_ACT_COUNT)
		return ctl_refusal(cause_name(CAUSE_USAGE), "\"act\" has to be on, off or cycle");
	if (!power_is_configured(bus->conf))
		return ctl_refusal(
			cause_name(CAUSE_CONFIG),
			"the group \"power\" of the configuration names no key, reset or command");
	if (bus->goal != SESSION_GOAL_LINK || power->ticket || bus->session.power_wanted >= 0)
		return ctl_refusal(cause_name(CAUSE_BUSY), "the modem is being switched, or dialed "
							   "by pppd");
	if (act != POWER_ON)
		power->ticket = request->ticket;
	bus_tell(bus, (struct session_event){.type = SESSION_EVENT_POWER, .act = act});
	return act == POWER_ON ? ctl_success() : NULL;
}
