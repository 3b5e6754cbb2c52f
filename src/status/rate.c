/* SPDX-License-Identifier: ISC */
#include <stdbool.h>

#include "status/rate.h"

#define SHORTEST_MS 500

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
	rate->rx_rate = (long long)((double)(rx - rate->rx) * 1e3 / (double)ms);
	rate->tx_rate = (long long)((double)(tx - rate->tx) * 1e3 / (double)ms);
	rate->over_ms = ms;
	rate->at = now;
	rate->rx = rx;
	rate->tx = tx;
}
