/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PORT_H
#define GD_IO_PORT_H

#include <stdbool.h>
#include <stddef.h>

#include "modem/layout.h"

struct conf;

/* A tty that may be a modem's, and what USB says about it. Strings are "" and numbers -1 where
 * unknown (a UART, a pty). */
struct port {
	char device[64];   /* "/dev/ttyUSB2", symlinks resolved */
	char driver[32];   /* "option" */
	char usb_path[32]; /* "1-1" */
	char manufacturer[64];
	char product[96];
	char serial[64];
	int vid, pid;
	int interface;       /* bInterfaceNumber; never the tty's number */
	int interface_count; /* bNumInterfaces of the device */
	int iface_class, iface_subclass, iface_protocol;
	int interrupt_in; /* the interface has an interrupt endpoint */
	bool foreign;     /* not to be opened (modem/foreign.h) */
	int plugged_ms;   /* since the device was plugged in, when this was read */
	bool named;       /* by the user */
	int baud;         /* of a UART that answers at it; else 0 */
	int base;         /* the same before its modem went up to that one */
	bool rtscts;      /* both ends heed and drive the lines */
	bool wants_lf;    /* and only to commands that end in CR LF */
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
	bool named; /* the device counts whatever it is: by its id or serial number, or because it
		     * answers; the place where it is plugged in is not enough */
};

/* All ttys on USB that pass the filter, by USB path and then by interface. `root` stands before
 * "/sys". Those that are no candidates are `foreign`, unless the device is `named`. 0 with an
 * empty list when there are none. -ENOMEM. */
int port_list_usb(struct port_list *list, const char *root, const struct port_filter *filter);

/* Append the tty of that name, of any kind, symlinks resolved. -ENOENT, -ENOTTY (exists, but is not
 * a tty), -ENOMEM. */
int port_list_add(struct port_list *list, const char *device);

/* Append a copy, unless that device is in the list already. -ENOMEM. */
int port_list_push(struct port_list *list, const struct port *port);

/* The ports that the configuration's modem section allows to be asked: the named one, or all on USB
 * that fit usb, path and serial. Errors as port_list_usb and port_list_add; free the list in every
 * case. */
int port_list_configured(struct port_list *list, const struct conf *conf);

/* What usb, path and serial of that section ask for; it borrows from `conf`. */
struct port_filter port_filter_configured(const struct conf *conf);

/* Append the ports of the modem at that USB path that are known to speak AT, except the one that is
 * held. Errors as port_list_usb. */
int port_list_add_other_at(struct port_list *list, const char *usb_path, const char *held);

void port_list_free(struct port_list *list);

/* Everything unknown except the name. */
void port_init(struct port *port, const char *device);

/* Fill in what the sysfs below `root` ("" for the machine's own) says about the port's interface;
 * what it does not say stays as it is. */
void port_describe(struct port *port, const char *root);

/* It was named, and is no USB modem's own: a UART, a pty or a USB-UART bridge. So its rate counts,
 * and is not known. */
bool port_is_uart(const struct port *port);

/* What such a port is, for people: "USB-UART bridge", "UART on the board", "pty". Static. */
const char *port_uart_kind(const struct port *port);

/* What its interface is known to be (modem/layout.h). */
enum layout_role port_hint(const struct port *port);

bool port_matches(const struct port *port, const struct port_filter *filter);

/* By USB path, hub by hub ("1-2" before "1-10"), then by interface. */
void port_list_sort(struct port_list *list);

#endif
