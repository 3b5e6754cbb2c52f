/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_LAYOUT_H
#define GD_MODEM_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What an interface is likely to be; the first is the best to dial on. Only a
 * hint for the order: the answer to AT decides, since the same ids come with other
 * firmware and other layouts.
 */
enum layout_role {
	LAYOUT_DATA,   /* known: AT commands and data calls */
	LAYOUT_LIKELY, /* looks like it */
	LAYOUT_AT,     /* known: AT commands, not meant for calls */
	LAYOUT_UNKNOWN,
	LAYOUT_NOT_AT, /* known: NMEA, DIAG, QMI, a port that never answers */
	LAYOUT_QDL,    /* waits for firmware: takes an AT for part of it */
};

/* A USB interface; -1 where unknown. */
struct layout_interface {
	int vid, pid;
	int number, count; /* bInterfaceNumber, bNumInterfaces */
	int class, subclass, protocol;
	int interrupt_in; /* has an interrupt endpoint */
};

/*
 * The rows of a family's tables. `id` is a product id of the family's own
 * vendor, or another vendor's with that before it: 0x413c81a2 is 413c:81a2.
 */

/* Roles by interface number: A for commands and calls, s for commands only, - for neither (DIAG,
 * NMEA, QMI, dead), . for unknown. A row of a single . only says that the products are modems.
 * Sources: the kernel's qcserial, option and qmi_wwan, ModemManager's udev rules, vendors' manuals.
 * Where a source names one port for commands and one for PPP, PPP's is A. */
struct layout_map {
	uint32_t id;
	char roles[12]; /* "" ends the table */
	uint16_t last;  /* for a row of several products: the last one */
	uint8_t count;  /* only with so many interfaces; 0: with any number */
};

/* What the interface's class, subclass and protocol say; -1 is any. Without `vid` the row is for
 * the family's own vendor, or for every vendor if the family has none. */
struct layout_triple {
	short class, subclass, protocol; /* class 0 ends the table */
	enum layout_role role;
	uint16_t vid;
};

/* What a boot loader waits for. Some of the ids are also a modem's, which then has more than one
 * interface. */
enum layout_loader {
	BOOT_GOBI1,
	BOOT_GOBI2,
	BOOT_GOBI3,
	BOOT_IMAGE,
	BOOT_BLANK,
};

struct layout_boot {
	uint32_t id; /* 0 ends the table */
	enum layout_loader loader;
};

enum layout_role layout_role(const struct layout_interface *interface);

/* Whether a row of any table is for that product. */
bool layout_has_id(int vid, int pid);

/* Whether its id is in a table and its interface one for AT. */
bool layout_is_modem(const struct layout_interface *interface);

/* What a device is that waits for its firmware, and what loads it: half a sentence. NULL when the
 * id is not a boot loader's. Static. */
const char *layout_firmware(int vid, int pid);

/* The command that loads it, to be followed by the tty and the folder of the files; NULL when none.
 * Static. */
const char *layout_loader(int vid, int pid);

#endif
