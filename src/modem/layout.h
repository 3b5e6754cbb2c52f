/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_LAYOUT_H
#define GD_MODEM_LAYOUT_H

#include <stdbool.h>

/*
 * What an interface is likely to be, best to dial on first. A hint for the
 * order only: the answer to AT decides, for the same ids come with other
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

enum layout_role layout_role(const struct layout_interface *interface);

/* What a device that waits for its firmware is, and who loads it: half a sentence. NULL when the id
 * is no boot loader's. Static. */
const char *layout_firmware(int vid, int pid);

/* The command that loads it, before the tty and the folder of the files; NULL when there is none.
 * Static. */
const char *layout_loader(int vid, int pid);

#endif
