/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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

static pid_t read_pid(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return (pid_t)strtol(text, NULL, 10);
}

static int open_locked(const char *path, pid_t *holder)
{
	int fd, error;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	error = errno == EWOULDBLOCK ? -EBUSY : -errno;
	*holder = read_pid(fd);
	close(fd);
	return error;
}

/* Its last holder removed it between our open and our lock. */
static bool is_unlinked(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_nlink == 0;
}

int rundir_lock(const char *name, pid_t *holder)
{
	char path[256], text[16];
	int fd, error, len;

	*holder = 0;
	rundir_path(path, sizeof(path), name, "lock");
	while ((fd = open_locked(path, holder)) >= 0 && is_unlinked(fd))
		close(fd);
	if (fd < 0)
		return fd;
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
