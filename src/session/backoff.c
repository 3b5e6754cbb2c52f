/* SPDX-License-Identifier: ISC */
#include "session/backoff.h"

/* xorshift32 (Marsaglia 2003): good enough to spread delays, and the same seed gives the same
 * history. */
static uint32_t next_random(struct backoff *backoff)
{
	uint32_t x = backoff->seed ? backoff->seed : 1;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return backoff->seed = x;
}

static int spread(struct backoff *backoff, int ms)
{
	int fifth = ms / 5;

	if (fifth == 0)
		return ms;
	return ms - fifth + (int)(next_random(backoff) % (2u * fifth + 1));
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
	return spread(backoff, ms);
}

int backoff_slow(struct backoff *backoff)
{
	backoff->last_ms = backoff->max_ms;
	return spread(backoff, backoff->max_ms);
}

void backoff_reset(struct backoff *backoff)
{
	backoff->last_ms = 0;
}
