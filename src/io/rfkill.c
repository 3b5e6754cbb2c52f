/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/rfkill.h"
#include "io/sysfs.h"

bool rfkill_is_blocked(const char *root, struct buf *out)
{
	char path[PATH_MAX], dir[PATH_MAX], type[16], name[48];
	DIR *folder = sysfs_path(path, root, "sys/class/rfkill") ? opendir(path) : NULL;
	const struct dirent *entry;
	bool blocked = false, hard;

	while (folder && !blocked && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.' || !sysfs_path(dir, path, entry->d_name) ||
		    !sysfs_read(dir, "type", type, sizeof(type)) || strcmp(type, "wwan") != 0)
			continue;
		hard = sysfs_read_int(dir, "hard", 10) == 1;
		blocked = hard || sysfs_read_int(dir, "soft", 10) == 1;
		if (!blocked)
			continue;
		sysfs_read(dir, "name", name, sizeof(name));
		buf_printf(out, "%s (", entry->d_name);
		str_print_safe(out, name, strlen(name));
		buf_printf(out, ") is blocked: %s",
			   hard ? "there is a switch or a key for it" : "rfkill unblock wwan");
	}
	if (folder)
		closedir(folder);
	return blocked;
}
