/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_HDLC_H
#define GD_MODEM_HDLC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* RFC 1662's frame check sequence, as it goes on the wire. */
uint16_t hdlc_fcs(const void *bytes, size_t len);

/* Append one async frame: flag, stuffed bytes, FCS, flag. `control`: stuff all bytes below 0x20
 * too, as PPP does before LCP is open. */
void hdlc_frame(struct buf *out, const void *bytes, size_t len, bool control);

/* Unstuff what stood between two flags. False when its FCS is wrong; the FCS is not in `out`. */
bool hdlc_unframe(struct buf *out, const char *bytes, size_t len);

#endif
