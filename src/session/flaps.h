/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_FLAPS_H
#define GD_SESSION_FLAPS_H

#include <stdbool.h>
#include <stdint.h>

/* How often a modem has left USB by itself and come back. All zero at first. */
struct flaps {
	char path[32]; /* "": not known yet */
	int devnum;
	int count;
	int64_t since;
	bool expected; /* set by the caller that makes it leave */
};

/* Note the modem as it is seen now. True for the third return within ten minutes, which is typical
 * of too little power for transmitting; the count then starts over. */
bool flaps_note(struct flaps *flaps, const char *path, int devnum, int64_t now);

#endif
