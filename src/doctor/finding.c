/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "doctor/finding.h"

#define WIDTH  76
#define INDENT 9

static void add_lines(struct json_object *array, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		json_object_array_add(array, json_object_new_string_len(text, (int)len));
		text += len + (text[len] == '\n');
	}
}

/* Lines as one, "a; b". */
static void join_lines(const char *text, struct buf *out)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		buf_printf(out, "%s%.*s", out->len ? "; " : "", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static struct json_object *finding_json(const struct finding *finding)
{
	struct json_object *object = json_object_new_object();
	struct json_object *fix = json_object_new_array();
	struct buf evidence = BUF_INIT;

	json_add_text(object, "code", finding->code);
	json_add_text(object, "severity", doctor_severity_name(finding->severity));
	json_add_text(object, "text", buf_str(&finding->text));
	json_object_object_add(object, "evidence", NULL);
	join_lines(buf_str(&finding->evidence), &evidence);
	json_add_text(object, "evidence", buf_str(&evidence));
	json_add_text(object, "meaning", finding->meaning);
	add_lines(fix, buf_str(&finding->fix));
	json_object_object_add(object, "fix", fix);
	buf_free(&evidence);
	return object;
}

struct json_object *finding_list_json(const struct finding_list *list)
{
	struct json_object *object = json_object_new_object();
	struct json_object *findings = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(findings, finding_json(&list->findings[i]));
	json_object_object_add(object, "findings", findings);
	return object;
}

/* Words up to WIDTH, lines indented. */
static void put_wrapped(const char *text, struct buf *out)
{
	while (*text) {
		size_t len = strlen(text);

		if (len > WIDTH - INDENT) {
			len = WIDTH - INDENT;
			while (len > 0 && text[len] != ' ')
				len--;
			if (len == 0)
				len = strcspn(text, " ");
		}
		buf_printf(out, "%*s%.*s\n", INDENT, "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

static void put_lines(const char *text, const char *before, struct buf *out)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		buf_printf(out, "%*s%s", INDENT, "", before);
		str_print_safe(out, text, len);
		buf_printf(out, "\n");
		text += len + (text[len] == '\n');
	}
}

static void put_head(const struct finding *finding, bool colour, struct buf *out)
{
	static const char *const colours[] = {
		[DOCTOR_OK] = "\033[32m",
		[DOCTOR_NOTE] = "\033[33m",
		[DOCTOR_PROBLEM] = "\033[31m",
	};

	buf_printf(out, "%s%-*s%s", colour ? colours[finding->severity] : "", INDENT,
		   doctor_severity_name(finding->severity), colour ? "\033[0m" : "");
	str_print_safe(out, buf_str(&finding->text), finding->text.len);
	if (finding->severity != DOCTOR_OK)
		buf_printf(out, " [%s]", finding->code);
	buf_printf(out, "\n");
}

static void put_finding(const struct finding *finding, bool colour, struct buf *out)
{
	put_head(finding, colour, out);
	if (finding->severity == DOCTOR_OK)
		return;
	put_lines(buf_str(&finding->evidence), "- ", out);
	put_wrapped(finding->meaning, out);
	put_lines(buf_str(&finding->fix), "  # ", out);
}

static size_t count(const struct finding_list *list, enum doctor_severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += list->findings[i].severity == severity;
	return n;
}

static bool can_mend(const struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->findings[i].mend != DOCTOR_MEND_NONE)
			return true;
	return false;
}

void finding_list_render(const struct finding_list *list, bool colour, struct buf *out)
{
	size_t problems = count(list, DOCTOR_PROBLEM);

	for (size_t i = 0; i < list->count; i++)
		put_finding(&list->findings[i], colour, out);
	if (problems == 0)
		buf_printf(out, "\nNothing is known that keeps it from dialing.\n");
	else
		buf_printf(out, "\n%zu problem%s.%s\n", problems, problems == 1 ? "" : "s",
			   can_mend(list) ? " The same with --fix mends what it can." : "");
}
