/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "daemon/bus.h"
#include "daemon/hooks.h"
#include "daemon/report.h"
#include "io/clock.h"
#include "io/hook.h"
#include "status/env.h"
#include "status/show.h"

#define STOP_MS   4500 /* a stop must take less than 5 s */
#define SETTLE_S  .2   /* pppd logs one address after the other */
#define QUEUE_MAX 2

/* What happened, and how things were then. */
struct hooks_event {
	const char *name; /* static */
	bool of_link;     /* "connected" and "disconnected" */
	struct buf environment;
};

/* One event's executables run one after another. Two events may wait, one of the link and one
 * other: the newest of each. */
struct hooks {
	struct bus *bus;
	struct hooks_event queue[QUEUE_MAX];
	size_t queued;
	struct hooks_event now;
	struct hook_list list;
	size_t next; /* of `list` */
	struct hook *hook;
	ev_timer settle;          /* until the link's addresses are all there */
	struct json_object *link; /* the last link's status; NULL: there is none */
	struct buf complained;
	int64_t stop_at; /* when it was told to stop; 0: not */
};

/* The steps towards a link are no events: nothing may slow them down. */
static const char *const events[SESSION_STATE_COUNT] = {
	[SESSION_WAITING] = "waiting",         [SESSION_CONNECTED] = "connected",
	[SESSION_BACKING_OFF] = "backing-off", [SESSION_RECOVERING] = "recovering",
	[SESSION_STOPPED] = "stopped",         [SESSION_FAILED] = "failed",
};

static void free_event(struct hooks_event *event)
{
	buf_free(&event->environment);
	memset(event, 0, sizeof(*event));
}

static void drop_queued(struct hooks *hooks, size_t i)
{
	hooks->queued--;
	memmove(&hooks->queue[i], &hooks->queue[i + 1],
		(hooks->queued - i) * sizeof(*hooks->queue));
}

/* The folder is read for each event: nobody has to announce a new hook. */
static bool take_event(struct hooks *hooks)
{
	struct buf complaints = BUF_INIT;

	if (hooks->queued == 0)
		return false;
	free_event(&hooks->now);
	hook_list_free(&hooks->list);
	hooks->now = hooks->queue[0];
	drop_queued(hooks, 0);
	hooks->next = 0;
	hook_list_read(&hooks->list, HOOKSDIR, &complaints);
	/* The same complaints are logged only once. */
	if (strcmp(buf_str(&complaints), buf_str(&hooks->complained)) != 0) {
		for (const char *at = buf_str(&complaints); *at; at += strcspn(at, "\n") + 1)
			log_warning("%.*s", (int)strcspn(at, "\n"), at);
		buf_clear(&hooks->complained);
		buf_printf(&hooks->complained, "%s", buf_str(&complaints));
	}
	buf_free(&complaints);
	return true;
}

static void run_hooks(void *ctx)
{
	struct hooks *hooks = ctx;

	/* When it is the callback, the last one has ended. */
	hook_free(hooks->hook);
	hooks->hook = NULL;
	do {
		while (!hooks->hook && hooks->next < hooks->list.count) {
			const char *path = hooks->list.paths[hooks->next++];

			hooks->hook = hook_start(hooks->bus->loop, path, hooks->bus->name,
						 hooks->now.name, &hooks->now.environment,
						 run_hooks, hooks);
			if (!hooks->hook)
				log_warning("%s: %s", path, strerror(errno));
		}
	} while (!hooks->hook && take_event(hooks));
}

/* An older event of its kind is out of date, and once the link is up so is all that was said of the
 * search for it. */
static void queue_event(struct hooks *hooks, const char *name, bool of_link,
			struct json_object *status)
{
	struct hooks_event event = {.name = name, .of_link = of_link};
	bool is_up = of_link && strcmp(name, "connected") == 0;

	status_env(status, &event.environment);
	if (event.environment.failed) {
		free_event(&event);
		return;
	}
	for (size_t i = hooks->queued; i-- > 0;) {
		if (hooks->queue[i].of_link != of_link && !is_up)
			continue;
		free_event(&hooks->queue[i]);
		drop_queued(hooks, i);
	}
	hooks->queue[hooks->queued++] = event;
}

static void on_settled(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct hooks *hooks = watcher->data;

	(void)revents;
	ev_timer_stop(loop, watcher);
	json_object_put(hooks->link);
	hooks->link = report_status(hooks->bus);
	queue_event(hooks, events[SESSION_CONNECTED], true, hooks->link);
	if (!hooks->hook)
		run_hooks(hooks);
}

/* A link is announced once no more addresses arrive. */
void hooks_on_change(struct bus *bus)
{
	struct hooks *hooks = bus->hooks;
	const char *name = events[bus->session.state];
	struct json_object *status;

	if (!hooks)
		return;
	if (bus->session.stopping && hooks->stop_at == 0)
		hooks->stop_at = clock_now_ms();
	ev_timer_stop(bus->loop, &hooks->settle);
	if (bus->session.state == SESSION_CONNECTED) {
		ev_now_update(bus->loop);
		ev_timer_again(bus->loop, &hooks->settle);
		return;
	}
	/* The addresses are gone with the link; the event of its end still has them. */
	if (hooks->link) {
		status = report_status(bus);
		json_object_object_add(status, "ppp",
				       json_object_get(show_get(hooks->link, "ppp")));
		queue_event(hooks, "disconnected", true, status);
		json_object_put(status);
		json_object_put(hooks->link);
		hooks->link = NULL;
	}
	if (name) {
		status = report_status(bus);
		queue_event(hooks, name, false, status);
		json_object_put(status);
	}
	if (!hooks->hook)
		run_hooks(hooks);
}

enum cause hooks_start(struct bus *bus)
{
	if (bus->goal != SESSION_GOAL_LINK)
		return CAUSE_NONE;
	bus->hooks = calloc(1, sizeof(*bus->hooks));
	if (!bus->hooks)
		return bus_explain(CAUSE_INTERNAL, "hooks", -ENOMEM);
	bus->hooks->bus = bus;
	ev_timer_init(&bus->hooks->settle, on_settled, SETTLE_S, SETTLE_S);
	bus->hooks->settle.data = bus->hooks;
	return CAUSE_NONE;
}

/* This only wakes the loop. */
static void on_time_up(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)watcher;
	(void)revents;
}

void hooks_stop(struct bus *bus)
{
	struct hooks *hooks = bus->hooks;
	int64_t now = clock_now_ms(), until;
	ev_timer limit;

	if (!hooks)
		return;
	until = (hooks->stop_at ? hooks->stop_at : now) + STOP_MS;
	ev_now_update(bus->loop);
	ev_timer_init(&limit, on_time_up, (double)(until - now) / 1e3 + .001, 0.);
	if (until > now)
		ev_timer_start(bus->loop, &limit);
	while (hooks->hook && clock_now_ms() < until)
		ev_run(bus->loop, EVRUN_ONCE);
	ev_timer_stop(bus->loop, &limit);
	if (hooks->hook)
		log_warning("the hooks for \"%s\" have not ended in time; killing them",
			    hooks->now.name);
	ev_timer_stop(bus->loop, &hooks->settle);
	hook_free(hooks->hook);
	hook_list_free(&hooks->list);
	free_event(&hooks->now);
	while (hooks->queued > 0)
		free_event(&hooks->queue[--hooks->queued]);
	json_object_put(hooks->link);
	buf_free(&hooks->complained);
	free(hooks);
	bus->hooks = NULL;
}
