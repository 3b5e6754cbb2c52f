/* SPDX-License-Identifier: ISC */
#include "at/lines.h"

static void start(struct at_lines *lines)
{
	lines->len = 0;
	lines->cut = false;
	lines->taken = false;
	lines->text[0] = '\0';
}

static void add(struct at_lines *lines, char c)
{
	if (lines->len == AT_LINE_MAX) {
		lines->cut = true;
		return;
	}
	lines->text[lines->len++] = c;
	lines->text[lines->len] = '\0';
}

static enum at_lines_item take(struct at_lines *lines, char c)
{
	if (c == '\0')
		return AT_LINES_NONE;
	if (c == '\r' || c == '\n')
		return lines->len ? AT_LINES_LINE : AT_LINES_NONE;
	add(lines, c);
	if (c == ' ' && lines->len == 2 && lines->text[0] == '>')
		return AT_LINES_PROMPT;
	return AT_LINES_NONE;
}

size_t at_lines_feed(struct at_lines *lines, const char *bytes, size_t len,
		     enum at_lines_item *item)
{
	*item = AT_LINES_NONE;
	for (size_t i = 0; i < len; i++) {
		if (lines->taken)
			start(lines);
		*item = take(lines, bytes[i]);
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
