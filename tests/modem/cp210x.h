/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_CP210X_H
#define GD_MODEM_CP210X_H

#include <stdbool.h>
#include <stddef.h>

/* A CP2104 USB-UART bridge, as the kernel's cp210x talks to it: what the host has set of the UART
 * that leads to the modem, and four GPIO lines. */
struct cp210x {
	int baud;               /* 0: not set yet */
	bool rtscts;            /* it heeds CTS */
	unsigned char flow[16]; /* as it was set: the driver changes bits of it */
	bool dtr, rts;
	unsigned gpio; /* the lines' levels, bit by bit */
	bool carrier;
};

/* A request of the vendor's own that wants an answer: its length in `data`, which has 64 bytes. */
size_t cp210x_answer(const struct cp210x *chip, unsigned request, unsigned value,
		     unsigned char *data);

/* One that tells something. Changes are logged. */
void cp210x_take(struct cp210x *chip, unsigned request, unsigned value, unsigned index,
		 const unsigned char *data, size_t len);

#endif
