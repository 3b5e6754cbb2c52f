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

static int width_of(unsigned code)
{
	for (size_t i = 0; i < COUNT(wide); i++)
		if (code >= wide[i].first && code <= wide[i].last)
			return 2;
	return 1;
}

/* The length of what is one character, or one SGR sequence, and its width. */
static size_t glyph(const char *text, int *width)
{
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	unsigned char first = (unsigned char)text[0];
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	unsigned code = first & masks[len];

	if (first == '\033') {
		*width = 0;
		len = strcspn(text, "m");
		return len + (text[len] == 'm');
	}
	for (size_t i = 1; i < len; i++) {
		/* Cut short; a NUL is none either. */
		if (((unsigned char)text[i] & 0xc0) != 0x80) {
			*width = 1;
			return i;
		}
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	*width = width_of(code);
	return len;
}

static int width(const char *text, size_t len)
{
	int sum = 0, one;

	for (size_t i = 0; i < len; i += glyph(text + i, &one), sum += one)
		;
	return sum;
}

static int break_line(struct buf *out, int indent)
{
	buf_printf(out, "\n%*s", indent, "");
	return indent;
}

/* A word that no line holds goes over several. */
static int put_long(struct buf *out, const char *word, size_t len, int column, int indent,
		    int columns)
{
	size_t n;
	int one;

	for (size_t i = 0; i < len; i += n) {
		n = glyph(word + i, &one);
		if (column + one > columns)
			column = break_line(out, indent);
		buf_append(out, word + i, n);
		column += one;
	}
	return column;
}

void wrap_line(struct buf *out, const char *text, int indent, int columns)
{
	int column = 0;

	if (columns > 0 && columns < WRAP_COLUMNS_MIN)
		columns = WRAP_COLUMNS_MIN;
	if (indent > columns / 2)
		indent = 2;
	while (*text) {
		int blanks = (int)strspn(text, " ");
		size_t len = strcspn(text + blanks, " ");
		int wants = width(text + blanks, len);

		if (columns == 0 || column + blanks + wants <= columns) {
			buf_append(out, text, (size_t)blanks + len);
			column += blanks + wants;
		} else if (wants > columns - indent) {
			buf_append(out, text, (size_t)blanks);
			column =
				put_long(out, text + blanks, len, column + blanks, indent, columns);
		} else {
			column = break_line(out, indent) + wants;
			buf_append(out, text + blanks, len);
		}
		text += (size_t)blanks + len;
	}
	buf_append(out, "\n", 1);
}
