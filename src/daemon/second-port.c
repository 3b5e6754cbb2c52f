/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "daemon/at-ports.h"
#include "daemon/bus.h"
#include "daemon/report.h"
#include "daemon/second-port.h"
#include "io/clock.h"
#include "io/probe.h"
#include "io/serial.h"
#include "modem/script.h"

#define SLOWEST_S    3600
#define FAILURES_MAX 10
#define AGAIN_S      .02 /* the port is still being closed */
#define DELAYS_MAX   50

struct second_port {
	struct bus *bus;
	struct port_list candidates;
	bool channel;    /* of the call's own port, instead of these */
	char device[64]; /* known to answer; "": the candidates are probed */
	struct prober prober;
	struct talk talk;
	struct closer closer;
	struct script script; /* asks what changes during a call */
	bool due;             /* the modem is to be asked */
	int failures;
	int delays;      /* of this opening, because the port is still closing */
	ev_timer timer;  /* when it is due */
	ev_timer opener; /* opens from the loop, not from within a request */
	struct modem_facts facts;
};

static bool has_second(const struct second_port *second)
{
	return second->channel || second->candidates.count > 0;
}

static void close_second(struct second_port *second, enum cause cause, const char *text)
{
	struct serial *serial = talk_release(&second->talk, cause, text);

	prober_cancel(&second->prober);
	/* A channel knows nothing of DTR. */
	if (second->channel)
		serial_close(serial);
	else
		closer_close(&second->closer, second->bus->loop, serial);
}

/* A port that fails is asked less and less often. */
static void arm_question(struct second_port *second)
{
	struct ev_loop *loop = second->bus->loop;
	double seconds = second->bus->conf->monitor.signal_interval_s;

	ev_timer_stop(loop, &second->timer);
	if (seconds <= 0 || !has_second(second))
		return;
	for (int i = 0; i < second->failures && seconds < SLOWEST_S; i++)
		seconds *= 2;
	ev_now_update(loop);
	ev_timer_set(&second->timer, seconds, 0.);
	ev_timer_start(loop, &second->timer);
}

/* Whatever happens to this port, the call goes on. */
static void fail_second(struct second_port *second, enum cause cause, const char *text)
{
	log_write(second->failures == 0 ? LOG_LEVEL_NOTICE : LOG_LEVEL_INFO,
		  "the modem is not asked during the call: %s", text);
	if (second->failures < FAILURES_MAX)
		second->failures++;
	second->device[0] = '\0';
	second->due = false;
	close_second(second, cause, text);
	arm_question(second);
}

static void on_second_gone(void *ctx)
{
	fail_second(ctx, CAUSE_NO_MODEM, "its second port went away");
}

static void on_second_unused(void *ctx)
{
	close_second(ctx, CAUSE_NONE, "");
}

static void on_watched(void *ctx, const struct talk_end *end)
{
	struct second_port *second = ctx;

	if (!second->due)
		return; /* the port is closed for another reason */
	if (end->cause != CAUSE_NONE || second->script.cause != CAUSE_NONE) {
		fail_second(second, end->cause ? end->cause : second->script.cause,
			    end->cause ? end->text : buf_str(&second->script.text));
		return;
	}
	second->due = false;
	second->failures = 0;
	second->facts = second->script.facts;
	arm_question(second);
	/* The last step: it may end the call. */
	bus_tell_facts(second->bus, &second->facts);
}

static void watch_modem(struct second_port *second)
{
	struct talk_user user = talk_script_user(&second->script, on_watched, second);

	/* Only the answers count here. */
	user.urc = NULL;
	script_start(&second->script, SCRIPT_WATCH, clock_now_ms());
	talk_add(&second->talk, &user);
}

static void begin_second(struct second_port *second, struct serial *serial)
{
	if (talk_open(&second->talk, second->bus->loop, serial) < 0) {
		fail_second(second, CAUSE_INTERNAL, "out of memory");
		return;
	}
	if (second->due)
		watch_modem(second);
	talk_run(&second->talk);
}

static void on_second_probed(void *ctx, struct serial *serial, const struct probe_result *result)
{
	struct second_port *second = ctx;
	struct buf text = BUF_INIT;

	if (!serial) {
		report_probe(result, &text);
		fail_second(second, result->cause, buf_str(&text));
		buf_free(&text);
		return;
	}
	if (!*second->device)
		log_info("%s: asked during the call", serial_device(serial));
	str_copy(second->device, sizeof(second->device), serial_device(serial));
	begin_second(second, serial);
}

static void open_second_in(struct second_port *second, double seconds)
{
	ev_timer_stop(second->bus->loop, &second->opener);
	ev_timer_set(&second->opener, seconds, 0.);
	ev_timer_start(second->bus->loop, &second->opener);
}

/* Both timers: a question is due, or somebody waits for the port. */
static void on_second_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct second_port *second = timer->data;
	bool is_new = timer == &second->timer && !second->due;
	/* A port that is known to answer is not probed again. */
	const struct probe_options options = {.keep_echo = true, .trust = *second->device};
	struct port_list known = {NULL, 0};
	int error = 0;

	(void)revents;
	second->due |= is_new;
	if (second->talk.port) {
		if (is_new)
			watch_modem(second);
		talk_run(&second->talk);
		return;
	}
	if (second->prober.done)
		return; /* its users wait in the queue */
	if (second->channel) {
		struct mux *mux = muxer_mux(&second->bus->muxer);
		struct serial *serial = mux ? mux_open(mux, MUX_WATCH) : NULL;

		if (serial)
			begin_second(second, serial);
		else
			fail_second(second, CAUSE_NO_AT_PORT, "its second channel is closed");
		return;
	}
	if (closer_is_busy(&second->closer))
		error = -EAGAIN;
	else if (options.trust)
		error = port_list_add(&known, second->device);
	if (error == 0)
		error = prober_start(&second->prober, loop,
				     options.trust ? &known : &second->candidates, &options,
				     on_second_probed, second);
	port_list_free(&known);
	if (error == -EAGAIN && second->delays++ < DELAYS_MAX) {
		open_second_in(second, AGAIN_S);
		return;
	}
	second->delays = 0;
	if (error == -EAGAIN)
		fail_second(second, CAUSE_NO_AT_PORT, "its second port does not close");
	else if (error < 0)
		fail_second(second, CAUSE_INTERNAL, strerror(-error));
}

int second_port_lend(struct bus *bus, const struct talk_user *user)
{
	int ticket;

	if (!has_second(bus->second))
		return -ENODEV;
	ticket = talk_add(&bus->second->talk, user);
	if (ticket >= 0)
		open_second_in(bus->second, 0.);
	return ticket < 0 ? ticket : 0;
}

bool second_port_is_busy(const struct bus *bus)
{
	return prober_is_busy(&bus->second->prober) || closer_is_busy(&bus->second->closer);
}

void second_port_learn(struct bus *bus, const struct probe_result *result)
{
	const struct port *chosen = &result->ports[result->chosen].port;
	struct second_port *second = bus->second;
	int error = 0;

	port_list_free(&second->candidates);
	second->device[0] = '\0';
	second->failures = 0;
	second->channel = false;
	if (!*chosen->usb_path)
		return;
	/* If a port was named, it is the only one that was probed. */
	if (strcmp(bus->conf->modem.port, "auto") != 0)
		error = port_list_add_other_at(&second->candidates, chosen->usb_path,
					       chosen->device);
	/* Those that answer AT, or that may, as their probe was cut short. */
	for (size_t i = 0; i < result->count && !error; i++) {
		const struct probed_port *port = &result->ports[i];

		if ((int)i == result->chosen || strcmp(port->port.usb_path, chosen->usb_path) != 0)
			continue;
		if (port->role == PORT_ROLE_AT || port->role == PORT_ROLE_AT_SECONDARY ||
		    (port->role == PORT_ROLE_UNKNOWN && port->hint < LAYOUT_NOT_AT))
			error = port_list_push(&second->candidates, &port->port);
	}
	if (error)
		port_list_free(&second->candidates);
}

void second_port_on_mux(struct bus *bus)
{
	bus->second->channel = muxer_mux(&bus->muxer) != NULL;
}

static void end_questions(struct second_port *second)
{
	ev_timer_stop(second->bus->loop, &second->timer);
	ev_timer_stop(second->bus->loop, &second->opener);
	second->due = false;
	second->bus->facts = NULL;
	close_second(second, CAUSE_BUSY, AT_PORTS_MOVED_ON);
}

void second_port_on_state(struct bus *bus)
{
	struct second_port *second = bus->second;

	end_questions(second);
	if (bus->session.state != SESSION_CONNECTED)
		return;
	second->script.conf = bus->conf;
	second->script.family = bus->session.script.family;
	second->script.facts = bus->session.script.facts;
	arm_question(second);
}

void second_port_on_reload(struct bus *bus)
{
	if (bus->session.state == SESSION_CONNECTED)
		arm_question(bus->second);
}

enum cause second_port_start(struct bus *bus)
{
	struct second_port *second = calloc(1, sizeof(*second));

	bus->second = second;
	if (!second)
		return bus_explain(CAUSE_INTERNAL, "the second AT port", -ENOMEM);
	second->bus = bus;
	second->talk.gone = on_second_gone;
	second->talk.rest = on_second_unused;
	second->talk.ctx = second;
	script_init(&second->script, bus->conf);
	ev_timer_init(&second->timer, on_second_timer, 0., 0.);
	ev_timer_init(&second->opener, on_second_timer, 0., 0.);
	second->timer.data = second->opener.data = second;
	return CAUSE_NONE;
}

void second_port_stop(struct bus *bus)
{
	struct second_port *second = bus->second;

	if (!second)
		return;
	end_questions(second);
	prober_end(&second->prober, bus_close_ms(bus));
	closer_end(&second->closer, bus_close_ms(bus));
	port_list_free(&second->candidates);
	script_free(&second->script);
	free(second);
	bus->second = NULL;
}
