/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

#include "gadget.h"

#define CONFIGFS "/sys/kernel/config"
#define UDCS     "/sys/class/udc"

struct gadget {
	char name[40];
	char dir[128];   /* of configfs */
	char mount[128]; /* of FunctionFS */
	char udc[64];    /* the last one, "" none yet */
};

static int complain(const char *path, const char *name, int error)
{
	fprintf(stderr, "gobi-modem: %s/%s: %s\n", path, name, strerror(-error));
	return error;
}

static int write_attribute(const struct gadget *gadget, const char *name, const char *value)
{
	char path[512];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%s", gadget->dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		error = -errno;
	close(fd);
	return error;
}

static int make_dir(const struct gadget *gadget, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", gadget->dir, name);
	if (mkdir(path, 0755) && errno != EEXIST)
		return complain(gadget->dir, name, -errno);
	return 0;
}

static int set(const struct gadget *gadget, const char *name, const char *value)
{
	int error = write_attribute(gadget, name, value);

	return error ? complain(gadget->dir, name, error) : 0;
}

static int set_number(const struct gadget *gadget, const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%04x", (unsigned)value);
	return set(gadget, name, text);
}

/* configfs takes no empty one; many modems have no serial number. */
static int set_string(const struct gadget *gadget, const char *name, const char *value)
{
	return value[0] ? set(gadget, name, value) : 0;
}

static int describe_device(const struct gadget *gadget, const struct desc *desc)
{
	int error = set_number(gadget, "idVendor", desc->usb.vid);

	if (!error)
		error = set_number(gadget, "idProduct", desc->usb.pid);
	if (!error)
		error = set_number(gadget, "bcdDevice", desc->usb.release);
	if (!error)
		error = set_number(gadget, "bcdUSB", 0x0200);
	if (!error)
		error = make_dir(gadget, "strings/0x409");
	if (!error)
		error = set_string(gadget, "strings/0x409/manufacturer", desc->usb.manufacturer);
	if (!error)
		error = set_string(gadget, "strings/0x409/product", desc->usb.product);
	if (!error)
		error = set_string(gadget, "strings/0x409/serialnumber", desc->usb.serial);
	return error;
}

static int link_function(const struct gadget *gadget)
{
	char from[512], to[512];

	snprintf(from, sizeof(from), "%s/functions/ffs.%s", gadget->dir, gadget->name);
	snprintf(to, sizeof(to), "%s/configs/c.1/ffs.%s", gadget->dir, gadget->name);
	if (mkdir(from, 0755) && errno != EEXIST)
		return complain(from, "", -errno);
	return symlink(from, to) ? complain(to, "", -errno) : 0;
}

static int describe_config(const struct gadget *gadget, const struct desc *desc)
{
	char text[16];
	int error = make_dir(gadget, "configs/c.1");

	snprintf(text, sizeof(text), "%d", desc->usb.max_power);
	if (!error)
		error = set(gadget, "configs/c.1/MaxPower", text);
	if (!error)
		error = set_number(gadget, "configs/c.1/bmAttributes", desc->usb.attributes);
	return error ? error : link_function(gadget);
}

static int mount_functionfs(const struct gadget *gadget)
{
	if (mkdir(gadget->mount, 0755) && errno != EEXIST)
		return complain(gadget->mount, "", -errno);
	if (mount(gadget->name, gadget->mount, "functionfs", 0, NULL))
		return complain(gadget->mount, "", -errno);
	return 0;
}

/* Everything in reverse; what is not there does no harm. */
static void demolish(const struct gadget *gadget)
{
	static const char *const parts[] = {"configs/c.1/ffs.%s", "configs/c.1", "functions/ffs.%s",
					    "strings/0x409", ""};

	write_attribute(gadget, "UDC", "\n");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		char path[512], name[128];

		snprintf(name, sizeof(name), "%.*s%s", (int)strcspn(parts[i], "%"), parts[i],
			 strchr(parts[i], '%') ? gadget->name : "");
		snprintf(path, sizeof(path), "%s/%s", gadget->dir, name);
		if (i == 2)
			umount2(gadget->mount, MNT_DETACH);
		if (i == 0)
			unlink(path);
		else
			rmdir(path);
	}
	rmdir(gadget->mount);
}

/* A container or a small system may have the module, and nothing loaded. */
static int find_configfs(void)
{
	if (access(CONFIGFS "/usb_gadget", F_OK) == 0)
		return 0;
	if (system("modprobe -q libcomposite") < 0)
		return -errno;
	if (access(CONFIGFS "/usb_gadget", F_OK) &&
	    mount("configfs", CONFIGFS, "configfs", 0, NULL))
		return complain(CONFIGFS, "usb_gadget", -errno);
	return 0;
}

static int build(struct gadget *gadget, const struct desc *desc)
{
	int error = find_configfs();

	if (error)
		return error;
	demolish(gadget);
	error = make_dir(gadget, "");
	if (!error)
		error = describe_device(gadget, desc);
	if (!error)
		error = describe_config(gadget, desc);
	return error ? error : mount_functionfs(gadget);
}

struct gadget *gadget_new(const char *name, const struct desc *desc)
{
	struct gadget *gadget = calloc(1, sizeof(*gadget));

	if (!gadget)
		return NULL;
	if (!str_is_name(name)) {
		fprintf(stderr, "gobi-modem: --gadget %s: not a name of [A-Za-z0-9_-]{1,32}\n",
			name);
		free(gadget);
		return NULL;
	}
	str_copy(gadget->name, sizeof(gadget->name), name);
	snprintf(gadget->dir, sizeof(gadget->dir), CONFIGFS "/usb_gadget/%s", name);
	snprintf(gadget->mount, sizeof(gadget->mount), "/dev/gobi-modem-%s", name);
	if (build(gadget, desc) == 0)
		return gadget;
	gadget_free(gadget);
	return NULL;
}

const char *gadget_dir(const struct gadget *gadget)
{
	return gadget->mount;
}

static int bind_first_free(struct gadget *gadget)
{
	struct dirent **names;
	int count = scandir(UDCS, &names, NULL, alphasort);
	int error = -ENODEV;

	for (int i = 0; i < count; i++) {
		if (error && names[i]->d_name[0] != '.') {
			str_copy(gadget->udc, sizeof(gadget->udc), names[i]->d_name);
			error = write_attribute(gadget, "UDC", gadget->udc);
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return error;
}

int gadget_bind(struct gadget *gadget)
{
	int error;

	if (gadget->udc[0] && write_attribute(gadget, "UDC", gadget->udc) == 0)
		return 0;
	error = bind_first_free(gadget);
	if (error)
		complain(UDCS, "no free device controller", error);
	return error;
}

void gadget_unbind(struct gadget *gadget)
{
	write_attribute(gadget, "UDC", "\n");
}

void gadget_free(struct gadget *gadget)
{
	if (!gadget)
		return;
	demolish(gadget);
	free(gadget);
}
