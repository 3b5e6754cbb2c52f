/* SPDX-License-Identifier: ISC */
#include "session/backoff.h"

/* `ms`, give or take a fifth. By xorshift32 (Marsaglia 2003): good enough to spread delays, and the
 * same seed gives the same history. */
static int spread_delay(struct backoff *backoff, int ms)
{
	uint32_t x = backoff->seed ? backoff->seed : 1;
	int fifth = ms / 5;

	if (fifth == 0)
		return ms;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	backoff->seed = x;
	return ms - fifth + (int)(x % (2u * fifth + 1));
}

int backoff_next(struct backoff *backoff)
{
	int ms = backoff->last_ms;

	if (ms == 0)
		ms = backoff->min_ms;
	else
		ms = ms > backoff->max_ms / 2 ? backoff->max_ms : ms * 2;
	if (ms > backoff->max_ms)
		ms = backoff->max_ms;
	backoff->last_ms = ms;
	return spread_delay(backoff, ms);
}

int backoff_slow(struct backoff *backoff)
{
	backoff->last_ms = backoff->max_ms;
	return spread_delay(backoff, backoff->max_ms);
}

void backoff_reset(struct backoff *backoff)
{
	backoff->last_ms = 0;
}
