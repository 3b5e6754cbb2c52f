/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_STREAM_H
#define GD_MODEM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a port that does not answer AT is talking: an NMEA sentence with the
 * right checksum (NMEA 0183), or an HDLC frame with the right FCS (RFC 1662)
 * that is PPP's or else DIAG's, which frame alike. Fed in any pieces.
 */
struct stream {
	bool nmea, diag, ppp; /* seen so far */

	char sentence[96];
	size_t sentence_len; /* 0: none begun */
	uint8_t head[8];     /* of the frame */
	size_t frame_len;
	uint16_t fcs;
	bool escaped;
};

void stream_init(struct stream *stream);
void stream_feed(struct stream *stream, const void *bytes, size_t len);

/*
 * What makes a silent DIAG or PPP port speak: a DIAG version request, and an
 * LCP packet with a code that no PPP knows, which RFC 1661 4.3 has answered
 * by Code-Reject in every state that receives, and without changing it.
 * A port that only echoes them is neither.
 */
extern const char stream_question[];
extern const size_t stream_question_len;

#endif
