/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "io/sysfs.h"

static bool join(char path[PATH_MAX], const char *dir, const char *name)
{
	return snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX;
}

bool sysfs_read(const char *dir, const char *name, char *to, size_t size)
{
	char path[PATH_MAX];
	ssize_t len;
	int fd;

	to[0] = '\0';
	if (!join(path, dir, name))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	len = read(fd, to, size - 1);
	close(fd);
	to[len > 0 ? len : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
	return len >= 0;
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

bool sysfs_link_name(const char *dir, const char *name, char *to, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *last;
	ssize_t len;

	to[0] = '\0';
	if (!join(path, dir, name))
		return false;
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0)
		return false;
	target[len] = '\0';
	last = strrchr(target, '/');
	return str_copy(to, size, last ? last + 1 : target);
}
