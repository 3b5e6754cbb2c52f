/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PORT_H
#define GD_IO_PORT_H

#include <stddef.h>

/* A tty that may be a modem's, and what USB says about it. Strings are "" and
 * numbers -1 where unknown (a UART, a pty). */
struct port {
	char device[64];  /* "/dev/ttyUSB2", symlinks resolved */
	char driver[32];  /* "option" */
	char usb_path[32]; /* "1-1" */
	char manufacturer[64];
	char product[96];
	char serial[64];
	int vid, pid;
	int interface; /* bInterfaceNumber; never the tty's number */
	int interface_count; /* bNumInterfaces of the device */
	int iface_class, iface_subclass, iface_protocol;
};

struct port_list {
	struct port *ports;
	size_t count;
};

/* What the user asks for; NULL or "" and -1 take anything. */
struct port_filter {
	int vid, pid;
	const char *usb_path;
	const char *serial;
};

/* All ttys on USB that pass the filter, by USB path and then by interface.
 * 0 with an empty list when there are none. -ENOMEM, -EIO. */
int port_list_usb(struct port_list *list, const struct port_filter *filter);

/* Append the tty of that name, any kind, symlinks resolved. -ENOENT,
 * -ENOTTY (exists, and is no tty), -ENOMEM. */
int port_list_add(struct port_list *list, const char *device);

void port_list_free(struct port_list *list);

#endif
