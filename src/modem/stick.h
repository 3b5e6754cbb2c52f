/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_STICK_H
#define GD_MODEM_STICK_H

#include <stdbool.h>
#include <stddef.h>

struct layout_interface;

/* What a modem maker's device is when it has nothing to dial on. */
enum stick {
	STICK_NONE,   /* something else */
	STICK_DISK,   /* the disk with its Windows drivers, until something switches it */
	STICK_ROUTER, /* a router of its own ("HiLink"): a network card and no port for AT */
};

/* By its interfaces, none of which has a tty or a cdc-wdm. */
enum stick stick_judge(const struct layout_interface *interfaces, size_t count);

/* Half a sentence. Static. */
const char *stick_text(enum stick stick);

#endif
