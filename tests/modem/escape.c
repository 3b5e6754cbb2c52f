/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "escape.h"

static const char letters[] = "rnt\\\"e";
static const char values[] = "\r\n\t\\\"\033";

void escape_append(struct buf *out, const void *bytes, size_t len)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < len; i++) {
		const char *at = b[i] ? strchr(values, b[i]) : NULL;

		if (at && b[i] != '\033')
			buf_printf(out, "\\%c", letters[at - values]);
		else if (b[i] < 0x20 || b[i] >= 0x7f)
			buf_printf(out, "\\%03o", b[i]);
		else
			buf_append(out, b + i, 1);
	}
}

/* Digits of `base`, at most `max` of them; NULL when there is none. */
static const char *number(struct buf *out, const char *text, int base, int max)
{
	char digits[4] = "";
	const char *set = base == 16 ? "0123456789abcdefABCDEF" : "01234567";
	size_t len = strspn(text, set);
	char value;

	if (len > (size_t)max)
		len = (size_t)max;
	if (len == 0)
		return NULL;
	memcpy(digits, text, len);
	value = (char)strtol(digits, NULL, base);
	buf_append(out, &value, 1);
	return text + len;
}

static const char *one_escape(struct buf *out, const char *text)
{
	const char *at;

	if (*text == 'x')
		return number(out, text + 1, 16, 2);
	if (*text >= '0' && *text <= '7')
		return number(out, text, 8, 3);
	at = *text ? strchr(letters, *text) : NULL;
	if (!at)
		return NULL;
	buf_append(out, values + (at - letters), 1);
	return text + 1;
}

bool escape_parse(struct buf *out, const char *text)
{
	while (text && *text) {
		if (*text == '\\') {
			text = one_escape(out, text + 1);
			continue;
		}
		buf_append(out, text, 1);
		text++;
	}
	return text != NULL;
}
