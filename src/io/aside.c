/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "io/aside.h"
#include "io/child.h"

pid_t aside_fork(int (*work)(const void *arg), const void *arg, const int *keep,
		 size_t count)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	child_forget_ours(keep, count);
	_exit(work(arg));
}
