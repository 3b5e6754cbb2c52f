/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_EP0_H
#define GD_MODEM_EP0_H

#include <stdbool.h>
#include <stddef.h>

/* What a FunctionFS device hears on its control endpoint. `interface` counts from 0 in the order of
 * the descriptors. */
struct ep0_ops {
	void (*dtr)(void *ctx, unsigned interface, bool on);
	void (*enabled)(void *ctx, bool on);
	/* Of a bridge chip; NULL: none. The answer's length, `data` has 64 bytes. */
	size_t (*answer)(void *ctx, unsigned request, unsigned value, unsigned char *data);
	void (*take)(void *ctx, unsigned request, unsigned value, unsigned index,
		     const unsigned char *data, size_t len);
};

/* Read what is there, answer control requests, tell of the rest. With `vendor` each request is
 * logged, and those of the vendor's own are accepted, with zeros for an answer. */
void ep0_read_events(int ep0, bool vendor, const struct ep0_ops *ops, void *ctx);

#endif
