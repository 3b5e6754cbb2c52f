/* SPDX-License-Identifier: ISC */
#include "at/lines.h"

size_t at_lines_feed(struct at_lines *lines, const char *bytes, size_t len,
		     enum at_lines_item *item)
{
	*item = AT_LINES_NONE;
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (lines->taken) {
			lines->len = 0;
			lines->cut = lines->taken = false;
			lines->text[0] = '\0';
		}
		if (c == '\r' || c == '\n') {
			if (lines->len > 0)
				*item = AT_LINES_LINE;
		} else if (lines->len == AT_LINE_MAX) {
			lines->cut = lines->cut || c != '\0';
		} else if (c != '\0') {
			lines->text[lines->len++] = c;
			lines->text[lines->len] = '\0';
			if (c == ' ' && lines->len == 2 && lines->text[0] == '>')
				*item = AT_LINES_PROMPT;
		}
		if (*item != AT_LINES_NONE) {
			lines->taken = true;
			return i + 1;
		}
	}
	return len;
}

bool at_lines_pending(const struct at_lines *lines)
{
	return lines->len > 0 && !lines->taken;
}
