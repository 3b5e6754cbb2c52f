/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RATES_H
#define GD_IO_RATES_H

#include <stdbool.h>

struct port;

/*
 * What earlier runs have found out about UARTs, a line each in a file of STATEDIR: the rate at
 * which a modem answered, and whether RTS/CTS stops it. Best effort: a wrong or missing entry costs
 * a search. A port is known by what does not change with a boot: the place on USB, or its name.
 */
struct rates_entry {
	int baud; /* 0: unknown, or the usual one */
	bool no_flow;
	int raised; /* we have had it go up to this one, and may have been killed there; 0: no */
};

struct rates_entry rates_recall(const struct port *port);

/* Written only where it differs, whole or not at all. */
void rates_remember(const struct port *port, const struct rates_entry *entry);

#endif
