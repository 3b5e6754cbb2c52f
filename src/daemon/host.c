/* SPDX-License-Identifier: ISC */
/* What the session asks for, and what comes of it. */
#include <errno.h>
#include <ev.h>
#include <sys/socket.h>

#include "conf/conf.h"
#include "daemon/report.h"
#include "daemon/state.h"
#include "io/atport.h"
#include "io/port.h"
#include "io/clock.h"
#include "io/pinfile.h"
#include "io/probe.h"
#include "io/rung.h"
#include "io/rfkill.h"
#include "io/route.h"
#include "io/serial.h"
#include "ppp/pppd.h"

/* What comes of it -------------------------------------------------------------*/

static void on_at_event(void *ctx, const struct at_event *event)
{
	struct daemon *daemon = ctx;

	/* The session's turn comes when it is over. */
	if (orders_run(daemon, daemon->atport)) {
		orders_take(daemon, event);
		if (!orders_run(daemon, daemon->atport))
			daemon_rearm(daemon);
		return;
	}
	if (event->type == AT_EVENT_REPLY)
		daemon->heard_at = clock_now_ms();
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_AT, .at = event});
	orders_try(daemon);
}

static void on_port_gone(void *ctx)
{
	daemon_tell(ctx, (struct session_event){.type = SESSION_EVENT_PORT_GONE});
}

static void on_ppp_ready(void *ctx)
{
	daemon_tell(ctx, (struct session_event){.type = SESSION_EVENT_PPP_READY});
}

static void on_ppp_log(void *ctx, const struct ppp_event *event)
{
	struct daemon *daemon = ctx;

	/* The PPP discipline is on the line now. */
	if (event->type == PPP_EVENT_LCP_START && daemon->atport)
		atport_push_data(daemon->atport);
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = event});
}

static void on_ppp_exit(void *ctx, enum cause cause, const char *text)
{
	struct daemon *daemon = ctx;

	pppd_free(daemon->pppd);
	daemon->pppd = NULL;
	daemon_tell(daemon, (struct session_event){
				    .type = SESSION_EVENT_PPP_EXIT, .cause = cause, .text = text});
}

static bool is_stuck(const struct probe_result *result)
{
	for (size_t i = 0; result->chosen < 0 && i < result->count; i++)
		if (result->ports[i].role == PORT_ROLE_PPP)
			return true;
	return false;
}

static void on_probed(void *ctx, struct serial *serial, const struct probe_result *result)
{
	static const struct atport_callbacks callbacks = {on_at_event, on_port_gone};
	struct daemon *daemon = ctx;
	struct session_event event = {
		.type = SESSION_EVENT_PROBED, .cause = result->cause, .stuck = is_stuck(result)};
	struct buf text = BUF_INIT;

	if (serial) {
		const struct probed_port *chosen = &result->ports[result->chosen];

		daemon->port = chosen->port;
		daemon->heard_at = -1;
		spare_learn(daemon, result);
		event.family = modem_family_find(chosen->port.vid, chosen->identity);
		event.identity = chosen->identity;
		daemon->atport = atport_new(daemon->loop, serial, &callbacks, daemon);
		if (!daemon->atport)
			event.cause = CAUSE_INTERNAL;
	}
	recovery_note_probe(&daemon->recovery, result);
	report_probe(result, &text);
	if (result->count == 0 && daemon->recovery.left_out > 0)
		buf_printf(&text, " but others than the one of modem.imei");
	event.may_bind = drivers_judge(&daemon->drivers, daemon->conf, result, &event.cause, &text);
	event.text = buf_str(&text);
	event.port = daemon->port.device;
	daemon_tell(daemon, event);
	buf_free(&text);
}

/* What the session asks for --------------------------------------------------*/

static void probe_cancel(void *ctx)
{
	struct daemon *daemon = ctx;

	prober_cancel(&daemon->prober);
}

bool host_holds_ports(const struct daemon *daemon)
{
	return prober_is_busy(&daemon->prober) || closer_is_busy(&daemon->closer) ||
	       prober_is_busy(&daemon->spare.prober) || closer_is_busy(&daemon->spare.closer);
}

static int probe(void *ctx)
{
	struct daemon *daemon = ctx;
	const struct probe_options options = {.all = drivers_doubt(&daemon->drivers)};
	struct port_list list = {NULL, 0};
	int error;

	probe_cancel(daemon);
	if (host_holds_ports(daemon))
		return -EAGAIN;
	reload_take_next(daemon);
	error = port_list_configured(&list, daemon->conf);
	recovery_leave_out(&daemon->recovery, &list);
	/* A named port that is not there yet may come. */
	if (error == 0 || error == -ENOENT) {
		recovery_note_candidates(&daemon->recovery, &list);
		error = prober_start(&daemon->prober, daemon->loop, &list, &options, on_probed,
				     daemon);
	}
	port_list_free(&list);
	return error;
}

static void on_bound(void *ctx, int error)
{
	struct daemon *daemon = ctx;

	(void)error;
	drivers_cancel(&daemon->drivers);
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_BOUND});
}

static int bind_interface(void *ctx)
{
	struct daemon *daemon = ctx;

	return drivers_bind(&daemon->drivers, daemon->loop, on_bound, daemon);
}

static void bind_cancel(void *ctx)
{
	struct daemon *daemon = ctx;

	drivers_cancel(&daemon->drivers);
}

static void on_recovered(void *ctx, int result)
{
	struct daemon *daemon = ctx;
	bool done = result == 0 || result == RUNG_LEFT;

	recovery_cancel(&daemon->recovery);
	recovery_note_end(&daemon->recovery, result);
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_RECOVERED,
						   .cause = done ? CAUSE_NONE : CAUSE_NO_AT_PORT,
						   .text = recovery_text(result),
						   .left = result == RUNG_LEFT});
}

static int recover(void *ctx, enum ladder_rung rung)
{
	struct daemon *daemon = ctx;

	return recovery_start(&daemon->recovery, rung, daemon->conf, daemon->session.script.family,
			      daemon->loop, on_recovered, daemon);
}

static void recover_cancel(void *ctx)
{
	struct daemon *daemon = ctx;

	recovery_cancel(&daemon->recovery);
}

static bool exclude(void *ctx)
{
	struct daemon *daemon = ctx;

	return recovery_exclude(&daemon->recovery, &daemon->port);
}

static int command(void *ctx, const struct at_command *command)
{
	struct daemon *daemon = ctx;

	return daemon->atport ? atport_send(daemon->atport, command) : -EIO;
}

static int ppp_start(void *ctx)
{
	static const struct pppd_callbacks callbacks = {on_ppp_ready, on_ppp_log, on_ppp_exit};
	struct daemon *daemon = ctx;
	int error = -EIO;

	/* One that could not be killed: its end is no news of the next. */
	pppd_free(daemon->pppd);
	daemon->pppd = NULL;
	if (daemon->atport)
		daemon->pppd = pppd_start(daemon->loop, daemon->conf, daemon->name,
					  serial_fd(atport_serial(daemon->atport)), &callbacks,
					  daemon, &error);
	return daemon->pppd ? 0 : error;
}

static int ppp_open(void *ctx)
{
	struct daemon *daemon = ctx;

	return daemon->pppd ? pppd_open(daemon->pppd) : -EIO;
}

static void ppp_connected(void *ctx)
{
	struct daemon *daemon = ctx;

	if (daemon->pppd)
		pppd_connected(daemon->pppd);
}

static bool ppp_is_ending(void *ctx)
{
	struct daemon *daemon = ctx;

	return daemon->pppd && pppd_is_ending(daemon->pppd);
}

static void ppp_stop(void *ctx, bool hard)
{
	struct daemon *daemon = ctx;

	if (daemon->pppd)
		pppd_stop(daemon->pppd, hard);
}

static int link_up(void *ctx)
{
	struct daemon *daemon = ctx;
	const struct session *session = &daemon->session;
	unsigned metric = (unsigned)daemon->conf->ppp.metric;
	int error = 0, error6 = 0;

	if (!daemon->conf->ppp.default_route)
		return 0;
	if (*session->ppp.local)
		error = route_default_add(session->ppp.ifname, AF_INET, metric);
	if (*session->ppp.ipv6)
		error6 = route_default_add(session->ppp.ifname, AF_INET6, metric);
	return error < 0 ? error : error6;
}

static bool is_linked(const struct daemon *daemon)
{
	return daemon->goal == SESSION_GOAL_LINK && daemon->session.state == SESSION_CONNECTED;
}

bool host_routes_withdraw(struct daemon *daemon, const struct conf *fresh)
{
	const struct conf *conf = daemon->conf;
	const char *ifname = daemon->session.ppp.ifname;
	unsigned metric = (unsigned)conf->ppp.metric;

	if (!is_linked(daemon) || (fresh->ppp.default_route == conf->ppp.default_route &&
				   fresh->ppp.metric == conf->ppp.metric))
		return false;
	if (conf->ppp.default_route) {
		route_default_delete(ifname, AF_INET, metric);
		route_default_delete(ifname, AF_INET6, metric);
	}
	return true;
}

static void hang_up(void *ctx)
{
	struct daemon *daemon = ctx;

	if (daemon->atport && atport_serial(daemon->atport))
		closer_hang_up(&daemon->closer, daemon->loop, atport_serial(daemon->atport));
}

static void port_close(void *ctx)
{
	struct daemon *daemon = ctx;

	closer_close(&daemon->closer, daemon->loop, atport_release(daemon->atport));
	daemon->atport = NULL;
}

static bool radio_blocked(void *ctx, struct buf *out)
{
	(void)ctx;
	return rfkill_is_blocked("", out);
}

const struct session_ops host_ops = {
	.probe = probe,
	.probe_cancel = probe_cancel,
	.bind = bind_interface,
	.bind_cancel = bind_cancel,
	.recover = recover,
	.recover_cancel = recover_cancel,
	.exclude = exclude,
	.command = command,
	.ppp_start = ppp_start,
	.ppp_open = ppp_open,
	.ppp_connected = ppp_connected,
	.ppp_is_ending = ppp_is_ending,
	.ppp_stop = ppp_stop,
	.link_up = link_up,
	.hang_up = hang_up,
	.port_close = port_close,
	.radio_blocked = radio_blocked,
	.pins = &pinfile_ops,
};
