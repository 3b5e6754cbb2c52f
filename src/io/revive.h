/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_REVIVE_H
#define GD_IO_REVIVE_H

#include "io/port.h"
#include "session/ladder.h"

struct modem_family;

/* One rung of the ladder, and on what. */
struct revive_job {
	enum ladder_rung rung;
	struct port port;
	const struct modem_family *family;
};

/* Done, and the modem has gone to come back; else 0 or a positive errno. */
#define REVIVE_LEFT 255

/*
 * Do it. It blocks for seconds, and on a dying modem for as long as that likes:
 * not for the loop. `job` is a struct revive_job; a return value is an exit
 * code. SIGTERM ends it early, but never between off and on.
 *
 * dtr: DTR low, then V.250's escape and ATH for one that is still in data mode.
 * cfun: +CFUN=4 (or 0) and 1 (27.007 8.2). reset: the family's command, or
 * +CFUN=1,1. usb: "authorized" 0 and 1.
 */
int revive(const void *job);

#endif
