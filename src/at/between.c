/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "at/between.h"
#include "base/count.h"

#define FLAG   '~' /* RFC 1662: 0x7e begins and ends a frame */
#define ESCAPE '}'

/* ff 03, where the two have not agreed to leave that out, protocol, code. */
static void take_head(struct at_between *between, unsigned char byte)
{
	const unsigned char *at = between->head;

	if (between->head_len == sizeof(between->head))
		return;
	if (byte == ESCAPE) {
		between->escaped = true;
		return;
	}
	between->head[between->head_len++] = between->escaped ? byte ^ 0x20 : byte;
	between->escaped = false;
	if (between->head_len < sizeof(between->head))
		return;
	at += at[0] == 0xff && at[1] == 3 ? 2 : 0;
	between->heard |= *at >= 0x80;
	between->agreed |= at[0] == 0x80 && (at[1] == 0x21 || at[1] == 0x57) && at[2] == 2;
}

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
	const char flag = between->flag ? between->flag : FLAG;

	for (; len > 0; bytes++, len--) {
		if (*bytes == flag) {
			between->frame = between->escaped = false;
			between->len = between->head_len = 0;
			continue;
		}
		take_head(between, (unsigned char)*bytes);
		if (*bytes == '\r' || *bytes == '\n') {
			between->line[between->len] = '\0';
			if (!between->frame && between->len > 0 && ends_call(between->line, final))
				return true;
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
