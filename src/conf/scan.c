/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "conf/scan.h"

#define DIGITS "0123456789"
#define HEX    DIGITS "abcdefABCDEF"
#define WORD   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_*-" DIGITS

static bool in_set(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

/* The byte `ahead` of where we are; NUL behind the end. */
static char peek(const struct scan *scan, size_t ahead)
{
	return scan->at + ahead < scan->len ? scan->text[scan->at + ahead] : '\0';
}

static void skip(struct scan *scan, size_t len)
{
	while (len-- > 0 && scan->at < scan->len)
		if (scan->text[scan->at++] == '\n')
			scan->line++;
}

static size_t span(const struct scan *scan, size_t ahead, const char *set)
{
	size_t len = 0;

	while (in_set(peek(scan, ahead + len), set))
		len++;
	return len;
}

static struct scan_item item(const struct scan *scan, enum scan_type type, const char *error)
{
	return (struct scan_item){
		.type = type, .line = scan->line, .start = scan->at, .error = error};
}

static const char *escape_error(const struct scan *scan)
{
	if (peek(scan, 1) == 'x' || peek(scan, 1) == 'X') {
		if (span(scan, 2, HEX) < 2)
			return "\\x wants two hex digits";
		if (peek(scan, 2) == '0' && peek(scan, 3) == '0')
			return "a value cannot hold a NUL byte";
		return NULL;
	}
	if (in_set(peek(scan, 1), "\\\"nrtf"))
		return NULL;
	return "unknown escape; write \\\\ for a backslash";
}

/* The whole string, from quote to quote. The first error in it is told. */
static struct scan_item string(struct scan *scan)
{
	struct scan_item start = item(scan, SCAN_ERROR, NULL);
	struct scan_item bad = start;

	skip(scan, 1);
	while (scan->at < scan->len && peek(scan, 0) != '"') {
		if (!bad.error && peek(scan, 0) == '\\' && escape_error(scan))
			bad = item(scan, SCAN_ERROR, escape_error(scan));
		if (!bad.error && peek(scan, 0) == '\0')
			bad = item(scan, SCAN_ERROR, "a value cannot hold a NUL byte");
		skip(scan, peek(scan, 0) == '\\' ? 2 : 1);
	}
	if (scan->at == scan->len) {
		start.error = "this string has no end; a quote is missing";
		return start;
	}
	skip(scan, 1);
	return bad;
}

static struct scan_item block_comment(struct scan *scan)
{
	struct scan_item bad = item(scan, SCAN_ERROR, NULL);

	skip(scan, 2);
	while (scan->at < scan->len && (peek(scan, 0) != '*' || peek(scan, 1) != '/'))
		skip(scan, 1);
	if (scan->at == scan->len)
		bad.error = "this comment has no end; \"*/\" is missing";
	skip(scan, 2);
	return bad;
}

static void line_comment(struct scan *scan)
{
	while (scan->at < scan->len && peek(scan, 0) != '\n')
		skip(scan, 1);
}

/* libconfig 1.5 cuts a whole number to 32 bits unless an L follows it. */
static struct scan_item number(struct scan *scan)
{
	bool hex = peek(scan, 0) == '0' && in_set(peek(scan, 1), "xX");
	size_t len = hex ? 2 + span(scan, 2, HEX) : span(scan, 0, DIGITS);
	char after = peek(scan, len), digits[24] = "";
	bool whole = !in_set(after, WORD) && after != '.';
	long long value = 0;

	if (len < sizeof(digits))
		memcpy(digits, scan->text + scan->at, len);
	skip(scan, len);
	if (!whole)
		skip(scan, span(scan, 0, WORD "."));
	errno = 0;
	if (digits[0])
		value = strtoll(digits, NULL, hex ? 16 : 10);
	if (whole && (!digits[0] || errno || value > 2147483647LL))
		return item(scan, SCAN_BIG_INT, NULL);
	return item(scan, SCAN_END, NULL);
}

/* `^[ \t]*@include[ \t]+"NAME"`, as libconfig has it. */
static bool at_include(const struct scan *scan)
{
	const char *word = "@include";
	size_t blanks = span(scan, 0, " \t");

	if (scan->at > 0 && scan->text[scan->at - 1] != '\n')
		return false;
	return scan->len - scan->at - blanks > strlen(word) &&
	       memcmp(scan->text + scan->at + blanks, word, strlen(word)) == 0;
}

static struct scan_item include(struct scan *scan)
{
	struct scan_item found = item(scan, SCAN_INCLUDE, NULL);
	size_t blanks;

	skip(scan, span(scan, 0, " \t") + strlen("@include"));
	blanks = span(scan, 0, " \t");
	skip(scan, blanks);
	found.name = scan->text + scan->at + 1;
	if (blanks > 0 && peek(scan, 0) == '"') {
		skip(scan, 1);
		while (!in_set(peek(scan, 0), "\"\\\n") && peek(scan, 0))
			skip(scan, 1);
		found.name_len = (size_t)(scan->text + scan->at - found.name);
	}
	if (found.name_len == 0 || peek(scan, 0) != '"') {
		found.type = SCAN_ERROR;
		found.error = "write @include \"FILE\"";
		line_comment(scan);
		return found;
	}
	skip(scan, 1);
	return found;
}

/* One token; an item of type SCAN_END tells nothing. */
static struct scan_item token(struct scan *scan)
{
	struct scan_item nothing = item(scan, SCAN_END, NULL);
	struct scan_item found = nothing;
	char c = peek(scan, 0);

	if (at_include(scan)) {
		found = include(scan);
	} else if (c == '"') {
		found = string(scan);
	} else if (c == '/' && peek(scan, 1) == '*') {
		found = block_comment(scan);
	} else if (c == '#' || (c == '/' && peek(scan, 1) == '/')) {
		line_comment(scan);
	} else if (in_set(c, DIGITS)) {
		found = number(scan);
	} else if (in_set(c, WORD) && c != '-') {
		skip(scan, span(scan, 0, WORD));
	} else {
		if (c == '\0')
			found = item(scan, SCAN_ERROR, "a NUL byte; this is no text file");
		skip(scan, 1);
	}
	return found.type == SCAN_ERROR && !found.error ? nothing : found;
}

struct scan_item scan_next(struct scan *scan)
{
	struct scan_item found;

	while (scan->at < scan->len) {
		found = token(scan);
		if (found.type != SCAN_END)
			return found;
	}
	return item(scan, SCAN_END, NULL);
}
