/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_RATE_H
#define GD_STATUS_RATE_H

#include <stdint.h>

/* How much a link transfers per second, from two readings of its counters. Readings are taken when
 * somebody asks for the status; there is no timer for them. */
struct rate {
	int64_t link_at; /* which link: when it came up */
	int64_t at;      /* the last reading, or the link's start */
	unsigned long long rx, tx;
	long long rx_rate, tx_rate; /* bytes a second; -1: not known yet */
	long long over_ms;          /* the time between the readings */
};

/* Add a reading of the link that came up at `link_at`, whose counters began at 0. A reading less
 * than half a second after the last one is ignored. */
void rate_take(struct rate *rate, int64_t link_at, int64_t now, unsigned long long rx,
	       unsigned long long tx);

#endif
