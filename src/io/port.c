/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/str.h"
#include "io/port.h"
#include "io/pty.h"
#include "io/sysfs.h"
#include "io/usb.h"

void port_init(struct port *port, const char *device)
{
	memset(port, 0, sizeof(*port));
	str_copy(port->device, sizeof(port->device), device);
	port->vid = port->pid = -1;
	port->interface = port->interface_count = -1;
	port->iface_class = port->iface_subclass = port->iface_protocol = -1;
	port->interrupt_in = -1;
}

static void describe_interface(struct port *port, char *folder)
{
	struct usb_interface interface;
	char *last;

	usb_interface_read(&interface, folder);
	port->interface = interface.number;
	port->iface_class = interface.class;
	port->iface_subclass = interface.subclass;
	port->iface_protocol = interface.protocol;
	port->interrupt_in = interface.interrupt_in;
	str_copy(port->driver, sizeof(port->driver), interface.driver);
	last = strrchr(folder, '/');
	if (!last)
		return;
	*last = '\0';
	port->interface_count = (int)sysfs_read_int(folder, "bNumInterfaces", 10);
	last = strrchr(folder, '/');
	str_copy(port->usb_path, sizeof(port->usb_path), last ? last + 1 : folder);
}

/* A ttyACM's device is the USB interface itself, a ttyUSB's is a usb-serial port below it, a UART's
 * is neither. */
void port_describe(struct port *port, const char *root)
{
	char link[PATH_MAX], dir[PATH_MAX], *last;
	const char *name = strrchr(port->device, '/');

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
	describe_interface(port, dir);
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

static void copy_known(char *to, size_t size, const char *text)
{
	if (text)
		str_copy(to, size, text);
}

static void identify(struct port *port, const struct sp_port *found)
{
	if (sp_get_port_transport(found) != SP_TRANSPORT_USB)
		return;
	if (sp_get_port_usb_vid_pid(found, &port->vid, &port->pid) != SP_OK)
		port->vid = port->pid = -1;
	copy_known(port->manufacturer, sizeof(port->manufacturer),
		   sp_get_port_usb_manufacturer(found));
	copy_known(port->product, sizeof(port->product), sp_get_port_usb_product(found));
	copy_known(port->serial, sizeof(port->serial), sp_get_port_usb_serial(found));
}

static bool same_text(const char *wanted, const char *text)
{
	return !wanted || !*wanted || strcmp(wanted, text) == 0;
}

bool port_matches(const struct port *port, const struct port_filter *filter)
{
	return !filter || ((filter->vid < 0 || filter->vid == port->vid) &&
			   (filter->pid < 0 || filter->pid == port->pid) &&
			   same_text(filter->usb_path, port->usb_path) &&
			   same_text(filter->serial, port->serial));
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

int port_list_usb(struct port_list *list, const struct port_filter *filter)
{
	struct sp_port **found;
	struct port port;
	int error = 0;

	memset(list, 0, sizeof(*list));
	switch (sp_list_ports(&found)) {
	case SP_OK:
		break;
	case SP_ERR_MEM:
		return -ENOMEM;
	default:
		return -EIO;
	}
	for (size_t i = 0; found[i] && !error; i++) {
		port_init(&port, sp_get_port_name(found[i]));
		identify(&port, found[i]);
		port_describe(&port, "");
		if (sp_get_port_transport(found[i]) == SP_TRANSPORT_USB &&
		    port_matches(&port, filter))
			error = port_list_push(list, &port);
	}
	sp_free_port_list(found);
	port_list_sort(list);
	if (error)
		port_list_free(list);
	return error;
}

/* 0, -ENOTTY, or -ENOENT: the kernel has it no more, though its node is still there. */
static int check_tty(const struct stat *status)
{
	char dir[64], subsystem[32];

	if (!S_ISCHR(status->st_mode))
		return -ENOTTY;
	if (pty_index(status->st_rdev) >= 0)
		return 0;
	snprintf(dir, sizeof(dir), "/sys/dev/char/%u:%u", major(status->st_rdev),
		 minor(status->st_rdev));
	if (!sysfs_link_name(dir, "subsystem", subsystem, sizeof(subsystem)))
		return -ENOENT;
	return strcmp(subsystem, "tty") == 0 ? 0 : -ENOTTY;
}

int port_list_add(struct port_list *list, const char *device)
{
	char path[PATH_MAX];
	struct sp_port *found;
	struct stat status;
	struct port port;
	int error;

	if (!realpath(device, path) || stat(path, &status) < 0)
		return -errno;
	error = check_tty(&status);
	if (error < 0)
		return error;
	if (strlen(path) >= sizeof(port.device))
		return -ENAMETOOLONG;
	port_init(&port, path);
	/* It knows no ptys. */
	if (sp_get_port_by_name(path, &found) == SP_OK) {
		identify(&port, found);
		sp_free_port(found);
	}
	port_describe(&port, "");
	return port_list_push(list, &port);
}

void port_list_free(struct port_list *list)
{
	free(list->ports);
	list->ports = NULL;
	list->count = 0;
}

/* strverscmp(3) is GNU and musl: "1-2" before "1-10". */
static int compare(const void *one, const void *other)
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
		qsort(list->ports, list->count, sizeof(*list->ports), compare);
}
