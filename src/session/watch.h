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
 * Whether a link that is up is any good: counters, pings and registration go
 * in, a verdict comes out. Where one says true the link is to be ended, and
 * `cause` and `text` say why. Times are milliseconds of a monotonic clock.
 */
struct watch {
	const struct conf *conf;
	unsigned long long rx, tx; /* at the last count */
	int counts;                /* of this link */
	int mute;                  /* counts, one after the other, of sent bytes alone */
	int patience;              /* how often the time for these is doubled */
	int lost;                  /* rounds of pings, one after the other */
	int64_t unregistered_at;   /* -1: not known to be */
	unsigned long long unregistered_rx;
	enum cause cause;
	struct buf text;
};

void watch_init(struct watch *watch);
void watch_free(struct watch *watch);

/* A new link, and its counters. `conf` is borrowed. */
void watch_start(struct watch *watch, const struct conf *conf, unsigned long long rx,
		 unsigned long long tx);

/* How often to count: four times in monitor.dead_traffic. 0: not at all. */
int watch_count_ms(const struct watch *watch);

/*
 * Bytes have gone out and none come in, in each of four counts. A count in
 * which none went out begins anew, so that no idle link is taken for dead. A
 * link that is ended for it may belong to one who only ever sends: the time
 * doubles until something comes in again.
 */
bool watch_counters(struct watch *watch, unsigned long long rx, unsigned long long tx);

/* A round of pings is over. */
bool watch_ping(struct watch *watch, bool answered);

/* What the modem says now. */
bool watch_registration(struct watch *watch, const struct modem_facts *facts, unsigned long long rx,
			int64_t now);

#endif
