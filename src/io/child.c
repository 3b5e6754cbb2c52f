/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "io/child.h"

void child_forget_ours(void)
{
	long max = sysconf(_SC_OPEN_MAX);
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	/* Ours are low numbers, and few. */
	if (max < 0 || max > 4096)
		max = 4096;
	for (int fd = STDERR_FILENO + 1; fd < max; fd++)
		close(fd);
}
