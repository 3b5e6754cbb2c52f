/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "io/aside.h"
#include "io/clock.h"
#include "io/closer.h"
#include "io/serial.h"

#define HUNG_MS 1000 /* to open and close takes milliseconds */

struct job {
	struct serial *serial;
	int gate; /* its end is the word that ours is closed */
};

static volatile sig_atomic_t stopped;

static void on_term(int number)
{
	(void)number;
	stopped = 1;
}

static void on_child(struct ev_loop *loop, ev_child *watcher, int revents)
{
	struct closer_child *child = watcher->data;

	(void)revents;
	ev_child_stop(loop, watcher);
	child->pid = 0;
}

static void watch(struct closer_child *child, struct ev_loop *loop, pid_t pid)
{
	child->pid = pid;
	ev_child_init(&child->child, on_child, pid, 0);
	child->child.data = child;
	ev_child_start(loop, &child->child);
}

static int hang_up(const void *serial)
{
	serial_set_dtr((struct serial *)serial, false);
	return 0;
}

void closer_hang_up(struct closer *closer, struct ev_loop *loop, struct serial *serial)
{
	int fd = serial_fd(serial);
	pid_t pid;

	if (closer->hanging_up.pid > 0)
		return;
	pid = aside_fork(hang_up, serial, &fd, 1);
	if (pid < 0)
		serial_set_dtr(serial, false);
	else
		watch(&closer->hanging_up, loop, pid);
}

/* Try it out until it answers to DTR again, or is not there any more. */
static void knock(const char *device)
{
	int64_t since, took = HUNG_MS;
	int fd;

	while (took >= HUNG_MS && !stopped) {
		since = clock_now_ms();
		fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			return;
		close(fd);
		took = clock_now_ms() - since;
	}
}

static int let_go(const void *arg)
{
	const struct job *job = arg;
	struct sigaction action = {.sa_handler = on_term};
	int64_t since;
	char device[PATH_MAX], byte;

	sigaction(SIGTERM, &action, NULL);
	str_copy(device, sizeof(device), serial_device(job->serial));
	/* The last close is the one that waits, and it has to be this one. */
	while (read(job->gate, &byte, 1) < 0 && !stopped)
		;
	since = clock_now_ms();
	serial_set_dtr(job->serial, false);
	serial_close(job->serial);
	if (clock_now_ms() - since >= HUNG_MS)
		knock(device);
	return 0;
}

void closer_close(struct closer *closer, struct ev_loop *loop, struct serial *serial)
{
	struct job job = {.serial = serial};
	int gate[2];
	pid_t pid;

	if (!serial)
		return;
	if (closer->closing.pid > 0 || pipe2(gate, O_CLOEXEC) < 0) {
		serial_close(serial);
		return;
	}
	job.gate = gate[0];
	pid = aside_fork(let_go, &job, (int[]){serial_fd(serial), gate[0]}, 2);
	if (pid < 0)
		serial_close(serial);
	else
		serial_abandon(serial);
	close(gate[0]);
	close(gate[1]);
	if (pid > 0)
		watch(&closer->closing, loop, pid);
}

bool closer_is_busy(const struct closer *closer)
{
	return closer->hanging_up.pid > 0 || closer->closing.pid > 0;
}

static bool end(struct closer_child *child, struct ev_loop *loop, int wait_ms)
{
	bool ended = true;

	if (child->pid <= 0)
		return true;
	ev_child_stop(loop, &child->child);
	if (!aside_wait(child->pid, wait_ms)) {
		kill(child->pid, SIGTERM);
		ended = false;
	}
	child->pid = 0;
	return ended;
}

void closer_end(struct closer *closer, struct ev_loop *loop, int wait_ms)
{
	int64_t until = clock_now_ms() + wait_ms;
	bool ended = end(&closer->closing, loop, wait_ms);
	int left = (int)(until - clock_now_ms());

	/* The other one waits for the modem as long, and both at once. */
	if (!end(&closer->hanging_up, loop, left > 0 ? left : 0) || !ended)
		log_warning("the port does not close yet");
}
