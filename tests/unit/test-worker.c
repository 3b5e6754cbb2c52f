/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include "io/clock.h"
#include "io/worker.h"

#define DEADLINE_MS 10000

/* How often `done` was called, with what last, and what it starts then. */
struct outcome {
	int calls, result;
	struct worker *worker;
	const struct worker_task *next;
};

static struct ev_loop *loop;

static void note_done(void *ctx, int result)
{
	struct outcome *outcome = ctx;

	outcome->calls++;
	outcome->result = result;
	if (outcome->next)
		assert_int_equal(worker_start(outcome->worker, loop, outcome->next), 0);
	else
		ev_break(loop, EVBREAK_ALL);
}

static int give_number(const void *number)
{
	return *(const int *)number;
}

static int kill_itself(const void *arg)
{
	(void)arg;
	raise(SIGKILL);
	return 0;
}

/* Hangs until it gets a signal; the pipe tells of its end. */
static int hang(const void *arg)
{
	(void)arg;
	pause();
	return 0;
}

/* Hangs, and SIGTERM is nothing to it. */
static int hang_for_good(const void *ready)
{
	signal(SIGTERM, SIG_IGN);
	if (write(*(const int *)ready, "", 1) == 1)
		for (;;)
			pause();
	return 0;
}

/* 0: all as promised; or the number of what is not. */
static int examine(const void *arg)
{
	const int *fds = arg;
	struct sigaction action;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number < NSIG; number++) {
		if (sigismember(&mask, number) == 1)
			return 1;
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			return 2;
	}
	if (getpgrp() != getpid())
		return 3;
	for (int fd = 0; fd < 100; fd++) {
		bool expected = fd <= STDERR_FILENO || fd == fds[0] || fd == fds[1];

		if (expected != (fcntl(fd, F_GETFD) >= 0))
			return 100 + fd;
	}
	return 0;
}

static void the_result_comes_back(void **state)
{
	static const int numbers[] = {0, 7, 255};
	struct worker worker = {.pid = 0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct outcome outcome = {.calls = 0};
		struct worker_task task = {.work = i < 3 ? give_number : kill_itself,
					   .arg = &numbers[i % 3],
					   .done = note_done,
					   .ctx = &outcome};

		assert_int_equal(worker_start(&worker, loop, &task), 0);
		assert_true(worker_is_busy(&worker));
		assert_int_equal(worker_start(&worker, loop, &task), -EBUSY);
		ev_run(loop, 0);
		assert_false(worker_is_busy(&worker));
		assert_int_equal(outcome.calls, 1);
		assert_int_equal(outcome.result, i < 3 ? numbers[i] : -EIO);
	}
}

static void the_next_may_be_started_from_within(void **state)
{
	static const int one = 1, two = 2;
	struct worker worker = {.pid = 0};
	struct outcome second = {.calls = 0};
	struct worker_task next = {give_number, &two, {0}, note_done, &second};
	struct outcome first = {.worker = &worker, .next = &next};
	struct worker_task task = {give_number, &one, {0}, note_done, &first};

	(void)state;
	assert_int_equal(worker_start(&worker, loop, &task), 0);
	ev_run(loop, 0);
	assert_int_equal(first.result, 1);
	assert_int_equal(second.result, 2);
}

static void it_shares_nothing_by_accident(void **state)
{
	struct worker worker = {.pid = 0};
	struct outcome outcome = {.calls = 0};
	int fds[2], leak;
	struct worker_task task = {examine, fds, {0}, note_done, &outcome};

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	leak = dup(STDERR_FILENO);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	task.keep[0] = fds[0];
	task.keep[1] = fds[1];
	assert_int_equal(worker_start(&worker, loop, &task), 0);
	ev_run(loop, 0);
	assert_int_equal(outcome.result, 0);
	close(leak);
	close(fds[0]);
	close(fds[1]);
	signal(SIGPIPE, SIG_DFL);
}

/* The task's end of the pipe is closed by its end alone. */
static bool has_ended(int fd, int wait_ms)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&poller, 1, wait_ms) == 1 && read(fd, &byte, 1) == 0;
}

static void an_abandoned_one_is_not_heard_of(void **state)
{
	struct worker worker = {.pid = 0};
	struct outcome outcome = {.calls = 0};
	struct worker_task task = {hang, NULL, {0}, note_done, &outcome};
	int ends[2];
	pid_t pid;

	(void)state;
	worker_abandon(&worker, SIGTERM);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	task.keep[0] = ends[1];
	assert_int_equal(worker_start(&worker, loop, &task), 0);
	close(ends[1]);
	pid = worker.pid;
	worker_abandon(&worker, 0);
	assert_false(worker_is_busy(&worker));
	assert_false(has_ended(ends[0], 50));
	kill(pid, SIGTERM);
	assert_true(has_ended(ends[0], DEADLINE_MS));
	close(ends[0]);
	/* The loop reaps it. */
	while (kill(pid, 0) == 0)
		ev_run(loop, EVRUN_NOWAIT);
	assert_int_equal(outcome.calls, 0);
}

static void a_signal_goes_along_if_asked(void **state)
{
	struct worker worker = {.pid = 0};
	struct worker_task task = {.work = hang};
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	task.keep[0] = ends[1];
	assert_int_equal(worker_start(&worker, loop, &task), 0);
	close(ends[1]);
	worker_abandon(&worker, SIGTERM);
	assert_true(has_ended(ends[0], DEADLINE_MS));
	close(ends[0]);
}

static void the_end_waits_for_it_but_not_for_ever(void **state)
{
	static const int seven = 7;
	struct worker worker = {.pid = 0};
	struct outcome outcome = {.calls = 0};
	struct worker_task task = {give_number, &seven, {0}, note_done, &outcome};
	int ends[2];
	int64_t since;
	char byte;
	pid_t pid;

	(void)state;
	assert_true(worker_end(&worker, 0));
	assert_int_equal(worker_start(&worker, loop, &task), 0);
	assert_true(worker_end(&worker, DEADLINE_MS));
	assert_false(worker_is_busy(&worker));

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	task = (struct worker_task){hang_for_good, &ends[1], {ends[1]}, note_done, &outcome};
	assert_int_equal(worker_start(&worker, loop, &task), 0);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	pid = worker.pid;
	since = clock_now_ms();
	assert_false(worker_end(&worker, 100));
	assert_in_range(clock_now_ms() - since, 100, DEADLINE_MS);
	assert_false(worker_is_busy(&worker));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(outcome.calls, 0);
}

static int set_up(void **state)
{
	(void)state;
	loop = ev_default_loop(0);
	return loop ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_result_comes_back),
		cmocka_unit_test(the_next_may_be_started_from_within),
		cmocka_unit_test(it_shares_nothing_by_accident),
		cmocka_unit_test(an_abandoned_one_is_not_heard_of),
		cmocka_unit_test(a_signal_goes_along_if_asked),
		cmocka_unit_test(the_end_waits_for_it_but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
