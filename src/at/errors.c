/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "at/errors.h"
#include "base/count.h"

/* C11 promises 4095 bytes to a string; all compilers take more. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

/* Texts one behind the other, because a pointer to each would be larger than most of them. */
#define ROW(kind, code, class, text) (code) << 4 | AT_ERROR_##class << 1 | IS_##kind,
enum { IS_CME, IS_CMS };
static const unsigned short numbers[] = {
#include "at/error-rows.h"
};
#undef ROW

#define ROW(kind, code, class, text) text "\0"
static const char texts[] =
#include "at/error-rows.h"
	;

/* The rows that are left, of one kind. */
struct list {
	enum at_final_kind kind;
	size_t at;
	const char *text;
};

/* False at the end, with an error that is none. */
static bool next_error(struct list *list, struct at_error *error)
{
	*error = (struct at_error){.text = NULL};
	while (list->at < COUNT(numbers) && !error->text) {
		unsigned short number = numbers[list->at++];

		if ((number & 1) == (list->kind == AT_FINAL_CMS))
			*error = (struct at_error){number >> 4, number >> 1 & 7, list->text};
		list->text += strlen(list->text) + 1;
	}
	return error->text != NULL;
}

struct at_error at_error_by_code(enum at_final_kind kind, int code)
{
	struct list list = {kind, 0, texts};
	struct at_error error;

	while (next_error(&list, &error) && error.code != code)
		;
	return error;
}

/* The next letter or digit in lower case; '\0' at the end or at "(#". */
static int next_letter(const char **text)
{
	const char *s = *text;

	while (*s && !isalnum((unsigned char)*s) && strncmp(s, "(#", 2) != 0)
		s++;
	*text = isalnum((unsigned char)*s) ? s + 1 : s;
	return isalnum((unsigned char)*s) ? tolower((unsigned char)*s) : '\0';
}

struct at_error at_error_by_text(enum at_final_kind kind, const char *text)
{
	struct list list = {kind, 0, texts};
	struct at_error error;

	while (next_error(&list, &error)) {
		const char *a = error.text, *b = text;
		int ca, cb;

		do {
			ca = next_letter(&a);
			cb = next_letter(&b);
		} while (ca == cb && ca != '\0');
		if (ca == cb)
			break;
	}
	return error;
}

/* Letters and digits alone, in lower case; what does not fit is left out. */
static size_t copy_letters(char *to, size_t size, const char *text)
{
	size_t len = 0;

	for (; *text && len + 1 < size; text++)
		if (isalnum((unsigned char)*text))
			to[len++] = (char)tolower((unsigned char)*text);
	to[len] = '\0';
	return len;
}

struct at_error at_error_in_text(const char *text)
{
	enum { SHORTEST = 9 }; /* illegal MS, unknown APN */
	struct at_error best = {.text = NULL}, error;
	struct list list = {AT_FINAL_CME, 0, texts};
	char said[160], row[96];
	size_t said_len = copy_letters(said, sizeof(said), text), longest = SHORTEST - 1;

	while (next_error(&list, &error)) {
		size_t len;

		if (error.code < 102 || error.code > 149 || error.code == 148)
			continue;
		len = copy_letters(row, sizeof(row), error.text);
		if (len > said_len)
			len = strstr(row, said) ? said_len : 0;
		else if (!strstr(said, row))
			len = 0;
		if (len <= longest)
			continue;
		longest = len;
		best = error;
	}
	return best;
}
