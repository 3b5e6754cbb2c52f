/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/count.h"
#include "base/str.h"
#include "doctor/system.h"
#include "io/sysfs.h"

#define USBMODE_LIST "/etc/usb-mode.json"
#define LIST_MAX     1048576 /* bytes of usbmode's list */
#define RECORDS_MAX  100000  /* of the kernel's log */

static bool is_there(const char *root, const char *dir, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s%s%s", root, dir, name) < PATH_MAX &&
	       access(path, F_OK) == 0;
}

enum doctor_platform system_platform(const char *root)
{
	if (is_there(root, "/etc/openwrt_release", ""))
		return is_there(root, "/usr/bin/apk", "") ? DOCTOR_OPENWRT_APK
							  : DOCTOR_OPENWRT_OPKG;
	return is_there(root, "/etc/debian_version", "") ? DOCTOR_DEBIAN : DOCTOR_OTHER;
}

const char *system_cmdline_file(const char *root)
{
	static const char *const files[] = {"/boot/firmware/cmdline.txt", "/boot/cmdline.txt"};

	for (size_t i = 0; i < COUNT(files); i++)
		if (is_there(root, files[i], ""))
			return files[i];
	return "";
}

/* Whether a line of the file has `name` before its first colon. */
static bool file_lists_module(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	size_t size = 0;
	char *line = NULL;
	bool found = false;

	if (!file)
		return false;
	while (!found && getline(&line, &size, file) > 0) {
		line[strcspn(line, ":\n")] = '\0';
		found = strstr(line, name) != NULL;
	}
	free(line);
	fclose(file);
	return found;
}

/* Most kernels have lists of their modules; OpenWrt's folder is flat and has none. */
enum doctor_module system_module(const char *root, const char *name)
{
	char dir[PATH_MAX / 2], path[PATH_MAX], ko[64];
	struct utsname kernel;

	if (is_there(root, "/sys/module/", name))
		return DOCTOR_MODULE_LOADED;
	if (uname(&kernel) < 0)
		return DOCTOR_MODULE_UNKNOWN;
	snprintf(dir, sizeof(dir), "%s/lib/modules/%s", root, kernel.release);
	if (access(dir, R_OK) < 0)
		return DOCTOR_MODULE_UNKNOWN;
	snprintf(ko, sizeof(ko), "/%s.ko", name);
	snprintf(path, sizeof(path), "%s/modules.builtin", dir);
	if (file_lists_module(path, ko))
		return DOCTOR_MODULE_LOADED;
	snprintf(path, sizeof(path), "%s/modules.dep", dir);
	if (file_lists_module(path, ko) || is_there(dir, ko, ""))
		return DOCTOR_MODULE_THERE;
	return DOCTOR_MODULE_MISSING;
}

int system_process(const char *root, const char *name)
{
	char path[PATH_MAX], comm[32];
	struct dirent *entry;
	long pid, found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc", root);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/proc/%s", root, entry->d_name);
		if (str_to_int(entry->d_name, 1, INT_MAX, &pid) &&
		    sysfs_read(path, "comm", comm, sizeof(comm)) && strcmp(comm, name) == 0)
			found = pid;
	}
	if (dir)
		closedir(dir);
	return (int)found;
}

int system_open(const char *root, const char *path)
{
	char whole[PATH_MAX];
	int fd;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	fd = open(whole, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* A read of /dev/kmsg gives one record, of a file many lines. */
bool system_was_unregistered(const char *root, const char *path)
{
	char disconnect[64], driver[64], name[PATH_MAX], bytes[8192], *rest, *line;
	bool unplugged = false, unregistered = false;
	ssize_t len;
	int fd;

	snprintf(disconnect, sizeof(disconnect), "usb %s: USB disconnect", path);
	snprintf(driver, sizeof(driver), "qmi_wwan %s:", path);
	snprintf(name, sizeof(name), "%s/dev/kmsg", root);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	for (int i = 0; fd >= 0 && i < RECORDS_MAX; i++) {
		len = read(fd, bytes, sizeof(bytes) - 1);
		/* EPIPE: some records were overwritten meanwhile. */
		if (len == 0 || (len < 0 && errno != EPIPE))
			break;
		bytes[len > 0 ? len : 0] = '\0';
		for (rest = bytes; (line = strsep(&rest, "\n"));) {
			bool is_driver = strstr(line, driver) != NULL;

			if (strstr(line, disconnect))
				unplugged = true;
			if (is_driver && strstr(line, ": unregister 'qmi_wwan'"))
				unregistered = !unplugged;
			else if (is_driver && strstr(line, ": register 'qmi_wwan'"))
				unregistered = unplugged = false;
		}
	}
	if (fd >= 0)
		close(fd);
	return unregistered;
}

/* {"*": {"msg": [], "config": 1}}: no mode, no message. */
static int find_configuration(struct json_object *entry)
{
	if (!json_object_is_type(entry, json_type_object))
		return -1;
	json_object_object_foreach(entry, pattern, rule)
	{
		struct json_object *mode = NULL, *msg = NULL, *config = NULL;

		(void)pattern;
		if (!json_object_is_type(rule, json_type_object))
			continue;
		json_object_object_get_ex(rule, "mode", &mode);
		json_object_object_get_ex(rule, "msg", &msg);
		json_object_object_get_ex(rule, "config", &config);
		if (!mode && json_object_is_type(config, json_type_int) &&
		    (!json_object_is_type(msg, json_type_array) ||
		     json_object_array_length(msg) == 0))
			return json_object_get_int(config);
	}
	return -1;
}

bool system_usbmode(const char *root, int vid, int pid, struct doctor_switch *entry)
{
	struct json_object *list, *devices, *found = NULL;
	char path[PATH_MAX], key[16];
	struct stat status;

	entry->configuration = -1;
	snprintf(path, sizeof(path), "%s%s", root, USBMODE_LIST);
	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > LIST_MAX)
		return false;
	list = json_object_from_file(path);
	snprintf(key, sizeof(key), "%04x:%04x", (unsigned)vid, (unsigned)pid);
	if (json_object_is_type(list, json_type_object) &&
	    json_object_object_get_ex(list, "devices", &devices) &&
	    json_object_is_type(devices, json_type_object))
		json_object_object_get_ex(devices, key, &found);
	entry->configuration = find_configuration(found);
	json_object_put(list);
	if (entry->configuration >= 0)
		str_copy(entry->file, sizeof(entry->file), USBMODE_LIST);
	return entry->configuration >= 0;
}

/* The file has a line "Name=value" for each setting. */
bool system_modeswitch(const char *root, int vid, int pid, struct doctor_switch *entry)
{
	/* The administrator's folder comes first, and counts more. */
	static const char *const folders[] = {"/etc/usb_modeswitch.d", "/usr/share/usb_modeswitch"};
	char name[64], path[PATH_MAX], line[512];
	FILE *file = NULL;
	bool others = false;

	entry->configuration = -1;
	for (size_t i = 0; i < COUNT(folders) && !file; i++) {
		snprintf(name, sizeof(name), "%s/%04x:%04x", folders[i], (unsigned)vid,
			 (unsigned)pid);
		snprintf(path, sizeof(path), "%s%s", root, name);
		file = fopen(path, "re");
	}
	while (file && fgets(line, sizeof(line), file))
		if (line[0] != '#' && line[strspn(line, " \t\r\n")] != '\0' &&
		    !str_starts(line, "Target"))
			others |= sscanf(line, "Configuration=%d", &entry->configuration) != 1;
	if (file)
		fclose(file);
	if (others || entry->configuration < 0)
		return false;
	str_copy(entry->file, sizeof(entry->file), name);
	return true;
}
