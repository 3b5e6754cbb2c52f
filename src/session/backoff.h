/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_BACKOFF_H
#define GD_SESSION_BACKOFF_H

#include <stdint.h>

/* Delays that double from min to max, each varied by up to a fifth, so that a hundred routers do
 * not redial in step. */
struct backoff {
	int min_ms;
	int max_ms;
	int last_ms;   /* 0: none yet */
	uint32_t seed; /* of its random numbers */
};

/* The next delay. */
int backoff_next(struct backoff *backoff);

/* The longest delay, for causes that will last. */
int backoff_slow(struct backoff *backoff);

/* After a link that lasted. */
void backoff_reset(struct backoff *backoff);

#endif
