/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RELAY_H
#define GD_IO_RELAY_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Copies bytes both ways between a near end, which may be two descriptors, and a
 * far one, until either is gone. Bytes that one end does not accept are kept, and
 * meanwhile no more are read from the other.
 */
struct relay;

/* `far`: which end has gone. `words`: not it, but the modem's call, and this is what it said in
 * plain text between the frames; else NULL. */
typedef void relay_teller(void *ctx, bool far, const char *words);

struct relay_ends {
	int in, out; /* near: to read and to write; may be the same */
	int far;
	/* The far end has granted an address, told once; the relay is not freed in there. NULL: no
	 * matter. */
	void (*agreed)(void *ctx);
};

/*
 * The descriptors are borrowed and become non-blocking. The near end may not be
 * listening yet, so nothing is sent to it before it has sent a byte, or until
 * `hold_ms` have passed; then `early` goes first. `gone` is called once, with the
 * end that has gone; free the relay in there or later. NULL: no memory.
 */
struct relay *relay_new(struct ev_loop *loop, const struct relay_ends *ends, const void *early,
			size_t len, int hold_ms, relay_teller *gone, void *ctx);

/* Whether the far end has spoken PPP. NULL: no. */
bool relay_has_heard(const struct relay *relay);

/* NULL is fine. Unwritten bytes are dropped. */
void relay_free(struct relay *relay);

#endif
