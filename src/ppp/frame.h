/* SPDX-License-Identifier: ISC */
#ifndef GD_PPP_FRAME_H
#define GD_PPP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A frame of RFC 1662, byte by byte, of which only the head is kept. DIAG's are framed alike. All
 * zeros at first. */
struct ppp_frame {
	uint8_t head[8];
	size_t len; /* so far */
	uint16_t fcs;
	bool escaped;
};

/* Take a byte. Its length without the check, where it ends a frame that is whole and right; else 0.
 * `head` is good until the next byte. */
size_t ppp_frame_feed(struct ppp_frame *frame, uint8_t byte);

/* The protocol in the head and what follows, behind ff 03 where the two have not agreed to leave
 * that out. */
const uint8_t *ppp_frame_protocol(const struct ppp_frame *frame);

#endif
