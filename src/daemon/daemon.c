/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/count.h"
#include "base/log.h"
#include "daemon/at-ports.h"
#include "daemon/bus.h"
#include "daemon/hooks.h"
#include "daemon/manager.h"
#include "daemon/monitor.h"
#include "daemon/reload.h"
#include "daemon/requests.h"
#include "daemon/second-port.h"
#include "daemon/session-ops.h"
#include "daemon/under-pppd.h"
#include "io/rundir.h"
#include "ppp/options.h"

/* The previous instance may still be exiting: it releases its lock last, after "stop" has returned.
 * pppd even dials again before its last call has ended. */
#define ENDING_S     1
#define HANGING_UP_S 3

static enum cause lock_instance(struct bus *bus)
{
	unsigned wait_s = bus->goal == SESSION_GOAL_CALL ? HANGING_UP_S : ENDING_S;
	int error = rundir_make();
	pid_t holder;

	if (error < 0)
		return bus_explain(CAUSE_INTERNAL, RUNDIR, error);
	bus->lock = rundir_lock(bus->name, wait_s, &holder);
	if (bus->lock == -EBUSY) {
		log_error("an instance \"%s\" runs already, pid %d; see \"gobi-dial status %s\"",
			  bus->name, (int)holder, bus->name);
		return CAUSE_BUSY;
	}
	return bus->lock < 0 ? bus_explain(CAUSE_INTERNAL, RUNDIR, bus->lock) : CAUSE_NONE;
}

static void unlock_instance(struct bus *bus)
{
	rundir_unlock(bus->name, bus->lock);
}

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* SIGHUP asks for the configuration to be read again. But when a terminal hangs up, nobody is left
 * to find what still runs on it. */
static void on_signal_caught(struct ev_loop *loop, ev_signal *watcher, int revents)
{
	struct bus *bus = watcher->data;
	int number = watcher->signum;
	bool reloads = number == SIGHUP && bus->own && (!bus->on_terminal || has_terminal());

	(void)loop;
	(void)revents;
	if (number == SIGUSR1) {
		bus_tell(bus, (struct session_event){.type = SESSION_EVENT_REDIAL});
	} else if (reloads) {
		log_notice("%s: reading the configuration again", strsignal(number));
		json_object_put(reload_conf(bus));
	} else {
		log_notice("%s: stopping", strsignal(number));
		bus_tell(bus, (struct session_event){.type = SESSION_EVENT_STOP});
	}
}

static enum cause start_loop(struct bus *bus)
{
	static const int numbers[COUNT(bus->signals)] = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};
	struct sigaction action;

	bus->loop = ev_default_loop(EVFLAG_AUTO);
	if (!bus->loop)
		return bus_explain(CAUSE_INTERNAL, "the event loop", -errno);
	bus->on_terminal = has_terminal();
	for (size_t i = 0; i < COUNT(numbers); i++) {
		ev_signal_init(&bus->signals[i], on_signal_caught, numbers[i]);
		bus->signals[i].data = bus;
		/* nohup ignores hang-ups, and means it. */
		if (numbers[i] != SIGHUP || sigaction(SIGHUP, NULL, &action) != 0 ||
		    action.sa_handler != SIG_IGN)
			ev_signal_start(bus->loop, &bus->signals[i]);
	}
	return CAUSE_NONE;
}

static void stop_loop(struct bus *bus)
{
	if (bus->loop)
		ev_loop_destroy(bus->loop);
}

/* Each part starts after those that it needs; they stop in reverse order. */
static const struct part parts[] = {
	{.start = lock_instance, .stop = unlock_instance},
	{.start = start_loop, .stop = stop_loop},
	{.start = requests_start,
	 .stop = requests_stop,
	 .on_state = requests_on_state,
	 .on_change = requests_on_change,
	 .on_reload = requests_on_reload,
	 .on_facts = requests_on_facts},
	{.start = under_pppd_start, .stop = under_pppd_stop, .on_state = under_pppd_on_state},
	{.start = manager_start, .on_change = manager_on_change},
	{.on_state = at_ports_on_state},
	{.start = second_port_start,
	 .stop = second_port_stop,
	 .on_state = second_port_on_state,
	 .on_reload = second_port_on_reload},
	{.start = monitor_start,
	 .stop = monitor_stop,
	 .on_state = monitor_on_state,
	 .on_reload = monitor_on_reload,
	 .on_facts = monitor_on_facts},
	{.stop = reload_stop},
	{.start = session_ops_start,
	 .stop = session_ops_stop,
	 .on_state = session_ops_on_state,
	 .on_reload = session_ops_on_reload},
	{.start = under_pppd_recall_apn},
	{.start = hooks_start, .stop = hooks_stop, .on_change = hooks_on_change},
	{.start = bus_begin},
};

static enum cause run_instance(struct bus *bus)
{
	enum cause cause;

	bus->ops = session_ops;
	bus->lock = -1;
	signal(SIGPIPE, SIG_IGN);
	cause = bus_start(bus, parts, COUNT(parts));
	if (cause == CAUSE_NONE) {
		/* ev_run would not see an ev_break from before it. */
		if (!session_is_over(&bus->session))
			ev_run(bus->loop, 0);
		if (bus->session.state == SESSION_FAILED)
			cause = bus->session.cause;
	}
	bus_stop(bus);
	return cause;
}

enum cause daemon_run(struct conf *conf, const struct daemon_source *source, const char *name,
		      bool once)
{
	struct bus bus = {.conf = conf, .own = conf, .source = *source, .name = name, .once = once};

	return run_instance(&bus);
}

enum cause daemon_call(const struct conf *conf, const char *name, struct call_end *end)
{
	struct bus bus = {.conf = conf, .name = name, .goal = SESSION_GOAL_CALL, .end = end};

	return run_instance(&bus);
}

enum cause daemon_prepare(const struct conf *conf, const char *name, struct port *port, int *cid,
			  struct buf *dial, struct buf *account)
{
	struct conf_account used;
	struct bus bus = {.conf = conf, .name = name, .goal = SESSION_GOAL_REGISTERED};
	enum cause cause = run_instance(&bus);

	*port = bus.port;
	*cid = cause == CAUSE_NONE ? script_cid(&bus.session.script) : 0;
	script_put_dial(&bus.session.script, dial);
	used = script_account(&bus.session.script);
	ppp_options_account(&used, account);
	rundir_remove(name, RUNDIR_APN);
	if (cause == CAUSE_NONE)
		under_pppd_leave_apn(&bus, RUNDIR_APN);
	if (cause == CAUSE_NONE && !bus.session.reached)
		return bus_explain(CAUSE_INTERNAL, "prepare", -ECANCELED);
	return cause;
}
