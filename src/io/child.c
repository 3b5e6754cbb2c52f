/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/log.h"
#include "io/child.h"

static bool is_kept(int fd, const int *keep, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (keep[i] == fd)
			return true;
	return false;
}

void child_forget_ours(const int *keep, size_t count)
{
	long max = sysconf(_SC_OPEN_MAX);
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	log_forget_syslog();
	/* Ours are low numbers, and few. */
	if (max < 0 || max > 4096)
		max = 4096;
	for (int fd = STDERR_FILENO + 1; fd < max; fd++)
		if (!is_kept(fd, keep, count))
			close(fd);
}
