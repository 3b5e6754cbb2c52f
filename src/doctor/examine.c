/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "doctor/checks.h"

#define DIGITS_MIN  8
#define DIGITS_LEFT 5

static const struct check_table *const tables[] = {
	&checks_setup, &checks_device, &checks_port, &checks_modem, &checks_ppp,
};

void check_put_command(const struct doctor_facts *facts, const char *command, struct buf *out)
{
	str_print_call(out, command, facts->name, facts->file);
	buf_printf(out, "\n");
}

static void finding_free(struct finding *finding)
{
	buf_free(&finding->text);
	buf_free(&finding->evidence);
	buf_free(&finding->fix);
}

static int push(struct finding_list *list, struct finding *finding)
{
	struct finding *grown =
		realloc(list->findings, (list->count + 1) * sizeof(*list->findings));

	if (!grown || finding->text.failed || finding->evidence.failed || finding->fix.failed) {
		if (grown)
			list->findings = grown;
		finding_free(finding);
		return -ENOMEM;
	}
	doctor_redact(&finding->text);
	doctor_redact(&finding->evidence);
	grown[list->count++] = *finding;
	list->findings = grown;
	return 0;
}

static int examine(const struct check *check, const struct doctor_facts *facts,
		   struct finding_list *list)
{
	struct finding finding = {
		.code = check->code,
		.severity = check->severity,
		.meaning = check->meaning ? check->meaning : "",
		.cause = check->cause,
		.mend = check->mend,
	};

	if (check->holds(facts, &finding))
		return push(list, &finding);
	finding_free(&finding);
	return 0;
}

int doctor_examine(const struct doctor_facts *facts, struct finding_list *list)
{
	int error = 0;

	memset(list, 0, sizeof(*list));
	for (size_t t = 0; t < COUNT(tables); t++)
		for (size_t i = 0; i < tables[t]->count && !error; i++)
			error = examine(&tables[t]->checks[i], facts, list);
	return error;
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

const char *doctor_severity_name(enum doctor_severity severity)
{
	static const char *const names[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_NOTE] = "note",
		[DOCTOR_PROBLEM] = "problem",
	};

	return names[severity];
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
