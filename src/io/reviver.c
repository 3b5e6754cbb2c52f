/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "io/aside.h"
#include "io/revive.h"
#include "io/reviver.h"

struct reviver {
	struct ev_loop *loop;
	pid_t pid; /* -1: it has ended */
	ev_child child;
	reviver_done *done;
	void *ctx;
};

static void on_child(struct ev_loop *loop, ev_child *watcher, int revents)
{
	struct reviver *reviver = watcher->data;
	int status = watcher->rstatus;

	(void)revents;
	ev_child_stop(loop, watcher);
	reviver->pid = -1;
	reviver->done(reviver->ctx, WIFEXITED(status) ? WEXITSTATUS(status) : -EIO);
}

struct reviver *reviver_start(struct ev_loop *loop, const struct revive_job *job,
			      reviver_done *done, void *ctx)
{
	struct reviver *reviver = calloc(1, sizeof(*reviver));

	if (!reviver)
		return NULL;
	reviver->loop = loop;
	reviver->done = done;
	reviver->ctx = ctx;
	reviver->pid = aside_fork(revive, job, NULL, 0);
	if (reviver->pid < 0) {
		free(reviver);
		return NULL;
	}
	ev_child_init(&reviver->child, on_child, reviver->pid, 0);
	reviver->child.data = reviver;
	ev_child_start(loop, &reviver->child);
	return reviver;
}

void reviver_free(struct reviver *reviver)
{
	if (!reviver)
		return;
	ev_child_stop(reviver->loop, &reviver->child);
	if (reviver->pid > 0)
		kill(reviver->pid, SIGTERM);
	free(reviver);
}
