/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_MODEM_CARE_H
#define GD_DAEMON_MODEM_CARE_H

#include "daemon/drivers.h"
#include "daemon/power.h"
#include "daemon/recovery.h"
#include "io/providers.h"
#include "session/session.h"

struct detour;
struct uevent;

/* What is done about the modem's device: drivers, recovery, plugging. And the routes that were
 * set. */
struct modem_care {
	struct drivers drivers;
	struct recovery recovery;
	struct power power;
	struct uevent *uevent;
	struct detour *detour; /* of this call; NULL: pppd has the port itself */
	bool routed;           /* ppp.default_route at that time, and ppp.metric */
	unsigned metric;
	struct providers_kept providers; /* network.providers */
	bool deaf;                       /* the network answers no LCP echo requests */
	struct session_event found; /* by the probe, while its modem is asked for a multiplexer */
	char identity[256];         /* of it */
	int64_t plain_until;        /* it is not asked, for one has failed */
	int baud;                   /* at which the last probe found a UART; 0: none */
};

#endif
