/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/holder.h"
#include "io/pty.h"

#define PTMX makedev(5, 2) /* devices.txt */

static ssize_t read_proc(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, text, size - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return len;
}

static bool is_master_of(int pid, const char *fd, int index)
{
	char path[64], text[512];
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.12s", pid, fd);
	if (read_proc(path, text, sizeof(text)) <= 0)
		return false;
	line = strstr(text, "tty-index:");
	return line && atoi(line + strlen("tty-index:")) == index;
}

static bool has_open(int pid, dev_t tty)
{
	char path[64];
	struct dirent *entry;
	struct stat status;
	int index = pty_index(tty);
	bool slave = false, master = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!master && (entry = readdir(dir))) {
		if (fstatat(dirfd(dir), entry->d_name, &status, 0) < 0 ||
		    !S_ISCHR(status.st_mode))
			continue;
		if (status.st_rdev == tty)
			slave = true;
		else if (index >= 0 && status.st_rdev == PTMX)
			master = is_master_of(pid, entry->d_name, index);
	}
	closedir(dir);
	return slave && !master;
}

pid_t holder_find(dev_t tty)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;
	long pid;

	if (!proc)
		return 0;
	while (!found && (entry = readdir(proc))) {
		if (!str_to_int(entry->d_name, 1, 0x7fffffff, &pid) ||
		    pid == (long)getpid())
			continue;
		if (has_open((int)pid, tty))
			found = (pid_t)pid;
	}
	closedir(proc);
	return found;
}

void holder_append(struct buf *out, pid_t pid)
{
	char path[32], name[64];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	if (read_proc(path, name, sizeof(name)) <= 0) {
		buf_printf(out, "pid %d", (int)pid);
		return;
	}
	len = strcspn(name, "\n");
	str_print_safe(out, name, len);
	buf_printf(out, " (pid %d)", (int)pid);
}
