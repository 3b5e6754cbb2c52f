/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/conf.h"
#include "io/port.h"
#include "io/pty.h"
#include "io/sysfs.h"
#include "io/usb.h"
#include "modem/foreign.h"

void port_init(struct port *port, const char *device)
{
	memset(port, 0, sizeof(*port));
	str_copy(port->device, sizeof(port->device), device);
	port->vid = port->pid = -1;
	port->interface = port->interface_count = -1;
	port->iface_class = port->iface_subclass = port->iface_protocol = -1;
	port->interrupt_in = -1;
}

/* A ttyACM's device is the USB interface itself, a ttyUSB's is a usb-serial port below it, a UART's
 * is neither. */
void port_describe(struct port *port, const char *root)
{
	char link[PATH_MAX], dir[PATH_MAX], *last;
	const char *name = strrchr(port->device, '/');
	struct usb_interface interface;

	if (snprintf(link, sizeof(link), "%s/sys/class/tty/%s/device", root,
		     name ? name + 1 : port->device) >= (int)sizeof(link) ||
	    !str_starts(port->device, "/dev/tty") || !realpath(link, dir))
		return;
	sysfs_link_name(dir, "driver", port->driver, sizeof(port->driver));
	if (sysfs_read_int(dir, "bInterfaceNumber", 16) < 0) {
		last = strrchr(dir, '/');
		if (!last)
			return;
		*last = '\0';
		if (sysfs_read_int(dir, "bInterfaceNumber", 16) < 0)
			return;
	}
	usb_interface_read(&interface, dir);
	port->interface = interface.number;
	port->iface_class = interface.class;
	port->iface_subclass = interface.subclass;
	port->iface_protocol = interface.protocol;
	port->interrupt_in = interface.interrupt_in;
	str_copy(port->driver, sizeof(port->driver), interface.driver);
	last = strrchr(dir, '/');
	if (!last)
		return;
	*last = '\0';
	port->interface_count = (int)sysfs_read_int(dir, "bNumInterfaces", 10);
	port->vid = sysfs_read_int(dir, "idVendor", 16);
	port->pid = sysfs_read_int(dir, "idProduct", 16);
	port->plugged_ms = sysfs_read_int(dir, "power/connected_duration", 10);
	/* After 24 days it is beyond an int. */
	if (port->plugged_ms < 0 && sysfs_read(dir, "power/connected_duration", link, sizeof(link)))
		port->plugged_ms = INT_MAX;
	last = strrchr(dir, '/');
	str_copy(port->usb_path, sizeof(port->usb_path), last ? last + 1 : dir);
}

bool port_is_uart(const struct port *port)
{
	return port->named &&
	       (port->interface < 0 || foreign_judge(port->driver, false, port->vid, port->pid));
}

const char *port_uart_kind(const struct port *port)
{
	if (port->interface >= 0 || *port->usb_path)
		return "USB-UART bridge";
	return str_starts(port->device, "/dev/pts/") ? "pty" : "UART on the board";
}

enum layout_role port_hint(const struct port *port)
{
	struct layout_interface interface = {
		.vid = port->vid,
		.pid = port->pid,
		.number = port->interface,
		.count = port->interface_count,
		.class = port->iface_class,
		.subclass = port->iface_subclass,
		.protocol = port->iface_protocol,
		.interrupt_in = port->interrupt_in,
	};

	return layout_role(&interface);
}

/* What libserialport tells of a port that is on USB; it knows no ptys. */
static void read_usb_port(struct port *port)
{
	const char *manufacturer, *product, *serial;
	struct sp_port *found;

	if (sp_get_port_by_name(port->device, &found) != SP_OK)
		return;
	if (sp_get_port_transport(found) == SP_TRANSPORT_USB) {
		if (sp_get_port_usb_vid_pid(found, &port->vid, &port->pid) != SP_OK)
			port->vid = port->pid = -1;
		manufacturer = sp_get_port_usb_manufacturer(found);
		product = sp_get_port_usb_product(found);
		serial = sp_get_port_usb_serial(found);
		str_copy(port->manufacturer, sizeof(port->manufacturer),
			 manufacturer ? manufacturer : "");
		str_copy(port->product, sizeof(port->product), product ? product : "");
		str_copy(port->serial, sizeof(port->serial), serial ? serial : "");
	}
	sp_free_port(found);
}

bool port_matches(const struct port *port, const struct port_filter *filter)
{
	return !filter ||
	       ((filter->vid < 0 || filter->vid == port->vid) &&
		(filter->pid < 0 || filter->pid == port->pid) &&
		(!filter->usb_path || !*filter->usb_path ||
		 strcmp(filter->usb_path, port->usb_path) == 0) &&
		(!filter->serial || !*filter->serial || strcmp(filter->serial, port->serial) == 0));
}

int port_list_push(struct port_list *list, const struct port *port)
{
	struct port *ports;

	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->ports[i].device, port->device) == 0)
			return 0;
	ports = realloc(list->ports, (list->count + 1) * sizeof(*ports));
	if (!ports)
		return -ENOMEM;
	ports[list->count++] = *port;
	list->ports = ports;
	return 0;
}

/* In-tree and out-of-tree drivers alike show there that they are for modems. */
static bool is_wwan_driver(const char *root, const char *driver)
{
	char path[PATH_MAX], module[48];

	snprintf(path, sizeof(path), "%s/sys/bus/usb/drivers/%s", root, driver);
	if (!sysfs_link_name(path, "module", module, sizeof(module)))
		return false;
	snprintf(path, sizeof(path), "%s/sys/module/usb_wwan/holders/%s", root, module);
	return access(path, F_OK) == 0;
}

/* libserialport would find them too, but it opens each UART to see whether it is real, which raises
 * DTR there. It has to tell only who made the USB device. */
int port_list_usb(struct port_list *list, const char *root, const struct port_filter *filter)
{
	char path[PATH_MAX];
	DIR *folder = sysfs_path(path, root, "sys/class/tty") ? opendir(path) : NULL;
	struct dirent *entry;
	struct port port;
	int error = 0;

	memset(list, 0, sizeof(*list));
	while (folder && !error && (entry = readdir(folder))) {
		if (snprintf(path, sizeof(path), "/dev/%s", entry->d_name) >=
		    (int)sizeof(port.device))
			continue;
		port_init(&port, path);
		port_describe(&port, root);
		if (!*port.usb_path)
			continue;
		if (!*root)
			read_usb_port(&port);
		port.foreign = !(filter && filter->named) &&
			       foreign_judge(port.driver, is_wwan_driver(root, port.driver),
					     port.vid, port.pid);
		if (port_matches(&port, filter))
			error = port_list_push(list, &port);
	}
	if (folder)
		closedir(folder);
	port_list_sort(list);
	if (error)
		port_list_free(list);
	return error;
}

int port_list_add(struct port_list *list, const char *device)
{
	char path[PATH_MAX], dir[64], subsystem[32];
	struct stat status;
	struct port port;

	if (!realpath(device, path) || stat(path, &status) < 0)
		return -errno;
	if (!S_ISCHR(status.st_mode))
		return -ENOTTY;
	if (pty_index(status.st_rdev) < 0) {
		snprintf(dir, sizeof(dir), "/sys/dev/char/%u:%u", major(status.st_rdev),
			 minor(status.st_rdev));
		/* The node may outlive the kernel's device. */
		if (!sysfs_link_name(dir, "subsystem", subsystem, sizeof(subsystem)))
			return -ENOENT;
		if (strcmp(subsystem, "tty") != 0)
			return -ENOTTY;
	}
	if (strlen(path) >= sizeof(port.device))
		return -ENAMETOOLONG;
	port_init(&port, path);
	port.named = true;
	port_describe(&port, "");
	read_usb_port(&port);
	return port_list_push(list, &port);
}

void port_list_free(struct port_list *list)
{
	free(list->ports);
	list->ports = NULL;
	list->count = 0;
}

/* strverscmp(3), in glibc and musl, sorts "1-2" before "1-10". */
static int compare_ports(const void *one, const void *other)
{
	const struct port *a = one, *b = other;
	int order = strverscmp(a->usb_path, b->usb_path);

	if (!order)
		order = a->interface - b->interface;
	return order ? order : strverscmp(a->device, b->device);
}

void port_list_sort(struct port_list *list)
{
	if (list->count > 1)
		qsort(list->ports, list->count, sizeof(*list->ports), compare_ports);
}

struct port_filter port_filter_configured(const struct conf *conf)
{
	struct port_filter filter = {
		.vid = -1, .pid = -1, .usb_path = conf->modem.path, .serial = conf->modem.serial};
	unsigned vid, pid;

	if (sscanf(conf->modem.usb, "%4x:%4x", &vid, &pid) == 2) {
		filter.vid = (int)vid;
		filter.pid = (int)pid;
	}
	filter.named = filter.vid >= 0 || *filter.serial;
	return filter;
}

int port_list_configured(struct port_list *list, const struct conf *conf)
{
	struct port_filter filter = port_filter_configured(conf);

	if (strcmp(conf->modem.port, "auto") != 0)
		return port_list_add(list, conf->modem.port);
	return port_list_usb(list, "", &filter);
}

int port_list_add_other_at(struct port_list *list, const char *usb_path, const char *held)
{
	const struct port_filter filter = {.vid = -1, .pid = -1, .usb_path = usb_path};
	struct port_list all = {NULL, 0};
	int error = *usb_path ? port_list_usb(&all, "", &filter) : 0;

	for (size_t i = 0; i < all.count && !error; i++) {
		enum layout_role hint = port_hint(&all.ports[i]);

		if (strcmp(all.ports[i].device, held) != 0 && !all.ports[i].foreign &&
		    (hint == LAYOUT_DATA || hint == LAYOUT_AT))
			error = port_list_push(list, &all.ports[i]);
	}
	port_list_free(&all);
	return error;
}
