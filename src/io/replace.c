/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "io/replace.h"

int write_whole(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;
	ssize_t done;

	for (; len > 0; at += done, len -= (size_t)done) {
		done = write(fd, at, len);
		if (done == 0)
			return -ENOSPC;
		if (done < 0 && errno != EINTR)
			return -errno;
		if (done < 0)
			done = 0;
	}
	return 0;
}

int replace_file(const char *path, const void *bytes, size_t len)
{
	char new_path[PATH_MAX];
	int fd, error;

	if (snprintf(new_path, sizeof(new_path), "%s.new", path) >= (int)sizeof(new_path))
		return -ENAMETOOLONG;
	unlink(new_path);
	fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	error = write_whole(fd, bytes, len);
	if (error == 0 && fsync(fd) < 0)
		error = -errno;
	close(fd);
	if (error == 0 && rename(new_path, path) < 0)
		error = -errno;
	if (error < 0)
		unlink(new_path);
	return error;
}
