/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_MODEM_CARE_H
#define GD_DAEMON_MODEM_CARE_H

#include "base/buf.h"
#include "daemon/drivers.h"
#include "daemon/recovery.h"

struct detour;
struct uevent;

/* What is done about the modem's device: drivers, recovery, plugging. And the routes that were
 * set. */
struct modem_care {
	struct drivers drivers;
	struct recovery recovery;
	struct uevent *uevent;
	struct detour *detour; /* of this call; NULL: pppd has the port itself */
	bool routed;           /* ppp.default_route at that time, and ppp.metric */
	unsigned metric;
	bool deaf; /* the network answers no LCP echo requests */
	struct buf providers; /* network.providers */
	int baud;  /* at which the last probe found a UART; 0: none */
};

#endif
