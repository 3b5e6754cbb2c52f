/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "at/errors.h"
#include "at/final.h"
#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"

enum match {
	MATCH_WHOLE,
	MATCH_WORD, /* and then nothing or any text: "CONNECT 3600000" */
};

struct final_row {
	const char *text;
	enum at_final_kind kind;
	enum match match;
	bool dial; /* counts only while dialing */
	enum at_error_class class;
};

/* clang-format off */
static const struct final_row finals[] = {
	{ "OK",                  AT_FINAL_OK,          MATCH_WHOLE, false, AT_ERROR_OTHER },
	{ "ERROR",               AT_FINAL_ERROR,       MATCH_WHOLE, false, AT_ERROR_OTHER },
	{ "+CME ERROR",          AT_FINAL_CME,         MATCH_WORD,  false, AT_ERROR_OTHER },
	{ "+CMS ERROR",          AT_FINAL_CMS,         MATCH_WORD,  false, AT_ERROR_OTHER },
	{ "CONNECT",             AT_FINAL_CONNECT,     MATCH_WORD,  true,  AT_ERROR_OTHER },
	{ "NO CARRIER",          AT_FINAL_NO_CARRIER,  MATCH_WORD,  true,  AT_ERROR_OTHER },
	/* of modems that count failed calls, or hear somebody speak */
	{ "DELAYED",             AT_FINAL_BUSY,        MATCH_WORD,  true,  AT_ERROR_OTHER },
	{ "BLACKLISTED",         AT_FINAL_BUSY,        MATCH_WORD,  true,  AT_ERROR_OTHER },
	{ "VOICE",               AT_FINAL_BUSY,        MATCH_WHOLE, true,  AT_ERROR_OTHER },
	{ "BUSY",                AT_FINAL_BUSY,        MATCH_WHOLE, true,  AT_ERROR_OTHER },
	{ "NO ANSWER",           AT_FINAL_NO_ANSWER,   MATCH_WHOLE, true,  AT_ERROR_OTHER },
	{ "NO DIALTONE",         AT_FINAL_NO_DIALTONE, MATCH_WHOLE, true,  AT_ERROR_OTHER },
	{ "NO DIAL TONE",        AT_FINAL_NO_DIALTONE, MATCH_WHOLE, true,  AT_ERROR_OTHER },
	/* Huawei */
	{ "COMMAND NOT SUPPORT", AT_FINAL_ERROR,       MATCH_WHOLE, false, AT_ERROR_UNSUPPORTED },
	{ "COMMAND NOT SUPPORTED", AT_FINAL_ERROR,     MATCH_WHOLE, false, AT_ERROR_UNSUPPORTED },
	{ "TOO MANY PARAMETERS", AT_FINAL_ERROR,       MATCH_WHOLE, false, AT_ERROR_OTHER },
	/* Samsung */
	{ "NA",                  AT_FINAL_ERROR,       MATCH_WHOLE, false, AT_ERROR_UNSUPPORTED },
	/* Motorola EZX */
	{ "MODEM ERROR",         AT_FINAL_ERROR,       MATCH_WORD,  false, AT_ERROR_OTHER },
	/* u-blox: a command that another one stopped */
	{ "ABORTED",             AT_FINAL_ERROR,       MATCH_WHOLE, false, AT_ERROR_OTHER },
	{ "+EXT ERROR",          AT_FINAL_ERROR,       MATCH_WORD,  false, AT_ERROR_OTHER },
};
/* clang-format on */

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

static size_t trimmed_len(const char *s)
{
	size_t len = strlen(s);

	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	return len;
}

static const struct final_row *find_final(const char *line, bool dial)
{
	size_t len;

	line = skip_blanks(line);
	len = trimmed_len(line);
	for (size_t i = 0; i < COUNT(finals); i++) {
		const struct final_row *row = &finals[i];
		size_t want = strlen(row->text);

		if (len < want || strncasecmp(line, row->text, want) != 0 || (row->dial && !dial))
			continue;
		if (row->match == MATCH_WHOLE ? len == want : !isalnum((unsigned char)line[want]))
			return row;
	}
	return NULL;
}

struct at_final at_final_parse(const char *line, bool dial)
{
	struct at_final final = {AT_FINAL_NONE, 0, ""};
	const struct final_row *row = find_final(line, dial);
	struct at_error error = {.text = NULL};
	char text[80];
	long number;

	if (!row)
		return final;
	line = skip_blanks(line);
	final.kind = row->kind;
	/* The number after "+CME ERROR:", or of the text there; -1: unknown. */
	if (row->kind == AT_FINAL_CME || row->kind == AT_FINAL_CMS) {
		const char *value = line + strlen("+CME ERROR");

		str_copy(text, sizeof(text), value + strspn(value, " \t:"));
		text[trimmed_len(text)] = '\0';
		if (text[0])
			error = at_error_by_text(row->kind, text);
		final.code = error.text ? error.code : -1;
		if (str_to_int(text, 0, 99999, &number))
			final.code = (int)number;
	}
	str_copy(final.line, sizeof(final.line), line);
	final.line[trimmed_len(final.line)] = '\0';
	for (char *c = final.line; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	return final;
}

static struct at_error error_of(const struct at_final *final)
{
	if (final->kind != AT_FINAL_CME && final->kind != AT_FINAL_CMS)
		return (struct at_error){.text = NULL};
	return at_error_by_code(final->kind, final->code);
}

void at_final_describe(const struct at_final *final, struct buf *out)
{
	struct at_error error = error_of(final);

	if (final->kind == AT_FINAL_TIMEOUT)
		buf_printf(out, "no answer in time");
	else if (final->kind == AT_FINAL_NONE)
		buf_printf(out, "no final result");
	else if (error.text)
		buf_printf(out, "+CM%c ERROR: %d (%s)", final->kind == AT_FINAL_CME ? 'E' : 'S',
			   final->code, error.text);
	else
		buf_printf(out, "%s", final->line);
}

enum at_error_class at_final_class(const struct at_final *final)
{
	struct at_error error = error_of(final);
	const struct final_row *row;

	if (error.text)
		return (enum at_error_class)error.class;
	if (final->kind != AT_FINAL_ERROR)
		return AT_ERROR_OTHER;
	row = find_final(final->line, false);
	return row ? row->class : AT_ERROR_OTHER;
}

const char *at_cme_text(int code)
{
	return at_error_by_code(AT_FINAL_CME, code).text;
}
