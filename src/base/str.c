/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"

#define NEAREST_MAX 40

bool str_copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);
	bool fits = len < size;

	if (size == 0)
		return false;
	if (!fits)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
	return fits;
}

void str_free_secret(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_starts_nocase(const char *text, const char *prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* Length of the well-formed UTF-8 sequence of two to four bytes at `s`; 0: there is none. C1
 * controls (U+0080 to U+009F) do not count: terminals act on them. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] < 0xc2 || s[0] > 0xf4 || left < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xe0 && s[1] < 0xa0) ||
	    (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

void str_print_safe(struct buf *out, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t i = 0; i < len;) {
		size_t n = 1;

		if (s[i] >= 0x80)
			n = utf8_len(s + i, len - i);
		if (n == 0 || s[i] < 0x20 || s[i] == 0x7f) {
			buf_printf(out, "\\%03o", s[i]);
			i++;
		} else {
			buf_append(out, s + i, n);
			i += n;
		}
	}
}

void str_print_word(struct buf *out, const char *text)
{
	size_t plain = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-./:+,@%");

	if (plain > 0 && text[plain] == '\0') {
		buf_printf(out, "%s", text);
		return;
	}
	buf_printf(out, "'");
	for (; *text; text++)
		if (*text == '\'')
			buf_printf(out, "'\\''");
		else
			buf_append(out, text, 1);
	buf_printf(out, "'");
}

void str_print_call(struct buf *out, const char *command, const char *name, const char *file)
{
	if (!file) {
		buf_printf(out, "gobi-dial %s %s", command, name);
		return;
	}
	buf_printf(out, "gobi-dial -c ");
	str_print_word(out, file);
	buf_printf(out, " %s", command);
}

bool str_is_name(const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return len >= 1 && len <= 32 && text[len] == '\0';
}

bool str_is_ip(const char *text)
{
	unsigned char address[16];

	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

bool str_to_int(const char *text, long min, long max, long *value)
{
	char *end;
	long n;

	if (!strchr("+-0123456789", text[0]) || text[0] == '\0')
		return false;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end != '\0' || n < min || n > max)
		return false;
	*value = n;
	return true;
}

/* Levenshtein's distance of words up to NEAREST_MAX long. */
static size_t word_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t row[NEAREST_MAX + 1];

	if (la > NEAREST_MAX || lb > NEAREST_MAX)
		return NEAREST_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[lb];
}

const char *str_nearest(const char *text, const char *const *words)
{
	const char *nearest = NULL;
	size_t best = strlen(text) / 3 + 2;

	for (; *words; words++) {
		size_t d = word_distance(text, *words);

		if (d < best) {
			best = d;
			nearest = *words;
		}
	}
	return nearest;
}
