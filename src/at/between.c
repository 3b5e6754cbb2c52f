/* SPDX-License-Identifier: ISC */
#include "at/between.h"

#define FLAG '~' /* RFC 1662: 0x7e begins and ends a frame */

/* A packet that carries such a line has bytes before it that are no text: its own head. */
bool at_between_feed(struct at_between *between, const char *bytes, size_t len,
		     struct at_final *final)
{
	for (; len > 0; bytes++, len--) {
		if (*bytes == FLAG) {
			between->frame = false;
			between->len = 0;
		} else if (*bytes == '\r' || *bytes == '\n') {
			between->line[between->len] = '\0';
			if (!between->frame && between->len > 0) {
				*final = at_final_parse(between->line, true);
				if (final->kind != AT_FINAL_NONE && final->kind != AT_FINAL_OK &&
				    final->kind != AT_FINAL_CONNECT)
					return true;
			}
			between->len = 0;
		} else if (*bytes < 0x20 || *bytes > 0x7e ||
			   between->len + 1 == sizeof(between->line)) {
			between->frame = true;
			between->len = 0;
		} else {
			between->line[between->len++] = *bytes;
		}
	}
	return false;
}
