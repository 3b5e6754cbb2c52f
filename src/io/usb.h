/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_USB_H
#define GD_IO_USB_H

#include <stdbool.h>
#include <stddef.h>

#include "modem/layout.h"
#include "modem/stick.h"

#define USB_INTERFACES_MAX 32 /* USB 2.0 9.2.3 allows more; no modem has them */
#define USB_TTYS_MAX       4  /* sierra's one interface has up to three */

/* An interface in its current setting; numbers are -1 and strings "" where unknown. */
struct usb_interface {
	char name[48]; /* "1-1:1.2", as bind and unbind want it */
	int number, class, subclass, protocol;
	int endpoints;    /* bNumEndpoints: without endpoint 0 */
	int interrupt_in; /* one of them is an interrupt endpoint */
	int authorized;
	char driver[32];             /* of USB: "option", not "option1"; "": none */
	char ttys[USB_TTYS_MAX][24]; /* "ttyUSB2" */
	size_t tty_count;
	char net[24]; /* "wwan0" */
	char wdm[24]; /* "cdc-wdm0" */
};

struct usb_device {
	char path[32];                                  /* "1-1.4" */
	char manufacturer[64], product[96], serial[64]; /* not to be trusted */
	int vid, pid;
	int devnum;          /* a new one each time it is plugged in */
	int interface_count; /* bNumInterfaces */
	int configuration, configurations;
	int authorized;
	struct usb_interface interfaces[USB_INTERFACES_MAX]; /* by number */
	size_t count;                                        /* as many as sysfs shows */
};

struct usb_list {
	struct usb_device *devices;
	size_t count;
};

/* All devices on USB, by path. `root` stands before "/sys"; "" for the machine's own. 0, with an
 * empty list when there are none or no USB, or -ENOMEM. Free it in every case. */
int usb_list(struct usb_list *list, const char *root);
void usb_list_free(struct usb_list *list);

/* Whether it is or may be a modem: it has an id or a triple of modem/layout.h, a modem's driver or
 * a cdc-wdm. */
bool usb_is_modem(const struct usb_device *device);

/* Whether it is one of those that are no modem now; the first that is. */
enum stick usb_stick(const struct usb_device *device);
enum stick usb_find_stick(struct usb_device *device, const char *root);

/* The device of that path as it is now. False when it is not there. */
bool usb_device_read(struct usb_device *device, const char *root, const char *path);

/* The interface whose folder in sysfs is `dir`. */
void usb_interface_read(struct usb_interface *interface, const char *dir);

/* For layout_role. */
struct layout_interface usb_layout(const struct usb_device *device,
				   const struct usb_interface *interface);

#endif
