/* SPDX-License-Identifier: ISC */
/* What the session asks for, and what comes of it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "daemon/at-ports.h"
#include "daemon/bus.h"
#include "daemon/modem-care.h"
#include "daemon/reload.h"
#include "daemon/report.h"
#include "daemon/second-port.h"
#include "daemon/session-ops.h"
#include "io/atport.h"
#include "io/baud.h"
#include "io/clock.h"
#include "io/detour.h"
#include "io/form-memory.h"
#include "io/pinfile.h"
#include "io/probe.h"
#include "io/rates.h"
#include "io/providers.h"
#include "io/rung.h"
#include "io/rfkill.h"
#include "io/route.h"
#include "io/rundir.h"
#include "io/serial.h"
#include "io/uevent.h"
#include "io/pppd.h"

#define MUX_MARK    "mux"
#define CALL_MARK   "call"
#define PLAIN_MS    3600000 /* after a multiplexer that has failed: that may pass */
#define PROVEN_MS   60000   /* a link that lasts so long needs none of that */
#define MUX_HOLD_MS 2000    /* pppd speaks first, once it has PPP on its end */

/* The session's next step may be to dial: not while another user has the port. */
static void on_deadline(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct bus *bus = timer->data;

	(void)loop;
	(void)revents;
	if (!talk_is_lent(&bus->talk, bus->ticket))
		bus_tell(bus, (struct session_event){.type = SESSION_EVENT_TIMEOUT});
}

/* While waiting for a network the session asks every second or so; in between, the port is free.
 * Its deadline may have passed while the port was lent. */
static enum talk_turn take_session_turn(void *job, struct at_command *command)
{
	struct bus *bus = job;
	const struct session *session = &bus->session;

	(void)command;
	bus_rearm(bus);
	return session->state == SESSION_REGISTERING && !session->script.pending &&
			       session->script.cause == CAUSE_NONE
		       ? TALK_IDLE
		       : TALK_WAIT;
}

static void tell_session_at(void *job, const struct at_event *event)
{
	struct bus *bus = job;

	if (event->type == AT_EVENT_REPLY)
		bus->heard_at = clock_now_ms();
	bus_tell(bus, (struct session_event){.type = SESSION_EVENT_AT, .at = event});
}

static void on_call_port_gone(void *ctx)
{
	bus_tell(ctx, (struct session_event){.type = SESSION_EVENT_PORT_GONE});
}

static void begin_call_talk(struct bus *bus, struct serial *serial, struct session_event *event)
{
	const struct talk_user user = {.next = take_session_turn,
				       .reply = tell_session_at,
				       .urc = tell_session_at,
				       .job = bus};

	bus->talk.gone = on_call_port_gone;
	bus->talk.ctx = bus;
	if (talk_open(&bus->talk, bus->loop, serial) == 0)
		bus->ticket = talk_add(&bus->talk, &user);
	else
		event->cause = CAUSE_INTERNAL;
}

/* pppd's end, or another program's, has been hung up. */
static void on_mux(void *ctx, enum mux_news news, const char *words)
{
	struct bus *bus = ctx;
	struct session_event event = {.type = SESSION_EVENT_PORT_GONE, .cause = CAUSE_LINK_LOST};
	struct buf text = BUF_INIT;

	if (news == MUX_LOST)
		buf_printf(&text, "the modem does not multiplex any more: ");
	buf_printf(&text, "%s", words ? words : "");
	event.text = buf_str(&text);
	if (news == MUX_LOST && bus->session.state == SESSION_CONNECTED)
		event.type = SESSION_EVENT_ALARM;
	else if (news != MUX_GONE)
		event.type = SESSION_EVENT_NO_CALL;
	bus_tell(bus, event);
	buf_free(&text);
}

static void on_mux_begun(void *ctx, struct serial *port, const char *why)
{
	struct bus *bus = ctx;
	struct modem_care *care = bus->care;
	struct session_event event = care->found;

	if (*why) {
		log_warning("%s: not multiplexed, for %s; the modem is not asked during the call",
			    bus->port.device, why);
		care->plain_until = clock_now_ms() + PLAIN_MS;
	}
	/* Whoever kills us leaves it so; the next run need not search to know. */
	if (muxer_mux(&bus->muxer))
		rundir_write(bus->name, MUX_MARK, &(struct buf)BUF_INIT);
	event.identity = care->identity;
	event.port = bus->port.device;
	event.text = "the modem is silent since it was asked for its multiplexer";
	if (port) {
		begin_call_talk(bus, port, &event);
		second_port_on_mux(bus);
	} else {
		event.cause = CAUSE_NO_AT_PORT;
	}
	bus_tell(bus, event);
}

/*
 * Where there is but one port, and its line is slow enough that a pty more does not matter.
 * `prepare` leaves the port to a pppd that knows nothing of channels. 1: that has begun; 0: it is
 * not wanted.
 */
static int ask_for_mux(struct bus *bus, struct serial *serial, const struct session_event *event)
{
	static const struct muxer_listener listener = {on_mux_begun, on_mux};
	struct modem_care *care = bus->care;
	const char *cmux = bus->conf->modem.cmux;

	if (strcmp(cmux, "off") == 0 || !port_is_uart(&bus->port) ||
	    bus->goal == SESSION_GOAL_REGISTERED || clock_now_ms() < care->plain_until)
		return 0;
	care->found = *event;
	str_copy(care->identity, sizeof(care->identity), event->identity);
	return muxer_start(&bus->muxer, bus->loop, serial, strcmp(cmux, "on") == 0, &listener,
			   bus) < 0
		       ? -ENOMEM
		       : 1;
}

/* What dials after `prepare` cannot put the rate back. */
static int wanted_raise(const struct bus *bus)
{
	return bus->goal == SESSION_GOAL_REGISTERED ? 0 : bus->conf->modem.raise;
}

/* Whether nothing is to be heard, something was, or a call still runs at one of them. */
static void note_sounds(const struct probe_result *result, struct session_event *event)
{
	event->silent = result->count > 0 && result->chosen < 0;
	for (size_t i = 0; i < result->count; i++)
		event->spoke |= result->ports[i].answer_ms >= 0;
	for (size_t i = 0; result->chosen < 0 && i < result->count; i++) {
		event->stuck |= result->ports[i].role == PORT_ROLE_PPP;
		event->silent &= result->ports[i].role == PORT_ROLE_SILENT &&
				 !result->ports[i].garbled && !result->ports[i].console &&
				 result->ports[i].answer_ms < 0;
	}
}

static void take_chosen_port(struct bus *bus, const struct probe_result *result,
			     struct session_event *event)
{
	const struct probed_port *chosen = &result->ports[result->chosen];
	const bool raised = chosen->port.baud != chosen->port.base;
	const struct rates_entry entry = {.baud = chosen->port.base,
					  .no_flow = chosen->no_flow,
					  .raised = raised ? chosen->port.baud : wanted_raise(bus)};

	/* Of a UART: what has been found out about it, and what has been ended there. */
	if (str_starts(chosen->reason, "was left"))
		log_notice("%s: %s", chosen->port.device, chosen->reason);
	else if (*chosen->reason)
		log_info("%s: %s", chosen->port.device, chosen->reason);
	bus->port = chosen->port;
	bus->heard_at = -1;
	second_port_learn(bus, result);
	str_copy(bus->care->power.identity, sizeof(bus->care->power.identity), chosen->identity);
	event->family = modem_family_find(chosen->port.vid, chosen->identity);
	event->identity = chosen->identity;
	event->age_ms = chosen->port.plugged_ms > 0 ? chosen->port.plugged_ms : 0;
	if (entry.baud > 0 && bus->conf->modem.baud == 0)
		rates_remember(&bus->port, &entry);
	rundir_remove(bus->name, MUX_MARK);
	rundir_remove(bus->name, CALL_MARK);
}

static void on_ports_probed(void *ctx, struct serial *serial, const struct probe_result *result)
{
	struct bus *bus = ctx;
	struct modem_care *care = bus->care;
	struct session_event event = {.type = SESSION_EVENT_PROBED, .cause = result->cause};
	struct probe_result judged = *result;
	struct buf text = BUF_INIT;
	int muxed;

	note_sounds(result, &event);
	if (serial)
		take_chosen_port(bus, result, &event);
	/* Asked at this rate alone the next time, and after that at all of them. */
	care->baud = serial ? bus->port.base : 0;
	if (recovery_is_silent(&care->recovery, result))
		event.cause = judged.cause = CAUSE_NO_AT_PORT;
	event.fresh = recovery_note_probe(&care->recovery, result);
	recovery_keep(&care->recovery, bus->name);
	report_probe(&judged, &text);
	if (result->count == 0 && care->recovery.left_out > 0)
		buf_printf(&text, ", apart from modems whose IMEI is not modem.imei");
	event.may_bind = drivers_judge(&care->drivers, bus->conf, &judged, &event.cause, &text);
	event.text = buf_str(&text);
	event.port = bus->port.device;
	if (event.fresh)
		care->plain_until = 0;
	muxed = serial ? ask_for_mux(bus, serial, &event) : 0;
	if (muxed < 0)
		event.cause = CAUSE_INTERNAL;
	else if (serial && muxed == 0)
		begin_call_talk(bus, serial, &event);
	if (muxed <= 0)
		bus_tell(bus, event);
	buf_free(&text);
}

static void close_mux(struct bus *bus)
{
	bool muxed;
	struct serial *tty = muxer_release(&bus->muxer, &muxed);

	if (tty)
		rundir_remove(bus->name, MUX_MARK);
	if (muxed)
		closer_leave(&bus->closer, bus->loop, tty);
	else
		closer_close(&bus->closer, bus->loop, tty);
}

/* At most one of these is under way. */
static void cancel_search(void *ctx)
{
	struct bus *bus = ctx;

	if (!bus->talk.port)
		close_mux(bus);

	prober_cancel(&bus->prober);
	rebind_cancel(&bus->care->drivers.rebind);
	worker_abandon(&bus->care->recovery.worker, SIGTERM);
	power_cancel(bus);
}

static int probe_ports(void *ctx)
{
	struct bus *bus = ctx;
	struct modem_care *care = bus->care;
	const int baud = bus->conf->modem.baud;
	const struct probe_options options = {
		.all = care->drivers.last.back,
		.left = rundir_has(bus->name, MUX_MARK)    ? PORT_LEFT_MUXED
			: rundir_has(bus->name, CALL_MARK) ? PORT_LEFT_CALLING
							   : PORT_LEFT_FREE,
		.baud = baud > 0 ? baud : care->baud,
		.line = {.flow = bus->conf->modem.flow, .raise = wanted_raise(bus)}};
	struct port_list list = {NULL, 0};
	int error;

	prober_cancel(&bus->prober);
	if (at_ports_are_held(bus))
		return -EAGAIN;
	reload_apply_next(bus);
	/* Another one may have been named, or have come there. */
	if (providers_refresh(bus->conf->network.providers, &care->providers))
		bus->session.script.apn.count = 0; /* what was made of the last one is void */
	bus->session.script.providers = care->providers.table;
	error = port_list_configured(&list, bus->conf);
	/* A named port that is not there yet may come. */
	if (error == 0 || error == -ENOENT) {
		recovery_note_candidates(&care->recovery, &list);
		error = prober_start(&bus->prober, bus->loop, &list, &options, on_ports_probed,
				     bus);
	}
	port_list_free(&list);
	return error;
}

static void on_tty(void *ctx, bool added, const char *device)
{
	struct bus *bus = ctx;

	log_debug("uevent: %s %s", device, added ? "added" : "removed");
	if (added) {
		bus_tell(bus, (struct session_event){
				      .type = SESSION_EVENT_PORTS,
				      .whole = recovery_note_tty(&bus->care->recovery, bus->conf)});
		rebind_look(&bus->care->drivers.rebind);
	} else if (bus->talk.port && strcmp(device, strrchr(bus->port.device, '/') + 1) == 0) {
		bus_tell(bus, (struct session_event){.type = SESSION_EVENT_PORT_GONE});
	}
}

static bool is_radio_blocked(void *ctx, struct buf *out)
{
	(void)ctx;
	return rfkill_is_blocked("", out);
}

static int send_command(void *ctx, const struct at_command *command)
{
	struct bus *bus = ctx;

	return talk_send(&bus->talk, bus->ticket, command);
}

static void on_pppd(void *ctx, const struct pppd_news *news)
{
	static const enum session_event_type types[] = {
		[PPPD_READY] = SESSION_EVENT_PPP_READY,
		[PPPD_LOG] = SESSION_EVENT_PPP_LOG,
		[PPPD_EXIT] = SESSION_EVENT_PPP_EXIT,
	};
	struct bus *bus = ctx;

	/* The PPP discipline is on the line now. */
	if (news->type == PPPD_LOG && news->log->type == PPP_EVENT_LCP_START && bus->talk.port &&
	    !bus->care->detour && !muxer_mux(&bus->muxer))
		atport_push_data(bus->talk.port);
	if (news->type == PPPD_EXIT) {
		if (pppd_is_deaf(bus->pppd) && !bus->care->deaf)
			log_notice("the network has answered no LCP echo request at all: from now "
				   "on none are sent");
		bus->care->deaf |= pppd_is_deaf(bus->pppd);
		pppd_free(bus->pppd);
		bus->pppd = NULL;
	}
	bus_tell(bus, (struct session_event){.type = types[news->type],
					     .ppp = news->log,
					     .cause = news->cause,
					     .text = news->text});
}

static void end_detour(struct bus *bus)
{
	detour_free(bus->care->detour);
	bus->care->detour = NULL;
}

/* pppd's end hangs up, by which it ends. */
static void on_detour(void *ctx, const char *words)
{
	struct bus *bus = ctx;
	char text[64];

	str_copy(text, sizeof(text), words ? words : "");
	end_detour(bus);
	bus_tell(bus, (struct session_event){.type = words ? SESSION_EVENT_NO_CALL
							   : SESSION_EVENT_PORT_GONE,
					     .text = text});
}

static int start_pppd(struct bus *bus)
{
	struct pppd_line line = {
		.baud = bus->port.baud, .rtscts = bus->port.rtscts, .deaf = bus->care->deaf};
	int error = -EIO;

	/* The last one could not be killed: its end must not be taken for the end of this one. */
	pppd_free(bus->pppd);
	bus->pppd = NULL;
	end_detour(bus);
	if (!bus->talk.port)
		return error;
	/* A port that is not on USB is slow, and often has no carrier. And pppd before 2.5.0 gives
	 * a line up whose rate POSIX has no name for. */
	if ((bus->port.vid < 0 || (bus->port.baud > 0 && !baud_is_usual(bus->port.baud))) &&
	    !muxer_mux(&bus->muxer))
		bus->care->detour = detour_new(bus->loop, on_detour, bus);
	/* Of its end of a pty there is nothing to say. */
	if (bus->care->detour || muxer_mux(&bus->muxer)) {
		line.baud = 0;
		line.rtscts = false;
	}
	line.tty = bus->care->detour ? detour_tty(bus->care->detour)
				     : serial_fd(atport_serial(bus->talk.port));
	bus->pppd = pppd_start(bus->loop, bus->conf, bus->name, &line, on_pppd, bus, &error);
	return bus->pppd ? 0 : error;
}

static void connect_pppd(struct bus *bus)
{
	struct serial *serial = atport_serial(bus->talk.port);
	const char *early;
	size_t len;

	if (muxer_mux(&bus->muxer)) {
		early = atport_hand_over(bus->talk.port, &len);
		mux_connect(muxer_mux(&bus->muxer), early, len, MUX_HOLD_MS);
	} else if (bus->care->detour) {
		early = atport_hand_over(bus->talk.port, &len);
		if (serial_heed_carrier(serial) < 0)
			log_debug("%s: a lost carrier will not be noticed", serial_device(serial));
		if (!detour_connect(bus->care->detour, serial_fd(serial), early, len))
			end_detour(bus);
	}
	pppd_connected(bus->pppd);
}

static int run_pppd(void *ctx, enum session_ppp action)
{
	struct bus *bus = ctx;

	if (action == SESSION_PPP_START)
		return start_pppd(bus);
	if (!bus->pppd)
		return action == SESSION_PPP_OPEN ? -EIO : 0;
	if (action == SESSION_PPP_OPEN) {
		/* Only now is it known whose account it is. */
		const struct conf_account account = script_account(&bus->session.script);

		return pppd_open(bus->pppd, &account);
	}
	if (action == SESSION_PPP_IS_ENDING)
		return pppd_is_ending(bus->pppd);
	if (action == SESSION_PPP_CONNECTED)
		connect_pppd(bus);
	else
		pppd_stop(bus->pppd, action == SESSION_PPP_KILL);
	return 0;
}

static int add_routes(void *ctx)
{
	struct bus *bus = ctx;
	const struct session *session = &bus->session;
	int error = 0, error6 = 0;

	bus->care->routed = bus->conf->ppp.default_route;
	bus->care->metric = (unsigned)bus->conf->ppp.metric;
	if (!bus->care->routed)
		return 0;
	if (*session->ppp.local)
		error = route_default(true, session->ppp.ifname, AF_INET, bus->care->metric);
	if (*session->ppp.ipv6)
		error6 = route_default(true, session->ppp.ifname, AF_INET6, bus->care->metric);
	return error < 0 ? error : error6;
}

/* When ppp.default_route or ppp.metric has changed, the old routes are replaced. */
void session_ops_on_reload(struct bus *bus)
{
	const struct modem_care *care = bus->care;
	const char *ifname = bus->session.ppp.ifname;

	if (bus->goal == SESSION_GOAL_LINK && bus->session.state == SESSION_CONNECTED &&
	    (care->routed != bus->conf->ppp.default_route ||
	     care->metric != (unsigned)bus->conf->ppp.metric)) {
		if (care->routed) {
			route_default(false, ifname, AF_INET, care->metric);
			route_default(false, ifname, AF_INET6, care->metric);
		}
		session_set_routes(&bus->session);
	}
	session_reload(&bus->session);
}

static void hang_up_port(void *ctx)
{
	struct bus *bus = ctx;

	end_detour(bus);
	if (muxer_mux(&bus->muxer))
		mux_hang_up(muxer_mux(&bus->muxer));
	else if (bus->talk.port && atport_serial(bus->talk.port))
		closer_hang_up(&bus->closer, bus->loop, atport_serial(bus->talk.port));
}

static void close_port(void *ctx)
{
	struct bus *bus = ctx;

	end_detour(bus);
	if (muxer_mux(&bus->muxer)) {
		const struct session *session = &bus->session;
		bool lasted = session->up_at >= 0 && clock_now_ms() - session->up_at >= PROVEN_MS;

		/* It talks, but carries nothing: a SIM7600E reboots in the first large packet. A
		 * call that is refused or ended in so many words has nothing to do with it. */
		if (!lasted && !session->stopping && !session->redialing &&
		    (session->dead || session->cause == CAUSE_NO_AT_PORT ||
		     session->cause == CAUSE_PPP)) {
			log_notice("%s: the next calls are not multiplexed, in case that is why",
				   bus->port.device);
			bus->care->plain_until = clock_now_ms() + PLAIN_MS;
		}
		serial_close(talk_release(&bus->talk, CAUSE_BUSY, AT_PORTS_MOVED_ON));
		close_mux(bus);
		return;
	}
	closer_close(&bus->closer, bus->loop,
		     talk_release(&bus->talk, CAUSE_BUSY, AT_PORTS_MOVED_ON));
}

const struct session_ops session_ops = {
	.probe = probe_ports,
	.probe_cancel = cancel_search,
	.bind = drivers_bind,
	.bind_cancel = cancel_search,
	.recover = recovery_start,
	.recover_cancel = cancel_search,
	.power = power_start,
	.exclude = recovery_exclude,
	.command = send_command,
	.ppp = run_pppd,
	.link_up = add_routes,
	.hang_up = hang_up_port,
	.port_close = close_port,
	.radio_blocked = is_radio_blocked,
	.pins = &pinfile_ops,
	.apns = &apnfile_ops,
	.forms = &form_memory_ops,
};

/* While there is no port, a named one may come. */
void session_ops_on_state(struct bus *bus)
{
	enum session_state state = bus->session.state;
	bool away = state == SESSION_WAITING || state == SESSION_PROBING ||
		    state == SESSION_BACKING_OFF || state == SESSION_RECOVERING;

	if (bus->care->uevent)
		uevent_await(bus->care->uevent, away ? bus->conf->modem.port : NULL);
	/* Its end may not end the modem's call, for want of DTR: the next search has to. */
	if (state == SESSION_NEGOTIATING && port_is_uart(&bus->port) && !muxer_mux(&bus->muxer))
		rundir_write(bus->name, CALL_MARK, &(struct buf)BUF_INIT);
}

enum cause session_ops_start(struct bus *bus)
{
	uint32_t seed = (uint32_t)clock_now_ms() ^ (uint32_t)getpid() << 16;

	bus->care = calloc(1, sizeof(*bus->care));
	if (!bus->care)
		return bus_explain(CAUSE_INTERNAL, "the session", -ENOMEM);
	recovery_recall(&bus->care->recovery, bus->name);
	/* Without it, a modem that is plugged in later is only found at the next rescan. */
	bus->care->uevent = uevent_new(bus->loop, on_tty, bus);
	if (!bus->care->uevent)
		log_warning("the kernel does not report new ports: %s", strerror(errno));
	ev_timer_init(&bus->deadline, on_deadline, 0., 0.);
	bus->deadline.data = bus;
	session_init(&bus->session, bus->conf, &bus->ops, bus, bus->once, seed);
	session_set_goal(&bus->session, bus->goal);
	return CAUSE_NONE;
}

void session_ops_stop(struct bus *bus)
{
	if (!bus->care)
		return;
	pppd_free(bus->pppd);
	bus->pppd = NULL;
	bus->ops.port_close(bus);
	cancel_search(bus);
	power_leave(bus);
	prober_end(&bus->prober, bus_close_ms(bus));
	closer_end(&bus->closer, bus_close_ms(bus));
	session_free(&bus->session);
	uevent_free(bus->care->uevent);
	buf_free(&bus->care->providers.text);
	free(bus->care);
	bus->care = NULL;
}
