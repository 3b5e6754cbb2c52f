/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "io/aside.h"
#include "io/child.h"

pid_t aside_fork(int (*work)(const void *arg), const void *arg)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	child_forget_ours();
	_exit(work(arg));
}
