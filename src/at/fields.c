/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "at/fields.h"
#include "base/buf.h"
#include "base/str.h"

/* One field's text, borrowed from the line. */
struct span {
	const char *text;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span trim_span(const char *text, size_t len)
{
	while (len > 0 && is_blank(text[0])) {
		text++;
		len--;
	}
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	return (struct span){text, len};
}

/* The next field without its quotes; it ends at a comma outside quotes and brackets. */
static bool next_span(struct at_fields *fields, struct span *span)
{
	const char *s = fields->at;
	bool quoted = false;
	int depth = 0;

	if (!fields->more)
		return false;
	for (; *s && (*s != ',' || quoted || depth > 0); s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (*s == '(' && !quoted)
			depth++;
		else if (*s == ')' && !quoted && depth > 0)
			depth--;
	}
	*span = trim_span(fields->at, (size_t)(s - fields->at));
	fields->more = *s == ',';
	fields->at = fields->more ? s + 1 : s;
	if (span->len > 0 && span->text[0] == '"') {
		span->text++;
		span->len--;
		if (span->len > 0 && span->text[span->len - 1] == '"')
			span->len--;
	}
	return true;
}

bool at_fields_start(struct at_fields *fields, const char *line, const char *prefix)
{
	fields->at = "";
	fields->more = false;
	while (is_blank(*line))
		line++;
	if (!str_starts_nocase(line, prefix))
		return false;
	fields->at = line + strlen(prefix);
	while (is_blank(*fields->at))
		fields->at++;
	fields->more = *fields->at != '\0';
	return true;
}

bool at_fields_next_int(struct at_fields *fields, int *value)
{
	struct span span;
	char text[16];
	long number;

	if (!next_span(fields, &span))
		return false;
	span = trim_span(span.text, span.len);
	if (span.len == 0 || span.len >= sizeof(text))
		return false;
	memcpy(text, span.text, span.len);
	text[span.len] = '\0';
	if (!str_to_int(text, INT_MIN, INT_MAX, &number))
		return false;
	*value = (int)number;
	return true;
}

bool at_fields_next_hex(struct at_fields *fields, unsigned *value)
{
	static const char digits[] = "0123456789abcdef";
	struct span span;
	unsigned number = 0;
	bool any = false;

	if (!next_span(fields, &span))
		return false;
	for (size_t i = 0; i < span.len; i++) {
		const char *digit;

		if (is_blank(span.text[i]))
			continue;
		digit = memchr(digits, tolower((unsigned char)span.text[i]), 16);
		if (!digit || number > UINT_MAX >> 4)
			return false;
		number = number << 4 | (unsigned)(digit - digits);
		any = true;
	}
	if (any)
		*value = number;
	return any;
}

bool at_fields_next_string(struct at_fields *fields, char *to, size_t size)
{
	struct span span;

	if (size > 0)
		to[0] = '\0';
	if (!next_span(fields, &span) || span.len >= size)
		return false;
	memcpy(to, span.text, span.len);
	to[span.len] = '\0';
	return true;
}

bool at_fields_skip(struct at_fields *fields)
{
	struct span span;

	return next_span(fields, &span);
}

bool at_fields_is_quoted(const struct at_fields *fields)
{
	const char *s = fields->at;

	while (is_blank(*s))
		s++;
	return fields->more && *s == '"';
}

size_t at_fields_left(const struct at_fields *fields)
{
	struct at_fields rest = *fields;
	size_t count = 0;

	while (at_fields_skip(&rest))
		count++;
	return count;
}

int at_quote(struct buf *out, const char *value)
{
	for (const char *s = value; *s; s++)
		if (*s < 0x20 || *s > 0x7e || *s == '"')
			return -EINVAL;
	buf_printf(out, "\"%s\"", value);
	return 0;
}
