/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/clock.h"
#include "io/command.h"
#include "io/spawn.h"

#define OUTPUT_MAX 4096

int command_run(const char *const *argv, int timeout_ms, struct buf *output)
{
	const char *const envp[] = {SPAWN_PATH, "LC_ALL=C", NULL};
	int64_t until = clock_now_ms() + timeout_ms;
	struct pollfd poller = {.events = POLLIN};
	int ends[2], error, status = 0;
	char bytes[512];
	ssize_t len = 1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = spawn_program(&(struct spawn_program){
		.argv = argv, .envp = envp, .fds = (int[]){-1, ends[1], ends[1]}, .fd_count = 3});
	error = pid < 0 ? pid : 0;
	close(ends[1]);
	poller.fd = ends[0];
	/* Until its outputs are closed. */
	while (error == 0 && (len > 0 || (len < 0 && errno == EINTR))) {
		int64_t left = until - clock_now_ms();
		int ready = left > 0 ? poll(&poller, 1, (int)left) : 0;

		if (ready == 0) {
			error = -ETIMEDOUT;
			break;
		}
		if (ready < 0) { /* by a signal; the loop goes on after that alone */
			len = -1;
			continue;
		}
		len = read(ends[0], bytes, sizeof(bytes));
		if (len > 0 && output->len + (size_t)len <= OUTPUT_MAX)
			buf_append(output, bytes, (size_t)len);
	}
	if (pid > 0 && error < 0)
		kill(pid, SIGKILL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	close(ends[0]);
	if (error < 0)
		return error;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
