/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/replace.h"
#include "io/rundir.h"

int rundir_make(void)
{
	if (mkdir(RUNDIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

void rundir_path(char *path, size_t size, const char *name, const char *suffix)
{
	snprintf(path, size, "%s/%s.%s", RUNDIR, name, suffix);
}

static void on_alarm(int number)
{
	(void)number;
}

/* flock(2), but -1 with EWOULDBLOCK when it is not released in that time. */
static int lock_in_time(int fd, unsigned wait_s)
{
	const struct sigaction wake = {.sa_handler = on_alarm};
	struct sigaction before;
	int result = flock(fd, LOCK_EX | LOCK_NB);

	if (result == 0 || errno != EWOULDBLOCK || wait_s == 0)
		return result;
	sigaction(SIGALRM, &wake, &before);
	alarm(wait_s);
	result = flock(fd, LOCK_EX);
	alarm(0);
	sigaction(SIGALRM, &before, NULL);
	if (result < 0 && errno == EINTR)
		errno = EWOULDBLOCK;
	return result;
}

int rundir_lock(const char *name, unsigned wait_s, pid_t *holder)
{
	char path[256], text[16] = "";
	struct stat status = {.st_nlink = 0};
	int fd = -1, error, len;

	*holder = 0;
	rundir_path(path, sizeof(path), name, "lock");
	/* Again if its last holder removed it between our open and our lock. */
	while (status.st_nlink == 0) {
		if (fd >= 0)
			close(fd);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return -errno;
		/* Whoever can open it can hold it. Older versions made it readable. */
		fchmod(fd, 0600);
		if (lock_in_time(fd, wait_s) < 0) {
			error = errno == EWOULDBLOCK ? -EBUSY : -errno;
			if (pread(fd, text, sizeof(text) - 1, 0) > 0)
				*holder = (pid_t)strtol(text, NULL, 10);
			close(fd);
			return error;
		}
		if (fstat(fd, &status) < 0)
			break;
	}
	len = snprintf(text, sizeof(text), "%d\n", getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)len, 0) != len) {
		error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

void rundir_unlock(const char *name, int fd)
{
	char path[256];

	if (fd < 0)
		return;
	rundir_path(path, sizeof(path), name, "lock");
	unlink(path);
	close(fd);
}

int rundir_write(const char *name, const char *suffix, const struct buf *text)
{
	char path[256];
	int error = rundir_make();

	rundir_path(path, sizeof(path), name, suffix);
	return error < 0 ? error : replace_file(path, buf_str(text), text->len);
}

bool rundir_has(const char *name, const char *suffix)
{
	char path[256];

	rundir_path(path, sizeof(path), name, suffix);
	return access(path, F_OK) == 0;
}

void rundir_remove(const char *name, const char *suffix)
{
	char path[256];

	rundir_path(path, sizeof(path), name, suffix);
	unlink(path);
}
