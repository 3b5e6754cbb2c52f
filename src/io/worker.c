/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/count.h"
#include "io/clock.h"
#include "io/spawn.h"
#include "io/worker.h"

#define LOOK_MS 10

static void on_worker_exit(struct ev_loop *loop, ev_child *watcher, int revents)
{
	struct worker *worker = watcher->data;
	int status = watcher->rstatus;

	(void)revents;
	ev_child_stop(loop, watcher);
	worker->pid = 0;
	if (worker->done)
		worker->done(worker->ctx, WIFEXITED(status) ? WEXITSTATUS(status) : -EIO);
}

int worker_start(struct worker *worker, struct ev_loop *loop, const struct worker_task *task)
{
	pid_t pid;

	if (worker->pid > 0)
		return -EBUSY;
	pid = spawn_fork(true, task->keep, COUNT(task->keep));
	if (pid == 0)
		_exit(task->work(task->arg));
	if (pid < 0)
		return pid;
	worker->loop = loop;
	worker->pid = pid;
	worker->done = task->done;
	worker->ctx = task->ctx;
	ev_child_init(&worker->child, on_worker_exit, pid, 0);
	worker->child.data = worker;
	ev_child_start(loop, &worker->child);
	return 0;
}

void worker_abandon(struct worker *worker, int signal)
{
	if (worker->pid <= 0)
		return;
	ev_child_stop(worker->loop, &worker->child);
	if (signal)
		kill(worker->pid, signal);
	worker->pid = 0;
}

bool worker_end(struct worker *worker, int wait_ms)
{
	int64_t end = clock_now_ms() + wait_ms;

	while (worker->pid > 0 && waitpid(worker->pid, NULL, WNOHANG) == 0) {
		if (clock_now_ms() >= end) {
			worker_abandon(worker, SIGTERM);
			return false;
		}
		poll(NULL, 0, LOOK_MS);
	}
	worker_abandon(worker, 0);
	return true;
}

static volatile sig_atomic_t got_sigterm;

static void on_sigterm(int number)
{
	(void)number;
	got_sigterm = 1;
}

void worker_catch_sigterm(void)
{
	const struct sigaction action = {.sa_handler = on_sigterm};

	sigaction(SIGTERM, &action, NULL);
}

bool worker_got_sigterm(void)
{
	return got_sigterm != 0;
}
