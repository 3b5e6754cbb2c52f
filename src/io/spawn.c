/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "io/spawn.h"

#define EXEC_WAIT_MS 1000 /* exec takes a millisecond; a file system that hangs must not hold us */
#define NOT_STARTED  127  /* as a shell has it */

pid_t spawn_fork(bool group, const int *keep, size_t count)
{
	long max = sysconf(_SC_OPEN_MAX);
	sigset_t all, old, none;
	pid_t pid;
	int error;

	/* A signal that came before the child has reset them would go to the loop's handlers, and
	 * be lost. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	error = errno;
	if (pid == 0) {
		for (int number = 1; number < NSIG; number++)
			signal(number, SIG_DFL);
		if (group)
			setpgid(0, 0);
		log_forget_syslog();
		/* Our descriptors are low numbers, and few. */
		for (int fd = STDERR_FILENO + 1; fd < (max < 0 || max > 4096 ? 4096 : max); fd++) {
			bool kept = false;

			for (size_t i = 0; i < count; i++)
				kept |= keep[i] == fd;
			if (!kept)
				close(fd);
		}
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		return 0;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	/* Here too: we may kill the group before the child has got that far. */
	if (pid > 0 && group)
		setpgid(pid, pid);
	return pid < 0 ? -error : pid;
}

/* In the child: returns only where that fails, with errno. */
static void become_program(const struct spawn_program *program, pid_t parent, int *status)
{
	int fds[SPAWN_FDS_MAX], count = (int)program->fd_count;

	if (program->death_signal && prctl(PR_SET_PDEATHSIG, program->death_signal) == 0 &&
	    getppid() != parent)
		_exit(NOT_STARTED);
	/* First all above the range, so that no dup2 overwrites another's source. */
	*status = fcntl(*status, F_DUPFD_CLOEXEC, count);
	for (int i = 0; i < count; i++) {
		int fd = program->fds[i];

		if (fd < 0)
			fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fds[i] = fcntl(fd, F_DUPFD_CLOEXEC, count);
		if (fds[i] < 0)
			return;
	}
	for (int i = 0; i < count; i++)
		if (dup2(fds[i], i) < 0)
			return;
	environ = (char **)program->envp;
	/* Not execvp() for a path: it gives what is no program to a shell. */
	if (strchr(program->argv[0], '/'))
		execv(program->argv[0], (char *const *)program->argv);
	else
		execvp(program->argv[0], (char *const *)program->argv);
}

pid_t spawn_program(const struct spawn_program *program)
{
	int status[2], keep[SPAWN_FDS_MAX + 1], error = 0;
	struct pollfd poller = {.events = POLLIN};
	pid_t pid, parent = getpid();
	ssize_t len = 0;

	/* exec closes its other end; before that an errno may come. */
	if (pipe2(status, O_CLOEXEC) < 0)
		return -errno;
	for (size_t i = 0; i < program->fd_count; i++)
		keep[i] = program->fds[i];
	keep[program->fd_count] = status[1];
	pid = spawn_fork(program->group, keep, program->fd_count + 1);
	if (pid == 0) {
		become_program(program, parent, &status[1]);
		error = errno;
		len = write(status[1], &error, sizeof(error));
		_exit(NOT_STARTED);
	}
	close(status[1]);
	poller.fd = status[0];
	while (pid > 0 && poll(&poller, 1, EXEC_WAIT_MS) < 0 && errno == EINTR)
		;
	if (poller.revents)
		len = read(status[0], &error, sizeof(error));
	if (len == (ssize_t)sizeof(error)) {
		waitpid(pid, NULL, 0);
		pid = -error;
	}
	close(status[0]);
	return pid;
}
