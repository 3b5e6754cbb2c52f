/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_FINDING_H
#define GD_DOCTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/cause.h"

enum doctor_severity { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_PROBLEM };

/* What --fix does about it. It only loads a driver and gives it an interface, which the next boot
 * undoes. */
enum doctor_mend {
	DOCTOR_MEND_NONE,
	DOCTOR_MEND_BIND,       /* io/bind.h, as `run` does */
	DOCTOR_MEND_PPP_MODULE, /* modprobe ppp_async */
};

struct finding {
	const char *code; /* "no-dtr"; stable; static */
	enum doctor_severity severity;
	const char *meaning; /* static, "" where the text says all */
	enum cause cause;    /* what `run` would end with; NONE: nothing */
	enum doctor_mend mend;
	struct buf text;     /* one line */
	struct buf evidence; /* lines */
	struct buf fix;      /* commands for a root shell, by lines */
};

struct finding_list {
	struct finding *findings;
	size_t count;
};

struct doctor_facts;
struct json_object;

/* Judge the facts: the findings of all checks that hold, in order from the configuration to the
 * link. 0 or -ENOMEM; free the list in every case. */
int doctor_examine(const struct doctor_facts *facts, struct finding_list *list);
void finding_free(struct finding *finding);
void finding_list_free(struct finding_list *list);

/* The cause of the first problem that keeps a link from coming up; NONE. */
enum cause finding_list_cause(const struct finding_list *list);

/* The contract's {"findings": [...]}; the caller puts it. */
struct json_object *finding_list_json(const struct finding_list *list);

/* The same for people: problems whole, the rest a line each; colour (SGR) when `colour`. */
void finding_list_render(const struct finding_list *list, bool colour, struct buf *out);

/* Mask what nobody else should read: of each run of 8 or more digits all but the first five become
 * x, which leaves country and network of an IMSI, the maker of an IMEI, and a telephone number's
 * prefix. */
void doctor_redact(struct buf *text);

#endif
