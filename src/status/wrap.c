/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "status/wrap.h"

/* Two columns wide each (UAX #11), by the blocks that have letters. */
static const struct {
	unsigned first, last;
} wide[] = {
	{0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
	{0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
};

/* The length of one character, or of one SGR sequence, and how many columns it takes. */
static size_t glyph_length(const char *text, int *columns)
{
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	unsigned char first = (unsigned char)text[0];
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	unsigned code = first & masks[len];

	if (first == '\033') {
		*columns = 0;
		len = strcspn(text, "m");
		return len + (text[len] == 'm');
	}
	*columns = 1;
	for (size_t i = 1; i < len; i++) {
		/* Cut short; a NUL does not continue it either. */
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return i;
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	for (size_t i = 0; i < COUNT(wide); i++)
		if (code >= wide[i].first && code <= wide[i].last)
			*columns = 2;
	return len;
}

static int break_line(struct buf *out, int indent)
{
	buf_printf(out, "\n%*s", indent, "");
	return indent;
}

void wrap_line(struct buf *out, const char *text, int indent, int columns)
{
	int column = 0;

	if (columns > 0 && columns < WRAP_COLUMNS_MIN)
		columns = WRAP_COLUMNS_MIN;
	if (indent > columns / 2)
		indent = 2;
	while (*text) {
		int blanks = (int)strspn(text, " "), width = 0, one;
		const char *word = text + blanks;
		size_t len = strcspn(word, " ");

		for (size_t i = 0; i < len; width += one)
			i += glyph_length(word + i, &one);
		if (columns == 0 || column + blanks + width <= columns) {
			buf_append(out, text, (size_t)blanks + len);
			column += blanks + width;
		} else if (width <= columns - indent) {
			column = break_line(out, indent) + width;
			buf_append(out, word, len);
		} else {
			/* A word that fits on no line is cut. */
			buf_append(out, text, (size_t)blanks);
			column += blanks;
			for (size_t i = 0, n; i < len; i += n) {
				n = glyph_length(word + i, &one);
				if (column + one > columns)
					column = break_line(out, indent);
				buf_append(out, word + i, n);
				column += one;
			}
		}
		text = word + len;
	}
	buf_append(out, "\n", 1);
}
