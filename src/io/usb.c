/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "io/sysfs.h"
#include "io/usb.h"

#define DEVICES "sys/bus/usb/devices"

/* Whoever holds an interface with one of these is a modem or looks like one. cdc_acm does not
 * count: it holds Arduinos and UPSes too. */
static const char *const modem_drivers[] = {
	"option",         "qcserial", "sierra",     "sierra_net", "hso",      "qmi_wwan",
	"huawei_cdc_ncm", "GobiNet",  "GobiSerial", "cdc_mbim",   "usb_wwan", "cdc_wdm"};

/* strverscmp(3) is GNU and musl: "1-2" before "1-10". */
static int compare_tty_names(const void *one, const void *other)
{
	return strverscmp(one, other);
}

static int compare_device_paths(const void *one, const void *other)
{
	const struct usb_device *a = one, *b = other;

	return strverscmp(a->path, b->path);
}

static int compare_interface_numbers(const void *one, const void *other)
{
	const struct usb_interface *a = one, *b = other;

	return a->number - b->number;
}

/* The first entry of `dir`/`name` that begins with `prefix`; "" if none. */
static bool find_entry(const char *dir, const char *name, const char *prefix, char *to, size_t size)
{
	char path[PATH_MAX];
	DIR *folder = sysfs_path(path, dir, name) ? opendir(path) : NULL;
	struct dirent *entry;
	bool found = false;

	to[0] = '\0';
	while (folder && !found && (entry = readdir(folder)))
		found = entry->d_name[0] != '.' && str_starts(entry->d_name, prefix) &&
			str_copy(to, size, entry->d_name);
	if (folder)
		closedir(folder);
	return found;
}

void usb_interface_read(struct usb_interface *interface, const char *dir)
{
	char path[PATH_MAX], type[16], direction[8];
	const char *last = strrchr(dir, '/');
	DIR *folder = opendir(dir);
	struct dirent *entry;

	memset(interface, 0, sizeof(*interface));
	str_copy(interface->name, sizeof(interface->name), last ? last + 1 : dir);
	interface->number = sysfs_read_int(dir, "bInterfaceNumber", 16);
	interface->class = sysfs_read_int(dir, "bInterfaceClass", 16);
	interface->subclass = sysfs_read_int(dir, "bInterfaceSubClass", 16);
	interface->protocol = sysfs_read_int(dir, "bInterfaceProtocol", 16);
	interface->endpoints = sysfs_read_int(dir, "bNumEndpoints", 16);
	interface->interrupt_in = folder ? 0 : -1;
	interface->authorized = sysfs_read_int(dir, "authorized", 10);
	sysfs_link_name(dir, "driver", interface->driver, sizeof(interface->driver));
	find_entry(dir, "net", "", interface->net, sizeof(interface->net));
	find_entry(dir, "usbmisc", "cdc-wdm", interface->wdm, sizeof(interface->wdm));
	/* cdc_acm's tty is below "tty". usb-serial's ports are here, and the endpoints. */
	if (find_entry(dir, "tty", "tty", interface->ttys[0], sizeof(interface->ttys[0])))
		interface->tty_count = 1;
	while (folder && (entry = readdir(folder))) {
		if (str_starts(entry->d_name, "ttyUSB") && interface->tty_count < USB_TTYS_MAX)
			interface->tty_count += str_copy(interface->ttys[interface->tty_count],
							 sizeof(interface->ttys[0]), entry->d_name);
		else if (str_starts(entry->d_name, "ep_") && sysfs_path(path, dir, entry->d_name) &&
			 sysfs_read(path, "type", type, sizeof(type)) &&
			 sysfs_read(path, "direction", direction, sizeof(direction)) &&
			 strcmp(type, "Interrupt") == 0 && strcmp(direction, "in") == 0)
			interface->interrupt_in = 1;
	}
	if (folder)
		closedir(folder);
	qsort(interface->ttys, interface->tty_count, sizeof(interface->ttys[0]), compare_tty_names);
}

bool usb_device_read(struct usb_device *device, const char *root, const char *path)
{
	char dir[PATH_MAX], below[PATH_MAX], prefix[sizeof(device->path) + 1];
	struct dirent *entry;
	DIR *folder;

	memset(device, 0, sizeof(*device));
	if (!str_copy(device->path, sizeof(device->path), path) ||
	    snprintf(dir, sizeof(dir), "%s/" DEVICES "/%s", root, path) >= (int)sizeof(dir))
		return false;
	device->vid = sysfs_read_int(dir, "idVendor", 16);
	device->pid = sysfs_read_int(dir, "idProduct", 16);
	device->devnum = sysfs_read_int(dir, "devnum", 10);
	device->interface_count = sysfs_read_int(dir, "bNumInterfaces", 10);
	device->configuration = sysfs_read_int(dir, "bConfigurationValue", 10);
	device->configurations = sysfs_read_int(dir, "bNumConfigurations", 10);
	device->authorized = sysfs_read_int(dir, "authorized", 10);
	sysfs_read(dir, "manufacturer", device->manufacturer, sizeof(device->manufacturer));
	sysfs_read(dir, "product", device->product, sizeof(device->product));
	sysfs_read(dir, "serial", device->serial, sizeof(device->serial));
	snprintf(prefix, sizeof(prefix), "%s:", path);
	folder = opendir(dir);
	while (folder && device->count < USB_INTERFACES_MAX && (entry = readdir(folder)))
		if (str_starts(entry->d_name, prefix) && sysfs_path(below, dir, entry->d_name))
			usb_interface_read(&device->interfaces[device->count++], below);
	if (folder)
		closedir(folder);
	qsort(device->interfaces, device->count, sizeof(device->interfaces[0]),
	      compare_interface_numbers);
	return device->vid >= 0;
}

struct layout_interface usb_layout(const struct usb_device *device,
				   const struct usb_interface *interface)
{
	return (struct layout_interface){
		.vid = device->vid,
		.pid = device->pid,
		.number = interface->number,
		.count = device->interface_count,
		.class = interface->class,
		.subclass = interface->subclass,
		.protocol = interface->protocol,
		.interrupt_in = interface->interrupt_in,
	};
}

enum stick usb_stick(const struct usb_device *device)
{
	struct layout_interface interfaces[USB_INTERFACES_MAX];

	for (size_t i = 0; i < device->count; i++) {
		interfaces[i] = usb_layout(device, &device->interfaces[i]);
		if (device->interfaces[i].tty_count > 0 || *device->interfaces[i].wdm)
			return STICK_NONE;
	}
	return stick_judge(interfaces, device->count);
}

bool usb_is_modem(const struct usb_device *device)
{
	if (usb_stick(device) != STICK_NONE)
		return false;
	for (size_t i = 0; i < device->count; i++) {
		const struct usb_interface *at = &device->interfaces[i];
		struct layout_interface interface = usb_layout(device, at);
		enum layout_role role = layout_role(&interface);

		/* Much that is no modem looks likely: it has an interrupt endpoint, or calls itself
		 * a modem of class ACM. */
		if ((role != LAYOUT_UNKNOWN && role != LAYOUT_LIKELY) || *at->wdm ||
		    (at->tty_count > 0 && layout_has_id(device->vid, device->pid)))
			return true;
		for (size_t k = 0; k < COUNT(modem_drivers); k++)
			if (strcmp(modem_drivers[k], at->driver) == 0)
				return true;
	}
	return false;
}

int usb_list(struct usb_list *list, const char *root)
{
	char dir[PATH_MAX];
	DIR *folder = sysfs_path(dir, root, DEVICES) ? opendir(dir) : NULL;
	struct usb_device device, *devices;
	struct dirent *entry;
	int error = 0;

	memset(list, 0, sizeof(*list));
	/* "usb1" is a root hub, "1-1:1.0" an interface. */
	while (folder && !error && (entry = readdir(folder))) {
		if (!isdigit((unsigned char)entry->d_name[0]) || strchr(entry->d_name, ':') ||
		    !usb_device_read(&device, root, entry->d_name))
			continue;
		devices = realloc(list->devices, (list->count + 1) * sizeof(*devices));
		if (devices) {
			list->devices = devices;
			list->devices[list->count++] = device;
		} else {
			error = -ENOMEM;
		}
	}
	if (folder)
		closedir(folder);
	if (list->count > 1)
		qsort(list->devices, list->count, sizeof(*list->devices), compare_device_paths);
	return error;
}

void usb_list_free(struct usb_list *list)
{
	free(list->devices);
	list->devices = NULL;
	list->count = 0;
}

enum stick usb_find_stick(struct usb_device *device, const char *root)
{
	enum stick stick = STICK_NONE;
	struct usb_list list;

	if (usb_list(&list, root) < 0)
		return STICK_NONE;
	for (size_t i = 0; i < list.count && stick == STICK_NONE; i++) {
		*device = list.devices[i];
		stick = usb_stick(device);
	}
	usb_list_free(&list);
	return stick;
}
