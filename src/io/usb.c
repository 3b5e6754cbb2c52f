/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "io/sysfs.h"
#include "io/usb.h"

#define DEVICES "sys/bus/usb/devices"

/* Whoever holds an interface with one of these is a modem or looks like one. */
static const char *const modem_drivers[] = {
	"option",  "qcserial",   "sierra",   "sierra_net", "hso",      "qmi_wwan", "huawei_cdc_ncm",
	"GobiNet", "GobiSerial", "cdc_mbim", "cdc_acm",    "usb_wwan", "cdc_wdm"};

static int by_name(const void *one, const void *other)
{
	return strverscmp(one, other);
}

static bool join(char path[PATH_MAX], const char *dir, const char *name)
{
	return snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX;
}

/* The first entry of `dir`/`name` that begins with `prefix`; "" if none. */
static bool find_entry(const char *dir, const char *name, const char *prefix, char *to, size_t size)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *open;

	to[0] = '\0';
	open = join(path, dir, name) ? opendir(path) : NULL;
	if (!open)
		return false;
	while (!found && (entry = readdir(open)))
		found = entry->d_name[0] != '.' && str_starts(entry->d_name, prefix) &&
			str_copy(to, size, entry->d_name);
	closedir(open);
	return found;
}

static bool is_interrupt_in(const char *folder, const char *endpoint)
{
	char path[PATH_MAX], type[16], direction[8];

	if (!join(path, folder, endpoint))
		return false;
	sysfs_read(path, "type", type, sizeof(type));
	sysfs_read(path, "direction", direction, sizeof(direction));
	return strcmp(type, "Interrupt") == 0 && strcmp(direction, "in") == 0;
}

static void add_tty(struct usb_interface *interface, const char *name)
{
	if (interface->tty_count < USB_TTYS_MAX &&
	    str_copy(interface->ttys[interface->tty_count], sizeof(interface->ttys[0]), name))
		interface->tty_count++;
}

/* Endpoints, and usb-serial's ports; cdc_acm's tty is below "tty". */
static void read_entries(struct usb_interface *interface, const char *folder)
{
	char name[sizeof(interface->ttys[0])];
	struct dirent *entry;
	DIR *open = opendir(folder);

	if (!open)
		return;
	interface->interrupt_in = 0;
	while ((entry = readdir(open))) {
		if (str_starts(entry->d_name, "ttyUSB"))
			add_tty(interface, entry->d_name);
		else if (str_starts(entry->d_name, "ep_") && is_interrupt_in(folder, entry->d_name))
			interface->interrupt_in = 1;
	}
	closedir(open);
	if (find_entry(folder, "tty", "tty", name, sizeof(name)))
		add_tty(interface, name);
	qsort(interface->ttys, interface->tty_count, sizeof(interface->ttys[0]), by_name);
}

void usb_interface_read(struct usb_interface *interface, const char *folder)
{
	const char *last = strrchr(folder, '/');

	memset(interface, 0, sizeof(*interface));
	str_copy(interface->name, sizeof(interface->name), last ? last + 1 : folder);
	interface->number = sysfs_read_int(folder, "bInterfaceNumber", 16);
	interface->class = sysfs_read_int(folder, "bInterfaceClass", 16);
	interface->subclass = sysfs_read_int(folder, "bInterfaceSubClass", 16);
	interface->protocol = sysfs_read_int(folder, "bInterfaceProtocol", 16);
	interface->endpoints = sysfs_read_int(folder, "bNumEndpoints", 16);
	interface->interrupt_in = -1;
	interface->authorized = sysfs_read_int(folder, "authorized", 10);
	sysfs_link_name(folder, "driver", interface->driver, sizeof(interface->driver));
	read_entries(interface, folder);
	find_entry(folder, "net", "", interface->net, sizeof(interface->net));
	find_entry(folder, "usbmisc", "cdc-wdm", interface->wdm, sizeof(interface->wdm));
}

static int by_number(const void *one, const void *other)
{
	const struct usb_interface *a = one, *b = other;

	return a->number - b->number;
}

static void read_interfaces(struct usb_device *device, const char *folder)
{
	char prefix[sizeof(device->path) + 1], path[PATH_MAX];
	struct dirent *entry;
	DIR *open = opendir(folder);

	if (!open)
		return;
	snprintf(prefix, sizeof(prefix), "%s:", device->path);
	while (device->count < USB_INTERFACES_MAX && (entry = readdir(open)))
		if (str_starts(entry->d_name, prefix) && join(path, folder, entry->d_name))
			usb_interface_read(&device->interfaces[device->count++], path);
	closedir(open);
	qsort(device->interfaces, device->count, sizeof(device->interfaces[0]), by_number);
}

bool usb_device_read(struct usb_device *device, const char *root, const char *path)
{
	char folder[PATH_MAX];

	memset(device, 0, sizeof(*device));
	if (!str_copy(device->path, sizeof(device->path), path) ||
	    snprintf(folder, sizeof(folder), "%s/" DEVICES "/%s", root, path) >=
		    (int)sizeof(folder))
		return false;
	device->vid = sysfs_read_int(folder, "idVendor", 16);
	device->pid = sysfs_read_int(folder, "idProduct", 16);
	device->devnum = sysfs_read_int(folder, "devnum", 10);
	device->interface_count = sysfs_read_int(folder, "bNumInterfaces", 10);
	device->configuration = sysfs_read_int(folder, "bConfigurationValue", 10);
	device->configurations = sysfs_read_int(folder, "bNumConfigurations", 10);
	device->authorized = sysfs_read_int(folder, "authorized", 10);
	sysfs_read(folder, "manufacturer", device->manufacturer, sizeof(device->manufacturer));
	sysfs_read(folder, "product", device->product, sizeof(device->product));
	sysfs_read(folder, "serial", device->serial, sizeof(device->serial));
	read_interfaces(device, folder);
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

static bool is_modem_driver(const char *name)
{
	for (size_t i = 0; i < COUNT(modem_drivers); i++)
		if (strcmp(modem_drivers[i], name) == 0)
			return true;
	return false;
}

static bool is_modem_like(const struct usb_device *device)
{
	for (size_t i = 0; i < device->count; i++) {
		const struct usb_interface *at = &device->interfaces[i];
		struct layout_interface interface = usb_layout(device, at);

		/* Many a device that is no modem has one. */
		interface.interrupt_in = -1;
		if (layout_role(&interface) != LAYOUT_UNKNOWN || is_modem_driver(at->driver) ||
		    at->tty_count > 0 || *at->wdm)
			return true;
	}
	return false;
}

static int push(struct usb_list *list, const struct usb_device *device)
{
	struct usb_device *devices = realloc(list->devices, (list->count + 1) * sizeof(*devices));

	if (!devices)
		return -ENOMEM;
	devices[list->count++] = *device;
	list->devices = devices;
	return 0;
}

/* strverscmp(3) is GNU and musl: "1-2" before "1-10". */
static int by_path(const void *one, const void *other)
{
	const struct usb_device *a = one, *b = other;

	return strverscmp(a->path, b->path);
}

int usb_list(struct usb_list *list, const char *root)
{
	struct usb_device device;
	char folder[PATH_MAX];
	struct dirent *entry;
	int error = 0;
	DIR *open;

	memset(list, 0, sizeof(*list));
	open = join(folder, root, DEVICES) ? opendir(folder) : NULL;
	if (!open)
		return 0;
	/* "usb1" is a root hub, "1-1:1.0" an interface. */
	while (!error && (entry = readdir(open)))
		if (isdigit((unsigned char)entry->d_name[0]) && !strchr(entry->d_name, ':') &&
		    usb_device_read(&device, root, entry->d_name) && is_modem_like(&device))
			error = push(list, &device);
	closedir(open);
	if (list->count > 1)
		qsort(list->devices, list->count, sizeof(*list->devices), by_path);
	return error;
}

void usb_list_free(struct usb_list *list)
{
	free(list->devices);
	list->devices = NULL;
	list->count = 0;
}

const struct usb_interface *usb_device_interface(const struct usb_device *device, int number)
{
	for (size_t i = 0; i < device->count; i++)
		if (device->interfaces[i].number == number)
			return &device->interfaces[i];
	return NULL;
}
