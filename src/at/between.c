/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "at/between.h"
#include "base/count.h"

#define FLAG        '~'  /* RFC 1662: 0x7e begins and ends a frame */
#define HEAD        4    /* ff 03 and the protocol, */
#define CONTROL     0x80 /* from where on it is one of PPP's own, as LCP, PAP, IPCP */
#define CONTROL_MIN 6    /* protocol, code, number, length */

static bool ends_call(const char *line, struct at_final *final)
{
	/* The first words of a modem that has started: it knows nothing of a call. */
	static const char *const words[] = {"RDY", "APP RDY", "^SYSSTART", "+SYSSTART",
					    "*ATREADY: 1"};

	*final = at_final_parse(line, true);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(line, words[i]) == 0) {
			final->kind = AT_FINAL_NO_CARRIER;
			snprintf(final->line, sizeof(final->line), "it has restarted (%s)",
				 words[i]);
		}
	return final->kind != AT_FINAL_NONE && final->kind != AT_FINAL_OK &&
	       final->kind != AT_FINAL_CONNECT;
}

/* A packet that carries such a line has bytes before it that are no text: its own head. */
bool at_between_feed(struct at_between *between, const char *bytes, size_t len,
		     struct at_final *final)
{
	const char flag = between->flag ? between->flag : FLAG, *end = bytes + len;
	struct ppp_frame *frame = &between->frame;

	for (; bytes < end; bytes++) {
		const uint8_t *at = ppp_frame_protocol(frame);

		/* To the end of a frame that is not PPP's own, of which there may be many. */
		if (between->binary && (between->flag || (frame->len >= HEAD && *at < CONTROL)))
			bytes = memchr(bytes, flag, (size_t)(end - bytes));
		if (!bytes)
			return false;
		if (!between->flag && ppp_frame_feed(frame, (uint8_t)*bytes) >= CONTROL_MIN) {
			at = ppp_frame_protocol(frame);
			between->heard |= *at >= CONTROL;
			between->agreed |=
				*at == 0x80 && (at[1] == 0x21 || at[1] == 0x57) && at[2] == 2;
		}
		if (*bytes == flag) {
			between->binary = false;
			between->len = 0;
		} else if (*bytes == '\r' || *bytes == '\n') {
			between->line[between->len] = '\0';
			if (!between->binary && between->len > 0 && ends_call(between->line, final))
				return true;
			between->len = 0;
		} else if (*bytes < 0x20 || *bytes > 0x7e ||
			   between->len + 1 == sizeof(between->line)) {
			between->binary = true;
			between->len = 0;
		} else {
			between->line[between->len++] = *bytes;
		}
	}
	return false;
}
