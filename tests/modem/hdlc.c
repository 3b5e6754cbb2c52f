/* SPDX-License-Identifier: ISC */
#include "base/buf.h"

#include "hdlc.h"

#define FLAG   0x7e
#define ESCAPE 0x7d

uint16_t hdlc_fcs(const void *bytes, size_t len)
{
	const unsigned char *b = bytes;
	uint16_t fcs = 0xffff;

	for (size_t i = 0; i < len; i++) {
		fcs ^= b[i];
		for (int bit = 0; bit < 8; bit++)
			fcs = (uint16_t)((fcs >> 1) ^ (fcs & 1 ? 0x8408 : 0));
	}
	return (uint16_t)~fcs;
}

static void stuff(struct buf *out, unsigned char byte, bool control)
{
	char pair[2] = {ESCAPE, (char)(byte ^ 0x20)};

	if (byte == FLAG || byte == ESCAPE || (control && byte < 0x20))
		buf_append(out, pair, 2);
	else
		buf_append(out, &byte, 1);
}

void hdlc_frame(struct buf *out, const void *bytes, size_t len, bool control)
{
	const unsigned char *b = bytes;
	uint16_t fcs = hdlc_fcs(bytes, len);
	static const char flag = FLAG;

	buf_append(out, &flag, 1);
	for (size_t i = 0; i < len; i++)
		stuff(out, b[i], control);
	stuff(out, fcs & 0xff, control);
	stuff(out, fcs >> 8, control);
	buf_append(out, &flag, 1);
}

bool hdlc_unframe(struct buf *out, const char *bytes, size_t len)
{
	const unsigned char *data;
	uint16_t fcs;

	for (size_t i = 0; i < len; i++) {
		char byte = bytes[i];

		if (byte == ESCAPE && i + 1 < len)
			byte = (char)(bytes[++i] ^ 0x20);
		buf_append(out, &byte, 1);
	}
	if (out->len < 3)
		return false;
	data = (const unsigned char *)out->data;
	fcs = (uint16_t)(data[out->len - 2] | data[out->len - 1] << 8);
	out->len -= 2;
	return fcs == hdlc_fcs(out->data, out->len);
}
