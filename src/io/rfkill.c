/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/rfkill.h"
#include "io/sysfs.h"

static bool is_blocked(const char *dir, const char *id, struct buf *out)
{
	char type[16], name[48];
	bool hard;

	if (!sysfs_read(dir, "type", type, sizeof(type)) || strcmp(type, "wwan") != 0)
		return false;
	hard = sysfs_read_int(dir, "hard", 10) == 1;
	if (!hard && sysfs_read_int(dir, "soft", 10) != 1)
		return false;
	sysfs_read(dir, "name", name, sizeof(name));
	buf_printf(out, "%s (", id);
	str_print_safe(out, name, strlen(name));
	buf_printf(out, ") is blocked: %s",
		   hard ? "there is a switch or a key for it" : "rfkill unblock wwan");
	return true;
}

bool rfkill_is_blocked(const char *root, struct buf *out)
{
	char path[PATH_MAX], dir[PATH_MAX];
	const struct dirent *entry;
	bool blocked = false;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/sys/class/rfkill", root);
	folder = opendir(path);
	if (!folder)
		return false;
	while (!blocked && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' &&
		    snprintf(dir, sizeof(dir), "%s/%s", path, entry->d_name) < (int)sizeof(dir))
			blocked = is_blocked(dir, entry->d_name, out);
	closedir(folder);
	return blocked;
}
