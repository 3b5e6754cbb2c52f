/* SPDX-License-Identifier: ISC */
/* What the modem says on another port during the call. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "daemon/report.h"
#include "daemon/state.h"
#include "io/atport.h"
#include "io/port.h"
#include "io/clock.h"
#include "io/probe.h"
#include "io/serial.h"

#define SLOWEST_S    3600
#define FAILURES_MAX 10
#define AGAIN_S      .02 /* the last asking's port is being closed */
#define DELAYS_MAX   50

static void next_job(struct daemon *daemon);

static void close_port(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;

	prober_cancel(&spare->prober);
	closer_close(&spare->closer, daemon->loop, atport_release(spare->atport));
	spare->atport = NULL;
	spare->asking = false;
}

/* One that fails is asked less and less often. */
static void arm(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;
	double seconds = daemon->conf->monitor.signal_interval_s;

	ev_timer_stop(daemon->loop, &spare->timer);
	if (seconds <= 0 || spare->candidates.count == 0)
		return;
	for (int i = 0; i < spare->failures && seconds < SLOWEST_S; i++)
		seconds *= 2;
	ev_now_update(daemon->loop);
	ev_timer_set(&spare->timer, seconds, 0.);
	ev_timer_start(daemon->loop, &spare->timer);
}

/* The call goes on whatever becomes of this port. */
static void give_up(struct daemon *daemon, enum cause cause, const char *text)
{
	struct spare *spare = &daemon->spare;

	if (spare->failures == 0)
		log_notice("the modem is not asked during the call: %s", text);
	else
		log_info("the modem is not asked during the call: %s", text);
	if (spare->failures < FAILURES_MAX)
		spare->failures++;
	spare->device[0] = '\0';
	spare->due = false;
	close_port(daemon);
	orders_fail(daemon, cause, text);
	arm(daemon);
}

/* Asking --------------------------------------------------------------------------*/

static void told(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;

	spare->asking = false;
	spare->due = false;
	spare->failures = 0;
	spare->facts = spare->script.facts;
	spare->asked_at = clock_now_ms();
	arm(daemon);
	next_job(daemon);
	/* The last: it may end the call. */
	monitor_note_modem(daemon, &spare->facts);
}

static void pump_script(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;
	struct at_command command;

	switch (script_next(&spare->script, &command, clock_now_ms())) {
	case SCRIPT_COMMAND:
		if (atport_send(spare->atport, &command) < 0)
			give_up(daemon, CAUSE_INTERNAL, "a command could not be sent");
		break;
	case SCRIPT_FAILED:
		give_up(daemon, spare->script.cause, buf_str(&spare->script.text));
		break;
	case SCRIPT_DONE:
		told(daemon);
		break;
	case SCRIPT_PENDING:
	case SCRIPT_WAIT:
		break;
	}
}

static void on_event(void *ctx, const struct at_event *event)
{
	struct daemon *daemon = ctx;
	struct spare *spare = &daemon->spare;

	if (orders_run(daemon, spare->atport)) {
		orders_take(daemon, event);
		if (!orders_run(daemon, spare->atport))
			next_job(daemon);
	} else if (spare->asking && event->type == AT_EVENT_REPLY) {
		script_reply(&spare->script, event, clock_now_ms());
		pump_script(daemon);
	}
}

static void on_gone(void *ctx)
{
	give_up(ctx, CAUSE_NO_MODEM, "its second port went away");
}

/* What the port is open for; it is closed when there is nothing any more. */
static void next_job(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;

	if (orders_wait(daemon))
		orders_begin(daemon, spare->atport);
	if (orders_run(daemon, spare->atport))
		return;
	if (!spare->due) {
		close_port(daemon);
		return;
	}
	spare->asking = true;
	script_start(&spare->script, SCRIPT_WATCH, clock_now_ms());
	pump_script(daemon);
}

/* Opening -------------------------------------------------------------------------*/

static void adopt(struct daemon *daemon, struct serial *serial)
{
	static const struct atport_callbacks callbacks = {on_event, on_gone};
	struct spare *spare = &daemon->spare;

	if (!*spare->device)
		log_info("%s: asked during the call", serial_device(serial));
	str_copy(spare->device, sizeof(spare->device), serial_device(serial));
	spare->atport = atport_new(daemon->loop, serial, &callbacks, daemon);
	if (spare->atport)
		next_job(daemon);
	else
		give_up(daemon, CAUSE_INTERNAL, "out of memory");
}

static void on_probed(void *ctx, struct serial *serial, const struct probe_result *result)
{
	struct daemon *daemon = ctx;
	struct buf text = BUF_INIT;

	report_probe(result, &text);
	if (serial)
		adopt(daemon, serial);
	else
		give_up(daemon, result->cause, buf_str(&text));
	buf_free(&text);
}

/* One that has proven itself is not asked what it is again. */
static int start(struct daemon *daemon)
{
	const struct probe_options options = {.keep_echo = true, .trust = *daemon->spare.device};
	struct spare *spare = &daemon->spare;
	struct port_list known = {NULL, 0};
	int error;

	if (!options.trust)
		return prober_start(&spare->prober, daemon->loop, &spare->candidates, &options,
				    on_probed, daemon);
	error = port_list_add(&known, spare->device);
	if (error == 0)
		error = prober_start(&spare->prober, daemon->loop, &known, &options, on_probed,
				     daemon);
	port_list_free(&known);
	return error;
}

static void open_in(struct daemon *daemon, double seconds)
{
	ev_timer *opener = &daemon->spare.opener;

	ev_timer_stop(daemon->loop, opener);
	ev_timer_set(opener, seconds, 0.);
	ev_timer_start(daemon->loop, opener);
}

static void open_port(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;
	int error;

	if (spare->prober.done || spare->atport)
		return; /* the next job is seen to when this one is over */
	error = closer_is_busy(&spare->closer) ? -EAGAIN : start(daemon);
	if (error == -EAGAIN && spare->delays++ < DELAYS_MAX) {
		open_in(daemon, AGAIN_S);
		return;
	}
	spare->delays = 0;
	if (error == -EAGAIN)
		give_up(daemon, CAUSE_NO_AT_PORT, "its second port does not close");
	else if (error < 0)
		give_up(daemon, CAUSE_INTERNAL, strerror(-error));
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct daemon *daemon = timer->data;

	(void)loop;
	(void)revents;
	daemon->spare.due = true;
	open_port(daemon);
}

static void on_open(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	open_port(timer->data);
}

bool spare_wake(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;

	if (spare->candidates.count == 0)
		return false;
	open_in(daemon, 0.);
	return true;
}

/* Which ports ---------------------------------------------------------------------*/

/* One that answers AT, or was not asked to the end and may. */
static bool may_answer(const struct probed_port *port)
{
	return port->role == PORT_ROLE_AT || port->role == PORT_ROLE_AT_SECONDARY ||
	       (port->role == PORT_ROLE_UNKNOWN && port->hint < LAYOUT_NOT_AT);
}

void spare_learn(struct daemon *daemon, const struct probe_result *result)
{
	const struct port *chosen = &result->ports[result->chosen].port;
	struct spare *spare = &daemon->spare;
	int error = 0;

	port_list_free(&spare->candidates);
	spare->device[0] = '\0';
	spare->failures = 0;
	if (!*chosen->usb_path)
		return;
	/* One that is named is the only one that was asked. */
	if (strcmp(daemon->conf->modem.port, "auto") != 0)
		error = port_list_add_other_at(&spare->candidates, chosen->usb_path,
					       chosen->device);
	for (size_t i = 0; i < result->count && !error; i++) {
		const struct probed_port *port = &result->ports[i];

		if ((int)i != result->chosen && may_answer(port) &&
		    strcmp(port->port.usb_path, chosen->usb_path) == 0)
			error = port_list_push(&spare->candidates, &port->port);
	}
	if (error)
		port_list_free(&spare->candidates);
}

const struct modem_facts *spare_facts(const struct daemon *daemon, int64_t *told_at)
{
	const struct spare *spare = &daemon->spare;

	*told_at = spare->asked_at >= 0 ? spare->asked_at : daemon->heard_at;
	return spare->asked_at >= 0 ? &spare->facts : &daemon->session.script.facts;
}

static void end(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;

	ev_timer_stop(daemon->loop, &spare->timer);
	ev_timer_stop(daemon->loop, &spare->opener);
	close_port(daemon);
	spare->due = false;
	spare->asked_at = -1;
}

void spare_note_state(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;

	end(daemon);
	if (daemon->session.state != SESSION_CONNECTED)
		return;
	spare->script.conf = daemon->conf;
	spare->script.family = daemon->session.script.family;
	spare->script.facts = daemon->session.script.facts;
	arm(daemon);
}

void spare_reload(struct daemon *daemon)
{
	if (daemon->session.state == SESSION_CONNECTED)
		arm(daemon);
}

enum cause spare_start(struct daemon *daemon)
{
	struct spare *spare = &daemon->spare;

	script_init(&spare->script, daemon->conf);
	ev_timer_init(&spare->timer, on_due, 0., 0.);
	ev_timer_init(&spare->opener, on_open, 0., 0.);
	spare->timer.data = daemon;
	spare->opener.data = daemon;
	spare->asked_at = -1;
	daemon->heard_at = -1;
	return CAUSE_NONE;
}

void spare_stop(struct daemon *daemon)
{
	end(daemon);
	prober_end(&daemon->spare.prober, daemon_close_ms(daemon));
	closer_end(&daemon->spare.closer, daemon_close_ms(daemon));
	port_list_free(&daemon->spare.candidates);
	script_free(&daemon->spare.script);
}
