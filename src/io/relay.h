/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RELAY_H
#define GD_IO_RELAY_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Copies bytes between a near end, which may be two descriptors, and a far one,
 * both ways, until either is gone. What one end does not take is kept, and then
 * no more is read from the other.
 */
struct relay;

struct relay_ends {
	int in, out; /* near: from, to; may be the same */
	int far;
};

/*
 * The descriptors are borrowed and become non-blocking. Nothing goes to the
 * near end before a byte has come from there or `hold_ms` are over, for it may
 * not be listening yet; then `early` does first.
 * `gone` is called once, with the end that went; free the relay in there or
 * later. NULL: no memory.
 */
struct relay *relay_new(struct ev_loop *loop, const struct relay_ends *ends, const void *early,
			size_t len, int hold_ms, void (*gone)(void *ctx, bool far), void *ctx);

/* NULL is fine. What has not been written is dropped. */
void relay_free(struct relay *relay);

#endif
