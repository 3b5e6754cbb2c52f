/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_MONITOR_H
#define GD_DAEMON_MONITOR_H

#include <ev.h>

#include "base/buf.h"
#include "base/cause.h"
#include "session/watch.h"

struct daemon;
struct ifwatch;
struct ping;

/* Looks after a link that is up, and raises SESSION_EVENT_ALARM when it is no good. */
struct monitor {
	struct watch watch;
	struct ifwatch *ifwatch;
	struct ping *ping;
	ev_timer count; /* of bytes */
	ev_timer round; /* of pings */
	ev_timer grace; /* for pppd to say it better */
	bool waits;     /* for pppd's end, which it has told */
	struct buf trouble;
};

/* Rows of the start-up list. */
enum cause monitor_start(struct daemon *daemon);
void monitor_stop(struct daemon *daemon);

/* The state has changed. */
void monitor_note_state(struct daemon *daemon);

/* monitor.* has other values now. */
void monitor_reload(struct daemon *daemon);

/* What the modem says during the call. */
void monitor_note_modem(struct daemon *daemon, const struct modem_facts *facts);

#endif
