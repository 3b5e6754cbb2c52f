/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "ctl/server.h"
#include "daemon/daemon.h"
#include "daemon/drivers.h"
#include "daemon/report.h"
#include "daemon/state.h"
#include "io/atport.h"
#include "io/candidates.h"
#include "io/clock.h"
#include "io/notify.h"
#include "io/pinfile.h"
#include "io/probe.h"
#include "io/rfkill.h"
#include "io/route.h"
#include "io/rundir.h"
#include "io/serial.h"
#include "io/uevent.h"
#include "ppp/pppd.h"
#include "session/session.h"
#include "status/info.h"
#include "status/json.h"

/* Events into the session ----------------------------------------------------*/

static void tell_manager(struct daemon *daemon)
{
	const struct session *session = &daemon->session;
	struct buf text = BUF_INIT;

	if (daemon->told == session->state)
		return;
	daemon->told = session->state;
	report_state(session, &text);
	notify_status(buf_str(&text));
	buf_free(&text);
	if (session->stopping || session_is_over(session))
		notify_send("STOPPING=1");
}

/* The session's deadline on the loop; and the loop ends with the session. */
static void rearm(struct daemon *daemon)
{
	int64_t deadline = session_deadline(&daemon->session);
	int64_t ms = deadline - clock_now_ms();

	ev_timer_stop(daemon->loop, &daemon->timer);
	if (session_is_over(&daemon->session)) {
		ev_break(daemon->loop, EVBREAK_ALL);
		return;
	}
	if (deadline < 0)
		return;
	ev_now_update(daemon->loop);
	ev_timer_set(&daemon->timer, ms > 0 ? (double)ms / 1e3 : 0., 0.);
	ev_timer_start(daemon->loop, &daemon->timer);
}

void daemon_tell(struct daemon *daemon, struct session_event event)
{
	event.now = clock_now_ms();
	session_handle(&daemon->session, &event);
	tell_manager(daemon);
	rearm(daemon);
}

static void on_timer(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)revents;
	daemon_tell(watcher->data,
		    (struct session_event){.type = SESSION_EVENT_TIMEOUT});
}

/* It says that the loop runs; the session has timeouts of its own. */
static void on_watchdog(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)watcher;
	(void)revents;
	notify_send("WATCHDOG=1");
}

static void on_stop_signal(struct ev_loop *loop, ev_signal *watcher,
			   int revents)
{
	(void)loop;
	(void)revents;
	log_notice("%s: stopping", strsignal(watcher->signum));
	daemon_tell(watcher->data,
		    (struct session_event){.type = SESSION_EVENT_STOP});
}

static void on_redial_signal(struct ev_loop *loop, ev_signal *watcher,
			     int revents)
{
	(void)loop;
	(void)revents;
	daemon_tell(watcher->data,
		    (struct session_event){.type = SESSION_EVENT_REDIAL});
}

static void on_uevent(void *ctx, bool added, const char *device)
{
	struct daemon *daemon = ctx;

	log_debug("uevent: %s %s", device, added ? "came" : "went");
	if (!added && daemon->atport &&
	    strcmp(device, strrchr(daemon->port.device, '/') + 1) == 0)
		daemon_tell(daemon, (struct session_event){
					    .type = SESSION_EVENT_PORT_GONE});
	else if (added)
		daemon_tell(daemon, (struct session_event){
					    .type = SESSION_EVENT_PORTS});
	if (added)
		drivers_look(&daemon->drivers);
}

static void on_at_event(void *ctx, const struct at_event *event)
{
	daemon_tell(ctx, (struct session_event){.type = SESSION_EVENT_AT,
						.at = event});
}

static void on_port_gone(void *ctx)
{
	daemon_tell(ctx,
		    (struct session_event){.type = SESSION_EVENT_PORT_GONE});
}

static void on_ppp_ready(void *ctx)
{
	daemon_tell(ctx,
		    (struct session_event){.type = SESSION_EVENT_PPP_READY});
}

static void on_ppp_log(void *ctx, const struct ppp_event *event)
{
	struct daemon *daemon = ctx;

	/* The PPP discipline is on the line now. */
	if (event->type == PPP_EVENT_LCP_START && daemon->atport)
		atport_push_data(daemon->atport);
	daemon_tell(daemon,
		    (struct session_event){.type = SESSION_EVENT_PPP_LOG,
					   .ppp = event});
}

static void on_ppp_exit(void *ctx, enum cause cause, const char *text)
{
	struct daemon *daemon = ctx;

	pppd_free(daemon->pppd);
	daemon->pppd = NULL;
	daemon_tell(daemon,
		    (struct session_event){.type = SESSION_EVENT_PPP_EXIT,
					   .cause = cause,
					   .text = text});
}

static void on_probed(void *ctx, struct probe *probe,
		      const struct probe_result *result)
{
	static const struct atport_callbacks callbacks = {on_at_event,
							  on_port_gone};
	struct daemon *daemon = ctx;
	struct session_event event = {.type = SESSION_EVENT_PROBED,
				      .cause = result->cause};
	struct serial *serial = probe_take_serial(probe);
	struct buf text = BUF_INIT;

	if (serial) {
		const struct probe_port *chosen =
			&result->ports[result->chosen];

		daemon->port = chosen->port;
		event.family =
			modem_family_find(chosen->port.vid, chosen->identity);
		event.identity = chosen->identity;
		daemon->atport =
			atport_new(daemon->loop, serial, &callbacks, daemon);
		if (!daemon->atport)
			event.cause = CAUSE_INTERNAL;
	}
	report_probe(result, &text);
	event.may_bind = drivers_judge(&daemon->drivers, daemon->conf, result,
				       &event.cause, &text);
	event.text = buf_str(&text);
	event.port = daemon->port.device;
	daemon_tell(daemon, event);
	buf_free(&text);
}

/* What the session asks for --------------------------------------------------*/

static void probe_cancel(void *ctx)
{
	struct daemon *daemon = ctx;

	probe_free(daemon->probe);
	daemon->probe = NULL;
}

static int probe(void *ctx)
{
	static const struct probe_options options = {.keep = true};
	struct daemon *daemon = ctx;
	struct port_list list = {NULL, 0};
	int error = candidates_list(daemon->conf, &list);

	probe_cancel(daemon);
	/* A named port that is not there yet may come. */
	if (error == 0 || error == -ENOENT) {
		daemon->probe = probe_start(daemon->loop, &list, &options,
					    on_probed, daemon);
		error = daemon->probe ? 0 : -ENOMEM;
	}
	port_list_free(&list);
	return error;
}

static void on_bound(void *ctx, int error)
{
	struct daemon *daemon = ctx;

	(void)error;
	drivers_cancel(&daemon->drivers);
	daemon_tell(daemon,
		    (struct session_event){.type = SESSION_EVENT_BOUND});
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

static int command(void *ctx, const struct at_command *command)
{
	struct daemon *daemon = ctx;

	return daemon->atport ? atport_send(daemon->atport, command) : -EIO;
}

static int ppp_start(void *ctx)
{
	static const struct pppd_callbacks callbacks = {
		on_ppp_ready, on_ppp_log, on_ppp_exit};
	struct daemon *daemon = ctx;
	int error = -EIO;

	/* One that could not be killed: its end is no news of the next. */
	pppd_free(daemon->pppd);
	daemon->pppd = NULL;
	if (daemon->atport)
		daemon->pppd =
			pppd_start(daemon->loop, daemon->conf, daemon->name,
				   serial_fd(atport_serial(daemon->atport)),
				   &callbacks, daemon, &error);
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
		error6 = route_default_add(session->ppp.ifname, AF_INET6,
					   metric);
	return error < 0 ? error : error6;
}

static void hang_up(void *ctx)
{
	struct daemon *daemon = ctx;

	if (daemon->atport && atport_serial(daemon->atport))
		serial_set_dtr(atport_serial(daemon->atport), false);
}

static void port_close(void *ctx)
{
	struct daemon *daemon = ctx;

	atport_free(daemon->atport);
	daemon->atport = NULL;
}

static bool radio_blocked(void *ctx, struct buf *out)
{
	(void)ctx;
	return rfkill_is_blocked("", out);
}

static const struct session_ops ops = {
	.probe = probe,
	.probe_cancel = probe_cancel,
	.bind = bind_interface,
	.bind_cancel = bind_cancel,
	.command = command,
	.ppp_start = ppp_start,
	.ppp_open = ppp_open,
	.ppp_connected = ppp_connected,
	.ppp_stop = ppp_stop,
	.link_up = link_up,
	.hang_up = hang_up,
	.port_close = port_close,
	.radio_blocked = radio_blocked,
	.pins = &pinfile_ops,
};

/* The control socket ----------------------------------------------------------*/

static struct json_object *answer_status(struct daemon *daemon)
{
	struct json_object *response = ctl_success();

	json_object_object_add(
		response, "status",
		report_status(&daemon->session, daemon->name, &daemon->port,
			      daemon->pppd ? pppd_pid(daemon->pppd) : -1));
	return response;
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
	{"status", answer_status},
	{"info", answer_info},
	{"stop", answer_stop},
	{"redial", answer_redial},
};

static struct json_object *on_request(void *ctx, const char *command)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (strcmp(requests[i].command, command) == 0)
			return requests[i].answer(ctx);
	return ctl_refusal(cause_name(CAUSE_USAGE), "no such command");
}

/* Start-up, a list in order of dependency, and its mirror ----------------------*/

static enum cause fail(enum cause cause, const char *what, int error)
{
	if (error == -EACCES || error == -EPERM || error == -EROFS)
		cause = CAUSE_PERMISSION;
	log_error("%s: %s", what, strerror(-error));
	return cause;
}

static enum cause start_rundir(struct daemon *daemon)
{
	int error = rundir_make();

	(void)daemon;
	return error < 0 ? fail(CAUSE_INTERNAL, RUNDIR, error) : CAUSE_NONE;
}

/* pppd may dial again before the last call's end. */
#define HANGING_UP_S 3

static enum cause start_lock(struct daemon *daemon)
{
	pid_t holder;

	daemon->lock = rundir_lock(
		daemon->name,
		daemon->goal == SESSION_GOAL_CALL ? HANGING_UP_S : 0, &holder);
	if (daemon->lock == -EBUSY) {
		log_error("an instance \"%s\" runs already, pid %d; see "
			  "\"gobi-dial status %s\"",
			  daemon->name, (int)holder, daemon->name);
		return CAUSE_BUSY;
	}
	if (daemon->lock < 0)
		return fail(CAUSE_INTERNAL, "the instance's lock",
			    daemon->lock);
	return CAUSE_NONE;
}

static void stop_lock(struct daemon *daemon)
{
	rundir_unlock(daemon->name, daemon->lock);
}

/* By nohup, which means it. */
static bool hangups_are_ignored(void)
{
	struct sigaction action;

	return sigaction(SIGHUP, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

static enum cause start_loop(struct daemon *daemon)
{
	daemon->loop = ev_default_loop(EVFLAG_AUTO);
	if (!daemon->loop)
		return fail(CAUSE_INTERNAL, "the event loop", -errno);
	ev_timer_init(&daemon->timer, on_timer, 0., 0.);
	ev_signal_init(&daemon->term, on_stop_signal, SIGTERM);
	ev_signal_init(&daemon->interrupt, on_stop_signal, SIGINT);
	ev_signal_init(&daemon->hangup, on_stop_signal, SIGHUP);
	ev_signal_init(&daemon->user1, on_redial_signal, SIGUSR1);
	daemon->timer.data = daemon;
	daemon->term.data = daemon;
	daemon->interrupt.data = daemon;
	daemon->hangup.data = daemon;
	daemon->user1.data = daemon;
	ev_signal_start(daemon->loop, &daemon->term);
	ev_signal_start(daemon->loop, &daemon->interrupt);
	ev_signal_start(daemon->loop, &daemon->user1);
	if (!hangups_are_ignored())
		ev_signal_start(daemon->loop, &daemon->hangup);
	return CAUSE_NONE;
}

static void stop_loop(struct daemon *daemon)
{
	if (daemon->loop)
		ev_loop_destroy(daemon->loop);
}

static enum cause start_server(struct daemon *daemon)
{
	char path[256];
	int error;

	rundir_path(path, sizeof(path), daemon->name, "sock");
	daemon->server =
		ctl_server_new(daemon->loop, path, on_request, daemon, &error);
	return daemon->server ? CAUSE_NONE : fail(CAUSE_INTERNAL, path, error);
}

static void stop_server(struct daemon *daemon)
{
	ctl_server_free(daemon->server);
}

/* Without it a modem that comes later is found at the next rescan only. */
static enum cause start_uevent(struct daemon *daemon)
{
	daemon->uevent = uevent_new(daemon->loop, on_uevent, daemon);
	if (!daemon->uevent)
		log_warning("the kernel does not tell of new ports: %s",
			    strerror(errno));
	return CAUSE_NONE;
}

static void stop_uevent(struct daemon *daemon)
{
	uevent_free(daemon->uevent);
}

/* Ready is who answers on its socket and looks for the modem: a link takes as
 * long as it takes, and a boot does not wait for it. */
static enum cause start_notify(struct daemon *daemon)
{
	int ms = daemon->goal == SESSION_GOAL_LINK ? notify_init() : 0;
	double pause = ms / 2000.;

	ev_timer_init(&daemon->watchdog, on_watchdog, pause, pause);
	if (ms > 0)
		ev_timer_start(daemon->loop, &daemon->watchdog);
	notify_send("READY=1");
	return CAUSE_NONE;
}

static enum cause start_session(struct daemon *daemon)
{
	uint32_t seed = (uint32_t)clock_now_ms() ^ (uint32_t)getpid() << 16;

	session_init(&daemon->session, daemon->conf, &daemon->ops, daemon,
		     daemon->once, seed);
	session_set_goal(&daemon->session, daemon->goal);
	session_start(&daemon->session, clock_now_ms());
	tell_manager(daemon);
	rearm(daemon);
	return CAUSE_NONE;
}

static void stop_session(struct daemon *daemon)
{
	pppd_free(daemon->pppd);
	call_note_end(daemon);
	daemon->ops.port_close(daemon);
	probe_cancel(daemon);
	drivers_cancel(&daemon->drivers);
	session_free(&daemon->session);
}

static const struct {
	enum cause (*start)(struct daemon *daemon);
	void (*stop)(struct daemon *daemon);
} parts[] = {
	{start_rundir, NULL},        {start_lock, stop_lock},
	{start_loop, stop_loop},     {start_server, stop_server},
	{start_uevent, stop_uevent}, {call_start, call_stop},
	{start_notify, NULL},        {start_session, stop_session},
};

static enum cause run(struct daemon *daemon)
{
	const size_t count = sizeof(parts) / sizeof(*parts);
	enum cause cause = CAUSE_NONE;
	size_t started;

	daemon->ops = ops;
	daemon->lock = -1;
	daemon->told = SESSION_STATE_COUNT;
	signal(SIGPIPE, SIG_IGN);
	for (started = 0; started < count && cause == CAUSE_NONE; started++)
		cause = parts[started].start(daemon);
	if (cause == CAUSE_NONE) {
		/* ev_run would not know of a break from before. */
		if (!session_is_over(&daemon->session))
			ev_run(daemon->loop, 0);
		if (daemon->session.state == SESSION_FAILED)
			cause = daemon->session.cause;
	}
	while (started-- > 0)
		if (parts[started].stop)
			parts[started].stop(daemon);
	return cause;
}

enum cause daemon_run(const struct conf *conf, const char *name, bool once)
{
	struct daemon daemon = {.conf = conf, .name = name, .once = once};

	return run(&daemon);
}

enum cause daemon_call(const struct conf *conf, const char *name,
		       struct call_end *end)
{
	struct daemon daemon = {.conf = conf,
				.name = name,
				.goal = SESSION_GOAL_CALL,
				.end = end};

	return run(&daemon);
}

enum cause daemon_prepare(const struct conf *conf, const char *name,
			  struct port *port)
{
	struct daemon daemon = {
		.conf = conf, .name = name, .goal = SESSION_GOAL_REGISTERED};
	enum cause cause = run(&daemon);

	*port = daemon.port;
	return cause;
}
