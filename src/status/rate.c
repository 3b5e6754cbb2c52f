/* SPDX-License-Identifier: ISC */
#include <stdbool.h>

#include "status/rate.h"

#define SHORTEST_MS 500

static long long a_second(unsigned long long bytes, int64_t ms)
{
	return (long long)((double)bytes * 1000. / (double)ms);
}

void rate_take(struct rate *rate, int64_t link_at, int64_t now, unsigned long long rx,
	       unsigned long long tx)
{
	bool is_new = rate->link_at != link_at || rate->at == 0 || rx < rate->rx || tx < rate->tx;
	int64_t ms;

	if (is_new)
		*rate = (struct rate){
			.link_at = link_at, .at = link_at, .rx_rate = -1, .tx_rate = -1};
	ms = now - rate->at;
	if (ms < SHORTEST_MS)
		return;
	rate->rx_rate = a_second(rx - rate->rx, ms);
	rate->tx_rate = a_second(tx - rate->tx, ms);
	rate->over_ms = ms;
	rate->at = now;
	rate->rx = rx;
	rate->tx = tx;
}
