/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/clock.h"
#include "io/command.h"

#define OUTPUT_MAX 4096

static int spawn(const char *const *argv, int output, pid_t *pid)
{
	char *envp[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C", NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	error = posix_spawnp(pid, argv[0], &actions, NULL, (char **)argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

/* Until its outputs are closed. */
static int collect(int fd, int64_t until, struct buf *output)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	char bytes[512];
	ssize_t len;

	for (;;) {
		int64_t left = until - clock_now_ms();

		if (left <= 0 || poll(&poller, 1, (int)left) == 0)
			return -ETIMEDOUT;
		len = read(fd, bytes, sizeof(bytes));
		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return 0;
		if (output->len + (size_t)len <= OUTPUT_MAX)
			buf_append(output, bytes, (size_t)len);
	}
}

int command_run(const char *const *argv, int timeout_ms, struct buf *output)
{
	int ends[2], error, status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	error = spawn(argv, ends[1], &pid);
	close(ends[1]);
	if (error == 0) {
		error = collect(ends[0], clock_now_ms() + timeout_ms, output);
		if (error < 0)
			kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	if (error < 0)
		return error;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
