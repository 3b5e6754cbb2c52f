/* SPDX-License-Identifier: ISC */
/* The administrator's executables that hear of changes. */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/log.h"
#include "daemon/hooks.h"
#include "daemon/state.h"
#include "io/clock.h"
#include "status/env.h"
#include "status/show.h"

#define STOP_MS  4500 /* 5 s are promised */
#define SETTLE_S .2   /* pppd tells of one address after the other */

/* Steps on the way to a link are no events: that is to be fast. */
static const char *const events[SESSION_STATE_COUNT] = {
	[SESSION_WAITING] = "waiting",         [SESSION_CONNECTED] = "connected",
	[SESSION_BACKING_OFF] = "backing-off", [SESSION_RECOVERING] = "recovering",
	[SESSION_STOPPED] = "stopped",         [SESSION_FAILED] = "failed",
};

static void run_next(struct hooks *hooks);

static void free_event(struct hooks_event *event)
{
	buf_free(&event->environment);
	memset(event, 0, sizeof(*event));
}

static void unqueue(struct hooks *hooks, size_t i)
{
	hooks->queued--;
	memmove(&hooks->queue[i], &hooks->queue[i + 1],
		(hooks->queued - i) * sizeof(*hooks->queue));
}

/* An older one of its kind has had its time, and a link leaves nothing to be said of the search for
 * it. */
static void enqueue(struct hooks *hooks, const struct hooks_event *event)
{
	bool is_up = event->of_link && strcmp(event->name, "connected") == 0;

	for (size_t i = hooks->queued; i-- > 0;) {
		if (hooks->queue[i].of_link != event->of_link && !is_up)
			continue;
		free_event(&hooks->queue[i]);
		unqueue(hooks, i);
	}
	hooks->queue[hooks->queued++] = *event;
}

static void on_done(void *ctx)
{
	struct hooks *hooks = ctx;

	hook_free(hooks->hook);
	hooks->hook = NULL;
	run_next(hooks);
}

static void complain(struct hooks *hooks, struct buf *complaints)
{
	if (strcmp(buf_str(complaints), buf_str(&hooks->complained)) != 0) {
		for (const char *at = buf_str(complaints); *at; at += strcspn(at, "\n") + 1)
			log_warning("%.*s", (int)strcspn(at, "\n"), at);
		buf_clear(&hooks->complained);
		buf_printf(&hooks->complained, "%s", buf_str(complaints));
	}
	buf_free(complaints);
}

/* The folder is read for each event: nobody has to be told of a new hook. */
static bool take_event(struct hooks *hooks)
{
	struct buf complaints = BUF_INIT;

	if (hooks->queued == 0)
		return false;
	free_event(&hooks->now);
	hook_list_free(&hooks->list);
	hooks->now = hooks->queue[0];
	unqueue(hooks, 0);
	hooks->next = 0;
	hook_list_read(&hooks->list, HOOKS_FOLDER, &complaints);
	complain(hooks, &complaints);
	return true;
}

static void start(struct hooks *hooks, const char *path)
{
	struct daemon *daemon = hooks->daemon;

	hooks->hook = hook_start(daemon->loop, path, daemon->name, hooks->now.name,
				 &hooks->now.environment, on_done, hooks);
	if (!hooks->hook)
		log_warning("%s: %s", path, strerror(errno));
}

static void run_next(struct hooks *hooks)
{
	do
		while (!hooks->hook && hooks->next < hooks->list.count)
			start(hooks, hooks->list.paths[hooks->next++]);
	while (!hooks->hook && take_event(hooks));
}

static void push(struct hooks *hooks, const char *name, bool of_link, struct json_object *status)
{
	struct hooks_event event = {.name = name, .of_link = of_link};

	status_env(status, &event.environment);
	if (event.environment.failed)
		free_event(&event);
	else
		enqueue(hooks, &event);
}

/* The addresses are gone with the link; who is told of its end gets them. */
static void push_end(struct hooks *hooks, struct json_object *status)
{
	json_object_object_add(status, "ppp", json_object_get(show_get(hooks->link, "ppp")));
	push(hooks, "disconnected", true, status);
	json_object_put(hooks->link);
	hooks->link = NULL;
}

static void tell_up(struct hooks *hooks)
{
	struct json_object *response = requests_status(hooks->daemon);

	json_object_put(hooks->link);
	hooks->link = json_object_get(show_get(response, "status"));
	push(hooks, events[SESSION_CONNECTED], true, hooks->link);
	json_object_put(response);
}

static void tell_down(struct hooks *hooks)
{
	const char *name = events[hooks->daemon->session.state];
	struct json_object *response;

	if (hooks->link) {
		response = requests_status(hooks->daemon);
		push_end(hooks, show_get(response, "status"));
		json_object_put(response);
	}
	if (!name)
		return;
	response = requests_status(hooks->daemon);
	push(hooks, name, false, show_get(response, "status"));
	json_object_put(response);
}

static void on_settled(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct hooks *hooks = watcher->data;

	(void)revents;
	ev_timer_stop(loop, watcher);
	tell_up(hooks);
	run_next(hooks);
}

static void begin(struct hooks *hooks, struct daemon *daemon)
{
	hooks->daemon = daemon;
	ev_timer_init(&hooks->settle, on_settled, SETTLE_S, SETTLE_S);
	hooks->settle.data = hooks;
}

void hooks_tell(struct daemon *daemon)
{
	struct hooks *hooks = &daemon->hooks;

	if (daemon->goal != SESSION_GOAL_LINK)
		return;
	if (!hooks->daemon)
		begin(hooks, daemon);
	if (daemon->session.stopping && hooks->stop_at == 0)
		hooks->stop_at = clock_now_ms();
	ev_timer_stop(daemon->loop, &hooks->settle);
	if (daemon->session.state == SESSION_CONNECTED) {
		ev_now_update(daemon->loop);
		ev_timer_again(daemon->loop, &hooks->settle);
		return;
	}
	tell_down(hooks);
	run_next(hooks);
}

static void on_limit(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)watcher;
	(void)revents;
}

static void wait_for_all(struct hooks *hooks)
{
	int64_t now = clock_now_ms();
	int64_t until = (hooks->stop_at ? hooks->stop_at : now) + STOP_MS;
	struct ev_loop *loop = hooks->daemon->loop;
	ev_timer limit;

	ev_now_update(loop);
	ev_timer_init(&limit, on_limit, (double)(until - now) / 1e3 + .001, 0.);
	if (until > now)
		ev_timer_start(loop, &limit);
	while (hooks->hook && clock_now_ms() < until)
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &limit);
	if (hooks->hook)
		log_warning("the hooks for \"%s\" have not ended in time; killing them",
			    hooks->now.name);
}

void hooks_end(struct daemon *daemon)
{
	struct hooks *hooks = &daemon->hooks;

	if (hooks->hook)
		wait_for_all(hooks);
	if (hooks->daemon)
		ev_timer_stop(daemon->loop, &hooks->settle);
	hook_free(hooks->hook);
	hook_list_free(&hooks->list);
	free_event(&hooks->now);
	while (hooks->queued > 0)
		free_event(&hooks->queue[--hooks->queued]);
	json_object_put(hooks->link);
	buf_free(&hooks->complained);
}
