/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "doctor/finding.h"

#define WIDTH       76
#define INDENT      9
#define DIGITS_MIN  8
#define DIGITS_LEFT 5

static const struct {
	const char *name, *colour;
} looks[] = {
	[DOCTOR_OK] = {"ok", "\033[32m"},
	[DOCTOR_NOTE] = {"note", "\033[33m"},
	[DOCTOR_PROBLEM] = {"problem", "\033[31m"},
};

void finding_free(struct finding *finding)
{
	buf_free(&finding->text);
	buf_free(&finding->evidence);
	buf_free(&finding->fix);
}

void finding_list_free(struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		finding_free(&list->findings[i]);
	free(list->findings);
	memset(list, 0, sizeof(*list));
}

enum cause finding_list_cause(const struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->findings[i].severity == DOCTOR_PROBLEM &&
		    list->findings[i].cause != CAUSE_NONE)
			return list->findings[i].cause;
	return CAUSE_NONE;
}

void doctor_redact(struct buf *text)
{
	for (char *at = text->data; at && *at;) {
		size_t len = strspn(at, "0123456789");

		if (len >= DIGITS_MIN)
			memset(at + DIGITS_LEFT, 'x', len - DIGITS_LEFT);
		at += len ? len : 1;
	}
}

/* Cut the next line off `text`; false at the end. */
static bool next_line(const char **text, const char **line, size_t *len)
{
	*line = *text;
	*len = strcspn(*text, "\n");
	*text += *len + ((*text)[*len] == '\n');
	return **line != '\0';
}

struct json_object *finding_list_json(const struct finding_list *list)
{
	struct json_object *object = json_object_new_object();
	struct json_object *findings = json_object_new_array();

	for (size_t i = 0; i < list->count; i++) {
		const struct finding *finding = &list->findings[i];
		const char *evidence = buf_str(&finding->evidence), *fix = buf_str(&finding->fix);
		struct json_object *row = json_object_new_object();
		struct json_object *commands = json_object_new_array();
		struct buf joined = BUF_INIT;
		const char *line;
		size_t len;

		json_add_text(row, "code", finding->code);
		json_add_text(row, "severity", looks[finding->severity].name);
		json_add_text(row, "text", buf_str(&finding->text));
		json_object_object_add(row, "evidence", NULL);
		while (next_line(&evidence, &line, &len))
			buf_printf(&joined, "%s%.*s", joined.len ? "; " : "", (int)len, line);
		json_add_text(row, "evidence", buf_str(&joined));
		json_add_text(row, "meaning", finding->meaning);
		while (next_line(&fix, &line, &len))
			json_object_array_add(commands, json_object_new_string_len(line, (int)len));
		json_object_object_add(row, "fix", commands);
		json_object_array_add(findings, row);
		buf_free(&joined);
	}
	json_object_object_add(object, "findings", findings);
	return object;
}

static void put_lines(const char *text, const char *before, struct buf *out)
{
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len)) {
		buf_printf(out, "%*s%s", INDENT, "", before);
		str_print_safe(out, line, len);
		buf_printf(out, "\n");
	}
}

void finding_list_render(const struct finding_list *list, bool colour, struct buf *out)
{
	size_t problems = 0;
	bool mends = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct finding *finding = &list->findings[i];
		const char *text = finding->meaning;

		problems += finding->severity == DOCTOR_PROBLEM;
		mends |= finding->mend != DOCTOR_MEND_NONE;
		buf_printf(out, "%s%-*s%s", colour ? looks[finding->severity].colour : "", INDENT,
			   looks[finding->severity].name, colour ? "\033[0m" : "");
		str_print_safe(out, buf_str(&finding->text), finding->text.len);
		if (finding->severity == DOCTOR_OK) {
			buf_printf(out, "\n");
			continue;
		}
		buf_printf(out, " [%s]\n", finding->code);
		put_lines(buf_str(&finding->evidence), "- ", out);
		/* Words up to WIDTH, lines indented. */
		for (size_t len; *text; text += len + strspn(text + len, " ")) {
			len = strlen(text);
			if (len > WIDTH - INDENT) {
				len = WIDTH - INDENT;
				while (len > 0 && text[len] != ' ')
					len--;
				if (len == 0)
					len = strcspn(text, " ");
			}
			buf_printf(out, "%*s%.*s\n", INDENT, "", (int)len, text);
		}
		put_lines(buf_str(&finding->fix), "  # ", out);
	}
	if (problems == 0)
		buf_printf(out, "\nNothing was found that keeps it from dialing.\n");
	else
		buf_printf(out, "\n%zu problem%s.%s\n", problems, problems == 1 ? "" : "s",
			   mends ? " With --fix, doctor mends what it can." : "");
}
