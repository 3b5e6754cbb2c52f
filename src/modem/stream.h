/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_STREAM_H
#define GD_MODEM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ppp/frame.h"

/*
 * Recognise what a port that does not answer AT is sending: an NMEA sentence
 * with the right checksum (NMEA 0183), or an HDLC frame with the right FCS (RFC
 * 1662), which is PPP or else DIAG; both use the same framing; or what a computer's
 * console says to "AT". Fed in any pieces.
 */
struct stream {
	bool nmea, diag, ppp, console; /* seen so far */
	unsigned odd;                  /* bytes that are no text, as come in at a wrong rate */

	char sentence[96];
	size_t sentence_len; /* 0: none has begun */
	struct ppp_frame frame;
	uint8_t matched[4]; /* how much of each of a console's words */
};

void stream_init(struct stream *stream);
void stream_feed(struct stream *stream, const void *bytes, size_t len);

/*
 * Makes a silent DIAG or PPP port speak: a DIAG version request, and an LCP
 * packet with a code that no PPP knows. RFC 1661 4.3 demands a Code-Reject for
 * it in every state that receives, without a change of that state. A port that
 * only echoes them is neither.
 */
extern const char stream_question[];
extern const size_t stream_question_len;

/* An LCP Terminate-Request (RFC 1661 5.5), which ends a call whatever DTR and +++ do. A string. */
extern const char stream_terminate[];

#endif
