/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RUNG_H
#define GD_IO_RUNG_H

#include "io/port.h"
#include "session/ladder.h"

struct modem_family;

/* One rung of the ladder, and the port that it is for. */
struct rung_job {
	enum ladder_rung rung;
	struct port port;
	const struct modem_family *family;
};

/* The rung was done, and the modem has left USB to come back; other results are 0 or a positive
 * errno. */
#define RUNG_LEFT 255

/*
 * Do it. This is a worker's `work`, for it blocks for seconds, and on a dying modem for as long as
 * that likes. `job` is a struct rung_job. SIGTERM ends it early, but never between off and on.
 *
 * dtr: DTR low, then V.250's escape and ATH for a modem that is still in data mode. cfun: +CFUN=4
 * (or 0) and 1 (27.007 8.2). reset: the family's command, or +CFUN=1,1. usb: "authorized" 0 and 1.
 */
int rung_do(const void *job);

#endif
