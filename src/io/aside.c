/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/aside.h"
#include "io/child.h"
#include "io/clock.h"

#define LOOK_MS 10

pid_t aside_fork(int (*work)(const void *arg), const void *arg, const int *keep, size_t count)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	child_forget_ours(keep, count);
	_exit(work(arg));
}

bool aside_wait(pid_t pid, int wait_ms)
{
	int64_t end = clock_now_ms() + wait_ms;

	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (clock_now_ms() >= end)
			return false;
		poll(NULL, 0, LOOK_MS);
	}
	return true;
}
