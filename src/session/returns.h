/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_RETURNS_H
#define GD_SESSION_RETURNS_H

#include <stdbool.h>
#include <stdint.h>

/* How often a modem has left USB by itself and come back. All zero at first. */
struct returns {
	char path[32]; /* "": none is known yet */
	int devnum;
	int count;
	int64_t since;
	bool expected; /* it was sent away: set by whoever did it */
};

/* The modem as it is seen now. True for the third return within ten minutes, which is what one does
 * that gets too little power when it transmits; then the count starts anew. */
bool returns_note(struct returns *returns, const char *path, int devnum, int64_t now);

#endif
