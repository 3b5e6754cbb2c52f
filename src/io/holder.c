/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "io/holder.h"
#include "io/pty.h"
#include "io/sysfs.h"

#define PTMX      makedev(5, 2) /* devices.txt */
#define MEM_MAJOR 1             /* /dev/null and the like: every process has them */

static void scan_process(struct holder_list *list, int pid)
{
	char path[64], text[512], target[256];
	struct dirent *entry;
	struct stat status;
	const char *line;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir) {
		list->partial |=
			errno != ENOENT && errno != ESRCH && errno != EACCES && errno != EPERM;
		return;
	}
	while ((entry = readdir(dir))) {
		struct holder holder = {.pid = pid}, *holders;
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		if (len < 0)
			continue;
		/* stat() of a file on a network file system may wait for the very link that we are
		 * to bring back; the link's text does not. */
		target[len] = '\0';
		if (!strstr(target, "dev/"))
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &status, 0) < 0 ||
		    !S_ISCHR(status.st_mode) || major(status.st_rdev) == MEM_MAJOR)
			continue;
		holder.tty = status.st_rdev;
		if (status.st_rdev == PTMX) {
			/* One device for all ptys; fdinfo tells which. */
			snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.12s", pid, entry->d_name);
			if (sysfs_read_all(path, text, sizeof(text)) <= 0)
				continue;
			line = strstr(text, "tty-index:");
			if (!line)
				continue;
			holder.tty = pty_device(atoi(line + strlen("tty-index:")));
			holder.master = true;
		}
		holders = realloc(list->holders, (list->count + 1) * sizeof(*holders));
		list->partial |= !holders;
		if (!holders)
			break;
		holders[list->count++] = holder;
		list->holders = holders;
	}
	closedir(dir);
}

void holder_scan(struct holder_list *list)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	long pid;

	memset(list, 0, sizeof(*list));
	list->partial = !proc;
	if (!proc)
		return;
	while ((entry = readdir(proc)))
		if (str_to_int(entry->d_name, 1, 0x7fffffff, &pid) && pid != (long)getpid())
			scan_process(list, (int)pid);
	closedir(proc);
}

void holder_list_free(struct holder_list *list)
{
	free(list->holders);
	memset(list, 0, sizeof(*list));
}

pid_t holder_find(const struct holder_list *list, dev_t tty)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct holder *holder = &list->holders[i];
		bool has_master = false;

		if (holder->master || holder->tty != tty)
			continue;
		for (size_t k = 0; k < list->count; k++)
			has_master |= list->holders[k].master && list->holders[k].tty == tty &&
				      list->holders[k].pid == holder->pid;
		if (!has_master)
			return holder->pid;
	}
	return 0;
}

void holder_append(struct buf *out, pid_t pid)
{
	char path[32], name[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	if (sysfs_read_all(path, name, sizeof(name)) <= 0) {
		buf_printf(out, "pid %d", (int)pid);
		return;
	}
	str_print_safe(out, name, strcspn(name, "\n"));
	buf_printf(out, " (pid %d)", (int)pid);
}

/* "console=ttyS0,115200" among the kernel's parameters. */
static bool names_console(const char *cmdline, const char *name)
{
	size_t len = strlen(name);

	while ((cmdline = strstr(cmdline, "console="))) {
		cmdline += strlen("console=");
		if (strncmp(cmdline, name, len) == 0 && strchr(", \n", cmdline[len]))
			return true;
	}
	return false;
}

/* "tty0 ttyS0": also those that the device tree makes one (stdout-path). */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += len)
		if ((at == text || at[-1] == ' ') && strchr(" \n", at[len]))
			return true;
	return false;
}

bool holder_is_console(const char *root, const char *device, dev_t tty, struct buf *out)
{
	const char *name = strrchr(device, '/'), *found = NULL;
	char path[PATH_MAX], text[4096], number[32];

	name = name ? name + 1 : device;
	/* "ttyS0  -W- (EC p a)    4:64" */
	snprintf(number, sizeof(number), "%u:%u", major(tty), minor(tty));
	if (sysfs_path(path, root, "proc/consoles") &&
	    sysfs_read_all(path, text, sizeof(text)) > 0 && has_word(text, number))
		found = "/proc/consoles";
	else if (sysfs_path(path, root, "sys/class/tty/console/active") &&
		 sysfs_read_all(path, text, sizeof(text)) > 0 && has_word(text, name))
		found = "/sys/class/tty/console/active";
	else if (sysfs_path(path, root, "proc/cmdline") &&
		 sysfs_read_all(path, text, sizeof(text)) > 0 && names_console(text, name))
		found = "/proc/cmdline";
	if (found)
		buf_printf(out, HOLDER_CONSOLE_TEXT " (%s)", found);
	return found != NULL;
}

enum holder_kind holder_kind(const char *holder)
{
	static const char *const logins[] = {"agetty (", "getty (",   "mgetty (",
					     "login (",  "sulogin (", "askfirst ("};

	if (str_starts(holder, HOLDER_CONSOLE_TEXT))
		return HOLDER_CONSOLE;
	for (size_t i = 0; i < COUNT(logins); i++)
		if (str_starts(holder, logins[i]))
			return HOLDER_LOGIN;
	return HOLDER_PROGRAM;
}
