/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/count.h"
#include "base/log.h"
#include "conf/conf.h"
#include "ctl/server.h"
#include "daemon/daemon.h"
#include "daemon/report.h"
#include "daemon/state.h"
#include "io/atport.h"
#include "io/clock.h"
#include "io/notify.h"
#include "io/rundir.h"
#include "io/uevent.h"
#include "ppp/pppd.h"

#define FOLLOW_S 1. /* from one word to followers to the next */

/* A stop takes 5 s, whatever TimeoutStopSec= somebody has set. */
#define STOPPING "STOPPING=1\nEXTEND_TIMEOUT_USEC=6000000"

/* Events into the session ----------------------------------------------------*/

static void tell_manager(struct daemon *daemon)
{
	const struct session *session = &daemon->session;
	struct buf text = BUF_INIT;

	report_state(session, &text);
	notify_status(buf_str(&text));
	buf_free(&text);
	if (session->stopping || session_is_over(session))
		notify_send(STOPPING);
}

static void tell_followers(struct daemon *daemon)
{
	if (ctl_server_followers(daemon->server) > 0)
		ctl_server_publish(daemon->server, requests_status(daemon));
	else
		ev_timer_stop(daemon->loop, &daemon->follow);
}

/* Of the state alone: an address more is no other link. */
static void tell_watchers(struct daemon *daemon)
{
	if (daemon->watched == daemon->session.state)
		return;
	daemon->watched = daemon->session.state;
	orders_note_state(daemon);
	spare_note_state(daemon);
	monitor_note_state(daemon);
}

/* Whom a change of state is told. */
static void (*const observers[])(struct daemon *daemon) = {
	tell_watchers,
	tell_manager,
	tell_followers,
	hooks_tell,
};

/* Only the first is there when the state changes. */
static unsigned count_addresses(const struct session *session)
{
	if (session->state != SESSION_CONNECTED)
		return 0;
	return (*session->ppp.local != 0) + (*session->ppp.remote != 0) +
	       (*session->ppp.ipv6 != 0) + (unsigned)session->ppp.dns_count;
}

static void tell_state(struct daemon *daemon)
{
	unsigned addresses = count_addresses(&daemon->session);

	if (daemon->told == daemon->session.state && daemon->told_addresses == addresses)
		return;
	daemon->told = daemon->session.state;
	daemon->told_addresses = addresses;
	for (size_t i = 0; i < COUNT(observers); i++)
		observers[i](daemon);
}

/* The session's deadline on the loop; and the loop ends with the session. */
void daemon_rearm(struct daemon *daemon)
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
	tell_state(daemon);
	daemon_rearm(daemon);
}

static void on_timer(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct daemon *daemon = watcher->data;

	(void)loop;
	(void)revents;
	/* Its next step may be to dial: not while a person's command runs. */
	if (orders_run(daemon, daemon->atport))
		return;
	daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_TIMEOUT});
}

/* It says that the loop runs; the session has timeouts of its own. */
static void on_watchdog(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)watcher;
	(void)revents;
	notify_send("WATCHDOG=1");
}

static void on_follow(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)revents;
	tell_followers(watcher->data);
}

void daemon_be_followed(struct daemon *daemon)
{
	if (!ev_is_active(&daemon->follow))
		ev_timer_again(daemon->loop, &daemon->follow);
}

static void on_stop_signal(struct ev_loop *loop, ev_signal *watcher, int revents)
{
	(void)loop;
	(void)revents;
	log_notice("%s: stopping", strsignal(watcher->signum));
	daemon_tell(watcher->data, (struct session_event){.type = SESSION_EVENT_STOP});
}

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The word to read the configuration again; but a terminal that has hung up is nobody's any more,
 * and nobody would find what ran on it. */
static void on_hangup_signal(struct ev_loop *loop, ev_signal *watcher, int revents)
{
	struct daemon *daemon = watcher->data;

	if (!daemon->own || (daemon->on_terminal && !has_terminal())) {
		on_stop_signal(loop, watcher, revents);
		return;
	}
	log_notice("%s: reading the configuration again", strsignal(watcher->signum));
	json_object_put(reload(daemon));
}

static void on_redial_signal(struct ev_loop *loop, ev_signal *watcher, int revents)
{
	(void)loop;
	(void)revents;
	daemon_tell(watcher->data, (struct session_event){.type = SESSION_EVENT_REDIAL});
}

static void on_uevent(void *ctx, bool added, const char *device)
{
	struct daemon *daemon = ctx;

	log_debug("uevent: %s %s", device, added ? "came" : "went");
	if (!added && daemon->atport && strcmp(device, strrchr(daemon->port.device, '/') + 1) == 0)
		daemon_tell(daemon, (struct session_event){.type = SESSION_EVENT_PORT_GONE});
	else if (added)
		daemon_tell(daemon,
			    (struct session_event){
				    .type = SESSION_EVENT_PORTS,
				    .whole = recovery_note_tty(&daemon->recovery, daemon->conf)});
	if (added)
		drivers_look(&daemon->drivers);
}

/* Start-up, a list in order of dependency, and its mirror ----------------------*/

static enum cause fail(enum cause cause, const char *what, int error)
{
	if (error == -EACCES || error == -EPERM || error == -EROFS)
		cause = CAUSE_PERMISSION;
	log_error("%s: %s%s", what, strerror(-error),
		  error == -EACCES || error == -EPERM ? "; run it as root" : "");
	return cause;
}

static enum cause start_rundir(struct daemon *daemon)
{
	int error = rundir_make();

	(void)daemon;
	return error < 0 ? fail(CAUSE_INTERNAL, RUNDIR, error) : CAUSE_NONE;
}

/* Who asked for the last one's end, and heard of it, may be here before it: its lock is the last
 * thing that goes. pppd dials again before the last call's end. */
#define ENDING_S     1
#define HANGING_UP_S 3

static enum cause start_lock(struct daemon *daemon)
{
	unsigned wait_s = daemon->goal == SESSION_GOAL_CALL ? HANGING_UP_S : ENDING_S;
	pid_t holder;

	daemon->lock = rundir_lock(daemon->name, wait_s, &holder);
	if (daemon->lock == -EBUSY) {
		log_error("an instance \"%s\" runs already, pid %d; see \"gobi-dial status %s\"",
			  daemon->name, (int)holder, daemon->name);
		return CAUSE_BUSY;
	}
	return daemon->lock < 0 ? fail(CAUSE_INTERNAL, RUNDIR, daemon->lock) : CAUSE_NONE;
}

static void stop_lock(struct daemon *daemon)
{
	rundir_unlock(daemon->name, daemon->lock);
}

/* By nohup, which means it. */
static bool hangups_are_ignored(void)
{
	struct sigaction action;

	return sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static enum cause start_loop(struct daemon *daemon)
{
	daemon->loop = ev_default_loop(EVFLAG_AUTO);
	if (!daemon->loop)
		return fail(CAUSE_INTERNAL, "the event loop", -errno);
	ev_timer_init(&daemon->timer, on_timer, 0., 0.);
	ev_timer_init(&daemon->follow, on_follow, FOLLOW_S, FOLLOW_S);
	ev_signal_init(&daemon->term, on_stop_signal, SIGTERM);
	ev_signal_init(&daemon->interrupt, on_stop_signal, SIGINT);
	ev_signal_init(&daemon->hangup, on_hangup_signal, SIGHUP);
	ev_signal_init(&daemon->user1, on_redial_signal, SIGUSR1);
	daemon->on_terminal = has_terminal();
	daemon->timer.data = daemon;
	daemon->follow.data = daemon;
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

int daemon_set_group(struct daemon *daemon)
{
	const char *group = daemon->conf->control.group;
	int error = ctl_server_set_group(daemon->server, group);

	if (error == -ENOENT)
		log_error("control.group: there is no group \"%s\"", group);
	else if (error < 0)
		log_error("control.group: \"%s\": %s", group, strerror(-error));
	return error;
}

static enum cause start_server(struct daemon *daemon)
{
	char path[256];
	int error;

	rundir_path(path, sizeof(path), daemon->name, "sock");
	daemon->server = ctl_server_new(daemon->loop, path, requests_answer, daemon, &error);
	if (!daemon->server)
		return fail(CAUSE_INTERNAL, path, error);
	return daemon_set_group(daemon) < 0 ? CAUSE_CONFIG : CAUSE_NONE;
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
		log_warning("the kernel does not tell of new ports: %s", strerror(errno));
	return CAUSE_NONE;
}

static void stop_uevent(struct daemon *daemon)
{
	uevent_free(daemon->uevent);
}

/* Ready is who answers on its socket and looks for the modem: a link takes as long as it takes, and
 * a boot does not wait for it. */
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

	session_init(&daemon->session, daemon->conf, &daemon->ops, daemon, daemon->once, seed);
	session_set_goal(&daemon->session, daemon->goal);
	session_start(&daemon->session, clock_now_ms());
	tell_state(daemon);
	daemon_rearm(daemon);
	return CAUSE_NONE;
}

int daemon_close_ms(struct daemon *daemon)
{
	int64_t now = clock_now_ms(), left;

	if (daemon->close_end == 0)
		daemon->close_end =
			daemon->session.stop_at >= 0 ? daemon->session.stop_at + 4300 : now + 3000;
	left = daemon->close_end - now;
	return left < 200 ? 200 : left > 3000 ? 3000 : (int)left;
}

static void stop_session(struct daemon *daemon)
{
	hooks_end(daemon);
	pppd_free(daemon->pppd);
	call_note_end(daemon);
	daemon->ops.port_close(daemon);
	daemon->ops.bind_cancel(daemon);
	daemon->ops.recover_cancel(daemon);
	prober_end(&daemon->prober, daemon_close_ms(daemon));
	closer_end(&daemon->closer, daemon_close_ms(daemon));
	session_free(&daemon->session);
	reload_stop(daemon);
}

static const struct {
	enum cause (*start)(struct daemon *daemon);
	void (*stop)(struct daemon *daemon);
} parts[] = {
	{start_rundir, NULL},        {start_lock, stop_lock},       {start_loop, stop_loop},
	{start_server, stop_server}, {start_uevent, stop_uevent},   {call_start, call_stop},
	{start_notify, NULL},        {monitor_start, monitor_stop}, {NULL, orders_stop},
	{spare_start, spare_stop},   {start_session, stop_session},
};

static enum cause run(struct daemon *daemon)
{
	const size_t count = COUNT(parts);
	enum cause cause = CAUSE_NONE;
	size_t started;

	daemon->ops = host_ops;
	daemon->lock = -1;
	daemon->told = SESSION_STATE_COUNT;
	daemon->watched = SESSION_STATE_COUNT;
	signal(SIGPIPE, SIG_IGN);
	for (started = 0; started < count && cause == CAUSE_NONE; started++)
		if (parts[started].start)
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

enum cause daemon_run(struct conf *conf, const struct daemon_source *source, const char *name,
		      bool once)
{
	struct daemon daemon = {
		.conf = conf, .own = conf, .source = *source, .name = name, .once = once};

	return run(&daemon);
}

enum cause daemon_call(const struct conf *conf, const char *name, struct call_end *end)
{
	struct daemon daemon = {.conf = conf, .name = name, .goal = SESSION_GOAL_CALL, .end = end};

	return run(&daemon);
}

enum cause daemon_prepare(const struct conf *conf, const char *name, struct port *port)
{
	struct daemon daemon = {.conf = conf, .name = name, .goal = SESSION_GOAL_REGISTERED};
	enum cause cause = run(&daemon);

	*port = daemon.port;
	if (cause == CAUSE_NONE && !daemon.session.reached)
		return fail(CAUSE_INTERNAL, "prepare", -ECANCELED);
	return cause;
}
