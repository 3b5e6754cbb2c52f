/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_BUS_H
#define GD_MODEM_BUS_H

#include <stdbool.h>
#include <stddef.h>

struct modem;

/*
 * What carries the ports' bytes: ptys, gadget ttys or a USB device of our own.
 * A bus tells of bytes and of DTR through port_received() and its like.
 */
struct bus {
	const struct bus_ops *ops;
	struct modem *modem;
	bool has_dtr; /* false: a port's need of DTR cannot count */
};

struct bus_ops {
	/* Make the ports appear. 0 or a negative errno, already explained on stderr. */
	int (*plug)(struct bus *bus);

	/* Make them go. `keep_open`: a descriptor that the host still has gets no hang-up, where
	 * the bus can do that. -ENOTSUP where it can not unplug. */
	int (*unplug)(struct bus *bus, bool keep_open);

	/* How many bytes it took; 0 when it cannot now, and then the loop wakes once it can. */
	size_t (*write)(struct bus *bus, size_t port, const void *bytes, size_t len);

	/* Raise or drop DCD, where the bus has one. */
	void (*carrier)(struct bus *bus, size_t port, bool on);

	/* Unplug and leave nothing behind. */
	void (*free)(struct bus *bus);

	/* The rate that the host has set; 0: it is none that is known. NULL: this bus has none. */
	int (*baud)(struct bus *bus, size_t port);

	/* Whether the host heeds and drives RTS/CTS. NULL: never. */
	bool (*rtscts)(struct bus *bus, size_t port);
};

/* NULL with a line on stderr on failure. Strings are borrowed. */
struct bus *bus_pty_new(struct modem *modem, const char *dir);
struct bus *bus_tty_new(struct modem *modem, const char *devices);
struct bus *bus_gadget_new(struct modem *modem, const char *name);

#endif
