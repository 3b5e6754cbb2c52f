/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "io/sysfs.h"

bool sysfs_path(char path[PATH_MAX], const char *dir, const char *name)
{
	return snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX;
}

ssize_t sysfs_read_all(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len = fd < 0 ? -errno : read(fd, to, size - 1);

	if (fd >= 0 && len < 0)
		len = -errno;
	if (fd >= 0)
		close(fd);
	to[len > 0 ? len : 0] = '\0';
	return len;
}

bool sysfs_read(const char *dir, const char *name, char *to, size_t size)
{
	char path[PATH_MAX];
	bool found = sysfs_path(path, dir, name) && sysfs_read_all(path, to, size) >= 0;

	to[found ? strcspn(to, "\n") : 0] = '\0';
	return found;
}

int sysfs_read_int(const char *dir, const char *name, int base)
{
	char text[24], *end;
	long long value; /* a long has the bounds of an int on some machines */

	if (!sysfs_read(dir, name, text, sizeof(text)))
		return -1;
	value = strtoll(text, &end, base);
	if (end == text || *end || value < 0 || value > INT_MAX)
		return -1;
	return (int)value;
}

int sysfs_write(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];
	int fd, error = 0;

	if (!sysfs_path(path, dir, name))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		error = -errno;
	if (fd >= 0)
		close(fd);
	log_debug("%s > %s/%s: %s", text, dir, name, error ? strerror(-error) : "done");
	return error;
}

bool sysfs_link_name(const char *dir, const char *name, char *to, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *last;
	ssize_t len;

	to[0] = '\0';
	if (!sysfs_path(path, dir, name))
		return false;
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0)
		return false;
	target[len] = '\0';
	last = strrchr(target, '/');
	return str_copy(to, size, last ? last + 1 : target);
}
