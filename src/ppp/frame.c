/* SPDX-License-Identifier: ISC */
#include "ppp/frame.h"

#define FLAG        0x7e
#define ESCAPE      0x7d
#define FCS_INITIAL 0xffff
#define FCS_GOOD    0xf0b8
#define LEN_MIN     4 /* of which the check has 2 */

size_t ppp_frame_feed(struct ppp_frame *frame, uint8_t byte)
{
	size_t len = frame->len;

	if (byte == FLAG) {
		bool good = len >= LEN_MIN && !frame->escaped && frame->fcs == FCS_GOOD;

		frame->len = 0;
		frame->escaped = false;
		return good ? len - 2 : 0;
	}
	if (byte == ESCAPE) {
		frame->escaped = true;
		return 0;
	}
	if (len == 0)
		frame->fcs = FCS_INITIAL;
	if (frame->escaped)
		byte ^= 0x20;
	frame->escaped = false;
	if (len < sizeof(frame->head))
		frame->head[len] = byte;
	frame->len++;
	/* RFC 1662 C.2, without its table: what needs this is slow, or short. */
	frame->fcs ^= byte;
	for (int i = 0; i < 8; i++)
		frame->fcs =
			(uint16_t)(frame->fcs & 1 ? (frame->fcs >> 1) ^ 0x8408 : frame->fcs >> 1);
	return 0;
}

const uint8_t *ppp_frame_protocol(const struct ppp_frame *frame)
{
	const uint8_t *head = frame->head;

	return head[0] == 0xff && head[1] == 3 ? head + 2 : head;
}
