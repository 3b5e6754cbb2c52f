/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_WATCH_H
#define GD_SESSION_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"

struct conf;
struct modem_facts;

/*
 * Whether a link that is up still works: counters, pings and registration go
 * in, a verdict comes out. True means that the link must be ended, and `cause`
 * and `text` say why. Times are milliseconds of a monotonic clock.
 */
struct watch {
	const struct conf *conf;
	unsigned long long rx, tx; /* at the last count */
	int counts;                /* of this link */
	int mute;                  /* consecutive counts in which bytes were only sent */
	int patience;              /* how many times the time for these has doubled */
	int lost;                  /* consecutive rounds of pings without an answer */
	int64_t unregistered_at;   /* -1: it is, or that is unknown */
	unsigned long long unregistered_rx;
	enum cause cause;
	struct buf text;
};

/* Zero-initialise, then watch_start. */
void watch_free(struct watch *watch);

/* A new link, and its counters. `conf` is borrowed. */
void watch_start(struct watch *watch, const struct conf *conf, unsigned long long rx,
		 unsigned long long tx);

/* The time between counts, a quarter of monitor.dead_traffic. 0: do not count. */
int watch_count_ms(const struct watch *watch);

/*
 * True when bytes were sent and none received in four counts in a row. A count
 * in which none were sent starts over, so that an idle link is not taken for
 * dead. The user of a link ended this way may only ever send: each time the
 * limit doubles, until something is received again.
 */
bool watch_counters(struct watch *watch, unsigned long long rx, unsigned long long tx);

/* A round of pings is over. */
bool watch_ping(struct watch *watch, bool answered);

/* What the modem says now. */
bool watch_registration(struct watch *watch, const struct modem_facts *facts, unsigned long long rx,
			int64_t now);

#endif
